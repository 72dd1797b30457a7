output "role_arns" {
  description = "The role of each team, by stage: what a job of the CI system assumes."
  value       = { for stage, deployers in module.deployers : stage => deployers.role_arns }
}

output "permissions_boundary_arns" {
  description = "The boundary of each stage's roles: permissions_boundary_arn of its platform."
  value       = { for stage, deployers in module.deployers : stage => deployers.permissions_boundary_arn }
}
