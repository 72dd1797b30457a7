# What a role may do: `terraform test` in this folder.

mock_provider "aws" {
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
  name                  = "inventory-dev-stock-sku_changed"
  append_only_table_arn = "arn:aws:dynamodb:ap-south-1:123456789012:table/StockTransactions"
  statements = [{
    sid       = "RecallAlerts"
    actions   = ["dynamodb:GetItem"]
    resources = ["arn:aws:dynamodb:ap-south-1:123456789012:table/VendorInventory"]
  }]
}

run "a_function_that_a_caller_waits_for" {
  command = plan

  assert {
    condition     = jsondecode(output.policy).Statement[*].Sid == ["RecallAlerts", "WriteItsLog", "WriteTraces", "NothingInTheLogIsChanged", "RecordsComeWithTheirStock"]
    error_message = "It has what it was granted, its log, its traces, and the log is closed to it."
  }

  assert {
    condition     = jsondecode(output.policy).Statement[1].Resource == ["arn:aws:logs:ap-south-1:123456789012:log-group:/aws/lambda/inventory-dev-stock-sku_changed:*"]
    error_message = "It writes into its own log, and nowhere else."
  }
}

run "a_function_that_a_stream_starts" {
  command = plan

  variables {
    stream_arn        = "arn:aws:dynamodb:ap-south-1:123456789012:table/VendorInventory/stream/2026-01-01T00:00:00.000"
    failure_queue_arn = "arn:aws:sqs:ap-south-1:123456789012:inventory-dev-stock-sku_changed"
  }

  assert {
    condition = {
      for statement in jsondecode(output.policy).Statement : statement.Sid => statement.Resource[0]
      if contains(["ReadItsStream", "FindItsStream", "HandOverWhatFailed"], statement.Sid)
      } == {
      ReadItsStream      = "arn:aws:dynamodb:ap-south-1:123456789012:table/VendorInventory/stream/2026-01-01T00:00:00.000"
      FindItsStream      = "arn:aws:dynamodb:ap-south-1:123456789012:table/VendorInventory/stream/*"
      HandOverWhatFailed = "arn:aws:sqs:ap-south-1:123456789012:inventory-dev-stock-sku_changed"
    }
    error_message = "It reads its own table's stream, and hands failures to its own queue."
  }
}

run "no_wildcard_action" {
  command = plan

  variables {
    statements = [{ sid = "Everything", actions = ["dynamodb:*"], resources = ["arn:aws:dynamodb:ap-south-1:123456789012:table/VendorInventory"] }]
  }

  expect_failures = [var.statements]
}

run "no_wildcard_resource" {
  command = plan

  variables {
    statements = [{ sid = "Everywhere", actions = ["dynamodb:GetItem"], resources = ["*"] }]
  }

  expect_failures = [var.statements]
}

run "no_resource_of_everybody" {
  command = plan

  variables {
    statements = [{ sid = "Everywhere", actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:ap-south-1:123456789012:*"] }]
  }

  expect_failures = [var.statements]
}
