stage              = "dev"
table_name_prefix  = "dev-"
claims_zip         = "../../build/claims.zip"
log_retention_days = 14
archive_retention  = { mode = "GOVERNANCE", days = 1 }

# An idle stage costs little (docs/platform.md): no alarms, and one machine client, as each costs 6 USD a month.
monitoring    = false
order_clients = ["web-shop"]

# Limits the cost of a runaway loop.
maximum_throughput = { read_units = 2000, write_units = 1000 }
