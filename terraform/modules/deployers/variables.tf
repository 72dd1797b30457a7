variable "stage" {
  description = "The stage whose deployers these are."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.stage)) && var.stage != "deployer"
    error_message = "A stage has 2 to 12 characters of a-z and 0-9, the first of them a letter; the name deployer is taken by these roles."
  }
}

variable "state_bucket" {
  description = "The bucket of the Terraform states."
  type        = string
  nullable    = false
}

variable "oidc_provider_arn" {
  description = "The identity provider of the CI system in IAM."
  type        = string
  nullable    = false
}

variable "issuer" {
  description = "The CI system's issuer of tokens, with https:// and without a slash at its end."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+(/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?$", var.issuer))
    error_message = "issuer is an address such as https://token.actions.githubusercontent.com, without a slash at its end."
  }
}

variable "audience" {
  description = "The audience that the tokens must name (`aud`)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^*?\\s]+$", var.audience))
    error_message = "audience is one name, without wildcards."
  }
}

variable "subjects" {
  description = "Which jobs of the CI system may deploy, by team (platform, catalog, stock, audit, console): patterns of the tokens' `sub`. A team that is not named has no role."
  type        = map(list(string))
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.subjects), ["platform", "catalog", "stock", "audit", "console"])) == 0
    error_message = "The teams are platform, catalog, stock, audit and console."
  }

  validation {
    condition     = alltrue([for patterns in values(var.subjects) : length(patterns) > 0])
    error_message = "Each team that is named needs at least one pattern; leave a team out if it must not deploy."
  }

  # What stands before the first wildcard must name a repository or project, and end where one of its names ends.
  validation {
    condition = alltrue([
      for pattern in flatten(values(var.subjects)) :
      can(regex("^[^*?\\s]+$", pattern)) || can(regex("^[^*?\\s]*[^*?\\s/:]/[^*?\\s/:]+:([^*?\\s]*[:/])?[*]$", pattern))
    ])
    error_message = "A pattern may have one wildcard, *, at its end, after the whole name of a repository and a colon: repo:acme/inventory:*, or better no wildcard: repo:acme/inventory:environment:prod. Else jobs of strangers could deploy."
  }
}

variable "table_name_prefixes" {
  description = "What the names of the stage's tables may begin with: table_name_prefix of the platform; tables that make restore has made of them are included."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.table_name_prefixes) > 0 && alltrue([for prefix in var.table_name_prefixes : can(regex("^[A-Za-z0-9_.-]*$", prefix))])
    error_message = "Name at least one prefix, without wildcards; an empty one for tables that are named exactly as in the specification."
  }
}

variable "region_in_names" {
  description = "Whether the names of the roles and policies end with the region, as an account has each name once: true in each further region."
  type        = bool
  default     = false
  nullable    = false
}
