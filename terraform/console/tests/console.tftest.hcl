# The console's distribution without AWS: run `terraform test` in `terraform/console`.

mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = {
      arn                         = "arn:aws:s3:::some-bucket"
      bucket_domain_name          = "some-bucket.s3.amazonaws.com"
      bucket_regional_domain_name = "some-bucket.s3.ap-south-1.amazonaws.com"
    }
  }
  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:function/some-function" }
  }
  mock_resource "aws_cloudfront_distribution" {
    defaults = {
      arn         = "arn:aws:cloudfront::123456789012:distribution/SOMEDISTRIBUTION"
      domain_name = "d111111abcdef8.cloudfront.net"
    }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  stage = "dev"
}

override_data {
  target = data.aws_ssm_parameters_by_path.contract
  values = {
    names = [
      "/inventory/dev/console/certificate_arn",
      "/inventory/dev/console/domain",
      "/inventory/dev/identity/hosted_login",
      "/inventory/dev/identity/issuer",
      "/inventory/dev/identity/web_callback_urls",
      "/inventory/dev/identity/web_client_id",
      "/inventory/dev/logs/retention_days",
      "/inventory/dev/names/region_suffix",
      "/inventory/dev/services/audit/api_url",
      "/inventory/dev/services/catalog/api_url",
      "/inventory/dev/services/stock/api_url",
      "/inventory/dev/tables/name_prefix",
    ]
    values = [
      "-",
      "-",
      "https://inventory-dev-123456789012.auth.ap-south-1.amazoncognito.com",
      "https://cognito-idp.ap-south-1.amazonaws.com/ap-south-1_SomePool1",
      "-",
      "some-client",
      "14",
      "-",
      "https://audit1.execute-api.ap-south-1.amazonaws.com/dev",
      "https://catalog1.execute-api.ap-south-1.amazonaws.com/dev",
      "https://stock1.execute-api.ap-south-1.amazonaws.com/dev",
      "dev-",
    ]
  }
}

