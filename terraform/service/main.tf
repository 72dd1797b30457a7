locals {
  name = "inventory-${var.stage}-${var.service}"

  tags = {
    project    = "inventory"
    stage      = var.stage
    owner      = var.service
    managed_by = "terraform"
  }

  api_url = var.emulator_endpoint == null ? module.service.api_url : "${var.emulator_endpoint}/restapis/${module.service.api_id}/${var.stage}/_user_request_"

  # It alone signs the stock log, and its roles alone may read the key.
  signing_service = "stock"

  budgets = { for whose, budget in try(var.budgets[var.service], {}) : whose => budget if budget != null }

  environment = {
    TABLE_NAME_PREFIX   = local.contract["tables/name_prefix"] == "-" ? "" : local.contract["tables/name_prefix"]
    TABLES_RESTORED_TO  = local.contract["tables/restored_to"] == "-" ? "" : local.contract["tables/restored_to"]
    TOKEN_ISSUER        = local.contract["identity/issuer"]
    JWKS_URL            = local.contract["identity/jwks_url"]
    TOKEN_AUDIENCES     = local.contract["identity/audiences"]
    MACHINE_CLIENT_IDS  = local.contract["identity/machine_client_ids"]
    ORDER_OWNERS        = local.contract["identity/order_owners"] == "-" ? "" : local.contract["identity/order_owners"]
    ALERT_TOPIC_ARN     = local.contract["alerts/topic_arn"]
    EVENT_BUS           = local.contract["events/bus_name"]
    ARCHIVE_BUCKET      = local.contract["archive/bucket"]
    ARCHIVE_SIGNING_KEY = local.contract["archive/signing_key_arn"]
    LEDGER_KEY_SECRET   = var.service == local.signing_service ? local.contract["ledger/key_secret_arn"] : ""
    LEDGER_KEYS_PATH    = local.contract["ledger/keys_path"]
    CORS_ORIGINS        = join(",", var.cors_origins)
    BUDGETS             = length(local.budgets) == 0 ? "" : jsonencode(local.budgets)
  }
}

module "service" {
  source = "../modules/service"

  name      = local.name
  stage     = var.stage
  routes    = var.routes
  schedules = var.schedules
  feeds = {
    for name, feed in var.feeds : name => {
      stream_arn    = local.contract["tables/${feed.table}/stream_arn"]
      key_attribute = feed.key_attribute
      prefixes      = feed.prefixes
      batch_size    = feed.batch_size
    }
  }

  zip_path           = var.zip_path
  runtime            = var.runtime
  architecture       = var.architecture
  functions          = var.functions
  role_arns          = { for function in local.functions : function => local.contract["services/${var.service}/${function}/role_arn"] }
  failure_queue_arns = { for function in local.with_failure_queue : function => local.contract["services/${var.service}/${function}/failure_queue_arn"] }

  # An empty variable is left out, as the services expect.
  environment = { for name, value in merge(local.environment, var.environment) : name => value if value != "" }

  log_level          = var.log_level
  log_retention_days = tonumber(local.contract["logs/retention_days"])
  log_kms_key_arn    = local.contract["logs/kms_key_arn"] == "-" ? null : local.contract["logs/kms_key_arn"]
  metrics            = var.metrics
  metric_namespace   = "Inventory/${var.stage}"
  throttling         = var.throttling
  # Emulators accept a firewall and do not enforce it.
  requests_per_address = var.emulator_endpoint == null ? var.requests_per_address : null
  cors_origins         = var.cors_origins
  domain               = var.api_domain == null ? null : { name = "${var.service}.${var.api_domain}", certificate_arn = var.api_certificate_arn }
  access_logs          = var.access_logs
  xray                 = var.xray
  alarm_topic_arn      = local.contract["alarms/topic_arn"]
  has_alarms           = var.monitoring && var.emulator_endpoint == null
  live_versions        = var.live_versions
  gradual              = var.gradual == null ? null : { deployment_config = var.gradual, role_arn = local.contract["services/${var.service}/shifting_role_arn"] }
}
