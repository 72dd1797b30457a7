# What the platform has published for this stage: docs/platform-contract.md.

locals {
  path = "/inventory/${var.stage}/"

  unwaited  = concat(keys(var.feeds), keys(var.schedules))
  functions = concat(["api"], local.unwaited)

  needed = toset(concat(
    [
      "tables/name_prefix", "identity/issuer", "identity/jwks_url", "identity/audiences", "identity/machine_client_ids",
      "alerts/topic_arn", "alarms/topic_arn", "logs/retention_days", "logs/kms_key_arn",
      "archive/bucket", "archive/signing_key_arn",
    ],
    [for feed in var.feeds : "tables/${feed.table}/stream_arn"],
    [for function in local.functions : "services/${var.service}/${function}/role_arn"],
    [for function in local.unwaited : "services/${var.service}/${function}/failure_queue_arn"],
  ))

  # Addresses and names, none of them a secret; the provider marks every value of SSM as one.
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
      error_message = "There is no stage '${var.stage}' here: nothing lies below ${local.path}. Is it the right account and region, and has the platform team applied terraform/platform?"
    }

    postcondition {
      condition     = length(self.names) == 0 || length(setsubtract(local.needed, [for name in self.names : trimprefix(name, local.path)])) == 0
      error_message = "The stage '${var.stage}' lacks ${join(", ", setsubtract(local.needed, [for name in self.names : trimprefix(name, local.path)]))}. What a function may do is granted first, in terraform/platform/access.tf, and deployed second."
    }
  }
}
