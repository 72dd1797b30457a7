variable "name" {
  description = "The queue's name."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts the queue; null for the key that SQS manages."
  type        = string
  default     = null
}

variable "alarm_topic_arn" {
  description = "The SNS topic that the alarm notifies."
  type        = string
  nullable    = false
}

variable "has_alarms" {
  description = "Whether to create alarms; false for an emulator that does not return alarms completely."
  type        = bool
  default     = true
  nullable    = false
}
