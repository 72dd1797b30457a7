# Prod has an account of its own, so the tables have exactly the names of the specification.
stage              = "prod"
table_name_prefix  = ""
claims_zip         = "../../build/claims.zip"
log_retention_days = 365
requires_mfa       = true

stores_machine_secrets = true
archive_retention      = { mode = "GOVERNANCE", days = 365 }

# Beside point-in-time recovery, which ends with the table: a backup that an administrator of the stage cannot delete
# unnoticed, and whose restore is tried every Sunday.
# Weekly: each backup is a full one, and thirteen are kept.
backup = { keep_days = 90, lock = { mode = "GOVERNANCE", min_days = 35 }, tests_restores = true }

# Who is on call: a plan of prod is refused without.
# alarm_emails = ["operators@example.org"]
