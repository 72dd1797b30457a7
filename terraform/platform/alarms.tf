# The alarms of tables, queues, the identity pool and services are in their modules.

resource "aws_cloudwatch_metric_alarm" "findings" {
  count = local.has_alarms ? 1 : 0

  alarm_name          = "${local.name}-findings"
  alarm_description   = "Stock or its log was changed behind the services. See docs/operations.md#findings."
  namespace           = local.metrics
  metric_name         = "LedgerFindings"
  statistic           = "Sum"
  period              = 300
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
