stage              = "staging"
table_name_prefix  = "staging-"
claims_zip         = "../../build/claims.zip"
log_retention_days = 30
archive_retention  = { mode = "GOVERNANCE", days = 7 }

order_clients = ["web-shop"]
vendor_clients = {
  "demo-vendor" = "VENDOR-001"
}
