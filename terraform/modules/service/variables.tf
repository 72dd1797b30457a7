variable "name" {
  description = "The name of the API and the prefix of the functions' names: inventory-<stage>-<service>."
  type        = string
  nullable    = false
}

variable "stage" {
  description = "The stage, the last part of the API's address."
  type        = string
  nullable    = false
}

variable "routes" {
  description = "The paths of the Chalice app, with the methods of each."
  type        = map(list(string))
  nullable    = false
}

variable "feeds" {
  description = "The functions that streams invoke: the stream, and which items' changes each function receives."
  nullable    = false

  type = map(object({
    stream_arn    = string
    key_attribute = string
    prefixes      = list(string)
    batch_size    = number
  }))
}

variable "schedules" {
  description = "The functions that run on a schedule, with their EventBridge expressions."
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
  description = "The failure queue of each stream and schedule function."
  type        = map(string)
  nullable    = false
}

variable "functions" {
  description = "The team's settings of each function; everything else has defaults."
  default     = {}
  nullable    = false

  type = map(object({
    memory_mb              = optional(number)
    timeout_seconds        = optional(number)
    reserved_concurrency   = optional(number)
    parallelization_factor = optional(number)
  }))
}

variable "environment" {
  description = "The environment variables of every function."
  type        = map(string)
  nullable    = false
}

variable "log_level" {
  description = "The lowest level of the app's log lines that are kept."
  type        = string
  default     = "INFO"
  nullable    = false
}

variable "log_retention_days" {
  description = "The retention period of logs, in days."
  type        = number
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "The key that encrypts logs; null for the key that CloudWatch manages."
  type        = string
  default     = null
}

variable "metrics" {
  description = "Business metrics: each counts the log lines of some functions that match a pattern, or sums a value in them."
  default     = {}
  nullable    = false

  type = map(object({
    functions = list(string)
    pattern   = string
    value     = optional(string, "1")
  }))
}

variable "metric_namespace" {
  description = "The namespace of business metrics."
  type        = string
  nullable    = false
}

variable "throttling" {
  description = "The API's rate limit in requests per second, and the burst that it allows."
  type        = object({ rate = number, burst = number })
  default     = { rate = 500, burst = 1000 }
  nullable    = false
}

variable "requests_per_address" {
  description = "The requests that one address may send in five minutes; null for no firewall."
  type        = number
  default     = null
}

variable "cors_origins" {
  description = "Origins whose pages may call the API."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "domain" {
  description = "The API's own domain, and its certificate in the same region; null for the address that API Gateway gives it."
  type        = object({ name = string, certificate_arn = string })
  default     = null
}

variable "access_logs" {
  description = "Whether the API logs each request; the account needs the role of terraform/account."
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
  description = "Whether to create alarms; false for an emulator that does not return alarms completely."
  type        = bool
  default     = true
  nullable    = false
}

variable "gradual" {
  description = "How CodeDeploy shifts traffic to new versions, and the role that it does so under; null to point the aliases at new versions at once."
  type        = object({ deployment_config = string, role_arn = string })
  default     = null

  validation {
    condition     = var.gradual == null || var.has_alarms
    error_message = "Without alarms, nothing would stop a deploy that shifts traffic."
  }
}

variable "live_versions" {
  description = "The versions at which the aliases are and stay, by function, if traffic is shifted: CodeDeploy moves them."
  type        = map(string)
  default     = {}
  nullable    = false
}
