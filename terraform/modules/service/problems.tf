# API Gateway's own errors, in the form of the services' errors (RFC 9457).

locals {
  # No method has an authoriser: only requests for unknown paths or methods get one of these responses, including
  # requests whose Authorization header is not an AWS signature.
  unknown_route = { status = 404, code = "route_not_found", title = "Path not found", detail = "The API has no such path." }

  problems = {
    ACCESS_DENIED                = local.unknown_route
    EXPIRED_TOKEN                = local.unknown_route
    INVALID_SIGNATURE            = local.unknown_route
    MISSING_AUTHENTICATION_TOKEN = local.unknown_route
    RESOURCE_NOT_FOUND           = local.unknown_route
    UNAUTHORIZED                 = local.unknown_route

    REQUEST_TOO_LARGE      = { status = 413, code = "payload_too_large", title = "The request body is too large", detail = "The body exceeds the limit." }
    UNSUPPORTED_MEDIA_TYPE = { status = 415, code = "unsupported_media_type", title = "The request body must be JSON", detail = "Send JSON with the Content-Type application/json." }
    # Of a firewall or a usage plan, if the operator adds one: without an entry, they would get the status of DEFAULT_4XX.
    INVALID_API_KEY = { status = 403, code = "invalid_api_key", title = "A valid API key is required", detail = "The usage plan of this stage requires a valid header x-api-key." }
    QUOTA_EXCEEDED  = { status = 429, code = "quota_exceeded", title = "The quota is used up", detail = "The quota of the API key is used up; repeat the request in its next period." }
    WAF_FILTERED    = { status = 403, code = "request_filtered", title = "The request was filtered", detail = "The firewall of this stage refuses this request." }

    THROTTLED           = { status = 429, code = "too_many_requests", title = "Too many requests", detail = "The rate limit of the API is reached; repeat the request later." }
    INTEGRATION_TIMEOUT = { status = 504, code = "gateway_timeout", title = "The service did not respond in time", detail = "The command may have been executed; repeat the same request with the same Idempotency-Key." }
    DEFAULT_4XX         = { status = 400, code = "bad_request", title = "Bad request", detail = "The request is malformed." }
    DEFAULT_5XX         = { status = 503, code = "service_unavailable", title = "The service is not available at the moment", detail = "Repeat the request later." }
  }

  # A quota lasts for hours or days.
  retryable = ["DEFAULT_5XX", "INTEGRATION_TIMEOUT", "THROTTLED"]

  problem_headers = merge(
    {
      "gatewayresponse.header.Content-Type" = "'application/problem+json'"
      "gatewayresponse.header.X-Request-Id" = "context.requestId"

      # A browser takes a problem for nothing else, and runs nothing in it. A policy with 'none' would need quotes
      # inside the quotes of a fixed value.
      "gatewayresponse.header.X-Content-Type-Options"  = "'nosniff'"
      "gatewayresponse.header.Content-Security-Policy" = "'sandbox'"
    },
    # A gateway response has fixed headers, so it can name one origin only; with several, no origin can read it.
    length(var.cors_origins) != 1 ? {} : {
      "gatewayresponse.header.Access-Control-Allow-Origin" = "'${var.cors_origins[0]}'"
      "gatewayresponse.header.Vary"                        = "'Origin'"
    },
  )
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = local.problems

  rest_api_id   = aws_api_gateway_rest_api.this.id
  response_type = each.key
  status_code   = tostring(each.value.status)

  response_parameters = merge(
    local.problem_headers,
    contains(local.retryable, each.key) ? { "gatewayresponse.header.Retry-After" = "'1'" } : {},
  )

  response_templates = {
    "application/json" = jsonencode({
      type       = "urn:inventory:problem:${each.value.code}"
      title      = each.value.title
      status     = each.value.status
      detail     = each.value.detail
      code       = each.value.code
      request_id = "$context.requestId"
    })
  }
}
