output "api_url" {
  description = "The API's address, without a trailing slash."
  value       = local.api_url
}

output "domain_target" {
  description = "Where the API's own domain must point, an alias or CNAME record: name, zone_id; null without a domain."
  value       = module.service.domain_target
}

output "api_id" {
  description = "The REST API's id."
  value       = module.service.api_id
}

output "functions" {
  description = "The functions: name, arn, alias_arn, and the newest version."
  value       = module.service.functions
}

output "event_source_mappings" {
  description = "The ids of the mappings between streams and functions, by function."
  value       = module.service.event_source_mappings
}

output "log_groups" {
  description = "The functions' log groups."
  value       = module.service.log_groups
}

output "alarm_names" {
  description = "The names of the service's alarms."
  value       = module.service.alarm_names
}

output "gradual" {
  description = "How deploys shift traffic: the application of CodeDeploy; null if they do not."
  value       = module.service.gradual
}
