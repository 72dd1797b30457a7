output "secret_arn" {
  description = "The secret's ARN."
  value       = aws_secretsmanager_secret.this.arn
}
