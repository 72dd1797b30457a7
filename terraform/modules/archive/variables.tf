variable "name" {
  description = "What the bucket and the key are called; the bucket's name also carries account and region, as it is one of the whole world's."
  type        = string
  nullable    = false
}

variable "retention" {
  description = "How long Object Lock keeps every object version: GOVERNANCE (a named permission lifts it) or COMPLIANCE (nobody does, the account's root included)."
  type        = object({ mode = string, days = number })
  default     = { mode = "GOVERNANCE", days = 365 }
  nullable    = false

  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.retention.mode) && var.retention.days >= 1
    error_message = "A retention is GOVERNANCE or COMPLIANCE, for at least a day."
  }
}

variable "kms_key_arn" {
  description = "The key that encrypts the bucket; null for S3's own."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether nobody may lift a retention, and Terraform does not empty the bucket in order to destroy it."
  type        = bool
  default     = true
  nullable    = false
}

variable "is_emulated" {
  description = "Whether AWS is emulated on this machine, without TLS and without the condition key s3:if-none-match."
  type        = bool
  default     = false
  nullable    = false
}
