variable "name" {
  description = "The name of the trail, and the beginning of its bucket's."
  type        = string
  nullable    = false
}

variable "table_arns" {
  description = "The tables whose writes are recorded."
  type        = list(string)
  nullable    = false
}

variable "archive_bucket_arn" {
  description = "The bucket whose writes are recorded."
  type        = string
  nullable    = false
}

variable "keep_days" {
  description = "How many days the files are kept."
  type        = number
  default     = 365
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts the files, which CloudTrail has to be allowed to use; null for S3's own."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether the bucket can be destroyed only when it is empty."
  type        = bool
  default     = true
  nullable    = false
}
