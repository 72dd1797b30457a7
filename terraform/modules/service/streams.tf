resource "aws_lambda_event_source_mapping" "this" {
  for_each = var.feeds

  event_source_arn                   = each.value.stream_arn
  function_name                      = aws_lambda_alias.live[each.key].arn
  starting_position                  = "TRIM_HORIZON" # a new function misses nothing that happens while it is made
  batch_size                         = 100
  maximum_batching_window_in_seconds = 0
  bisect_batch_on_function_error     = true
  maximum_retry_attempts             = 100
  maximum_record_age_in_seconds      = 43200 # half of what a stream remembers: an outage of a night loses nothing
  function_response_types            = ["ReportBatchItemFailures"]

  filter_criteria {
    filter {
      pattern = jsonencode({
        dynamodb = { Keys = { (each.value.key_attribute) = { S = [{ prefix = each.value.prefix }] } } }
      })
    }
  }

  destination_config {
    on_failure {
      destination_arn = var.failure_queue_arns[each.key]
    }
  }
}
