output "name" {
  description = "The table's name."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "The table's ARN."
  value       = aws_dynamodb_table.this.arn
}

output "stream_arn" {
  description = "The ARN of its stream, which changes if the stream is disabled and enabled again."
  value       = aws_dynamodb_table.this.stream_arn
}

output "index_arns" {
  description = "The ARNs of its indexes, by index name."
  value       = { for index in keys(local.indexes) : index => "${aws_dynamodb_table.this.arn}/index/${index}" }
}

output "alarm_names" {
  description = "The names of its alarms."
  value = concat(
    [for alarm in aws_cloudwatch_metric_alarm.throttles : alarm.alarm_name],
    aws_cloudwatch_metric_alarm.system_errors[*].alarm_name,
    aws_cloudwatch_metric_alarm.conflicts[*].alarm_name,
  )
}
