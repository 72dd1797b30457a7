# What an account has once in each region, whatever stages it has.

locals {
  tags = {
    project    = "inventory"
    owner      = "platform"
    managed_by = "terraform"
  }
}

data "aws_partition" "current" {}

# With it, API Gateway writes access logs: one setting of the account and region, for all its APIs.
resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.api_gateway.arn

  depends_on = [aws_iam_role_policy_attachment.api_gateway]
}

# Roles are of the account, not of a region: its name has the region.
resource "aws_iam_role" "api_gateway" {
  name                 = "inventory-api-gateway-logs-${var.region}"
  description          = "API Gateway writes the access logs of ${var.region}"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "apigateway.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "api_gateway" {
  role       = aws_iam_role.api_gateway.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}
