variable "tables" {
  description = <<-EOT
    The tables, by name: keys, global secondary indexes, streams and TTL. Declared once, in tables.auto.tfvars.json,
    which Terraform loads by itself and which the local stack and the tests read too.
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
    error_message = "The services know three tables: Products-table, VendorInventory and StockTransactions."
  }

  validation {
    condition = toset(flatten([for table in var.tables : keys(table.global_secondary_indexes)])) == toset([
      "VendorProductsIndex", "CategoryIndex", "VendorInventoryIndex", "LowStockIndex",
      "ProductTransactionIndex", "VendorTransactionIndex", "SKUTransactionIndex",
    ])
    error_message = "The services know seven indexes: VendorProductsIndex, CategoryIndex, VendorInventoryIndex, LowStockIndex, ProductTransactionIndex, VendorTransactionIndex and SKUTransactionIndex."
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
    error_message = "A key attribute is of type S, N or B: DynamoDB knows no BOOL key."
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
    error_message = "An attribute has one type, in whichever keys of a table it stands."
  }

  validation {
    condition = alltrue(flatten([
      for table in var.tables : [for index in table.global_secondary_indexes : index.projection == "ALL"]
    ]))
    error_message = "Every index projects ALL: the services serve whole items from them."
  }

  validation {
    condition     = alltrue([for table in var.tables : table.billing_mode == "PAY_PER_REQUEST"])
    error_message = "The tables are billed on demand: PAY_PER_REQUEST."
  }

  validation {
    condition     = alltrue([for table in var.tables : table.stream_view_type == "NEW_AND_OLD_IMAGES"])
    error_message = "The stream consumers compare what was with what is: NEW_AND_OLD_IMAGES."
  }

  validation {
    condition     = try(var.tables["StockTransactions"].ttl_attribute, null) == null
    error_message = "The stock log is never deleted: StockTransactions has no TTL."
  }
}

variable "table_name_prefix" {
  description = "What stands before the name of each table on this stage, such as \"dev-\"; empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-zA-Z0-9_.-]{1,100})?$", var.table_name_prefix))
    error_message = "A prefix is at most 100 of the characters that a table name takes: letters, digits, '_', '.', '-'."
  }
}
