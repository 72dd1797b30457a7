# A service's deployment without AWS: run `terraform test` in `terraform/service`.

mock_provider "aws" {
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:ap-south-1:123456789012:function:some-function" }
  }
  mock_resource "aws_lambda_alias" {
    defaults = {
      arn        = "arn:aws:lambda:ap-south-1:123456789012:function:some-function:live"
      invoke_arn = "arn:aws:apigateway:ap-south-1:lambda:path/2015-03-31/functions/some-function/invocations"
    }
  }
  mock_resource "aws_api_gateway_rest_api" {
    defaults = { execution_arn = "arn:aws:execute-api:ap-south-1:123456789012:some-api" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:ap-south-1:123456789012:rule/some-rule" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:ap-south-1:123456789012:log-group:some-group" }
  }
  mock_resource "aws_api_gateway_stage" {
    defaults = {
      arn        = "arn:aws:apigateway:ap-south-1::/restapis/some-api/stages/dev"
      invoke_url = "https://some-api.execute-api.ap-south-1.amazonaws.com/dev/"
    }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:ap-south-1:123456789012:regional/webacl/inventory-dev-stock/12345678-1234-1234-1234-123456789012" }
  }

  mock_data "aws_ssm_parameters_by_path" {
    defaults = {
      names = [
        "/inventory/dev/alarms/topic_arn",
        "/inventory/dev/alerts/topic_arn",
        "/inventory/dev/archive/bucket",
        "/inventory/dev/archive/signing_key_arn",
        "/inventory/dev/events/bus_name",
        "/inventory/dev/identity/audiences",
        "/inventory/dev/identity/issuer",
        "/inventory/dev/identity/jwks_url",
        "/inventory/dev/identity/machine_client_ids",
        "/inventory/dev/identity/order_owners",
        "/inventory/dev/ledger-keys/1",
        "/inventory/dev/ledger/key_secret_arn",
        "/inventory/dev/ledger/keys_path",
        "/inventory/dev/logs/kms_key_arn",
        "/inventory/dev/logs/retention_days",
        "/inventory/dev/services/stock/api/role_arn",
        "/inventory/dev/services/stock/expire_orders/failure_queue_arn",
        "/inventory/dev/services/stock/expire_orders/role_arn",
        "/inventory/dev/services/stock/shifting_role_arn",
        "/inventory/dev/services/stock/sku_changed/failure_queue_arn",
        "/inventory/dev/services/stock/sku_changed/role_arn",
        "/inventory/dev/tables/VendorInventory/stream_arn",
        "/inventory/dev/tables/name_prefix",
        "/inventory/dev/tables/restored_to",
      ]
      values = [
        "arn:aws:sns:ap-south-1:123456789012:alarms",
        "arn:aws:sns:ap-south-1:123456789012:alerts",
        "archive",
        "arn:aws:kms:ap-south-1:123456789012:key/signing",
        "inventory-dev",
        "web",
        "https://issuer.example.org",
        "https://issuer.example.org/.well-known/jwks.json",
        "-",
        "-",
        "{}",
        "arn:aws:secretsmanager:ap-south-1:123456789012:secret:inventory-dev-ledger-key-abcdef",
        "/inventory/dev/ledger-keys/",
        "-",
        "14",
        "arn:aws:iam::123456789012:role/inventory-dev-stock-api",
        "arn:aws:sqs:ap-south-1:123456789012:inventory-dev-stock-expire_orders",
        "arn:aws:iam::123456789012:role/inventory-dev-stock-expire_orders",
        "arn:aws:iam::123456789012:role/inventory-dev-stock-shifting",
        "arn:aws:sqs:ap-south-1:123456789012:inventory-dev-stock-sku_changed",
        "arn:aws:iam::123456789012:role/inventory-dev-stock-sku_changed",
        "arn:aws:dynamodb:ap-south-1:123456789012:table/dev-VendorInventory/stream/2026-01-01T00:00:00.000",
        "dev-",
        "-",
      ]
    }
  }
}

