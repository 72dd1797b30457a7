mock_provider "aws" {
  mock_resource "aws_cognito_user_pool" {
    defaults = {
      id  = "ap-south-1_SomePool1"
      arn = "arn:aws:cognito-idp:ap-south-1:123456789012:userpool/ap-south-1_SomePool1"
    }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:ap-south-1:123456789012:function:some-function" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/some-role" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "ap-south-1" }
  }
}

variables {
  stage                 = "dev"
  claims_zip            = "claims/claims.py" # any file: nothing is uploaded
  append_only_table_arn = "arn:aws:dynamodb:ap-south-1:123456789012:table/the-log"
  log_retention_days    = 14
  alarm_topic_arn       = "arn:aws:sns:ap-south-1:123456789012:some-topic"
}

run "people_sign_in_at_the_hosted_login" {
  variables {
    web_callback_urls = ["https://stock.example.org/"]
    web_logout_urls   = ["https://stock.example.org/"]
  }

  assert {
    condition     = aws_cognito_user_pool_client.web.allowed_oauth_flows_user_pool_client && toset(aws_cognito_user_pool_client.web.allowed_oauth_flows) == toset(["code"]) && !aws_cognito_user_pool_client.web.generate_secret
    error_message = "A browser keeps no secret, so the flow must be the authorization code with PKCE."
  }

  assert {
    condition     = contains(aws_cognito_user_pool_client.web.allowed_oauth_scopes, "openid") && contains(aws_cognito_user_pool_client.web.allowed_oauth_scopes, "profile") && contains(aws_cognito_user_pool_client.web.read_attributes, "custom:vendor_id")
    error_message = "The ID token must be able to contain the vendor's id."
  }

  assert {
    condition     = contains(aws_cognito_user_pool_client.web.explicit_auth_flows, "ALLOW_REFRESH_TOKEN_AUTH") && aws_cognito_user_pool_client.web.enable_token_revocation
    error_message = "The console must be able to renew tokens, and an administrator to end that."
  }

  assert {
    condition     = toset(aws_cognito_user_pool_client.web.callback_urls) == toset(["https://stock.example.org/"]) && toset(aws_cognito_user_pool_client.web.logout_urls) == toset(["https://stock.example.org/"])
    error_message = "Browsers must return to the console alone."
  }

  assert {
    condition     = output.hosted_login == "https://inventory-dev-123456789012.auth.ap-south-1.amazoncognito.com" && output.token_url == "${output.hosted_login}/oauth2/token"
    error_message = "The hosted login must have the address of its domain."
  }
}

run "without_an_address_there_is_no_hosted_login" {
  assert {
    condition     = !aws_cognito_user_pool_client.web.allowed_oauth_flows_user_pool_client
    error_message = "Without callback addresses, nobody can sign in by a browser."
  }
}

run "a_machine_finds_its_secret_if_asked" {
  variables {
    order_clients          = ["web-shop"]
    stores_machine_secrets = true
  }

  assert {
    condition     = keys(aws_secretsmanager_secret.machine) == ["web-shop"] && aws_secretsmanager_secret.machine["web-shop"].name == "inventory-dev-machine-web-shop"
    error_message = "Each machine client must have a secret of its own name."
  }

  assert {
    condition     = join(" ", keys(jsondecode(aws_secretsmanager_secret_version.machine["web-shop"].secret_string))) == "client_id client_secret scope token_url"
    error_message = "The secret must have all that a token is requested with."
  }
}
