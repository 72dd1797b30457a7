variable "tables" {
  description = <<-EOT
    The tables, by name: keys, global secondary indexes, streams and TTL. Declared once, in tables.auto.tfvars.json,
    which Terraform loads automatically, and which the local stack and the tests read as well.
  EOT
  nullable    = false

  type = map(object({
    partition_key = object({ name = string, type = string })
    sort_key      = optional(object({ name = string, type = string }))
    global_secondary_indexes = map(object({
      partition_key = object({ name = string, type = string })
      sort_key      = object({ name = string, type = string })
      projection    = string
    }))
    billing_mode     = string
    stream_view_type = string
    ttl_attribute    = optional(string)
  }))

  validation {
    condition     = toset(keys(var.tables)) == toset(["Products-table", "VendorInventory", "StockTransactions"])
    error_message = "The services need exactly three tables: Products-table, VendorInventory and StockTransactions."
  }

  validation {
    condition = toset(flatten([for table in var.tables : keys(table.global_secondary_indexes)])) == toset([
      "VendorProductsIndex", "CategoryIndex", "VendorInventoryIndex", "LowStockIndex",
      "ProductTransactionIndex", "VendorTransactionIndex", "SKUTransactionIndex",
    ])
    error_message = "The services need exactly seven indexes: VendorProductsIndex, CategoryIndex, VendorInventoryIndex, LowStockIndex, ProductTransactionIndex, VendorTransactionIndex and SKUTransactionIndex."
  }

  validation {
    condition = alltrue(flatten([
      for table in var.tables : [
        for key in concat(
          [table.partition_key], table.sort_key == null ? [] : [table.sort_key],
          flatten([for index in table.global_secondary_indexes : [index.partition_key, index.sort_key]]),
        ) : contains(["S", "N", "B"], key.type)
      ]
    ]))
    error_message = "A key attribute must have the type S, N or B: DynamoDB has no BOOL keys."
  }

  validation {
    condition = alltrue([
      for table in var.tables : length(distinct([
        for key in concat(
          [table.partition_key], table.sort_key == null ? [] : [table.sort_key],
          flatten([for index in table.global_secondary_indexes : [index.partition_key, index.sort_key]]),
        ) : key.name
        ])) == length(distinct([
        for key in concat(
          [table.partition_key], table.sort_key == null ? [] : [table.sort_key],
          flatten([for index in table.global_secondary_indexes : [index.partition_key, index.sort_key]]),
        ) : "${key.name}/${key.type}"
      ]))
    ])
    error_message = "An attribute must have the same type in all keys of a table."
  }

  validation {
    condition = alltrue(flatten([
      for table in var.tables : [for index in table.global_secondary_indexes : index.projection == "ALL"]
    ]))
    error_message = "Every index must project ALL: the services return whole items from them."
  }

  validation {
    condition     = alltrue([for table in var.tables : table.billing_mode == "PAY_PER_REQUEST"])
    error_message = "The billing mode must be PAY_PER_REQUEST (on demand)."
  }

  validation {
    condition     = alltrue([for table in var.tables : table.stream_view_type == "NEW_AND_OLD_IMAGES"])
    error_message = "The stream view type must be NEW_AND_OLD_IMAGES: the stream handlers compare both images."
  }

  validation {
    condition     = try(var.tables["StockTransactions"].ttl_attribute, null) == null
    error_message = "StockTransactions must not have a TTL: the stock log is never deleted."
  }
}

variable "region_in_names" {
  description = "Whether names that an account has once for all regions, as those of roles, end with the region: true in each further region of a stage's account. A stage that exists would get new roles."
  type        = bool
  default     = false
  nullable    = false
}

variable "table_name_prefix" {
  description = "The prefix of all table names on this stage, such as \"dev-\"; may be empty."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-zA-Z0-9_.-]{1,100})?$", var.table_name_prefix))
    error_message = "A prefix has at most 100 characters: letters, digits, '_', '.', '-'."
  }
}

variable "tables_restored_to" {
  description = "The moment of each restore of the tables, in their order: the archive of the log begins a new epoch after each (docs/platform.md)."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for moment in var.tables_restored_to : can(formatdate("YYYY", moment))])
    error_message = "A moment has the form 2026-11-22T10:00:00Z."
  }
}

variable "stage" {
  description = "The stage; it is part of every name, so that several stages can share an account."
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

variable "claims_zip" {
  description = "The pre-token function as a zip; `make package` writes build/claims.zip."
  type        = string
  nullable    = false
}

variable "claims_runtime" {
  description = "The Lambda runtime of the pre-token function."
  type        = string
  default     = "python3.13"
  nullable    = false
}

variable "claims_architecture" {
  description = "The processor that the pre-token function runs on."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "vendor_clients" {
  description = "Machine clients of vendors: name to vendor_id."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "order_clients" {
  description = "Machine clients of order systems, by name."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "order_owners" {
  description = "Owners of orders: by name of an order client, the owner of what it places, then further owners whose orders it sees; [\"*\"] sees all. A client that is left out has the owner default."
  type        = map(list(string))
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.order_owners), var.order_clients)) == 0
    error_message = "Every key of order_owners must be one of order_clients."
  }

  validation {
    condition     = alltrue([for owners in values(var.order_owners) : length(owners) > 0 && (owners == tolist(["*"]) || alltrue([for owner in owners : can(regex("^[a-z0-9][a-z0-9_-]{0,31}$", owner))]))])
    error_message = "An order client has one or more owners, each of 1 to 32 characters of a-z, 0-9, _ and -, or [\"*\"] alone."
  }
}

