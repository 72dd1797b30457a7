output "arn" {
  description = "The queue's ARN."
  value       = aws_sqs_queue.this.arn
}

output "url" {
  description = "The queue's URL."
  value       = aws_sqs_queue.this.url
}

output "alarm_names" {
  description = "The names of its alarms."
  value       = aws_cloudwatch_metric_alarm.failures[*].alarm_name
}
