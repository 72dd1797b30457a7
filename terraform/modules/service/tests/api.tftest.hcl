# The API without AWS: run `terraform test` in `terraform/modules/service`.

mock_provider "aws" {
  mock_resource "aws_lambda_alias" {
    defaults = {
      arn        = "arn:aws:lambda:ap-south-1:123456789012:function:some-function:live"
      invoke_arn = "arn:aws:apigateway:ap-south-1:lambda:path/2015-03-31/functions/some-function/invocations"
    }
  }
  mock_resource "aws_api_gateway_rest_api" {
    defaults = { execution_arn = "arn:aws:execute-api:ap-south-1:123456789012:some-api" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:ap-south-1:123456789012:log-group:some-group" }
  }
  mock_resource "aws_api_gateway_stage" {
    defaults = {
      arn        = "arn:aws:apigateway:ap-south-1::/restapis/some-api/stages/dev"
      invoke_url = "https://some-api.execute-api.ap-south-1.amazonaws.com/dev/"
    }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:ap-south-1:123456789012:regional/webacl/inventory-dev-stock/12345678-1234-1234-1234-123456789012" }
  }
  mock_resource "aws_api_gateway_domain_name" {
    defaults = {
      regional_domain_name = "d-abc123.execute-api.ap-south-1.amazonaws.com"
      regional_zone_id     = "Z1234567890"
    }
  }
}

variables {
  name               = "inventory-dev-stock"
  stage              = "dev"
  routes             = { "/health" = ["GET"] }
  feeds              = {}
  schedules          = {}
  zip_path           = "../identity/claims/claims.py" # any file: nothing is uploaded
  role_arns          = { api = "arn:aws:iam::123456789012:role/inventory-dev-stock-api" }
  failure_queue_arns = {}
  environment        = {}
  log_retention_days = 14
  metric_namespace   = "Inventory/dev"
  alarm_topic_arn    = "arn:aws:sns:ap-south-1:123456789012:alarms"
}

run "errors_of_the_gateway" {
  assert {
    condition = {
      for type in ["WAF_FILTERED", "INVALID_API_KEY", "QUOTA_EXCEEDED", "THROTTLED", "MISSING_AUTHENTICATION_TOKEN"] :
      type => aws_api_gateway_gateway_response.this[type].status_code
      } == {
      WAF_FILTERED = "403", INVALID_API_KEY = "403", QUOTA_EXCEEDED = "429", THROTTLED = "429", MISSING_AUTHENTICATION_TOKEN = "404"
    }
    error_message = "A firewall and usage plans must keep their status; only unknown routes get another."
  }

  assert {
    condition = alltrue([
      for type, response in aws_api_gateway_gateway_response.this :
      tostring(jsondecode(response.response_templates["application/json"]).status) == response.status_code
    ])
    error_message = "A problem document must have the status of its response."
  }

  assert {
    condition     = toset([for type, response in aws_api_gateway_gateway_response.this : type if can(response.response_parameters["gatewayresponse.header.Retry-After"])]) == toset(["DEFAULT_5XX", "INTEGRATION_TIMEOUT", "THROTTLED"])
    error_message = "Only what can succeed a second later may say so: a quota lasts for hours or days."
  }
}

run "without_a_firewall" {
  assert {
    condition     = length(aws_wafv2_web_acl.this) == 0 && length(aws_wafv2_web_acl_association.this) == 0
    error_message = "A firewall is an option."
  }
}

run "with_a_firewall" {
  variables {
    requests_per_address = 100000
  }

  assert {
    condition     = aws_wafv2_web_acl.this[0].scope == "REGIONAL" && length(aws_wafv2_web_acl.this[0].default_action[0].allow) == 1
    error_message = "A stage of API Gateway takes a regional firewall, and everything but the rule must pass."
  }

  assert {
    condition = [
      for rule in aws_wafv2_web_acl.this[0].rule : [
        length(rule.action[0].block),
        rule.statement[0].rate_based_statement[0].limit,
        rule.statement[0].rate_based_statement[0].evaluation_window_sec,
        rule.statement[0].rate_based_statement[0].aggregate_key_type,
      ]
    ] == [[1, 100000, 300, "IP"]]
    error_message = "The one rule must refuse an address above the limit of five minutes."
  }

  assert {
    condition     = aws_wafv2_web_acl_association.this[0].resource_arn == aws_api_gateway_stage.this.arn && aws_wafv2_web_acl_association.this[0].web_acl_arn == aws_wafv2_web_acl.this[0].arn
    error_message = "The firewall must be associated with the stage of the API."
  }
}

run "logs" {
  assert {
    condition     = alltrue([for function in aws_lambda_function.this : function.logging_config[0].system_log_level == "INFO"])
    error_message = "Lambda's REPORT lines, which have memory and cold starts, are INFO."
  }
}

run "without_a_domain" {
  assert {
    condition     = output.api_url == "https://some-api.execute-api.ap-south-1.amazonaws.com/dev" && output.domain_target == null
    error_message = "Without a domain, the API must have the address that API Gateway gives it."
  }

  assert {
    condition     = length(aws_api_gateway_domain_name.this) == 0 && length(aws_api_gateway_base_path_mapping.this) == 0
    error_message = "A domain is an option."
  }
}

run "with_a_domain" {
  variables {
    domain = {
      name            = "stock.api.example.org"
      certificate_arn = "arn:aws:acm:ap-south-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    }
  }

  assert {
    condition     = output.api_url == "https://stock.api.example.org"
    error_message = "The API's address must be its domain."
  }

  assert {
    condition     = output.domain_target.name == "d-abc123.execute-api.ap-south-1.amazonaws.com" && output.domain_target.zone_id == "Z1234567890"
    error_message = "The target of the domain's DNS record must be an output."
  }

  assert {
    condition     = aws_api_gateway_domain_name.this[0].security_policy == "TLS_1_2" && aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "TLS before 1.2 must be refused: by the domain's policy, and as API Gateway's own address is closed."
  }
}
