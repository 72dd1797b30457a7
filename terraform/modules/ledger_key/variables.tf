variable "name" {
  description = "The name of the secret."
  type        = string
  nullable    = false
}

variable "reader_arns" {
  description = "The ARNs of the roles that may read the secret; everybody else is denied, whatever else is granted to them."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.reader_arns) > 0 && alltrue([for arn in var.reader_arns : !strcontains(arn, "*")])
    error_message = "Readers must be listed one by one, without '*'."
  }
}

variable "kms_key_arn" {
  description = "The key that encrypts the secret; null for AWS's own."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether the secret can be restored for 30 days after it was deleted."
  type        = bool
  default     = true
  nullable    = false
}

variable "is_emulated" {
  description = "Whether an emulator of AWS applies the policy, for which the principal of a role's session is the session."
  type        = bool
  default     = false
  nullable    = false
}
