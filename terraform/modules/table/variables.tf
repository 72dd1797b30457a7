variable "name" {
  description = "The table's name on this stage."
  type        = string
  nullable    = false
}

variable "schema" {
  description = "Its keys, indexes, stream and TTL: an entry of tables.auto.tfvars.json."
  nullable    = false

  type = object({
    partition_key = object({ name = string, type = string })
    sort_key      = optional(object({ name = string, type = string }))
    global_secondary_indexes = map(object({
      partition_key = object({ name = string, type = string })
      sort_key      = object({ name = string, type = string })
      projection    = string
    }))
    billing_mode     = string
    stream_view_type = string
    ttl_attribute    = optional(string)
  })
}

variable "is_append_only" {
  description = "Whether a resource policy denies everybody to change or delete items, and to put them outside transactions: the stock log."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  default     = true
  nullable    = false
}

variable "point_in_time_recovery" {
  description = "Whether the table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts the table; null for the key that AWS manages for DynamoDB in this account."
  type        = string
  default     = null
}

variable "maximum_throughput" {
  description = "The maximum request units per second of the table and of each of its indexes, as protection against a runaway bill; null for none."
  type        = object({ read_units = number, write_units = number })
  default     = null

  validation {
    condition     = var.maximum_throughput == null || try(var.maximum_throughput.read_units >= 1 && var.maximum_throughput.write_units >= 1, false)
    error_message = "The maximum throughput must be at least one read unit and one write unit."
  }
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
