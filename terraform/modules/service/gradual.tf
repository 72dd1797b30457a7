# Deploys that shift traffic: CodeDeploy moves each function's alias, one deployment a function, which deploy/gradual.py
# starts together. Terraform publishes the versions, and leaves the aliases where they are.

locals {
  is_gradual = var.gradual != null
  # CodeDeploy watches ten alarms at most: the API's, the function's own, and those of the errors of the others, as the
  # functions share one code, and one that breaks another's work rings there.
  watched_alarms_max = 10
  watched_alarms = {
    for name in keys(local.functions) : name => distinct(concat(
      aws_cloudwatch_metric_alarm.server_errors[*].alarm_name,
      aws_cloudwatch_metric_alarm.latency[*].alarm_name,
      [for function, alarm in aws_cloudwatch_metric_alarm.errors : alarm.alarm_name if function == name],
      [for function, alarm in aws_cloudwatch_metric_alarm.duration : alarm.alarm_name if function == name],
      [for alarm in aws_cloudwatch_metric_alarm.errors : alarm.alarm_name],
    ))
  }

  # What a deploy finds the aliases at; a function that is new has its first version at once.
  live_versions = local.is_gradual ? var.live_versions : {}
}

resource "aws_codedeploy_app" "this" {
  count = local.is_gradual ? 1 : 0

  name             = var.name
  compute_platform = "Lambda"
}

resource "aws_codedeploy_deployment_group" "this" {
  for_each = local.is_gradual ? local.functions : {}

  app_name               = aws_codedeploy_app.this[0].name
  deployment_group_name  = each.value.full_name
  deployment_config_name = var.gradual.deployment_config
  service_role_arn       = var.gradual.role_arn

  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }

  alarm_configuration {
    enabled                   = true
    alarms                    = slice(local.watched_alarms[each.key], 0, min(length(local.watched_alarms[each.key]), local.watched_alarms_max))
    ignore_poll_alarm_failure = false
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
  }
}
