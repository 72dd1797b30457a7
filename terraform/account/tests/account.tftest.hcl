# The account's settings without AWS: run `terraform test` in `terraform/account`.

mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws-cn:iam::123456789012:role/some-role" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws-cn" }
  }
}

run "logs_of_api_gateway" {
  assert {
    condition     = aws_api_gateway_account.this.cloudwatch_role_arn == output.api_gateway_role_arn
    error_message = "API Gateway must write its logs with the role."
  }

  assert {
    condition     = startswith(aws_iam_role_policy_attachment.api_gateway.policy_arn, "arn:aws-cn:iam::aws:policy/")
    error_message = "The policy is that of the account's partition."
  }

  assert {
    condition     = aws_iam_role.api_gateway.name == "inventory-api-gateway-logs-ap-south-1"
    error_message = "The role's name must have its region: another region of the account has a role of its own."
  }
}

run "another_region" {
  variables {
    region = "eu-west-1"
  }

  assert {
    condition     = aws_iam_role.api_gateway.name == "inventory-api-gateway-logs-eu-west-1"
    error_message = "The role's name must have its region."
  }
}
