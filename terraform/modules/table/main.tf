locals {
  schema  = var.schema
  indexes = local.schema.global_secondary_indexes

  # DynamoDB requires each key attribute to be declared exactly once, however many keys contain it.
  keys = concat(
    [local.schema.partition_key],
    local.schema.sort_key == null ? [] : [local.schema.sort_key],
    flatten([for index in local.indexes : [index.partition_key, index.sort_key]]),
  )
  key_attributes = { for name in distinct(local.keys[*].name) : name => [for key in local.keys : key.type if key.name == name][0] }
}

resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV2_AWS_16:on-demand tables need no auto scaling
  name                        = var.name
  billing_mode                = local.schema.billing_mode
  hash_key                    = local.schema.partition_key.name
  range_key                   = try(local.schema.sort_key.name, null)
  stream_enabled              = true
  stream_view_type            = local.schema.stream_view_type
  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = local.key_attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.partition_key.name
      range_key       = global_secondary_index.value.sort_key.name
      projection_type = global_secondary_index.value.projection

      dynamic "on_demand_throughput" {
        for_each = var.maximum_throughput == null ? [] : [var.maximum_throughput]

        content {
          max_read_request_units  = on_demand_throughput.value.read_units
          max_write_request_units = on_demand_throughput.value.write_units
        }
      }
    }
  }

  dynamic "on_demand_throughput" {
    for_each = var.maximum_throughput == null ? [] : [var.maximum_throughput]

    content {
      max_read_request_units  = on_demand_throughput.value.read_units
      max_write_request_units = on_demand_throughput.value.write_units
    }
  }

  dynamic "ttl" {
    for_each = local.schema.ttl_attribute == null ? [] : [local.schema.ttl_attribute]

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }
}

# Changing the log requires removing this policy first, which is an event in CloudTrail.
resource "aws_dynamodb_resource_policy" "append_only" {
  count = var.is_append_only ? 1 : 0

  resource_arn = aws_dynamodb_table.this.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyChanges"
        Effect    = "Deny"
        Principal = "*"
        Action = [
          "dynamodb:BatchWriteItem",
          "dynamodb:DeleteItem",
          "dynamodb:PartiQLDelete",
          "dynamodb:PartiQLInsert",
          "dynamodb:PartiQLUpdate",
          "dynamodb:UpdateItem",
        ]
        Resource = aws_dynamodb_table.this.arn
      },
      {
        Sid       = "DenyPutOutsideTransactions"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["dynamodb:PutItem"]
        Resource  = aws_dynamodb_table.this.arn
        Condition = { "ForAllValues:StringNotEquals" = { "dynamodb:EnclosingOperation" = "TransactWriteItems" } }
      },
    ]
  })
}
