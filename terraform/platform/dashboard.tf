locals {
  metrics  = "Inventory/${var.stage}" # the metric filters of the services' deployments write here
  services = sort(keys(local.access))

  # Widgets in rows of three: the shop in the first two rows, the infrastructure below.
  widgets = [
    {
      title = "Reservations and rejections"
      stat  = "Sum"
      metrics = [
        [local.metrics, "Reservations", { label = "orders placed" }],
        [local.metrics, "BatchedOrders", { label = "batches placed or settled" }],
        [local.metrics, "Rejections", { label = "refused: insufficient stock" }],
      ]
    },
    {
      title = "Low stock and findings"
      stat  = "Sum"
      metrics = [
        ["AWS/SNS", "NumberOfMessagesPublished", "TopicName", aws_sns_topic.alerts.name, { label = "alerts sent: low stock, findings" }],
        [local.metrics, "LedgerFindings", { label = "ledger findings", color = "#d62728" }],
      ]
    },
    {
      title = "Expired holds"
      stat  = "Sum"
      metrics = [
        [local.metrics, "HoldsExpired", { label = "expired, units released" }],
        [local.metrics, "SweepsFailed", { label = "failed to expire", color = "#d62728" }],
      ]
    },
    {
      title   = "Requests"
      stat    = "Sum"
      metrics = [for service in local.services : ["AWS/ApiGateway", "Count", "ApiName", "${local.name}-${service}", { label = service }]]
    },
    {
      title   = "Server errors (5xx)"
      stat    = "Sum"
      metrics = [for service in local.services : ["AWS/ApiGateway", "5XXError", "ApiName", "${local.name}-${service}", { label = service }]]
    },
    {
      title   = "Latency, 99th percentile (ms)"
      stat    = "p99"
      metrics = [for service in local.services : ["AWS/ApiGateway", "Latency", "ApiName", "${local.name}-${service}", { label = service }]]
    },
    {
      title   = "Functions: errors"
      stat    = "Sum"
      metrics = [for key, function in local.functions : ["AWS/Lambda", "Errors", "FunctionName", function.name, { label = key }]]
    },
    {
      title   = "Functions: duration, 99th percentile (ms)"
      stat    = "p99"
      metrics = [for key, function in local.functions : ["AWS/Lambda", "Duration", "FunctionName", function.name, { label = key }]]
    },
    {
      title   = "Streams: iterator age (ms)"
      stat    = "Maximum"
      metrics = [for key, function in local.functions : ["AWS/Lambda", "IteratorAge", "FunctionName", function.name, { label = key }] if function.stream_of != null]
    },
    {
      title   = "Tables: write units"
      stat    = "Sum"
      metrics = [for table in module.table : ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", table.name, { label = table.name }]]
    },
    {
      title = "Tables: throttled writes, conflicts"
      stat  = "Sum"
      metrics = concat(
        [for table in module.table : ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", table.name, { label = "${table.name} throttled" }]],
        [for table in module.table : ["AWS/DynamoDB", "TransactionConflict", "TableName", table.name, { label = "${table.name} conflicts" }]],
      )
    },
    {
      title   = "Failure queues"
      stat    = "Maximum"
      metrics = [for key in keys(module.failure_queue) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", local.functions[key].name, { label = key }]]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.monitoring ? 1 : 0

  dashboard_name = local.name
  dashboard_body = jsonencode({
    widgets = [
      for number, widget in local.widgets : {
        type   = "metric"
        x      = 8 * (number % 3)
        y      = 6 * floor(number / 3)
        width  = 8
        height = 6
        properties = {
          title   = widget.title
          stat    = widget.stat
          metrics = widget.metrics
          region  = var.region
          period  = 300
          view    = "timeSeries"
        }
      }
    ]
  })
}
