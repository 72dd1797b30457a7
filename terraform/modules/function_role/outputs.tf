output "arn" {
  description = "The role's ARN; available once its policy is attached."
  value       = aws_iam_role.this.arn
  depends_on  = [aws_iam_role_policy.this]
}

output "name" {
  description = "The role's name."
  value       = aws_iam_role.this.name
}

output "policy" {
  description = "The role's policy, as JSON."
  value       = aws_iam_role_policy.this.policy
}

output "permissions_boundary_arn" {
  description = "The role's permissions boundary, if any."
  value       = aws_iam_role.this.permissions_boundary
}
