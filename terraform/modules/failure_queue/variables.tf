variable "name" {
  description = "The queue's name."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "The key that encrypts the queue; null for SQS's own."
  type        = string
  default     = null
}

variable "alarm_topic_arn" {
  description = "The SNS topic that the alarm notifies."
  type        = string
  nullable    = false
}

variable "has_alarms" {
  description = "Whether alarms are made: not on an emulator that cannot show an alarm as it was made."
  type        = bool
  default     = true
  nullable    = false
}
