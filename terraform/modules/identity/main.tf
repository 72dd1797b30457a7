data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  name       = "inventory-${var.stage}"
  has_hosted = length(var.web_callback_urls) > 0
  vendor_ids = toset(values(var.vendor_clients))

  machine_clients = merge(
    { for name in var.order_clients : name => ["inventory/orders"] },
    { for name, vendor_id in var.vendor_clients : name => ["inventory/vendor", "vendors/${vendor_id}"] },
  )

  issuer   = "https://cognito-idp.${data.aws_region.current.name}.amazonaws.com/${aws_cognito_user_pool.this.id}"
  keys_url = var.emulator_endpoint == null ? local.issuer : "${var.emulator_endpoint}/${aws_cognito_user_pool.this.id}"
  jwks_url = "${local.keys_url}/.well-known/jwks.json"

  hosted_url = "https://${aws_cognito_user_pool_domain.this.domain}.auth.${data.aws_region.current.name}.amazoncognito.com"
  hosted     = var.emulator_endpoint == null ? local.hosted_url : var.emulator_endpoint
}

resource "aws_cognito_user_pool" "this" {
  name                     = local.name
  user_pool_tier           = "ESSENTIALS" # the lowest tier that can customise access tokens
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  mfa_configuration        = var.requires_mfa ? "ON" : "OPTIONAL"

  username_configuration {
    case_sensitive = false
  }

  admin_create_user_config {
    allow_admin_create_user_only = true
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  password_policy {
    minimum_length                   = 12
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = true
    require_uppercase                = true
    temporary_password_validity_days = 7
  }

  software_token_mfa_configuration {
    enabled = true
  }

  # Mutable, as an administrator sets it; no client may write it, so no user can change it.
  schema {
    name                     = "vendor_id"
    attribute_data_type      = "String"
    mutable                  = true
    required                 = false
    developer_only_attribute = false

    string_attribute_constraints {
      min_length = 8
      max_length = 39
    }
  }

  lambda_config {
    pre_token_generation_config {
      lambda_arn     = aws_lambda_function.claims.arn
      lambda_version = "V3_0"
    }
  }
}

resource "aws_cognito_user_group" "this" {
  for_each = {
    vendor  = "Users of a vendor; custom:vendor_id names it"
    orders  = "The order desk: users who may read and change every order"
    auditor = "Users who may read the log of every vendor"
    admin   = "Users who may do everything"
  }

  user_pool_id = aws_cognito_user_pool.this.id
  name         = each.key
  description  = each.value
}

resource "aws_cognito_resource_server" "inventory" {
  user_pool_id = aws_cognito_user_pool.this.id
  identifier   = "inventory"
  name         = "Inventory"

  scope {
    scope_name        = "vendor"
    scope_description = "Products, stock and log of one vendor"
  }

  scope {
    scope_name        = "orders"
    scope_description = "Orders of every vendor"
  }
}

resource "aws_cognito_resource_server" "vendors" {
  count = length(local.vendor_ids) > 0 ? 1 : 0

  user_pool_id = aws_cognito_user_pool.this.id
  identifier   = "vendors"
  name         = "Vendors"

  dynamic "scope" {
    for_each = local.vendor_ids

    content {
      scope_name        = scope.value
      scope_description = "On behalf of ${scope.value}"
    }
  }
}

resource "aws_cognito_user_pool_domain" "this" {
  user_pool_id = aws_cognito_user_pool.this.id
  domain       = "${local.name}-${data.aws_caller_identity.current.account_id}"
}

resource "aws_cognito_user_pool_client" "web" {
  user_pool_id                         = aws_cognito_user_pool.this.id
  name                                 = "web"
  generate_secret                      = false
  prevent_user_existence_errors        = "ENABLED"
  enable_token_revocation              = true
  explicit_auth_flows                  = concat(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"], var.test_sign_in ? ["ALLOW_ADMIN_USER_PASSWORD_AUTH"] : [])
  supported_identity_providers         = ["COGNITO"]
  allowed_oauth_flows_user_pool_client = local.has_hosted
  allowed_oauth_flows                  = local.has_hosted ? ["code"] : null
  allowed_oauth_scopes                 = local.has_hosted ? ["email", "openid", "profile"] : null # profile: custom:vendor_id
  callback_urls                        = local.has_hosted ? var.web_callback_urls : null
  logout_urls                          = length(var.web_logout_urls) > 0 ? var.web_logout_urls : null
  read_attributes                      = ["custom:vendor_id", "email", "email_verified"]
  write_attributes                     = ["email"]
  id_token_validity                    = 60
  access_token_validity                = 60
  refresh_token_validity               = 1

  token_validity_units {
    id_token      = "minutes"
    access_token  = "minutes"
    refresh_token = "days"
  }
}

resource "aws_cognito_user_pool_client" "machine" {
  for_each = local.machine_clients

  user_pool_id                         = aws_cognito_user_pool.this.id
  name                                 = each.key
  generate_secret                      = true
  enable_token_revocation              = true
  explicit_auth_flows                  = ["ALLOW_REFRESH_TOKEN_AUTH"]
  supported_identity_providers         = ["COGNITO"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = each.value
  read_attributes                      = ["email"]
  write_attributes                     = ["email"]
  access_token_validity                = 60

  token_validity_units {
    access_token = "minutes"
  }

  depends_on = [aws_cognito_resource_server.inventory, aws_cognito_resource_server.vendors]

  lifecycle {
    precondition {
      condition     = length(setintersection(var.order_clients, keys(var.vendor_clients))) == 0
      error_message = "A machine client belongs either to an order system or to a vendor, not to both."
    }
  }
}

# Where a machine finds its own secret, and a new one after a rotation, without the platform's state.
resource "aws_secretsmanager_secret" "machine" {
  #checkov:skip=CKV2_AWS_57:Cognito cannot rotate a client's secret; a new client is another one, and both are accepted meanwhile
  #checkov:skip=CKV_AWS_149:the key that AWS manages is used unless the stage has one of its own
  for_each = var.stores_machine_secrets ? local.machine_clients : {}

  name                    = "${local.name}-machine-${each.key}"
  description             = "How the machine client ${each.key} signs in: client_id, client_secret, scope, token_url."
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

resource "aws_secretsmanager_secret_version" "machine" {
  for_each = aws_secretsmanager_secret.machine

  secret_id = each.value.id
  secret_string = jsonencode({
    client_id     = aws_cognito_user_pool_client.machine[each.key].id
    client_secret = aws_cognito_user_pool_client.machine[each.key].client_secret
    scope         = join(" ", local.machine_clients[each.key])
    token_url     = "${local.hosted}/oauth2/token"
  })
}

module "claims_role" {
  source = "../function_role"

  name                     = "${local.name}-claims"
  role_name_suffix         = var.role_name_suffix
  statements               = []
  append_only_table_arn    = var.append_only_table_arn
  permissions_boundary_arn = var.permissions_boundary_arn
}

resource "aws_cloudwatch_log_group" "claims" {
  #checkov:skip=CKV_AWS_338:the retention of logs is a setting of the stage
  name              = "/aws/lambda/${local.name}-claims"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_lambda_function" "claims" {
  #checkov:skip=CKV_AWS_115:Cognito limits the rate of token requests
  #checkov:skip=CKV_AWS_116:Cognito waits for the response, so no failure goes unnoticed
  #checkov:skip=CKV_AWS_117:it makes no calls
  #checkov:skip=CKV_AWS_272:the same team deploys it and would sign it
  function_name    = "${local.name}-claims"
  description      = "Adds the vendor's id to the tokens of its machine clients"
  role             = module.claims_role.arn
  filename         = var.claims_zip
  source_code_hash = filebase64sha256(var.claims_zip)
  handler          = "claims.handler"
  runtime          = var.claims_runtime
  architectures    = [var.claims_architecture]
  memory_size      = 128
  timeout          = 5 # Cognito does not wait longer

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.claims.name
  }

  tracing_config {
    mode = "Active"
  }
}

resource "aws_lambda_permission" "claims" {
  statement_id  = "Cognito"
  function_name = aws_lambda_function.claims.function_name
  action        = "lambda:InvokeFunction"
  principal     = "cognito-idp.amazonaws.com"
  source_arn    = aws_cognito_user_pool.this.arn
}

resource "aws_cloudwatch_metric_alarm" "claims_errors" {
  count = var.has_alarms ? 1 : 0

  alarm_name          = "${local.name}-claims-errors"
  alarm_description   = "The pre-token function fails, so vendors' machine clients get no tokens. See docs/operations.md#errors."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.claims.function_name }
  statistic           = "Sum"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
