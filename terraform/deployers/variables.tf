variable "region" {
  description = "The AWS region."
  type        = string
  default     = "ap-south-1"
  nullable    = false
}

variable "region_in_names" {
  description = "Whether the names of the roles and policies end with the region, as an account has each name once: true in each further region, whose oidc then names the provider that exists."
  type        = bool
  default     = false
  nullable    = false
}

variable "state_bucket" {
  description = "The bucket of the Terraform states; needed with `oidc`."
  type        = string
  default     = null

  validation {
    condition     = var.state_bucket != null || var.oidc == null
    error_message = "state_bucket must be set: each team's role reads and writes its own state there."
  }
}

variable "oidc" {
  description = "The CI system that deploys: its issuer of tokens, their audience, and its identity provider in IAM if the account has one already. Without it, nothing is created."
  default     = null

  type = object({
    issuer       = string
    audience     = optional(string, "sts.amazonaws.com")
    provider_arn = optional(string)
  })
}

variable "stages" {
  description = "The stages of this account: which jobs deploy them, by team, as patterns of the tokens' `sub`; and what the tables' names may begin with, if it is not the stage's name."
  default     = {}
  nullable    = false

  type = map(object({
    subjects            = map(list(string))
    table_name_prefixes = optional(list(string))
  }))

  validation {
    condition     = var.oidc == null || length(var.stages) > 0
    error_message = "oidc alone creates nothing: name the stages of this account and who deploys them."
  }
}
