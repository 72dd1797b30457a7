# The contract with the service teams: docs/platform-contract.md. SSM stores no empty values; "-" represents one.

locals {
  order_owners = { for name, owners in var.order_owners : module.identity.client_ids[name] => owners }

  parameters = merge(
    {
      "tables/name_prefix"          = var.table_name_prefix == "" ? "-" : var.table_name_prefix
      "tables/restored_to"          = length(var.tables_restored_to) == 0 ? "-" : join(",", var.tables_restored_to)
      "identity/issuer"             = module.identity.issuer
      "identity/jwks_url"           = module.identity.jwks_url
      "identity/audiences"          = module.identity.web_client_id
      "identity/web_client_id"      = module.identity.web_client_id
      "identity/web_callback_urls"  = length(local.web_callback_urls) == 0 ? "-" : join(",", local.web_callback_urls)
      "identity/hosted_login"       = module.identity.hosted_login
      "identity/order_owners"       = length(local.order_owners) == 0 ? "-" : jsonencode(local.order_owners)
      "identity/machine_client_ids" = length(module.identity.machine_client_ids) == 0 ? "-" : join(",", module.identity.machine_client_ids)
      "identity/user_pool_id"       = module.identity.user_pool_id
      "alerts/topic_arn"            = aws_sns_topic.alerts.arn
      "alarms/topic_arn"            = aws_sns_topic.alarms.arn
      "events/bus_name"             = aws_cloudwatch_event_bus.this.name
      "events/bus_arn"              = aws_cloudwatch_event_bus.this.arn
      "events/dead_letter_arn"      = module.event_dead_letters.arn
      "console/domain"              = coalesce(var.console_domain, "-")
      "console/certificate_arn"     = coalesce(var.console_certificate_arn, "-")
      "names/region_suffix"         = local.region_suffix == "" ? "-" : local.region_suffix
      "logs/retention_days"         = tostring(var.log_retention_days)
      "logs/kms_key_arn"            = coalesce(var.kms_key_arn, "-")
      "archive/bucket"              = module.archive.bucket
      "archive/signing_key_arn"     = module.archive.signing_key_arn
      "ledger/key_secret_arn"       = module.ledger_key.secret_arn
      "ledger/keys_path"            = local.ledger_keys_path
    },
    { for table in keys(var.tables) : "tables/${table}/arn" => module.table[table].arn },
    { for table in keys(var.tables) : "tables/${table}/stream_arn" => module.table[table].stream_arn },
    { for key in keys(local.functions) : "services/${key}/role_arn" => module.role[key].arn },
    { for service, role in aws_iam_role.shifting : "services/${service}/shifting_role_arn" => role.arn },
    { for key, queue in module.failure_queue : "services/${key}/failure_queue_arn" => queue.arn },
  )
}

resource "aws_ssm_parameter" "this" {
  #checkov:skip=CKV2_AWS_34:names and addresses that the teams read without a key; none is a secret
  for_each = local.parameters

  name  = "/inventory/${var.stage}/${each.key}"
  type  = "String"
  value = each.value

  # If the response of a put gets lost, the parameter exists without being in the state: the next apply must not fail on it.
  overwrite = true
}
