variable "name" {
  description = "The role's name, which is its Lambda function's too."
  type        = string
  nullable    = false
}

variable "statements" {
  description = "What the function may do. Neither an action nor a resource is ever a bare wildcard."
  nullable    = false

  type = list(object({
    sid       = string
    actions   = list(string)
    resources = list(string)
    condition = optional(map(map(list(string))), {})
  }))

  validation {
    condition     = alltrue(flatten([for statement in var.statements : [for action in statement.actions : !strcontains(action, "*")]]))
    error_message = "Actions are listed one by one: no '*'."
  }

  validation {
    condition = alltrue(flatten([
      for statement in var.statements : [
        for resource in statement.resources : startswith(resource, "arn:") && !can(regex("^arn:[^:]*:[^:]*:[^:]*:[^:]*:[*]", resource))
      ]
    ]))
    error_message = "Resources are ARNs that name something."
  }
}

variable "append_only_table_arn" {
  description = "The stock log: whatever else is granted, to this role or by mistake, nothing in it may be changed."
  type        = string
  nullable    = false
}

variable "stream_arn" {
  description = "The stream whose changes start the function; null for none."
  type        = string
  default     = null
}

variable "failure_queue_arn" {
  description = "The queue of what the function could not handle; null for a function that its caller waits for."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "The key of the tables and the queue; null where AWS manages their keys."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "The policy that bounds the role; null for none."
  type        = string
  default     = null
}
