variable "bus_name" {
  description = "The bus of events: the parameter `events/bus_name` of the stage."
  type        = string
  nullable    = false
}

variable "region_in_names" {
  description = "Whether the name of the role ends with the region, as an account's roles have one name in all regions: true in each further region."
  type        = bool
  default     = false
  nullable    = false
}

variable "dead_letter_arn" {
  description = "The queue for events that could not be delivered: the parameter `events/dead_letter_arn` of the stage."
  type        = string
  nullable    = false
}

variable "webhooks" {
  description = "The webhooks by name: the address, the types of events (empty: all), the vendor whose SKUs and products alone it hears of, the header of the secret, and the most requests a second."
  type = map(object({
    url        = string
    types      = optional(list(string), [])
    vendor_id  = optional(string)
    header     = optional(string, "X-Inventory-Secret")
    rate_limit = optional(number, 50)
  }))
  nullable = false

  validation {
    condition     = length(var.webhooks) > 0 && alltrue([for name in keys(var.webhooks) : can(regex("^[a-z0-9-]{1,20}$", name))])
    error_message = "There must be a webhook, and its name must have 1 to 20 of a-z, 0-9 and -."
  }

  validation {
    condition     = alltrue([for webhook in var.webhooks : startswith(webhook.url, "https://")])
    error_message = "Events are sent to https addresses only."
  }

  validation {
    condition     = alltrue([for webhook in var.webhooks : webhook.rate_limit >= 1 && webhook.rate_limit <= 300])
    error_message = "rate_limit must be 1 to 300 requests a second."
  }
}

variable "secrets" {
  description = "The secret of each webhook, by its name: a random text of 32 characters or more, which the receiver compares."
  type        = map(string)
  sensitive   = true
  nullable    = false

  validation {
    condition     = alltrue([for secret in values(var.secrets) : length(secret) >= 32])
    error_message = "A secret must have 32 characters or more."
  }
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of the role; null for none."
  type        = string
  default     = null
}
