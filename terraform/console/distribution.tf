# One origin for browsers: the console's files, and below /api the three services.

locals {
  # The codes whose responses CloudFront would keep for ten seconds and give to other callers, without regard to their
  # tokens, even where nothing else is cached. No code gets a page in its place: a 404 of an API stays its own.
  error_codes = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504]
}

data "aws_cloudfront_cache_policy" "by_headers" {
  name = "Managed-CachingOptimized"
}

data "aws_cloudfront_cache_policy" "none" {
  name = "Managed-CachingDisabled"
}

# Forwards Authorization, Idempotency-Key, If-Match and the query; API Gateway refuses a foreign Host.
data "aws_cloudfront_origin_request_policy" "all_but_host" {
  name = "Managed-AllViewerExceptHostHeader"
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = local.global_name
  description                       = "Reads the console's bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_function" "this" {
  for_each = {
    pages = "Maps the addresses of pages to index.html"
    api   = "Removes /api/<service> from the path"
  }

  name    = "${local.global_name}-${each.key}"
  comment = each.value
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = join("\n", [for name in [each.key, "not_found"] : file("${path.module}/functions/${name}.js")])
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_68:a firewall costs extra and is the operator's decision (docs/platform.md)
  #checkov:skip=CKV2_AWS_47:a firewall costs extra and is the operator's decision (docs/platform.md)
  #checkov:skip=CKV_AWS_310:the files and the services are in one region, like the tables
  #checkov:skip=CKV_AWS_374:vendors and customers may be anywhere
  comment             = local.name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = var.price_class
  default_root_object = "index.html"
  aliases             = local.domain == null ? [] : [local.domain]

  origin {
    origin_id                = "site"
    domain_name              = aws_s3_bucket.this.bucket_regional_domain_name
    origin_path              = "/${local.served_prefix}"
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  dynamic "origin" {
    for_each = local.apis

    content {
      origin_id   = origin.key
      domain_name = origin.value.host
      origin_path = origin.value.path == null ? "" : origin.value.path

      custom_origin_config {
        origin_protocol_policy = origin.value.scheme == "https" ? "https-only" : "http-only" # http: an emulator
        origin_ssl_protocols   = ["TLSv1.2"]
        https_port             = 443
        http_port              = origin.value.port == null ? 80 : tonumber(origin.value.port)
        origin_read_timeout    = 30 # API Gateway answers within 29 s
      }
    }
  }

  default_cache_behavior {
    target_origin_id           = "site"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = data.aws_cloudfront_cache_policy.by_headers.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.pages.id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.this["pages"].arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.apis

    content {
      path_pattern               = "/api/${ordered_cache_behavior.key}/*"
      target_origin_id           = ordered_cache_behavior.key
      viewer_protocol_policy     = "https-only"
      allowed_methods            = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = false # API Gateway does it
      cache_policy_id            = data.aws_cloudfront_cache_policy.none.id
      origin_request_policy_id   = data.aws_cloudfront_origin_request_policy.all_but_host.id
      response_headers_policy_id = aws_cloudfront_response_headers_policy.api.id

      function_association {
        event_type   = "viewer-request"
        function_arn = aws_cloudfront_function.this["api"].arn
      }
    }
  }

  dynamic "custom_error_response" {
    for_each = local.error_codes

    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 0
    }
  }

  logging_config {
    bucket          = aws_s3_bucket.logs.bucket_domain_name
    include_cookies = false
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = local.domain == null
    acm_certificate_arn            = local.certificate_arn
    ssl_support_method             = local.domain == null ? null : "sni-only"
    minimum_protocol_version       = local.domain == null ? "TLSv1" : "TLSv1.2_2021"
  }

  depends_on = [aws_s3_bucket_ownership_controls.logs]
}
