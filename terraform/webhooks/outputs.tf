output "rule_arns" {
  description = "The rules by the names of the webhooks, to replay events for one alone."
  value       = { for name, rule in aws_cloudwatch_event_rule.this : name => rule.arn }
}

output "role_policy" {
  description = "The policy of the role, as JSON."
  value       = aws_iam_role_policy.this.policy
}
