variable "stage" {
  description = "The stage, which the names carry."
  type        = string
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
  description = "Machine clients of vendors: the client's name, and the vendor whose things it may touch."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for vendor_id in var.vendor_clients : can(regex("^VENDOR-[A-Z0-9]{1,32}$", vendor_id))])
    error_message = "A vendor's id is VENDOR- and 1 to 32 of A-Z and 0-9."
  }

  validation {
    condition     = length(distinct(values(var.vendor_clients))) <= 100
    error_message = "A resource server of Cognito has at most 100 scopes, so 100 vendors have machine clients."
  }
}

variable "order_clients" {
  description = "Machine clients of order systems, by name."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "web_callback_urls" {
  description = "Where people's browsers return to after signing in; none for a client without hosted sign-in."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "web_logout_urls" {
  description = "Where people's browsers go after signing out."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "test_sign_in" {
  description = "Whether whoever administers the pool may sign users in with their passwords, as tests do."
  type        = bool
  default     = false
  nullable    = false
}

variable "emulator_endpoint" {
  description = "Where AWS is emulated and the pool's keys are served; null for AWS itself."
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
  description = "The stock log, which the function's role is denied to change like everybody's."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "How long the function's log is kept."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts the function's log; null for CloudWatch's own."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "The policy that bounds the function's role; null for none."
  type        = string
  default     = null
}

variable "alarm_topic_arn" {
  description = "The SNS topic that alarms notify."
  type        = string
  nullable    = false
}

variable "has_alarms" {
  description = "Whether alarms are made: not on an emulator that cannot show an alarm as it was made."
  type        = bool
  default     = true
  nullable    = false
}
