locals {
  kinds = merge(
    { api = "api" },
    { for name in keys(var.feeds) : name => "stream" },
    { for name in keys(var.schedules) : name => "schedule" },
  )

  # API Gateway waits for 29 seconds. A sweep runs for 45 seconds plus the time of its last order.
  defaults = {
    api      = { memory_mb = 1024, timeout_seconds = 29 }
    stream   = { memory_mb = 512, timeout_seconds = 60 }
    schedule = { memory_mb = 512, timeout_seconds = 90 }
  }

  functions = {
    for name, kind in local.kinds : name => {
      full_name            = "${var.name}-${name}"
      handler              = kind == "api" ? "app.app" : "app.${name}"
      memory_mb            = coalesce(try(var.functions[name].memory_mb, null), local.defaults[kind].memory_mb)
      timeout_seconds      = coalesce(try(var.functions[name].timeout_seconds, null), local.defaults[kind].timeout_seconds)
      reserved_concurrency = try(coalesce(var.functions[name].reserved_concurrency), -1)
    }
  }
}

locals {
  metric_filters = merge([
    for name, metric in var.metrics : {
      for function in metric.functions : "${name}/${function}" => { metric = name, function = function }
    }
  ]...)
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.functions

  name              = "/aws/lambda/${each.value.full_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116:stream and schedule functions have a failure queue in their event source mapping or invoke configuration
  #checkov:skip=CKV_AWS_117:it calls DynamoDB, Cognito, SNS and S3 over TLS, and no private resources
  #checkov:skip=CKV_AWS_173:none of the variables is a secret
  #checkov:skip=CKV_AWS_272:the same team deploys it and would sign it
  for_each = local.functions

  function_name                  = each.value.full_name
  role                           = var.role_arns[each.key]
  filename                       = var.zip_path
  source_code_hash               = filebase64sha256(var.zip_path)
  handler                        = each.value.handler
  runtime                        = var.runtime
  architectures                  = [var.architecture]
  memory_size                    = each.value.memory_mb
  timeout                        = each.value.timeout_seconds
  reserved_concurrent_executions = each.value.reserved_concurrency
  publish                        = true

  environment {
    variables = var.environment
  }

  logging_config {
    log_format            = "JSON"
    application_log_level = var.log_level
    # Lambda's REPORT lines, which have memory and cold starts, are INFO.
    system_log_level = "INFO"
    log_group        = aws_cloudwatch_log_group.function[each.key].name
  }

  tracing_config {
    mode = var.xray ? "Active" : "PassThrough"
  }
}

# The version in use. A rollback points it at an earlier version; the next deployment points it at the newest again, or
# lets CodeDeploy do so (gradual.tf).
resource "aws_lambda_alias" "live" {
  for_each = local.functions

  name             = "live"
  description      = "The version in use"
  function_name    = aws_lambda_function.this[each.key].function_name
  function_version = lookup(local.live_versions, each.key, aws_lambda_function.this[each.key].version)
}

resource "aws_cloudwatch_log_metric_filter" "business" {
  for_each = local.metric_filters

  name           = "${var.name}-${each.value.metric}"
  log_group_name = aws_cloudwatch_log_group.function[each.value.function].name
  pattern        = var.metrics[each.value.metric].pattern

  metric_transformation {
    namespace = var.metric_namespace
    name      = each.value.metric
    value     = var.metrics[each.value.metric].value
  }
}
