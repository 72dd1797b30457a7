# The parameters that the platform and the services publish for this stage: docs/platform-contract.md.

locals {
  path = "/inventory/${var.stage}/"

  of_the_platform = toset([
    "console/certificate_arn", "console/domain", "identity/hosted_login", "identity/issuer", "identity/web_callback_urls",
    "identity/web_client_id", "logs/retention_days", "names/region_suffix",
  ])
  of_the_services = { for service in ["audit", "catalog", "stock"] : service => "services/${service}/api_url" }

  # When the console is destroyed, Terraform only warns of what is missing: services and platform may be gone already.
  missing = merge(
    { for name in concat(tolist(local.of_the_platform), values(local.of_the_services)) : name => "-" },
    { "logs/retention_days" = "1" },
  )

  # Names and addresses, none of them a secret; the provider marks every SSM value as sensitive.
  contract = merge(local.missing, nonsensitive(zipmap(
    [for name in data.aws_ssm_parameters_by_path.contract.names : trimprefix(name, local.path)],
    data.aws_ssm_parameters_by_path.contract.values,
  )))
}

data "aws_ssm_parameters_by_path" "contract" {
  path      = "/inventory/${var.stage}"
  recursive = true

  lifecycle {
    postcondition {
      condition     = length(self.names) > 0
      error_message = "Stage '${var.stage}' was not found: there are no parameters below ${local.path}. Check the account and the region, and whether the platform team has applied terraform/platform."
    }

    postcondition {
      condition     = length(self.names) == 0 || length(setsubtract(local.of_the_platform, [for name in self.names : trimprefix(name, local.path)])) == 0
      error_message = "The stage '${var.stage}' lacks ${join(", ", setsubtract(local.of_the_platform, [for name in self.names : trimprefix(name, local.path)]))}. The platform team must apply this version of terraform/platform first."
    }

    postcondition {
      condition     = length(self.names) == 0 || length(setsubtract(values(local.of_the_services), [for name in self.names : trimprefix(name, local.path)])) == 0
      error_message = "The stage '${var.stage}' has no address of ${join(", ", [for service, name in local.of_the_services : service if !contains(self.names, "${local.path}${name}")])}. Deploy each service first, with this version: make deploy SERVICE=… STAGE=${var.stage}."
    }
  }
}
