# The whole platform without AWS: run `terraform test` in `terraform/platform`.

mock_provider "aws" {
  mock_resource "aws_dynamodb_table" {
    defaults = {
      arn        = "arn:aws:dynamodb:ap-south-1:123456789012:table/some-table"
      stream_arn = "arn:aws:dynamodb:ap-south-1:123456789012:table/some-table/stream/2026-01-01T00:00:00.000"
    }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/some-role" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:ap-south-1:123456789012:function:some-function" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:ap-south-1:123456789012:some-topic" }
  }
  mock_resource "aws_cloudwatch_event_bus" {
    defaults = { arn = "arn:aws:events:ap-south-1:123456789012:event-bus/some-bus" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:ap-south-1:123456789012:some-queue" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::some-bucket" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:ap-south-1:123456789012:key/some-key" }
  }
  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:ap-south-1:123456789012:secret:some-secret" }
  }
  mock_resource "aws_cognito_user_pool" {
    defaults = { id = "ap-south-1_SomePool1", arn = "arn:aws:cognito-idp:ap-south-1:123456789012:userpool/ap-south-1_SomePool1" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:ap-south-1:123456789012:log-group:some-group" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "ap-south-1" }
  }
}

override_resource {
  target = module.table["StockTransactions"].aws_dynamodb_table.this
  values = {
    arn        = "arn:aws:dynamodb:ap-south-1:123456789012:table/the-log"
    stream_arn = "arn:aws:dynamodb:ap-south-1:123456789012:table/the-log/stream/2026-01-01T00:00:00.000"
  }
}

variables {
  stage         = "staging"
  claims_zip    = "../modules/identity/claims/claims.py" # any file: nothing is uploaded
  alarm_emails  = ["ops@example.org"]
  order_clients = ["web-shop"]
  vendor_clients = {
    "acme-erp" = "VENDOR-001"
  }
}

run "a_stage" {
  assert {
    condition     = alltrue([for name, on_this_stage in output.table_names : name == on_this_stage])
    error_message = "Without a prefix, the tables must have the names of the specification."
  }

  assert {
    condition     = output.parameters["tables/name_prefix"] == "-" && output.parameters["logs/kms_key_arn"] == "-"
    error_message = "Empty values must be published as '-': SSM stores no empty values."
  }

  assert {
    condition     = alltrue([for value in output.parameters : value != ""])
    error_message = "No parameter may be empty: SSM stores no empty values."
  }

  assert {
    condition = length(setsubtract([
      "Products-table-throttles", "Products-table-CategoryIndex-throttles", "Products-table-VendorProductsIndex-throttles",
      "VendorInventory-throttles", "VendorInventory-LowStockIndex-throttles", "VendorInventory-VendorInventoryIndex-throttles",
      "StockTransactions-throttles", "StockTransactions-ProductTransactionIndex-throttles",
      "StockTransactions-SKUTransactionIndex-throttles", "StockTransactions-VendorTransactionIndex-throttles",
      "Products-table-system-errors", "VendorInventory-system-errors", "StockTransactions-system-errors",
      "Products-table-conflicts", "VendorInventory-conflicts", "StockTransactions-conflicts",
      "inventory-staging-claims-errors", "inventory-staging-findings", "inventory-staging-events-failures",
    ], output.alarm_names)) == 0
    error_message = "Every table and every index must have its alarms."
  }

  assert {
    condition     = length(output.alarm_names) == length(distinct(output.alarm_names))
    error_message = "Alarm names must be unique: alarms of the same name overwrite each other."
  }

  assert {
    condition     = alltrue([for key in keys(output.failure_queue_urls) : contains(output.alarm_names, "inventory-staging-${replace(key, "/", "-")}-failures")])
    error_message = "Every failure queue must have its alarm."
  }

  assert {
    condition     = toset([for key, policy in output.role_policies : key if strcontains(policy, "dynamodb:Scan")]) == toset(["audit/reconcile", "audit/verify_archive", "audit/write_digest", "catalog/recount_products", "stock/lower_bounds"])
    error_message = "Only the functions that read every SKU or product once a day may scan."
  }

  assert {
    condition = toset([for key, policy in output.role_policies : key if strcontains(policy, "events:PutEvents")]) == toset([
      "catalog/product_changed", "stock/sku_changed",
      "audit/log_changed", "audit/reconcile", "audit/stock_changed", "audit/verify_archive", "audit/write_digest",
    ])
    error_message = "Only the functions that publish events may put them on the bus."
  }

  assert {
    condition = alltrue(flatten([
      for key, policy in output.role_policies : [
        for statement in jsondecode(policy).Statement :
        statement.Resource == [output.parameters["events/bus_arn"]] && statement.Condition == { "ForAllValues:StringEquals" = { "events:source" = ["inventory.${split("/", key)[0]}"] } }
        if contains(statement.Action, "events:PutEvents")
      ]
    ]))
    error_message = "A service may publish only its own events, on the stage's bus."
  }

  assert {
    condition     = toset([for key, policy in output.role_policies : key if strcontains(policy, "secretsmanager:")]) == toset(["stock/api", "stock/expire_orders"])
    error_message = "Only the functions of the stock service that write log records may read the key that signs them."
  }

  assert {
    condition     = alltrue([for policy in output.role_policies : !strcontains(policy, "ssm:Put") && !strcontains(policy, "ssm:Delete") && !strcontains(policy, "secretsmanager:Put")])
    error_message = "No function may change the keys of the log."
  }

  assert {
    condition     = output.ledger_keys_path == "/inventory/staging/ledger-keys/" && output.parameters["ledger/keys_path"] == output.ledger_keys_path
    error_message = "The public keys must be below the stage's own path."
  }

  assert {
    condition = alltrue([
      for policy in output.role_policies : anytrue([
        for statement in jsondecode(policy).Statement : statement.Effect == "Deny"
        && contains(statement.Action, "dynamodb:UpdateItem")
        && contains(statement.Action, "dynamodb:DeleteItem")
        && statement.Resource == ["arn:aws:dynamodb:ap-south-1:123456789012:table/the-log"]
      ])
    ])
    error_message = "Every role must be denied to change the log, whatever else it is granted."
  }

  assert {
    condition = alltrue(flatten([
      for policy in output.role_policies : [
        for statement in jsondecode(policy).Statement :
        try(statement.Condition["ForAnyValue:StringEquals"]["dynamodb:EnclosingOperation"], []) == ["TransactWriteItems"]
        if statement.Effect == "Allow" && contains(statement.Action, "dynamodb:PutItem")
        && contains(statement.Resource, "arn:aws:dynamodb:ap-south-1:123456789012:table/the-log")
      ]
    ]))
    error_message = "A log record may only be written in a transaction."
  }
}

run "every_role_has_the_permissions_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/bounds"
  }

  assert {
    condition     = alltrue([for role in module.role : role.permissions_boundary_arn == "arn:aws:iam::123456789012:policy/bounds"])
    error_message = "A role has no permissions boundary."
  }
}

