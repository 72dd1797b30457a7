# The roles that CI deploys with, one root for each account. An administrator applies it, before the platform of a stage
# and whenever a stage, a team or a repository is added: the roles can change neither themselves nor each other.

locals {
  tags = {
    project    = "inventory"
    owner      = "deployers"
    managed_by = "terraform"
  }

  stages       = var.oidc == null ? {} : var.stages
  has_provider = try(var.oidc.provider_arn, null) != null
  provider_arn = local.has_provider ? var.oidc.provider_arn : one(aws_iam_openid_connect_provider.this[*].arn)

  prefixes = {
    for stage, settings in local.stages : stage => coalescelist(
      coalesce(settings.table_name_prefixes, []),
      [stage == "prod" ? "" : "${stage}-"],
    )
  }
}

resource "aws_iam_openid_connect_provider" "this" {
  count = var.oidc == null || local.has_provider ? 0 : 1

  url            = var.oidc.issuer
  client_id_list = [var.oidc.audience]
}

module "deployers" {
  source   = "../modules/deployers"
  for_each = local.stages

  stage               = each.key
  state_bucket        = var.state_bucket
  oidc_provider_arn   = local.provider_arn
  issuer              = var.oidc.issuer
  audience            = var.oidc.audience
  subjects            = each.value.subjects
  table_name_prefixes = local.prefixes[each.key]
  region_in_names     = var.region_in_names
}
