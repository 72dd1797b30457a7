variable "stage" {
  description = "The stage, which is part of the names."
  type        = string
  nullable    = false
}

variable "role_name_suffix" {
  description = "What the role's name ends with, as an account's roles have one name in all regions."
  type        = string
  default     = ""
  nullable    = false
}

variable "claims_zip" {
  description = "The pre-token function, packaged: claims/claims.py at the zip's root."
  type        = string
  nullable    = false
}

variable "claims_runtime" {
  description = "The Lambda runtime of the pre-token function."
  type        = string
  default     = "python3.13"
  nullable    = false
}

variable "claims_architecture" {
  description = "The processor that the pre-token function runs on."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "vendor_clients" {
  description = "Machine clients of vendors: client name to vendor_id."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for vendor_id in var.vendor_clients : can(regex("^VENDOR-[A-Z0-9]{1,32}$", vendor_id))])
    error_message = "A vendor's id is VENDOR- followed by 1 to 32 characters of A-Z and 0-9."
  }

  validation {
    condition     = length(distinct(values(var.vendor_clients))) <= 100
    error_message = "At most 100 vendors can have machine clients: a resource server of Cognito has at most 100 scopes."
  }
}

variable "order_clients" {
  description = "Machine clients of order systems, by name."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "web_callback_urls" {
  description = "The addresses to which browsers return after signing in; none for a client without hosted sign-in."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "web_logout_urls" {
  description = "The addresses to which browsers go after signing out."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "test_sign_in" {
  description = "Whether administrators of the pool may sign users in with passwords, as tests do."
  type        = bool
  default     = false
  nullable    = false
}

variable "requires_mfa" {
  description = "Whether everybody signs in with a one-time password as well."
  type        = bool
  default     = false
  nullable    = false
}

variable "stores_machine_secrets" {
  description = "Whether each machine client's id and secret are also a secret of Secrets Manager."
  type        = bool
  default     = false
  nullable    = false
}

variable "emulator_endpoint" {
  description = "The endpoint of an AWS emulator, which also serves the pool's keys; null for AWS itself."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether Cognito refuses to delete the pool."
  type        = bool
  default     = true
  nullable    = false
}

variable "append_only_table_arn" {
  description = "The ARN of the stock log, which every role is denied to change."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "The retention period of the function's log, in days."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts the function's log; null for the key that CloudWatch manages."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of the function's role; null for none."
  type        = string
  default     = null
}

variable "alarm_topic_arn" {
  description = "The SNS topic that alarms notify."
  type        = string
  nullable    = false
}

variable "has_alarms" {
  description = "Whether to create alarms; false for an emulator that does not return alarms completely."
  type        = bool
  default     = true
  nullable    = false
}
