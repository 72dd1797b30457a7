output "console_url" {
  description = "The console's address, without a trailing slash."
  value       = local.console_url
}

output "distribution_id" {
  description = "The distribution's id."
  value       = aws_cloudfront_distribution.this.id
}

output "distribution_domain" {
  description = "CloudFront's own name of the distribution, to which the platform's domain points."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "bucket" {
  description = "The bucket of the builds."
  value       = aws_s3_bucket.this.bucket
}

output "served_prefix" {
  description = "The part of the bucket that the distribution serves."
  value       = local.served_prefix
}

output "log_bucket" {
  description = "The bucket of the distribution's log."
  value       = aws_s3_bucket.logs.bucket
}

output "configuration" {
  description = "The content of config.json."
  value       = local.configuration
}

output "callback_urls" {
  description = "The addresses to which the platform lets browsers return after signing in."
  value       = local.contract["identity/web_callback_urls"] == "-" ? [] : split(",", local.contract["identity/web_callback_urls"])
}