variables {
  service  = "stock"
  stage    = "dev"
  zip_path = "../modules/identity/claims/claims.py" # any file: nothing is uploaded
  routes = {
    "/health"                                    = ["GET"]
    "/orders/batch"                              = ["POST"]
    "/orders/{order_id}"                         = ["GET", "PUT"]
    "/products/{product_id}/skus/{sku}/restocks" = ["POST"]
    "/vendors/{vendor_id}/low-stock"             = ["GET"]
  }
  feeds = {
    sku_changed = { table = "VendorInventory", key_attribute = "sku", prefixes = ["SKU-", "#ORDER"] }
  }
  schedules = {
    expire_orders = "rate(1 minute)"
  }
  functions = {
    sku_changed = { timeout_seconds = 300 }
  }
}

run "a_service" {
  assert {
    condition     = toset(keys(output.functions)) == toset(["api", "sku_changed", "expire_orders"])
    error_message = "The API, each stream subscription and each schedule must have a function of its own."
  }

  assert {
    condition     = output.functions["sku_changed"].name == "inventory-dev-stock-sku_changed"
    error_message = "A function's name must be inventory-<stage>-<service>-<function>, as in the log permission of its role."
  }

  assert {
    condition     = output.api_url == "https://some-api.execute-api.ap-south-1.amazonaws.com/dev"
    error_message = "The API's address must have no trailing slash."
  }

  assert {
    condition = toset(output.alarm_names) == toset(concat(
      flatten([
        for function in ["api", "sku_changed", "expire_orders"] : [
          for kind in ["errors", "function-throttles", "duration"] : "inventory-dev-stock-${function}-${kind}"
        ]
      ]),
      ["inventory-dev-stock-sku_changed-iterator-age", "inventory-dev-stock-server-errors", "inventory-dev-stock-latency"],
    ))
    error_message = "Every function and the API must have their alarms."
  }
}

run "a_deploy_shifts_traffic_only_if_it_is_asked_to" {
  assert {
    condition     = output.gradual == null
    error_message = "There must be no CodeDeploy unless gradual is set."
  }
}

run "a_gradual_deploy" {
  variables {
    gradual = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
  }

  assert {
    condition     = output.gradual == { application = "inventory-dev-stock" }
    error_message = "The application must have the service's name: its deployer may manage no other."
  }
}

run "a_gradual_deploy_needs_alarms" {
  command = plan

  variables {
    gradual    = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    monitoring = false
  }

  expect_failures = [var.gradual]
}

run "an_emulator_has_no_codedeploy" {
  command = plan

  variables {
    gradual           = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    emulator_endpoint = "http://127.0.0.1:4566"
  }

  expect_failures = [var.gradual]
}

run "a_function_that_the_platform_does_not_know" {
  command = plan

  variables {
    schedules = { expire_orders = "rate(1 minute)", reconcile = "rate(1 day)" }
  }

  expect_failures = [data.aws_ssm_parameters_by_path.contract]
}

run "a_service_that_the_platform_does_not_know" {
  command = plan

  variables {
    service = "billing"
  }

  expect_failures = [data.aws_ssm_parameters_by_path.contract]
}

run "without_monitoring" {
  variables {
    monitoring = false
  }

  assert {
    condition     = length(output.alarm_names) == 0
    error_message = "Without monitoring, there must be no alarms."
  }
}

run "a_limit_for_each_address" {
  variables {
    requests_per_address = 10 # the least that AWS WAF accepts
  }

  assert {
    condition     = module.service.requests_per_address == 10
    error_message = "The stage's limit for an address must reach its firewall."
  }
}

run "no_firewall_on_an_emulator" {
  variables {
    requests_per_address = 100000
    emulator_endpoint    = "http://127.0.0.1:4566"
  }

  assert {
    condition     = module.service.requests_per_address == null
    error_message = "An emulator accepts a firewall and does not enforce it."
  }
}

run "without_budgets" {
  variables {
    budgets = { catalog = { vendor = { rate = 500, burst = 5000 } } }
  }

  assert {
    condition     = !contains(keys(module.service.environment), "BUDGETS")
    error_message = "A service without an entry must have no budgets."
  }
}

run "with_budgets" {
  variables {
    budgets = {
      catalog = { vendor = { rate = 500, burst = 5000 } }
      stock   = { client = { rate = 100, burst = 1 } }
    }
  }

  assert {
    condition     = jsondecode(module.service.environment["BUDGETS"]) == { client = { rate = 100, burst = 1 } }
    error_message = "The app must get the budgets of its own service, and none for whom none is given."
  }
}
