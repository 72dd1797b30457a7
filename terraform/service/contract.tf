# The parameters that the platform publishes for this stage: docs/platform-contract.md.

locals {
  path = "/inventory/${var.stage}/"

  with_failure_queue = concat(keys(var.feeds), keys(var.schedules))
  functions          = concat(["api"], local.with_failure_queue)

  needed = toset(concat(
    [
      "tables/name_prefix", "tables/restored_to", "identity/issuer", "identity/jwks_url", "identity/audiences", "identity/machine_client_ids",
      "identity/order_owners",
      "alerts/topic_arn", "alarms/topic_arn", "events/bus_name", "logs/retention_days", "logs/kms_key_arn",
      "archive/bucket", "archive/signing_key_arn",
      "ledger/key_secret_arn", "ledger/keys_path",
    ],
    [for feed in var.feeds : "tables/${feed.table}/stream_arn"],
    [for function in local.functions : "services/${var.service}/${function}/role_arn"],
    [for function in local.with_failure_queue : "services/${var.service}/${function}/failure_queue_arn"],
    # Of CodeDeploy, with the platform's variable gradual_deploys.
    var.gradual == null ? [] : ["services/${var.service}/shifting_role_arn"],
  ))

  # Names and addresses, none of them a secret; the provider marks every SSM value as sensitive.
  contract = nonsensitive(zipmap(
    [for name in data.aws_ssm_parameters_by_path.contract.names : trimprefix(name, local.path)],
    data.aws_ssm_parameters_by_path.contract.values,
  ))
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
      condition     = length(self.names) == 0 || length(setsubtract(local.needed, [for name in self.names : trimprefix(name, local.path)])) == 0
      error_message = "The stage '${var.stage}' lacks ${join(", ", setsubtract(local.needed, [for name in self.names : trimprefix(name, local.path)]))}. A function's permissions must be granted in terraform/platform/access.tf before it can be deployed."
    }
  }
}

# What a service publishes: where the console finds it.
resource "aws_ssm_parameter" "api_url" {
  #checkov:skip=CKV2_AWS_34:an address that the console's team reads without a key; it is no secret
  name  = "${local.path}services/${var.service}/api_url"
  type  = "String"
  value = local.api_url

  # As in terraform/platform/parameters.tf.
  overwrite = true
}
