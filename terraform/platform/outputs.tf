output "stage" {
  description = "The stage."
  value       = var.stage
}

output "parameter_path" {
  description = "The path of the contract's parameters."
  value       = "/inventory/${var.stage}/"
}

output "parameters" {
  description = "The parameters of the contract, by their names below this path."
  value       = local.parameters
}

output "table_names" {
  description = "The tables' names on this stage, by their names in tables.auto.tfvars.json."
  value       = { for table in keys(var.tables) : table => module.table[table].name }
}

output "table_arns" {
  description = "The tables' ARNs."
  value       = { for table in keys(var.tables) : table => module.table[table].arn }
}

output "stream_arns" {
  description = "The ARNs of the tables' streams."
  value       = { for table in keys(var.tables) : table => module.table[table].stream_arn }
}

output "issuer" {
  description = "The issuer in tokens (`iss`)."
  value       = module.identity.issuer
}

output "jwks_url" {
  description = "The address of the keys that verify tokens."
  value       = module.identity.jwks_url
}

output "token_url" {
  description = "The address at which machine clients request tokens."
  value       = module.identity.token_url
}

output "user_pool_id" {
  description = "The Cognito pool."
  value       = module.identity.user_pool_id
}

output "web_client_id" {
  description = "The id of the client with which people sign in."
  value       = module.identity.web_client_id
}

output "hosted_login" {
  description = "The address of the hosted login, without a trailing slash."
  value       = module.identity.hosted_login
}

output "web_callback_urls" {
  description = "The addresses to which browsers may return after signing in."
  value       = local.web_callback_urls
}

output "machine_clients" {
  description = "The machine clients by name: client_id, client_secret, scope."
  value       = module.identity.machine_clients
  sensitive   = true
}

output "machine_secret_arns" {
  description = "The secrets of the machine clients by name, if they are stored."
  value       = module.identity.machine_secret_arns
}

output "role_arns" {
  description = "The functions' roles, by service/function."
  value       = { for key in keys(local.functions) : key => module.role[key].arn }
}

output "role_policies" {
  description = "The policy of each role, as JSON."
  value       = { for key in keys(local.functions) : key => module.role[key].policy }
}

output "operator_role_arn" {
  description = "The role that runs the operations of the stage by hand."
  value       = aws_iam_role.operator.arn
}

output "failure_queue_urls" {
  description = "The failure queues of stream and schedule functions, by service/function."
  value       = { for key, queue in module.failure_queue : key => queue.url }
}

output "alert_topic_arn" {
  description = "The topic of business alerts."
  value       = aws_sns_topic.alerts.arn
}

output "alarm_topic_arn" {
  description = "The topic of alarms."
  value       = aws_sns_topic.alarms.arn
}

output "event_bus_name" {
  description = "The bus of events."
  value       = aws_cloudwatch_event_bus.this.name
}

output "event_archive_arn" {
  description = "The archive of events, from which they are replayed."
  value       = aws_cloudwatch_event_archive.this.arn
}

output "event_dead_letter_url" {
  description = "The queue of events that a rule could not deliver."
  value       = module.event_dead_letters.url
}

output "archive_bucket" {
  description = "The bucket of the log's archive."
  value       = module.archive.bucket
}

output "signing_key_arn" {
  description = "The key that signs the archive's digests."
  value       = module.archive.signing_key_arn
}

output "ledger_key_secret_arn" {
  description = "The secret with the private key that signs the stock log."
  value       = module.ledger_key.secret_arn
}

output "ledger_keys_path" {
  description = "The path of the parameters with the public keys of the stock log."
  value       = local.ledger_keys_path
}

output "dashboard_name" {
  description = "The CloudWatch dashboard; null without monitoring."
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_name)
}

output "alarm_names" {
  description = "The names of the platform's alarms; services have alarms of their own."
  value = concat(
    flatten([for table in module.table : table.alarm_names]),
    module.identity.alarm_names,
    aws_cloudwatch_metric_alarm.findings[*].alarm_name,
    flatten([for queue in module.failure_queue : queue.alarm_names]),
    module.event_dead_letters.alarm_names,
  )
}
