locals {
  name = "inventory-${var.stage}"

  tags = {
    project    = "inventory"
    stage      = var.stage
    owner      = "platform"
    managed_by = "terraform"
  }

  # Roles, and names of CloudFront, are of the account and not of a region.
  region_suffix = var.region_in_names ? "-${var.region}" : ""

  is_emulated       = var.emulator_endpoint != null
  has_alarms        = var.monitoring && !local.is_emulated
  append_only_table = "StockTransactions"

  parameters_arn   = "arn:${data.aws_partition.current.partition}:ssm:${var.region}:${data.aws_caller_identity.current.account_id}:parameter"
  ledger_keys_path = "/inventory/${var.stage}/ledger-keys/"

  # The console signs people in at its first page, and shows it again when they have signed out.
  console_urls      = var.console_domain == null ? [] : ["https://${var.console_domain}/"]
  web_callback_urls = distinct(concat(var.web_callback_urls, local.console_urls))
  web_logout_urls   = distinct(concat(var.web_logout_urls, local.console_urls))
}

data "aws_partition" "current" {}

module "table" {
  source   = "../modules/table"
  for_each = var.tables

  name                   = "${var.table_name_prefix}${each.key}"
  schema                 = each.value
  is_append_only         = each.key == local.append_only_table
  deletion_protection    = var.deletion_protection
  point_in_time_recovery = var.point_in_time_recovery
  maximum_throughput     = var.maximum_throughput
  kms_key_arn            = var.kms_key_arn
  alarm_topic_arn        = aws_sns_topic.alarms.arn
  has_alarms             = local.has_alarms
}

module "identity" {
  source = "../modules/identity"

  stage                    = var.stage
  claims_zip               = var.claims_zip
  claims_runtime           = var.claims_runtime
  claims_architecture      = var.claims_architecture
  vendor_clients           = var.vendor_clients
  order_clients            = var.order_clients
  web_callback_urls        = local.web_callback_urls
  web_logout_urls          = local.web_logout_urls
  test_sign_in             = var.test_sign_in
  requires_mfa             = var.requires_mfa
  stores_machine_secrets   = var.stores_machine_secrets
  emulator_endpoint        = var.emulator_endpoint
  role_name_suffix         = local.region_suffix
  deletion_protection      = var.deletion_protection
  append_only_table_arn    = local.log.arn
  log_retention_days       = var.log_retention_days
  kms_key_arn              = var.kms_key_arn
  permissions_boundary_arn = var.permissions_boundary_arn
  alarm_topic_arn          = aws_sns_topic.alarms.arn
  has_alarms               = local.has_alarms
}

module "backup" {
  source = "../modules/backup"
  count  = var.backup == null ? 0 : 1

  name                     = local.name
  role_name_suffix         = local.region_suffix
  table_arns               = values(module.table)[*].arn
  schedule                 = var.backup.schedule
  keep_days                = var.backup.keep_days
  lock                     = var.backup.lock
  copy_to_vault_arn        = var.backup.copy_to_vault_arn
  tests_restores           = var.backup.tests_restores
  kms_key_arn              = var.kms_key_arn
  permissions_boundary_arn = var.permissions_boundary_arn
  alarm_topic_arn          = aws_sns_topic.alarms.arn
}

module "trail" {
  source = "../modules/trail"
  count  = var.data_events_days == null ? 0 : 1

  name                = "${local.name}-trail"
  table_arns          = values(module.table)[*].arn
  archive_bucket_arn  = module.archive.bucket_arn
  keep_days           = var.data_events_days
  kms_key_arn         = var.kms_key_arn
  deletion_protection = var.deletion_protection
}

module "archive" {
  source = "../modules/archive"

  name                = "${local.name}-archive"
  retention           = var.archive_retention
  kms_key_arn         = var.kms_key_arn
  deletion_protection = var.deletion_protection
  is_emulated         = local.is_emulated
}

module "ledger_key" {
  source = "../modules/ledger_key"

  name                = "${local.name}-ledger-key"
  reader_arns         = [for key, function in local.functions : module.role[key].arn if function.signs]
  kms_key_arn         = var.kms_key_arn
  deletion_protection = var.deletion_protection
  is_emulated         = local.is_emulated
}
