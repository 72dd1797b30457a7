data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  managed = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor"
  # The role that restores a table to try it, and deletes it again, does nothing else.
  roles = merge({ backup = "Backup" }, var.tests_restores ? { restore = "Restores" } : {})
}

resource "aws_backup_vault" "this" {
  #checkov:skip=CKV_AWS_166:kms_key_arn is the caller's decision; without it AWS Backup's own key encrypts the vault
  name        = var.name
  kms_key_arn = var.kms_key_arn
}

# Nobody deletes a backup before its time: with a permission in the mode GOVERNANCE, not at all in COMPLIANCE.
resource "aws_backup_vault_lock_configuration" "this" {
  count = var.lock == null ? 0 : 1

  backup_vault_name   = aws_backup_vault.this.name
  min_retention_days  = var.lock.min_days
  max_retention_days  = var.lock.max_days
  changeable_for_days = var.lock.mode == "COMPLIANCE" ? var.lock.changeable_for_days : null
}

resource "aws_backup_plan" "this" {
  name = var.name

  rule {
    rule_name         = "tables"
    target_vault_name = aws_backup_vault.this.name
    schedule          = var.schedule
    start_window      = 60
    completion_window = 720

    lifecycle {
      delete_after = var.keep_days
    }

    dynamic "copy_action" {
      for_each = var.copy_to_vault_arn == null ? [] : [var.copy_to_vault_arn]

      content {
        destination_vault_arn = copy_action.value

        lifecycle {
          delete_after = var.keep_days
        }
      }
    }
  }
}

resource "aws_backup_selection" "this" {
  name         = "tables"
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.this["backup"].arn
  resources    = var.table_arns
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "${var.name}-${each.key}${var.role_name_suffix}"
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "backup.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.roles

  role       = aws_iam_role.this[each.key].name
  policy_arn = "${local.managed}${each.value}"
}

# AWS Backup restores the newest backup of each table into a new one, says how long that took, and deletes it.
resource "aws_backup_restore_testing_plan" "this" {
  count = var.tests_restores ? 1 : 0

  name                = replace(var.name, "-", "_")
  schedule_expression = var.restore_test_schedule

  recovery_point_selection {
    algorithm             = "LATEST_WITHIN_WINDOW"
    include_vaults        = [aws_backup_vault.this.arn]
    recovery_point_types  = ["SNAPSHOT"]
    selection_window_days = 8 # the backup of a week ago, if the last one failed
  }
}

resource "aws_backup_restore_testing_selection" "this" {
  count = var.tests_restores ? 1 : 0

  name                      = "tables"
  restore_testing_plan_name = aws_backup_restore_testing_plan.this[0].name
  protected_resource_type   = "DynamoDB"
  iam_role_arn              = aws_iam_role.this["restore"].arn
  protected_resource_arns   = var.table_arns
}

# A backup, copy or test that fails must not be noticed on the day on which it is needed.
resource "aws_backup_vault_notifications" "this" {
  backup_vault_name   = aws_backup_vault.this.name
  sns_topic_arn       = var.alarm_topic_arn
  backup_vault_events = ["BACKUP_JOB_FAILED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"]
}
