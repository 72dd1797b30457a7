output "vault_arn" {
  description = "The vault's ARN."
  value       = aws_backup_vault.this.arn
}
