variable "name" {
  description = "What the API is called, and what stands before the functions' names: inventory-<stage>-<service>."
  type        = string
  nullable    = false
}

variable "stage" {
  description = "The stage, which the API's address ends in."
  type        = string
  nullable    = false
}

variable "routes" {
  description = "The paths of the Chalice app, with the methods of each."
  type        = map(list(string))
  nullable    = false
}

variable "feeds" {
  description = "The functions that streams start, with the kind of item whose changes each wants, and the stream."
  nullable    = false

  type = map(object({
    stream_arn    = string
    key_attribute = string
    prefix        = string
  }))
}

variable "schedules" {
  description = "The functions that the clock starts, with EventBridge's expressions."
  type        = map(string)
  nullable    = false
}

variable "zip_path" {
  description = "The packaged app."
  type        = string
  nullable    = false
}

variable "runtime" {
  description = "The Lambda runtime."
  type        = string
  default     = "python3.13"
  nullable    = false
}

variable "architecture" {
  description = "The processor that the zip is built for."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "role_arns" {
  description = "Each function's role."
  type        = map(string)
  nullable    = false
}

variable "failure_queue_arns" {
  description = "For each function that nobody waits for, the queue of what it could not handle."
  type        = map(string)
  nullable    = false
}

variable "functions" {
  description = "What the team wants of each function; all else has defaults."
  default     = {}
  nullable    = false

  type = map(object({
    memory_mb            = optional(number)
    timeout_seconds      = optional(number)
    reserved_concurrency = optional(number)
  }))
}

variable "environment" {
  description = "The environment variables of every function."
  type        = map(string)
  nullable    = false
}

variable "log_level" {
  description = "The least level of the app's lines that its log keeps."
  type        = string
  default     = "INFO"
  nullable    = false
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "The key that encrypts logs; null for CloudWatch's own."
  type        = string
  default     = null
}

variable "metrics" {
  description = "Business metrics: each counts the lines of a function's log that match a pattern, or sums what stands in them."
  default     = {}
  nullable    = false

  type = map(object({
    function = string
    pattern  = string
    value    = optional(string, "1")
  }))
}

variable "metric_namespace" {
  description = "Where business metrics go."
  type        = string
  nullable    = false
}

variable "throttling" {
  description = "Requests a second that the API lets through, and how many may come at once."
  type        = object({ rate = number, burst = number })
  default     = { rate = 500, burst = 1000 }
  nullable    = false
}

variable "cors_origins" {
  description = "Origins whose pages may call the API."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "access_logs" {
  description = "Whether the API logs each request; the account needs the role that the platform makes with api_gateway_account."
  type        = bool
  default     = true
  nullable    = false
}

variable "xray" {
  description = "Whether requests are traced."
  type        = bool
  default     = true
  nullable    = false
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
