output "role_arns" {
  description = "The role of each team."
  value       = { for team, role in aws_iam_role.this : team => role.arn }
  depends_on  = [aws_iam_role_policy_attachment.this]
}

output "permissions_boundary_arn" {
  description = "The boundary that the stage's roles must have, permissions_boundary_arn of terraform/platform: the platform's deployer can make no role without it."
  value       = aws_iam_policy.boundary.arn
}

output "statements" {
  description = "What each team's role allows and denies: the statements of its policies together."
  value       = { for team in keys(var.subjects) : team => local.statements[team] }
}

output "boundary" {
  description = "The statements of the boundary."
  value       = jsondecode(aws_iam_policy.boundary.policy).Statement
}
