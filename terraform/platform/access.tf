# What each Lambda function may do; it calls nothing else (services/*/chalicelib/storage).
#
# A function with `stream_of` is invoked by that table's stream; one with `stream_of` or `is_scheduled` has a failure
# queue, as no caller waits for its response.  One that `signs` may read the key that signs the stock log.

locals {
  products  = module.table["Products-table"]
  inventory = module.table["VendorInventory"]
  log       = module.table[local.append_only_table]

  in_a_transaction = { "ForAnyValue:StringEquals" = { "dynamodb:EnclosingOperation" = ["TransactWriteItems"] } }

  # Reads SKUs and orders, and writes them together with log records.
  stock_keeping = [
    {
      sid       = "ReadStock"
      actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem"]
      resources = [local.inventory.arn]
    },
    {
      # In transactions, and outside them to take a lease on a contended SKU.
      sid       = "UpdateStock"
      actions   = ["dynamodb:UpdateItem"]
      resources = [local.inventory.arn]
    },
    {
      sid       = "WriteLogRecords"
      actions   = ["dynamodb:PutItem"]
      resources = [local.log.arn]
      condition = local.in_a_transaction
    },
  ]

  # The published keys of the log, numbered from 1.
  ledger_keys = {
    sid       = "ReadLedgerKeys"
    actions   = ["ssm:GetParameter"]
    resources = ["${local.parameters_arn}${local.ledger_keys_path}*"]
  }

  # Signs log records, and verifies what older keys have signed.
  signing = [
    local.ledger_keys,
    {
      sid       = "ReadSigningKey"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [module.ledger_key.secret_arn]
    },
  ]

  # The bus of the stage takes the service's own events alone.
  publishing = {
    for service in ["catalog", "stock", "audit"] : service => {
      sid       = "PublishEvents"
      actions   = ["events:PutEvents"]
      resources = [aws_cloudwatch_event_bus.this.arn]
      condition = { "ForAllValues:StringEquals" = { "events:source" = ["inventory.${service}"] } }
    }
  }

  # A finding is sent to subscribers and stored once.
  finding = [
    {
      # Without it, S3 answers a request for a missing object with 403 instead of 404.
      sid       = "ListTheArchive"
      actions   = ["s3:ListBucket"]
      resources = [module.archive.bucket_arn]
    },
    {
      sid     = "CheckFindings"
      actions = ["s3:GetObject"]
      resources = [
        "${module.archive.bucket_arn}/findings/all/*",
        "${module.archive.bucket_arn}/findings/by-id/*",
      ]
    },
    {
      sid       = "WriteFindings"
      actions   = ["s3:PutObject"]
      resources = ["${module.archive.bucket_arn}/findings/*"]
    },
    {
      sid       = "SendAlerts"
      actions   = ["sns:Publish"]
      resources = [aws_sns_topic.alerts.arn]
    },
    local.publishing["audit"],
  ]

  # Items of Products-table that are no products: counters, and what was counted of each product.
  counters_alone = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["#CATEGORY#*", "#COUNTED#*", "#VENDOR#*"] } }

  # Counts products for their categories and vendors.
  counting = [
    {
      sid       = "ReadProductsAndCounts"
      actions   = ["dynamodb:BatchGetItem"]
      resources = [local.products.arn]
    },
    {
      sid       = "WriteCounts"
      actions   = ["dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = [local.products.arn]
      condition = local.counters_alone
    },
  ]

  access = {
    catalog = {
      api = {
        statements = [
          {
            sid       = "ReadAndWriteProducts"
            actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
            resources = [local.products.arn]
          },
          {
            sid       = "ListProducts"
            actions   = ["dynamodb:Query"]
            resources = [local.products.index_arns["CategoryIndex"], local.products.index_arns["VendorProductsIndex"]]
          },
        ]
      }

      product_changed = {
        stream_of  = "Products-table"
        statements = concat(local.counting, [local.publishing["catalog"]])
      }

      recount_products = {
        is_scheduled = true
        statements = concat(local.counting, [
          {
            sid       = "ReadAllProducts"
            actions   = ["dynamodb:Scan"]
            resources = [local.products.arn]
          },
          {
            sid       = "ListCounters"
            actions   = ["dynamodb:Query"]
            resources = [local.products.index_arns["VendorProductsIndex"]]
          },
          {
            sid       = "RemoveCounters"
            actions   = ["dynamodb:DeleteItem"]
            resources = [local.products.arn]
            condition = local.counters_alone
          },
        ])
      }
    }

    stock = {
      api = {
        signs = true
        statements = concat(local.stock_keeping, local.signing, [
          {
            # Orders, SKUs, and the lookup items of their barcodes.
            sid       = "WriteOrders"
            actions   = ["dynamodb:DeleteItem", "dynamodb:PutItem"]
            resources = [local.inventory.arn]
            condition = local.in_a_transaction
          },
          {
            # The table itself for the SKUs of a product and the lookup items of a barcode.
            sid     = "ListStock"
            actions = ["dynamodb:Query"]
            resources = [
              local.inventory.arn,
              local.inventory.index_arns["LowStockIndex"],
              local.inventory.index_arns["VendorInventoryIndex"],
            ]
          },
          {
            sid       = "ReadProducts"
            actions   = ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem"]
            resources = [local.products.arn]
          },
          {
            sid       = "ReadLogRecords"
            actions   = ["dynamodb:BatchGetItem"]
            resources = [local.log.arn]
          },
        ])
      }

      product_changed = {
        stream_of = "Products-table"
        statements = [
          {
            sid       = "ReadProducts"
            actions   = ["dynamodb:GetItem"]
            resources = [local.products.arn]
          },
          {
            sid       = "UpdateSkus"
            actions   = ["dynamodb:Query", "dynamodb:UpdateItem"]
            resources = [local.inventory.arn]
          },
        ]
      }

      sku_changed = {
        stream_of = "VendorInventory"
        statements = [
          local.publishing["stock"],
          local.ledger_keys,
          {
            sid       = "ReadSentAlerts"
            actions   = ["dynamodb:GetItem"]
            resources = [local.inventory.arn]
          },
          {
            sid       = "RecordSentAlerts"
            actions   = ["dynamodb:PutItem"]
            resources = [local.inventory.arn]
            condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["#ALERT#*"] } }
          },
          {
            sid       = "SendAlerts"
            actions   = ["sns:Publish"]
            resources = [aws_sns_topic.alerts.arn]
          },
        ]
      }

      expire_orders = {
        is_scheduled = true
        signs        = true
        statements = concat(local.stock_keeping, local.signing, [
          {
            # Each step of a saga puts a part of a large order.
            sid       = "WriteOrders"
            actions   = ["dynamodb:DeleteItem", "dynamodb:PutItem"]
            resources = [local.inventory.arn]
            condition = local.in_a_transaction
          },
          {
            sid       = "ListDueOrders"
            actions   = ["dynamodb:Query"]
            resources = [local.inventory.index_arns["VendorInventoryIndex"]]
          },
        ])
      }

      lower_bounds = {
        is_scheduled = true
        statements = [
          {
            sid       = "ReadAllStock"
            actions   = ["dynamodb:Scan"]
            resources = [local.inventory.arn]
          },
          {
            sid       = "LowerBounds"
            actions   = ["dynamodb:PutItem"]
            resources = [local.inventory.arn]
            condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["VENDOR-*"] } }
          },
        ]
      }
    }

    audit = {
      api = {
        statements = [
          local.ledger_keys,
          {
            sid     = "ReadTheLog"
            actions = ["dynamodb:BatchGetItem", "dynamodb:Query"]
            resources = concat(
              [local.log.arn],
              [for index in ["ProductTransactionIndex", "SKUTransactionIndex", "VendorTransactionIndex"] : local.log.index_arns[index]],
            )
          },
          {
            sid       = "ReadStock"
            actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem"]
            resources = [local.inventory.arn]
          },
          {
            # Without it, S3 answers a request for a missing object with 403 instead of 404.
            sid       = "ListTheArchive"
            actions   = ["s3:ListBucket"]
            resources = [module.archive.bucket_arn]
          },
          {
            sid       = "ReadFindings"
            actions   = ["s3:GetObject"]
            resources = ["${module.archive.bucket_arn}/findings/*"]
          },
        ]
      }

      stock_changed = {
        stream_of = "VendorInventory"
        statements = concat(local.finding, [
          local.ledger_keys,
          {
            sid       = "ReadTheLog"
            actions   = ["dynamodb:BatchGetItem", "dynamodb:Query"]
            resources = [local.log.arn]
          },
        ])
      }

      log_changed = {
        stream_of = "StockTransactions"
        statements = concat(local.finding, [
          local.ledger_keys,
          {
            sid       = "ReadStock"
            actions   = ["dynamodb:BatchGetItem"]
            resources = [local.inventory.arn]
          },
          {
            sid       = "ReadTheLog"
            actions   = ["dynamodb:BatchGetItem", "dynamodb:Query"]
            resources = [local.log.arn]
          },
          {
            # The first record of a SKU needs its product.
            sid       = "ReadProducts"
            actions   = ["dynamodb:BatchGetItem"]
            resources = [local.products.arn]
          },
          {
            sid       = "ArchiveTheLog"
            actions   = ["s3:GetObject", "s3:PutObject"]
            resources = ["${module.archive.bucket_arn}/log/*"]
          },
        ])
      }

      reconcile = {
        is_scheduled = true
        statements = concat(local.finding, [
          local.ledger_keys,
          {
            # The owners of the SKUs' products.
            sid       = "ReadProducts"
            actions   = ["dynamodb:BatchGetItem"]
            resources = [local.products.arn]
          },
          {
            sid       = "ReadAllStock"
            actions   = ["dynamodb:GetItem", "dynamodb:Scan"]
            resources = [local.inventory.arn]
          },
          {
            sid       = "ReadTheLog"
            actions   = ["dynamodb:Query"]
            resources = [local.log.arn, local.log.index_arns["SKUTransactionIndex"]]
          },
        ])
      }

      write_digest = {
        is_scheduled = true
        statements = concat(local.finding, [
          {
            sid       = "ReadAllStock"
            actions   = ["dynamodb:Scan"]
            resources = [local.inventory.arn]
          },
          {
            sid       = "ReadAndWriteDigests"
            actions   = ["s3:GetObject", "s3:PutObject"]
            resources = ["${module.archive.bucket_arn}/digests/*"]
          },
          {
            sid       = "SignDigests"
            actions   = ["kms:Sign", "kms:Verify"]
            resources = [module.archive.signing_key_arn]
          },
        ])
      }

      verify_archive = {
        is_scheduled = true
        statements = concat(local.finding, [
          local.ledger_keys,
          {
            sid       = "ReadAllStock"
            actions   = ["dynamodb:Scan"]
            resources = [local.inventory.arn]
          },
          {
            sid       = "ReadTheLog"
            actions   = ["dynamodb:BatchGetItem", "dynamodb:Query"]
            resources = [local.log.arn]
          },
          {
            sid       = "ListVersions"
            actions   = ["s3:ListBucketVersions"]
            resources = [module.archive.bucket_arn]
          },
          {
            sid       = "ReadTheArchive"
            actions   = ["s3:GetObject"]
            resources = ["${module.archive.bucket_arn}/log/*", "${module.archive.bucket_arn}/digests/*"]
          },
          {
            sid       = "VerifyDigests"
            actions   = ["kms:Verify"]
            resources = [module.archive.signing_key_arn]
          },
        ])
      }
    }
  }

  functions = merge([
    for service, functions in local.access : {
      for function, access in functions : "${service}/${function}" => {
        name       = "${local.name}-${service}-${function}"
        statements = access.statements
        stream_of  = try(access.stream_of, null)
        has_queue  = can(access.stream_of) || try(access.is_scheduled, false)
        signs      = try(access.signs, false)
      }
    }
  ]...)
}

module "failure_queue" {
  source   = "../modules/failure_queue"
  for_each = { for key, function in local.functions : key => function if function.has_queue }

  name            = each.value.name
  kms_key_arn     = var.kms_key_arn
  alarm_topic_arn = aws_sns_topic.alarms.arn
  has_alarms      = local.has_alarms
}

module "role" {
  source   = "../modules/function_role"
  for_each = local.functions

  name                     = each.value.name
  role_name_suffix         = local.region_suffix
  statements               = each.value.statements
  append_only_table_arn    = local.log.arn
  stream_arn               = each.value.stream_of == null ? null : module.table[each.value.stream_of].stream_arn
  failure_queue_arn        = each.value.has_queue ? module.failure_queue[each.key].arn : null
  kms_key_arn              = var.kms_key_arn
  permissions_boundary_arn = var.permissions_boundary_arn
}
