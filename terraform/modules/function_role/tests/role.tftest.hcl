# Run with `terraform test` in the module's folder.

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
    sid       = "ReadSentAlerts"
    actions   = ["dynamodb:GetItem"]
    resources = ["arn:aws:dynamodb:ap-south-1:123456789012:table/VendorInventory"]
  }]
}

run "a_function_whose_caller_waits" {
  command = plan

  assert {
    condition     = jsondecode(output.policy).Statement[*].Sid == ["ReadSentAlerts", "WriteLogs", "WriteTraces", "DenyLogChanges", "DenyPutOutsideTransactions"]
    error_message = "It must have the granted statements, its log and traces, and be denied to change the stock log."
  }

  assert {
    condition     = jsondecode(output.policy).Statement[1].Resource == ["arn:aws:logs:ap-south-1:123456789012:log-group:/aws/lambda/inventory-dev-stock-sku_changed:*"]
    error_message = "It must write to its own log only."
  }
}

run "a_function_that_a_stream_invokes" {
  command = plan

  variables {
    stream_arn        = "arn:aws:dynamodb:ap-south-1:123456789012:table/VendorInventory/stream/2026-01-01T00:00:00.000"
    failure_queue_arn = "arn:aws:sqs:ap-south-1:123456789012:inventory-dev-stock-sku_changed"
  }

  assert {
    condition = {
      for statement in jsondecode(output.policy).Statement : statement.Sid => statement.Resource[0]
      if contains(["ReadStream", "ListStreams", "SendFailures"], statement.Sid)
      } == {
      ReadStream   = "arn:aws:dynamodb:ap-south-1:123456789012:table/VendorInventory/stream/2026-01-01T00:00:00.000"
      ListStreams  = "*"
      SendFailures = "arn:aws:sqs:ap-south-1:123456789012:inventory-dev-stock-sku_changed"
    }
    error_message = "It must read the stream of its own table, and send failures to its own queue."
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

run "no_wildcard_for_all_resources_of_a_service" {
  command = plan

  variables {
    statements = [{ sid = "Everywhere", actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:ap-south-1:123456789012:*"] }]
  }

  expect_failures = [var.statements]
}
