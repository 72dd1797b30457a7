# Deploys that shift traffic, without AWS: run `terraform test` in `terraform/modules/service`.

mock_provider "aws" {
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:ap-south-1:123456789012:function:some-function", version = "9" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:ap-south-1:123456789012:rule/some-rule" }
  }
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
    defaults = { invoke_url = "https://some-api.execute-api.ap-south-1.amazonaws.com/dev/" }
  }
  mock_resource "aws_api_gateway_domain_name" {
    defaults = {
      regional_domain_name = "d-abc123.execute-api.ap-south-1.amazonaws.com"
      regional_zone_id     = "Z1234567890"
    }
  }
}

variables {
  name      = "inventory-dev-stock"
  stage     = "dev"
  routes    = { "/health" = ["GET"] }
  zip_path  = "../identity/claims/claims.py" # any file: nothing is uploaded
  schedules = { for name in ["expire_orders", "lower_bounds"] : name => "rate(1 minute)" }
  feeds     = {}
  role_arns = { for name in ["api", "expire_orders", "lower_bounds"] : name => "arn:aws:iam::123456789012:role/${name}" }
  failure_queue_arns = {
    for name in ["expire_orders", "lower_bounds"] : name => "arn:aws:sqs:ap-south-1:123456789012:${name}"
  }
  environment        = {}
  log_retention_days = 14
  metric_namespace   = "Inventory/dev"
  alarm_topic_arn    = "arn:aws:sns:ap-south-1:123456789012:alarms"
  live_versions      = { api = "7", expire_orders = "3" }
}

run "without_codedeploy_a_deploy_switches_at_once" {
  assert {
    condition     = length(aws_codedeploy_app.this) == 0 && length(aws_codedeploy_deployment_group.this) == 0
    error_message = "There must be no CodeDeploy unless it is asked for."
  }

  assert {
    condition     = alltrue([for alias in aws_lambda_alias.live : alias.function_version == "9"])
    error_message = "Every alias must point at the newest version."
  }
}

run "with_codedeploy_terraform_moves_no_alias" {
  variables {
    gradual = { deployment_config = "CodeDeployDefault.LambdaCanary10Percent5Minutes", role_arn = "arn:aws:iam::123456789012:role/shifting" }
  }

  assert {
    condition     = { for name, alias in aws_lambda_alias.live : name => alias.function_version } == { api = "7", expire_orders = "3", lower_bounds = "9" }
    error_message = "An alias must stay where it is; a new function has its first version at once."
  }

  assert {
    condition = {
      for name, group in aws_codedeploy_deployment_group.this :
      name => [group.deployment_group_name, group.deployment_config_name, group.service_role_arn]
      } == {
      for name in ["api", "expire_orders", "lower_bounds"] :
      name => ["inventory-dev-stock-${name}", "CodeDeployDefault.LambdaCanary10Percent5Minutes", "arn:aws:iam::123456789012:role/shifting"]
    }
    error_message = "Each function must have a group of its name, under the role that the platform has made."
  }

  assert {
    condition = one(aws_codedeploy_deployment_group.this["api"].alarm_configuration).alarms == toset([
      "inventory-dev-stock-server-errors", "inventory-dev-stock-latency", "inventory-dev-stock-api-errors",
      "inventory-dev-stock-api-duration", "inventory-dev-stock-expire_orders-errors", "inventory-dev-stock-lower_bounds-errors",
    ])
    error_message = "The API's alarms, the function's, and the errors of the others must stop a deploy."
  }

  assert {
    condition = alltrue([
      for group in aws_codedeploy_deployment_group.this :
      one(group.auto_rollback_configuration).enabled && one(group.alarm_configuration).enabled && !one(group.alarm_configuration).ignore_poll_alarm_failure &&
      one(group.auto_rollback_configuration).events == toset(["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"])
    ])
    error_message = "Traffic must go back when a deploy fails, is stopped, an alarm rings, or cannot be read."
  }
}

run "no_more_alarms_than_codedeploy_takes" {
  variables {
    gradual            = { deployment_config = "CodeDeployDefault.LambdaCanary10Percent5Minutes", role_arn = "arn:aws:iam::123456789012:role/shifting" }
    schedules          = { for number in range(12) : "job_${number}" => "rate(1 minute)" }
    role_arns          = merge({ api = "arn:aws:iam::123456789012:role/api" }, { for number in range(12) : "job_${number}" => "arn:aws:iam::123456789012:role/job" })
    failure_queue_arns = { for number in range(12) : "job_${number}" => "arn:aws:sqs:ap-south-1:123456789012:job" }
  }

  assert {
    condition = alltrue([
      for name, group in aws_codedeploy_deployment_group.this : length(one(group.alarm_configuration).alarms) == 10 &&
      contains(one(group.alarm_configuration).alarms, "inventory-dev-stock-${name}-errors")
    ])
    error_message = "CodeDeploy takes ten; the function's own must be among them."
  }
}

run "codedeploy_without_alarms_is_refused" {
  command = plan

  variables {
    gradual    = { deployment_config = "CodeDeployDefault.LambdaCanary10Percent5Minutes", role_arn = "arn:aws:iam::123456789012:role/shifting" }
    has_alarms = false
  }

  expect_failures = [var.gradual]
}
