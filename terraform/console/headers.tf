# The headers that browsers obey. CloudFront adds them, as S3 cannot.

locals {
  hsts_seconds = 63072000 # two years

  # A path that ends in a slash allows what is below it: the issuer's description and keys.
  content_security_policy = join("; ", [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'", # Mantine sets styles
    "img-src 'self' https: data:",      # pictures of products are the vendors' own addresses
    "font-src 'self'",
    "connect-src 'self' ${local.configuration.authority}/ ${local.configuration.hosted_login}",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ])
  # The camera scans codes.
  permissions_policy = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
}

# No Cross-Origin-Opener-Policy: it would cut the window of the hosted login off from the page that has opened it, which
# waits for the answer there so that nothing typed is lost.
resource "aws_cloudfront_response_headers_policy" "pages" {
  #checkov:skip=CKV_AWS_259:a place in the lists of browsers is for the owner of the whole domain to ask for
  name    = "${local.global_name}-pages"
  comment = "The console's own files"

  security_headers_config {
    content_security_policy {
      content_security_policy = local.content_security_policy
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = local.hsts_seconds
      include_subdomains         = true
      override                   = true
      preload                    = false
    }
  }

  custom_headers_config {
    items {
      header   = "Permissions-Policy"
      value    = local.permissions_policy
      override = true
    }
  }

  # Of no use to browsers.
  remove_headers_config {
    items {
      header = "x-amz-server-side-encryption"
    }

    items {
      header = "x-amz-version-id"
    }
  }
}

# The services have a content security policy of their own for each kind of document.
resource "aws_cloudfront_response_headers_policy" "api" {
  #checkov:skip=CKV_AWS_259:a place in the lists of browsers is for the owner of the whole domain to ask for
  name    = "${local.global_name}-api"
  comment = "The services' responses"

  security_headers_config {
    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = local.hsts_seconds
      include_subdomains         = true
      override                   = true
      preload                    = false
    }
  }

  custom_headers_config {
    items {
      header   = "Cross-Origin-Resource-Policy"
      value    = "same-origin"
      override = true
    }
  }

  remove_headers_config {
    items {
      header = "x-amz-apigw-id"
    }
  }
}
