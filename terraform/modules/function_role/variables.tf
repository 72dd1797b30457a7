variable "name" {
  description = "The name of the role, but for its suffix, and of its Lambda function."
  type        = string
  nullable    = false
}

variable "role_name_suffix" {
  description = "What the role's name ends with, as an account's roles have one name in all regions."
  type        = string
  default     = ""
  nullable    = false
}

variable "statements" {
  description = "The statements that the role is granted. Neither actions nor resources may be wildcards."
  nullable    = false

  type = list(object({
    sid       = string
    actions   = list(string)
    resources = list(string)
    condition = optional(map(map(list(string))), {})
  }))

  validation {
    condition     = alltrue(flatten([for statement in var.statements : [for action in statement.actions : !strcontains(action, "*")]]))
    error_message = "Actions must be listed one by one, without '*'."
  }

  validation {
    condition = alltrue(flatten([
      for statement in var.statements : [
        for resource in statement.resources : startswith(resource, "arn:") && !can(regex("^arn:[^:]*:[^:]*:[^:]*:[^:]*:[*]", resource))
      ]
    ]))
    error_message = "Resources must be ARNs of something specific."
  }
}

variable "append_only_table_arn" {
  description = "The ARN of the stock log: changing it is denied, whatever else is granted to this role, even by mistake."
  type        = string
  nullable    = false
}

variable "stream_arn" {
  description = "The stream that invokes the function; null for none."
  type        = string
  default     = null
}

variable "failure_queue_arn" {
  description = "The function's failure queue; null for a function whose caller waits for the response."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "The key of the tables and the queue; null if AWS manages their keys."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "The role's permissions boundary; null for none."
  type        = string
  default     = null
}
