# The roles that CI deploys a stage with: one for each team, assumed by the tokens of its own jobs.
#
# What each may do is in services.tf, console.tf and platform.tf. A role of a team is closed to the rest of the account
# by its grants, and to the other teams' states by a denial too (state.tf).

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  name      = "inventory-${var.stage}"
  suffix    = var.region_in_names ? "-${local.region}" : ""
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name
  account   = data.aws_caller_identity.current.account_id
  host      = trimprefix(var.issuer, "https://")

  services = ["audit", "catalog", "stock"]

  # ARNs of one service of AWS in this account and region, up to the resource's name.
  arns = {
    for service in ["backup", "cloudtrail", "cloudwatch", "codedeploy", "cognito-idp", "dynamodb", "events", "kms", "lambda", "logs", "secretsmanager", "sns", "sqs", "ssm", "wafv2"] :
    service => "arn:${local.partition}:${service}:${local.region}:${local.account}"
  }
  roles_arn      = "arn:${local.partition}:iam::${local.account}:role"
  parameters_arn = "${local.arns["ssm"]}:parameter/inventory/${var.stage}"

  statements = merge(
    { for service in local.services : service => concat(local.of_a_service[service], local.closing[service]) },
    { console = concat(local.of_the_console, local.closing["console"]) },
    { platform = concat(local.of_the_platform, local.closing["platform"]) },
  )
}

resource "aws_iam_role" "this" {
  for_each = var.subjects

  # Not inventory-<stage>-…: the platform team may change roles of such names.
  name        = "inventory-deployer-${var.stage}-${each.key}${local.suffix}"
  description = "Deploys ${each.key} to the stage ${var.stage}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = var.oidc_provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = { "${local.host}:aud" = var.audience }
        StringLike   = { "${local.host}:sub" = each.value }
      }
    }]
  })
}

# Managed policies, as the platform's is longer than the policies in a role may be together.
resource "aws_iam_policy" "this" {
  for_each = merge([
    for team in keys(var.subjects) : {
      for part, statements in chunklist([for statement in local.statements[team] : jsonencode(statement)], 7) : "${team}/${part + 1}" => { team = team, statements = statements }
    }
  ]...)

  name        = "inventory-deployer-${var.stage}-${replace(each.key, "/", "-")}${local.suffix}"
  description = "What the deployment of ${each.value.team} to the stage ${var.stage} needs"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [for statement in each.value.statements : jsondecode(statement)] })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = aws_iam_policy.this

  role       = aws_iam_role.this[split("/", each.key)[0]].name
  policy_arn = each.value.arn
}
