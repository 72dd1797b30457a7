mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/some-role" }
  }
  mock_resource "aws_backup_vault" {
    defaults = { arn = "arn:aws:backup:ap-south-1:123456789012:backup-vault:inventory-prod" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name            = "inventory-prod"
  table_arns      = ["arn:aws:dynamodb:ap-south-1:123456789012:table/VendorInventory"]
  alarm_topic_arn = "arn:aws:sns:ap-south-1:123456789012:inventory-prod-alarms"
}

run "a_plan_backs_the_tables_up_weekly" {
  assert {
    condition     = one(aws_backup_plan.this.rule).schedule == "cron(0 3 ? * SUN *)" && one(one(aws_backup_plan.this.rule).lifecycle).delete_after == 35
    error_message = "A backup must be made each week: each is a full one, and costs as much as the table is large."
  }

  assert {
    condition     = aws_backup_selection.this.resources == toset(var.table_arns)
    error_message = "The tables must be backed up, and nothing else."
  }

  assert {
    condition     = length(aws_backup_vault_lock_configuration.this) == 0 && length(one(aws_backup_plan.this.rule).copy_action) == 0 && length(aws_backup_restore_testing_plan.this) == 0
    error_message = "Lock, copy and restore test must be off unless they are asked for."
  }

  assert {
    condition     = keys(aws_iam_role.this) == ["backup"] && jsondecode(aws_iam_role.this["backup"].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "Without a restore test no role may restore, and only this account's AWS Backup may use the role."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.this["backup"].policy_arn == "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
    error_message = "The role must have AWS's own policy of backups."
  }
}

run "everything_is_on" {
  variables {
    keep_days         = 90
    lock              = { mode = "COMPLIANCE", min_days = 30, max_days = 365, changeable_for_days = 14 }
    copy_to_vault_arn = "arn:aws:backup:eu-central-1:210987654321:backup-vault:copies"
    tests_restores    = true
  }

  assert {
    condition     = aws_backup_vault_lock_configuration.this[0].changeable_for_days == 14 && aws_backup_vault_lock_configuration.this[0].min_retention_days == 30
    error_message = "A lock in the mode COMPLIANCE must become final."
  }

  assert {
    condition     = one(one(aws_backup_plan.this.rule).copy_action).destination_vault_arn == var.copy_to_vault_arn
    error_message = "Each backup must be copied."
  }

  assert {
    condition     = one(aws_backup_restore_testing_selection.this).protected_resource_arns == toset(var.table_arns) && aws_iam_role_policy_attachment.this["restore"].policy_arn == "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"
    error_message = "The restore of each table must be tried, by a role of its own."
  }
}

run "a_lock_of_governance_can_be_lifted" {
  variables {
    lock = { min_days = 7 }
  }

  assert {
    condition     = aws_backup_vault_lock_configuration.this[0].changeable_for_days == null
    error_message = "changeable_for_days would make the lock final."
  }
}

run "a_backup_is_kept_within_the_lock" {
  command = plan

  variables {
    keep_days = 35
    lock      = { min_days = 36 }
  }

  expect_failures = [var.lock]
}

run "a_mode_is_one_of_two" {
  command = plan

  variables {
    lock = { mode = "FOREVER" }
  }

  expect_failures = [var.lock]
}
