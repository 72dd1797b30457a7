# What the app declares: `make package` writes it to build/<service>.tfvars.json.

variable "service" {
  description = "The service."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,15}$", var.service))
    error_message = "A service's name has 2 to 16 characters of a-z and 0-9, the first of them a letter."
  }
}

variable "routes" {
  description = "The paths of the Chalice app, with the methods of each."
  type        = map(list(string))
  nullable    = false

  validation {
    condition     = alltrue([for path in keys(var.routes) : can(regex("^(/([a-z][a-z0-9_.-]*|[{][a-z_]+[}])){1,6}$", path))])
    error_message = "A path must have one to six segments, each a word or a parameter in braces."
  }
}

variable "feeds" {
  description = "The functions that streams invoke: the table, by its name in tables.auto.tfvars.json, and which items' changes each function receives."
  type        = map(object({ table = string, key_attribute = string, prefixes = list(string), batch_size = optional(number, 100) }))
  nullable    = false
}

variable "schedules" {
  description = "The functions that run on a schedule, with their EventBridge expressions."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for expression in var.schedules : can(regex("^(rate|cron)[(].+[)]$", expression))])
    error_message = "A schedule must be rate(…) or cron(…)."
  }
}

# The team's settings: services/<service>/deployment.tfvars.json.

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

  validation {
    condition     = length(setsubtract(keys(var.functions), concat(["api"], keys(var.feeds), keys(var.schedules)))) == 0
    error_message = "The app has no function ${join(", ", setsubtract(keys(var.functions), concat(["api"], keys(var.feeds), keys(var.schedules))))}."
  }

  validation {
    condition = alltrue([
      for name, settings in var.functions :
      settings.parallelization_factor == null || (contains(keys(var.feeds), name) && contains(range(1, 11), coalesce(settings.parallelization_factor, 0)))
    ])
    error_message = "parallelization_factor is a setting of functions that streams invoke, from 1 to 10."
  }
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

  validation {
    condition     = length(setsubtract(flatten(values(var.metrics)[*].functions), concat(["api"], keys(var.feeds), keys(var.schedules)))) == 0
    error_message = "The app has no function ${join(", ", setsubtract(flatten(values(var.metrics)[*].functions), concat(["api"], keys(var.feeds), keys(var.schedules))))}."
  }
}

# The stage's settings: stages/<stage>.tfvars.

variable "stage" {
  description = "The stage."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.stage))
    error_message = "A stage has 2 to 12 characters of a-z and 0-9, the first of them a letter."
  }
}

variable "region" {
  description = "The AWS region."
  type        = string
  default     = "ap-south-1"
  nullable    = false
}

variable "cors_origins" {
  description = "Origins whose pages may call the API."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "log_level" {
  description = "The lowest level of the app's log lines that are kept: DEBUG, INFO, WARN or ERROR."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN", "ERROR"], var.log_level)
    error_message = "The log level must be DEBUG, INFO, WARN or ERROR."
  }
}

variable "throttling" {
  description = "The API's rate limit in requests per second, and the burst that it allows."
  type        = object({ rate = number, burst = number })
  default     = { rate = 500, burst = 1000 }
  nullable    = false
}

variable "requests_per_address" {
  description = "The requests that one address may send to the API in five minutes, before a firewall (AWS WAF) refuses it with 403; null for no firewall. An emulator has none."
  type        = number
  default     = null

  validation {
    condition     = var.requests_per_address == null || try(floor(var.requests_per_address) == var.requests_per_address && var.requests_per_address >= 10 && var.requests_per_address <= 2000000000, false)
    error_message = "requests_per_address is a whole number from 10 to 2000000000, the limits of AWS WAF."
  }
}

