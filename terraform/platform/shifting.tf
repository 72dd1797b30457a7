# The roles under which CodeDeploy shifts traffic, one for each service: it moves the aliases of the service's functions to
# versions that exist, and looks at alarms.

locals {
  shifting = var.gradual_deploys ? toset(keys(local.access)) : toset([])
}

resource "aws_iam_role" "shifting" {
  for_each = local.shifting

  name                 = "${local.name}-${each.key}-shifting${local.region_suffix}"
  description          = "Shifts the traffic of ${each.key} to new versions"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "codedeploy.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "shifting" {
  for_each = local.shifting

  name = "what-it-needs"
  role = aws_iam_role.shifting[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "MoveAliases"
        Effect   = "Allow"
        Action   = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
        Resource = ["${local.functions_arn}:${local.name}-${each.key}-*"]
      },
      {
        # CodeDeploy asks for alarms by their names; AWS knows the resource alarm:*.
        Sid      = "WatchAlarms"
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms"]
        Resource = ["arn:${data.aws_partition.current.partition}:cloudwatch:${var.region}:${data.aws_caller_identity.current.account_id}:alarm:*"]
      },
    ]
  })
}