variable "console_domain" {
  description = "The console's own domain, such as stock.example.org, which is a callback and logout address too; null for the address that CloudFront gives it."
  type        = string
  default     = null

  validation {
    condition     = var.console_domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,}$", var.console_domain))
    error_message = "console_domain is a domain in small letters, without https:// and without a slash: stock.example.org."
  }

  validation {
    condition     = (var.console_domain == null) == (var.console_certificate_arn == null)
    error_message = "console_domain and console_certificate_arn must be set together: browsers accept no domain without its certificate."
  }
}

variable "console_certificate_arn" {
  description = "The certificate of console_domain in AWS Certificate Manager; CloudFront takes certificates of the region us-east-1 alone."
  type        = string
  default     = null

  validation {
    condition     = var.console_certificate_arn == null || can(regex("^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/", var.console_certificate_arn))
    error_message = "console_certificate_arn is the ARN of a certificate in us-east-1: CloudFront takes no other."
  }
}

variable "web_callback_urls" {
  description = "Further addresses to which browsers return after signing in, such as https://d111111abcdef8.cloudfront.net/ of a console without a domain; without any address, the client has no hosted sign-in."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "web_logout_urls" {
  description = "Further addresses to which browsers go after signing out."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "test_sign_in" {
  description = "Whether administrators of the pool may sign users in with passwords, as tests do."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !(var.test_sign_in && var.stage == "prod")
    error_message = "Administrators must not sign users in on prod."
  }
}

variable "requires_mfa" {
  description = "Whether everybody signs in with a one-time password as well; otherwise each person decides."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = var.requires_mfa || var.stage != "prod"
    error_message = "Prod requires a second factor: an admin's or an auditor's password alone must not be enough."
  }

  validation {
    condition     = !var.requires_mfa || !var.test_sign_in
    error_message = "test_sign_in signs in with a password alone; it cannot be used where a second factor is required."
  }
}

variable "stores_machine_secrets" {
  description = "Whether each machine client's id and secret are also a secret of Secrets Manager, `inventory-<stage>-machine-<client>`, which its owner can be allowed to read; each costs a secret a month."
  type        = bool
  default     = false
  nullable    = false
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

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the tables, the user pool and the archive."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.deletion_protection || var.stage != "prod"
    error_message = "The stage prod must have deletion protection."
  }
}

variable "point_in_time_recovery" {
  description = "Whether the tables can be restored to any second of the last 35 days."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.point_in_time_recovery || var.stage != "prod"
    error_message = "The stage prod must have point-in-time recovery."
  }
}

variable "maximum_throughput" {
  description = "The maximum request units per second of each table and each index, as protection against a runaway bill; null for none."
  type        = object({ read_units = number, write_units = number })
  default     = null
}

variable "kms_key_arn" {
  description = "A customer managed key for tables, queues, topics, logs and archive; null for keys that AWS manages. Its policy must allow CloudWatch, CloudWatch Logs and SNS to use it."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of every role; null for none."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "The retention period of logs, in days."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827], var.log_retention_days)
    error_message = "CloudWatch Logs supports retention periods of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096 or 1827 days."
  }
}

variable "monitoring" {
  description = "Whether there are alarms and a dashboard, which cost about 10 USD a month: docs/platform.md."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.monitoring || var.stage != "prod"
    error_message = "The stage prod must have alarms."
  }
}

variable "alarm_emails" {
  description = "The email addresses that receive alarms; prod needs one at least."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = var.stage != "prod" || length(var.alarm_emails) > 0
    error_message = "Prod needs somebody who receives its alarms: alarm_emails = [\"operators@example.org\"]."
  }
}

variable "backup" {
  description = "A weekly backup of the tables in a vault, beside point-in-time recovery: how long it is kept, the vault's lock, a vault of another region or account to copy it to, and whether its restore is tried every week; null for none (docs/platform.md)."
  type = object({
    schedule  = optional(string, "cron(0 3 ? * SUN *)")
    keep_days = optional(number, 35)
    lock = optional(object({
      mode                = optional(string, "GOVERNANCE")
      min_days            = optional(number, 7)
      max_days            = optional(number)
      changeable_for_days = optional(number, 3)
    }))
    copy_to_vault_arn = optional(string)
    tests_restores    = optional(bool, false)
  })
  default = null
}

variable "data_events_days" {
  description = "How many days CloudTrail's record of each write of the tables and the archive is kept, with who made it; null for no record. It costs 1 USD per million writes, those of the services included."
  type        = number
  default     = null
}

variable "archive_retention" {
  description = "How long Object Lock keeps the archive of the stock log, and whether a permission can lift it (GOVERNANCE) or nobody can (COMPLIANCE)."
  type        = object({ mode = string, days = number })
  default     = { mode = "GOVERNANCE", days = 365 }
  nullable    = false
}

variable "event_archive_days" {
  description = "How many days the archive of events keeps them; 0 keeps them forever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.event_archive_days >= 0 && floor(var.event_archive_days) == var.event_archive_days
    error_message = "event_archive_days must be a whole number of days, 0 or more."
  }
}

variable "gradual_deploys" {
  description = "Whether CodeDeploy may shift the traffic of services to new versions: creates its roles, which the variable gradual of terraform/service needs."
  type        = bool
  default     = false
  nullable    = false
}
