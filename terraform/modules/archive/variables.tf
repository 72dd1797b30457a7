variable "name" {
  description = "The name of bucket and key; account and region are appended to the bucket's name, as bucket names are global."
  type        = string
  nullable    = false
}

variable "retention" {
  description = "How long Object Lock keeps every object version: GOVERNANCE (a permission can lift it) or COMPLIANCE (nobody can, including the account's root)."
  type        = object({ mode = string, days = number })
  default     = { mode = "GOVERNANCE", days = 365 }
  nullable    = false

  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.retention.mode) && var.retention.days >= 1
    error_message = "The mode of a retention must be GOVERNANCE or COMPLIANCE, and it must last at least one day."
  }
}

variable "kms_key_arn" {
  description = "The key that encrypts the bucket; null for the key that S3 manages."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether lifting a retention is denied to everybody, and Terraform refuses to empty the bucket in order to destroy it."
  type        = bool
  default     = true
  nullable    = false
}

variable "is_emulated" {
  description = "Whether AWS is an emulator on this machine, without TLS and without the condition key s3:if-none-match."
  type        = bool
  default     = false
  nullable    = false
}
