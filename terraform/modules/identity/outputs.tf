output "issuer" {
  description = "The issuer in tokens (`iss`)."
  value       = local.issuer
}

output "jwks_url" {
  description = "The address of the keys that verify tokens."
  value       = local.jwks_url
}

output "user_pool_id" {
  description = "The pool's id."
  value       = aws_cognito_user_pool.this.id
}

output "token_url" {
  description = "The address at which machine clients request tokens."
  value       = "${local.hosted}/oauth2/token"
}

output "hosted_login" {
  description = "The address of the hosted login, without a trailing slash."
  value       = local.hosted
}

output "web_client_id" {
  description = "The id of the client with which people sign in."
  value       = aws_cognito_user_pool_client.web.id
}

output "machine_clients" {
  description = "The machine clients by name, with their secrets."
  sensitive   = true
  value = {
    for name, client in aws_cognito_user_pool_client.machine : name => {
      client_id     = client.id
      client_secret = client.client_secret
      scope         = join(" ", local.machine_clients[name])
    }
  }
}

output "machine_client_ids" {
  description = "The ids of the machine clients."
  value       = sort([for client in aws_cognito_user_pool_client.machine : client.id])
}

output "machine_secret_arns" {
  description = "The secrets of the machine clients by name, if they are stored."
  value       = { for name, secret in aws_secretsmanager_secret.machine : name => secret.arn }
}

output "client_ids" {
  description = "The ids of the machine clients by name."
  value       = { for name, client in aws_cognito_user_pool_client.machine : name => client.id }
}

output "alarm_names" {
  description = "The names of its alarms."
  value       = aws_cloudwatch_metric_alarm.claims_errors[*].alarm_name
}