run "every_role_may_use_a_customer_managed_key" {
  variables {
    kms_key_arn = "arn:aws:kms:ap-south-1:123456789012:key/ours"
  }

  assert {
    condition = alltrue([
      for policy in output.role_policies : anytrue([
        for statement in jsondecode(policy).Statement : statement.Resource == ["arn:aws:kms:ap-south-1:123456789012:key/ours"]
      ])
    ])
    error_message = "Every role must be allowed to use the key of its tables."
  }
}

run "prod_needs_a_receiver_of_alarms" {
  command = plan

  variables {
    stage        = "prod"
    alarm_emails = []
    requires_mfa = true
  }

  expect_failures = [var.alarm_emails]
}

run "prod_requires_a_second_factor" {
  command = plan

  variables {
    stage = "prod"
  }

  expect_failures = [var.requires_mfa]
}

run "a_password_alone_is_no_sign_in_with_a_second_factor" {
  command = plan

  variables {
    requires_mfa = true
    test_sign_in = true
  }

  expect_failures = [var.requires_mfa]
}

run "the_tables_are_backed_up_and_their_writes_recorded_if_asked" {
  variables {
    backup           = { keep_days = 90 }
    data_events_days = 90
  }

  assert {
    condition     = length(module.backup) == 1 && length(module.trail) == 1
    error_message = "The tables must be backed up, and their writes recorded."
  }
}

run "the_domain_of_the_console" {
  variables {
    console_domain          = "stock.example.org"
    console_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/some-certificate"
    web_callback_urls       = ["http://localhost:3000/", "https://stock.example.org/"]
  }

  assert {
    condition     = output.web_callback_urls == tolist(["http://localhost:3000/", "https://stock.example.org/"]) && output.parameters["identity/web_callback_urls"] == "http://localhost:3000/,https://stock.example.org/"
    error_message = "Browsers must return to the console and to the addresses named beside it, each once."
  }

  assert {
    condition     = output.parameters["console/domain"] == "stock.example.org" && output.parameters["console/certificate_arn"] == "arn:aws:acm:us-east-1:123456789012:certificate/some-certificate"
    error_message = "The console's root must learn of domain and certificate."
  }
}

run "without_monitoring" {
  variables {
    monitoring = false
  }

  assert {
    condition     = length(output.alarm_names) == 0 && output.dashboard_name == null
    error_message = "Without monitoring, there must be neither alarms nor a dashboard."
  }
}

run "a_further_region" {
  command = plan

  variables {
    region          = "eu-west-1"
    region_in_names = true
  }

  assert {
    condition     = aws_iam_role.operator.name == "inventory-staging-operator-eu-west-1" && output.parameters["names/region_suffix"] == "-eu-west-1"
    error_message = "In a further region of an account, names of the account must have the region, and the console must learn it."
  }
}