run "a_console_without_a_domain" {
  assert {
    condition     = aws_cloudfront_origin_access_control.this.name == "inventory-dev-console" && aws_cloudfront_function.this["pages"].name == "inventory-dev-console-pages"
    error_message = "In the first region of an account, names have no region: those of a console that exists must not change."
  }

  assert {
    condition     = output.console_url == "https://d111111abcdef8.cloudfront.net" && length(aws_cloudfront_distribution.this.aliases) == 0 && aws_cloudfront_distribution.this.viewer_certificate[0].cloudfront_default_certificate
    error_message = "Without a domain, the console must have CloudFront's own name and certificate."
  }

  assert {
    condition = output.configuration == {
      sign_in      = "hosted"
      authority    = "https://cognito-idp.ap-south-1.amazonaws.com/ap-south-1_SomePool1"
      client_id    = "some-client"
      hosted_login = "https://inventory-dev-123456789012.auth.ap-south-1.amazoncognito.com"
      demo         = false
    }
    error_message = "config.json must lead to the hosted login of the stage."
  }

  assert {
    condition = { for origin in aws_cloudfront_distribution.this.origin : origin.origin_id => "${origin.domain_name}${origin.origin_path}" } == {
      site    = "some-bucket.s3.ap-south-1.amazonaws.com/site"
      audit   = "audit1.execute-api.ap-south-1.amazonaws.com/dev"
      catalog = "catalog1.execute-api.ap-south-1.amazonaws.com/dev"
      stock   = "stock1.execute-api.ap-south-1.amazonaws.com/dev"
    }
    error_message = "The origins must be the served part of the bucket, and the stages of the three APIs."
  }

  assert {
    condition     = alltrue([for origin in aws_cloudfront_distribution.this.origin : origin.custom_origin_config[0].origin_protocol_policy == "https-only" if origin.origin_id != "site"])
    error_message = "CloudFront must reach the APIs by TLS."
  }

  assert {
    condition     = { for behaviour in aws_cloudfront_distribution.this.ordered_cache_behavior : behaviour.path_pattern => behaviour.target_origin_id } == { "/api/audit/*" = "audit", "/api/catalog/*" = "catalog", "/api/stock/*" = "stock" }
    error_message = "Each service must have its own path."
  }

  assert {
    condition     = alltrue([for behaviour in aws_cloudfront_distribution.this.ordered_cache_behavior : behaviour.cache_policy_id == data.aws_cloudfront_cache_policy.none.id && behaviour.origin_request_policy_id == data.aws_cloudfront_origin_request_policy.all_but_host.id && length(behaviour.allowed_methods) == 7])
    error_message = "Responses of the APIs must not be cached, and every method, header and query must reach them."
  }

  assert {
    condition     = length(aws_cloudfront_distribution.this.custom_error_response) == 10 && alltrue([for each in aws_cloudfront_distribution.this.custom_error_response : each.error_caching_min_ttl == 0 && each.response_page_path == null && each.response_code == null])
    error_message = "No error may be kept for other callers, and none may become a page."
  }

  assert {
    condition     = toset([for behaviour in concat(aws_cloudfront_distribution.this.default_cache_behavior, aws_cloudfront_distribution.this.ordered_cache_behavior) : behaviour.viewer_protocol_policy]) == toset(["https-only", "redirect-to-https"])
    error_message = "Browsers must reach it by TLS: a page is redirected, a request with a token is refused."
  }

  assert {
    condition     = strcontains(aws_cloudfront_response_headers_policy.pages.security_headers_config[0].content_security_policy[0].content_security_policy, "connect-src 'self' https://cognito-idp.ap-south-1.amazonaws.com/ap-south-1_SomePool1/ https://inventory-dev-123456789012.auth.ap-south-1.amazoncognito.com; ")
    error_message = "The page may connect to its own origin, the issuer and the hosted login alone."
  }

  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [
      {
        Sid       = "ServeTheSite"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::some-bucket/site/*"
        Condition = { StringEquals = { "AWS:SourceArn" = "arn:aws:cloudfront::123456789012:distribution/SOMEDISTRIBUTION" } }
      },
      {
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = ["arn:aws:s3:::some-bucket", "arn:aws:s3:::some-bucket/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
    error_message = "This distribution alone may read the bucket, and only what it serves."
  }

  assert {
    condition     = alltrue([for block in [aws_s3_bucket_public_access_block.this, aws_s3_bucket_public_access_block.logs] : block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets])
    error_message = "No bucket may be public."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.logs[0].rule[0].expiration[0].days == 14 && aws_cloudfront_distribution.this.logging_config[0].bucket == "some-bucket.s3.amazonaws.com"
    error_message = "Requests must be logged for as long as the stage keeps logs."
  }

  assert {
    condition     = length(output.callback_urls) == 0
    error_message = "Without callback addresses there must be none."
  }
}

run "a_console_with_a_domain" {
  override_data {
    target = data.aws_ssm_parameters_by_path.contract
    values = {
      names = [
        "/inventory/dev/console/certificate_arn",
        "/inventory/dev/console/domain",
        "/inventory/dev/identity/hosted_login",
        "/inventory/dev/identity/issuer",
        "/inventory/dev/identity/web_callback_urls",
        "/inventory/dev/identity/web_client_id",
        "/inventory/dev/logs/retention_days",
        "/inventory/dev/names/region_suffix",
        "/inventory/dev/services/audit/api_url",
        "/inventory/dev/services/catalog/api_url",
        "/inventory/dev/services/stock/api_url",
      ]
      values = [
        "arn:aws:acm:us-east-1:123456789012:certificate/some-certificate",
        "stock.example.org",
        "https://inventory-dev-123456789012.auth.ap-south-1.amazoncognito.com",
        "https://cognito-idp.ap-south-1.amazonaws.com/ap-south-1_SomePool1",
        "https://dev.example.org/,https://stock.example.org/",
        "some-client",
        "14",
        "-eu-west-1",
        "https://audit1.execute-api.ap-south-1.amazonaws.com/dev",
        "https://catalog1.execute-api.ap-south-1.amazonaws.com/dev",
        "https://stock1.execute-api.ap-south-1.amazonaws.com/dev",
      ]
    }
  }

  assert {
    condition     = output.console_url == "https://stock.example.org" && toset(aws_cloudfront_distribution.this.aliases) == toset(["stock.example.org"])
    error_message = "The console must answer at the platform's domain."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && aws_cloudfront_distribution.this.viewer_certificate[0].acm_certificate_arn == "arn:aws:acm:us-east-1:123456789012:certificate/some-certificate" && aws_cloudfront_distribution.this.viewer_certificate[0].ssl_support_method == "sni-only"
    error_message = "With a domain, browsers must use TLS 1.2 or newer, and get the platform's certificate."
  }

  assert {
    condition     = output.callback_urls == tolist(["https://dev.example.org/", "https://stock.example.org/"])
    error_message = "The callback addresses must be those of the platform."
  }

  assert {
    condition = [
      aws_cloudfront_origin_access_control.this.name, aws_cloudfront_function.this["pages"].name, aws_cloudfront_function.this["api"].name,
      aws_cloudfront_response_headers_policy.pages.name, aws_cloudfront_response_headers_policy.api.name,
      ] == [
      "inventory-dev-console-eu-west-1", "inventory-dev-console-eu-west-1-pages", "inventory-dev-console-eu-west-1-api",
      "inventory-dev-console-eu-west-1-pages", "inventory-dev-console-eu-west-1-api",
    ]
    error_message = "In a further region of an account, what CloudFront has once in the account must have the region in its name."
  }
}

run "a_stage_without_the_platform" {
  command = plan

  override_data {
    target = data.aws_ssm_parameters_by_path.contract
    values = { names = [], values = [] }
  }

  expect_failures = [data.aws_ssm_parameters_by_path.contract]
}

run "a_stage_without_a_service" {
  command = plan

  override_data {
    target = data.aws_ssm_parameters_by_path.contract
    values = {
      names = [
        "/inventory/dev/console/certificate_arn",
        "/inventory/dev/console/domain",
        "/inventory/dev/identity/hosted_login",
        "/inventory/dev/identity/issuer",
        "/inventory/dev/identity/web_callback_urls",
        "/inventory/dev/identity/web_client_id",
        "/inventory/dev/logs/retention_days",
        "/inventory/dev/names/region_suffix",
        "/inventory/dev/services/catalog/api_url",
        "/inventory/dev/services/stock/api_url",
      ]
      values = ["-", "-", "https://login.example.org", "https://issuer.example.org", "-", "some-client", "14", "-", "https://a.example.org/dev", "https://b.example.org/dev"]
    }
  }

  expect_failures = [data.aws_ssm_parameters_by_path.contract]
}
