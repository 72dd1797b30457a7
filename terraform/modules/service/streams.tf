resource "aws_lambda_event_source_mapping" "this" {
  for_each = var.feeds

  event_source_arn                   = each.value.stream_arn
  function_name                      = aws_lambda_alias.live[each.key].arn
  starting_position                  = "TRIM_HORIZON" # a new function also receives changes made while it is created
  batch_size                         = each.value.batch_size
  maximum_batching_window_in_seconds = 0
  parallelization_factor             = coalesce(try(var.functions[each.key].parallelization_factor, null), 1)
  bisect_batch_on_function_error     = true
  maximum_retry_attempts             = 100
  maximum_record_age_in_seconds      = 43200 # half the time that a stream keeps records: an outage overnight loses nothing
  function_response_types            = ["ReportBatchItemFailures"]

  # Without prefixes, the function receives changes of all items of the table.
  dynamic "filter_criteria" {
    for_each = length(each.value.prefixes) == 0 ? [] : [{ (each.value.key_attribute) = { S = [for prefix in each.value.prefixes : { prefix = prefix }] } }]

    content {
      filter {
        pattern = jsonencode({ dynamodb = { Keys = filter_criteria.value } })
      }
    }
  }

  destination_config {
    on_failure {
      destination_arn = var.failure_queue_arns[each.key]
    }
  }
}
