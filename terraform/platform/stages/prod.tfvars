# Prod has an account of its own, so the tables have exactly the names of the specification.
stage               = "prod"
table_name_prefix   = ""
claims_zip          = "../../build/claims.zip"
log_retention_days  = 365
api_gateway_account = true
archive_retention   = { mode = "GOVERNANCE", days = 365 }
