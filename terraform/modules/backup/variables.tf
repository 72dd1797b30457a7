variable "name" {
  description = "The name of the vault, the plan and the roles."
  type        = string
  nullable    = false
}

variable "role_name_suffix" {
  description = "What each role's name ends with, as an account's roles have one name in all regions."
  type        = string
  default     = ""
  nullable    = false
}

variable "table_arns" {
  description = "The tables to back up."
  type        = list(string)
  nullable    = false
}

variable "schedule" {
  description = "When a backup begins, as an expression of EventBridge in UTC."
  type        = string
  default     = "cron(0 3 ? * SUN *)"
  nullable    = false
}

variable "keep_days" {
  description = "How many days a backup is kept, and its copy."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.keep_days >= 1 && floor(var.keep_days) == var.keep_days
    error_message = "keep_days must be a whole number of days, 1 or more."
  }
}

variable "lock" {
  description = "The lock of the vault: backups are kept for min_days to max_days. In the mode GOVERNANCE a permission can lift it, in COMPLIANCE nobody can once changeable_for_days are over. null for none."
  type = object({
    mode                = optional(string, "GOVERNANCE")
    min_days            = optional(number, 7)
    max_days            = optional(number)
    changeable_for_days = optional(number, 3)
  })
  default = null

  validation {
    condition     = var.lock == null ? true : contains(["GOVERNANCE", "COMPLIANCE"], var.lock.mode)
    error_message = "The mode of a lock is GOVERNANCE or COMPLIANCE."
  }

  validation {
    condition     = var.lock == null ? true : var.lock.min_days <= var.keep_days && var.keep_days <= coalesce(var.lock.max_days, var.keep_days)
    error_message = "keep_days must lie between the lock's min_days and max_days: AWS Backup refuses other backups."
  }

  validation {
    condition     = var.lock == null ? true : var.lock.changeable_for_days >= 3
    error_message = "AWS lets a lock be changed for 3 days at least."
  }
}

variable "copy_to_vault_arn" {
  description = "A vault of another region or account, to which each backup is copied; null for none."
  type        = string
  default     = null
}

variable "tests_restores" {
  description = "Whether AWS Backup restores the newest backup of each table regularly, to try it."
  type        = bool
  default     = false
  nullable    = false
}

variable "restore_test_schedule" {
  description = "When a restore is tried, as an expression of EventBridge in UTC."
  type        = string
  default     = "cron(0 5 ? * SUN *)"
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts the vault; null for AWS Backup's own. A copy to another account needs one."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of the roles; null for none."
  type        = string
  default     = null
}

variable "alarm_topic_arn" {
  description = "The SNS topic that learns of failed backups and copies, and of each restore."
  type        = string
  nullable    = false
}
