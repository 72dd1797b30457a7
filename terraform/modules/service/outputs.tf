output "api_id" {
  description = "The REST API's id."
  value       = aws_api_gateway_rest_api.this.id
}

output "api_url" {
  description = "The API's address, without a trailing slash."
  value       = var.domain == null ? trimsuffix(aws_api_gateway_stage.this.invoke_url, "/") : "https://${var.domain.name}"
}

output "domain_target" {
  description = "Where the API's own domain must point, an alias or CNAME record: name, zone_id; null without a domain."
  value = one([
    for domain in aws_api_gateway_domain_name.this : { name = domain.regional_domain_name, zone_id = domain.regional_zone_id }
  ])
}

output "functions" {
  description = "The functions: name, arn, alias_arn, and the newest version."
  value = {
    for name, function in aws_lambda_function.this : name => {
      name      = function.function_name
      arn       = function.arn
      alias_arn = aws_lambda_alias.live[name].arn
      version   = function.version
    }
  }
}

output "event_source_mappings" {
  description = "The ids of the mappings between streams and functions, by function."
  value       = { for name, mapping in aws_lambda_event_source_mapping.this : name => mapping.uuid }
}

output "log_groups" {
  description = "The functions' log groups."
  value       = { for name, group in aws_cloudwatch_log_group.function : name => group.name }
}

output "alarm_names" {
  description = "The names of its alarms."
  value       = local.alarm_names
}

output "gradual" {
  description = "How traffic is shifted: the application of CodeDeploy, whose groups have the functions' names; null if deploys do not shift it."
  value       = one([for application in aws_codedeploy_app.this : { application = application.name }])
}

output "requests_per_address" {
  description = "The requests that the firewall lets an address send in five minutes; null without a firewall."
  value       = one(flatten([for acl in aws_wafv2_web_acl.this : [for rule in acl.rule : rule.statement[0].rate_based_statement[0].limit]]))
}

output "environment" {
  description = "The environment variables of every function."
  value       = aws_lambda_function.this["api"].environment[0].variables
}
