# Without AWS: run `terraform test` in `terraform/webhooks`.

mock_provider "aws" {
  mock_resource "aws_cloudwatch_event_connection" {
    defaults = { arn = "arn:aws:events:ap-south-1:123456789012:connection/some-connection" }
  }
  mock_resource "aws_cloudwatch_event_api_destination" {
    defaults = { arn = "arn:aws:events:ap-south-1:123456789012:api-destination/some-destination" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:ap-south-1:123456789012:rule/inventory-dev/some-rule" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/some-role" }
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

variables {
  bus_name        = "inventory-dev"
  dead_letter_arn = "arn:aws:sqs:ap-south-1:123456789012:inventory-dev-events"
  webhooks = {
    web-shop = { url = "https://shop.example/inventory", types = ["stock.out", "stock.back"], vendor_id = "VENDOR-001" }
    erp      = { url = "https://erp.example/events", header = "X-Secret", rate_limit = 5 }
  }
  secrets = {
    web-shop = "0123456789abcdef0123456789abcdef"
    erp      = "fedcba9876543210fedcba9876543210"
  }
}

run "two_webhooks" {
  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.this["web-shop"].event_pattern) == {
      source      = [{ prefix = "inventory." }]
      detail-type = ["stock.out", "stock.back"]
      detail      = { data = { vendor_id = ["VENDOR-001"] } }
    }
    error_message = "A webhook must hear of its types and its vendor alone."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this["erp"].event_pattern) == { source = [{ prefix = "inventory." }] }
    error_message = "Without types and vendor, a webhook hears of all events of the services."
  }

  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.this : target.dead_letter_config[0].arn == var.dead_letter_arn && target.retry_policy[0].maximum_event_age_in_seconds == 86400 && target.input_path == "$.detail"])
    error_message = "An event must be retried for a day, and then go to the dead-letter queue."
  }

  assert {
    condition     = aws_cloudwatch_event_connection.this["erp"].auth_parameters[0].api_key[0].key == "X-Secret" && aws_cloudwatch_event_api_destination.this["erp"].invocation_rate_limit_per_second == 5
    error_message = "Header and rate must be those of the webhook."
  }

  assert {
    condition     = jsondecode(output.role_policy).Statement[0].Action == "events:InvokeApiDestination"
    error_message = "The role may send to the webhooks alone."
  }
}

run "plain_http" {
  command = plan

  variables {
    webhooks = { web-shop = { url = "http://shop.example/inventory" } }
  }

  expect_failures = [var.webhooks]
}

run "a_short_secret" {
  command = plan

  variables {
    webhooks = { web-shop = { url = "https://shop.example/inventory" } }
    secrets  = { web-shop = "short" }
  }

  expect_failures = [var.secrets]
}

run "the_first_region" {
  assert {
    condition     = aws_iam_role.this.name == "inventory-dev-webhooks"
    error_message = "The role of webhooks that exist must keep its name."
  }
}

run "a_further_region" {
  variables {
    region_in_names = true
  }

  assert {
    condition     = aws_iam_role.this.name == "inventory-dev-webhooks-ap-south-1"
    error_message = "In a further region of an account, the role's name must have the region."
  }
}