variable "budgets" {
  description = "By service, what each order system (client) and each vendor may ask of one instance of the API's function: tokens a second, and at most so many at once; a request takes one token for each command or line in it. Empty for no budgets."
  default     = {}
  nullable    = false

  type = map(object({
    client = optional(object({ rate = number, burst = number }))
    vendor = optional(object({ rate = number, burst = number }))
  }))

  validation {
    condition     = length(setsubtract(keys(var.budgets), ["catalog", "stock", "audit"])) == 0
    error_message = "budgets has a service that does not exist: ${join(", ", setsubtract(keys(var.budgets), ["catalog", "stock", "audit"]))}."
  }

  # libs/common/inventory_common/settings.py
  validation {
    condition = alltrue([
      for budget in flatten([for service in values(var.budgets) : [for budget in [service.client, service.vendor] : budget if budget != null]]) :
      budget.rate >= 100 && budget.burst >= 1
    ])
    error_message = "A budget has a rate of at least 100, so that the heaviest batch is repaid within 20 seconds, and a burst of at least 1."
  }
}

variable "api_domain" {
  description = "The domain below which each service has its own, such as api.example.org for stock.api.example.org; null for the addresses that API Gateway gives."
  type        = string
  default     = null

  validation {
    condition     = var.api_domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,}$", var.api_domain))
    error_message = "api_domain is a domain in small letters, without https:// and without a slash: api.example.org."
  }

  validation {
    condition     = (var.api_domain == null) == (var.api_certificate_arn == null)
    error_message = "api_domain and api_certificate_arn must be set together: clients accept no domain without its certificate."
  }
}

variable "api_certificate_arn" {
  description = "The certificate of the services' domains, such as *.api.example.org, in AWS Certificate Manager in the region of the services."
  type        = string
  default     = null

  validation {
    condition     = var.api_certificate_arn == null || can(regex("^arn:[a-z-]+:acm:${var.region}:[0-9]{12}:certificate/", var.api_certificate_arn))
    error_message = "api_certificate_arn is the ARN of a certificate in the region of the services: API Gateway takes no other."
  }
}

variable "access_logs" {
  description = "Whether the API logs each request."
  type        = bool
  default     = true
  nullable    = false
}

variable "monitoring" {
  description = "Whether there are alarms."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.monitoring || var.stage != "prod"
    error_message = "The stage prod must have alarms."
  }
}

variable "gradual" {
  description = "How deploys shift traffic to new versions: a deployment configuration of CodeDeploy, such as CodeDeployDefault.LambdaCanary10Percent5Minutes; null to switch at once."
  type        = string
  default     = null

  validation {
    condition     = var.gradual == null || can(regex("^[A-Za-z0-9._+=,@-]{1,100}$", var.gradual))
    error_message = "gradual is the name of a deployment configuration, such as CodeDeployDefault.LambdaLinear10PercentEvery1Minute."
  }

  validation {
    condition     = var.gradual == null || var.monitoring
    error_message = "gradual needs monitoring: the service's alarms are what stops a deploy."
  }

  validation {
    condition     = var.gradual == null || var.emulator_endpoint == null
    error_message = "An emulator has neither CodeDeploy nor aliases that share traffic: leave gradual out."
  }
}

variable "xray" {
  description = "Whether requests are traced."
  type        = bool
  default     = true
  nullable    = false
}

variable "environment" {
  description = "Further environment variables of all functions."
  type        = map(string)
  default     = {}
  nullable    = false
}

# Passed on the command line.

variable "live_versions" {
  description = "The versions at which the aliases are, by function: where they stay if traffic is shifted. `make deploy` reads them."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "zip_path" {
  description = "The packaged app, such as build/stock.zip."
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
  description = "The processor that the zip is built for: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture must be arm64 or x86_64."
  }
}

variable "emulator_endpoint" {
  description = "The endpoint of an AWS emulator on this machine, such as http://127.0.0.1:4566; null for AWS itself."
  type        = string
  default     = null

  validation {
    condition     = var.emulator_endpoint == null || can(regex("^http://(127[.]0[.]0[.]1|localhost):[0-9]+$", var.emulator_endpoint))
    error_message = "An emulator runs on a port of this machine: http://127.0.0.1:PORT."
  }

  validation {
    condition     = !(var.emulator_endpoint != null && var.stage == "prod")
    error_message = "The stage prod cannot be emulated."
  }
}
