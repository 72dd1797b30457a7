locals {
  # The operations that the services call, each a value of the dimension Operation.
  operations = ["BatchGetItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"]

  # DynamoDB counts a throttled request for the table, and again for the index that caused it.
  throttled = merge(
    { (var.name) = { TableName = var.name } },
    { for index in keys(local.indexes) : "${var.name}-${index}" => { TableName = var.name, GlobalSecondaryIndexName = index } },
  )
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  for_each = { for name, dimensions in local.throttled : name => dimensions if var.has_alarms }

  alarm_name          = "${each.key}-throttles"
  alarm_description   = "Requests to the table or index are throttled. See docs/operations.md#throttles."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]

  metric_query {
    id          = "throttles"
    expression  = "FILL(reads, 0) + FILL(writes, 0)"
    label       = "Throttled reads and writes"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { reads = "ReadThrottleEvents", writes = "WriteThrottleEvents" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = metric_query.value
        dimensions  = each.value
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "system_errors" {
  count = var.has_alarms ? 1 : 0

  alarm_name          = "${var.name}-system-errors"
  alarm_description   = "DynamoDB returns server errors. See docs/operations.md#system-errors."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]

  metric_query {
    id          = "errors"
    expression  = join(" + ", [for operation in local.operations : "FILL(${lower(operation)}, 0)"])
    label       = "System errors"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.operations

    content {
      id = lower(metric_query.value)

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = "SystemErrors"
        dimensions  = { TableName = var.name, Operation = metric_query.value }
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "conflicts" {
  count = var.has_alarms ? 1 : 0

  alarm_name          = "${var.name}-conflicts"
  alarm_description   = "Many transactions conflict on the same items. See docs/operations.md#conflicts."
  namespace           = "AWS/DynamoDB"
  metric_name         = "TransactionConflict"
  dimensions          = { TableName = var.name }
  statistic           = "Sum"
  period              = 300
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3000 # a busy shop stays below this
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
