output "api_gateway_role_arn" {
  description = "The role with which API Gateway writes access logs."
  value       = aws_iam_role.api_gateway.arn
}
