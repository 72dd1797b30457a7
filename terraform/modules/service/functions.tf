locals {
  kinds = merge(
    { api = "api" },
    { for name in keys(var.feeds) : name => "stream" },
    { for name in keys(var.schedules) : name => "schedule" },
  )

  # An API's caller is gone after 29 seconds. A sweep takes 45 and what its last order needs.
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

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.functions

  name              = "/aws/lambda/${each.value.full_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116:what nobody waits for has a queue, in its event source mapping or its invoke configuration
  #checkov:skip=CKV_AWS_117:it calls DynamoDB, Cognito, SNS and S3 over TLS, and nothing that is private
  #checkov:skip=CKV_AWS_173:no secret is among the variables
  #checkov:skip=CKV_AWS_272:whoever may deploy it is whoever would sign it
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
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.function[each.key].name
  }

  tracing_config {
    mode = var.xray ? "Active" : "PassThrough"
  }
}

# What is served. A rollback points it at an earlier version; the next deployment points it at the newest again.
resource "aws_lambda_alias" "live" {
  for_each = local.functions

  name             = "live"
  description      = "What is served"
  function_name    = aws_lambda_function.this[each.key].function_name
  function_version = aws_lambda_function.this[each.key].version
}

resource "aws_cloudwatch_log_metric_filter" "business" {
  for_each = var.metrics

  name           = "${var.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.function[each.value.function].name
  pattern        = each.value.pattern

  metric_transformation {
    namespace = var.metric_namespace
    name      = each.key
    value     = each.value.value
  }
}
