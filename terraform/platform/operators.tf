# Who runs the operations of a stage by hand (tools/operations.py): the role invokes these functions, and may do nothing
# else. Who may assume it is decided by the account's own policies: sts:AssumeRole on its ARN.

locals {
  operations = ["audit-reconcile", "audit-verify_archive", "audit-write_digest", "catalog-recount_products"]

  functions_arn = "arn:${data.aws_partition.current.partition}:lambda:${var.region}:${data.aws_caller_identity.current.account_id}:function"
}

resource "aws_iam_role" "operator" {
  name                 = "${local.name}-operator${local.region_suffix}"
  description          = "Runs the operations of the stage ${var.stage} by hand"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "operator" {
  name = "what-it-needs"
  role = aws_iam_role.operator.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "RunOperations"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = [for operation in local.operations : "${local.functions_arn}:${local.name}-${operation}:live"]
    }]
  })
}
