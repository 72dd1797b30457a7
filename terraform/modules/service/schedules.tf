resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.schedules

  name                = local.functions[each.key].full_name
  description         = "Starts ${each.key}"
  schedule_expression = each.value
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = var.schedules

  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = "live"
  arn       = aws_lambda_alias.live[each.key].arn
}

resource "aws_lambda_permission" "schedule" {
  for_each = var.schedules

  statement_id  = "Schedule"
  function_name = aws_lambda_function.this[each.key].function_name
  qualifier     = aws_lambda_alias.live[each.key].name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[each.key].arn
}

# A failed run is reported and not retried: the next run does the remaining work.
resource "aws_lambda_function_event_invoke_config" "schedule" {
  for_each = var.schedules

  function_name                = aws_lambda_function.this[each.key].function_name
  qualifier                    = aws_lambda_alias.live[each.key].name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 0

  destination_config {
    on_failure {
      destination = var.failure_queue_arns[each.key]
    }
  }
}
