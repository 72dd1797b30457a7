# What API Gateway refuses by itself, in the form of the services' own refusals (RFC 9457).

locals {
  # No method has an authoriser: only a request for a path or method that the API has not can run into one of these,
  # an Authorization header that is no AWS signature included.
  unknown_route = { status = 404, code = "route_not_found", title = "No such path", detail = "There is nothing at this path." }

  problems = {
    ACCESS_DENIED                = local.unknown_route
    EXPIRED_TOKEN                = local.unknown_route
    INVALID_SIGNATURE            = local.unknown_route
    MISSING_AUTHENTICATION_TOKEN = local.unknown_route
    RESOURCE_NOT_FOUND           = local.unknown_route
    UNAUTHORIZED                 = local.unknown_route

    REQUEST_TOO_LARGE      = { status = 413, code = "payload_too_large", title = "The request body is too large", detail = "The body is over the limit." }
    UNSUPPORTED_MEDIA_TYPE = { status = 415, code = "unsupported_media_type", title = "The request body must be JSON", detail = "Send JSON, and a Content-Type that says so." }
    THROTTLED              = { status = 429, code = "too_many_requests", title = "Too many requests", detail = "The API takes no more at once; please try again." }
    INTEGRATION_TIMEOUT    = { status = 504, code = "gateway_timeout", title = "No answer in time", detail = "What was asked for may have been done; ask again with the same Idempotency-Key." }
    DEFAULT_4XX            = { status = 400, code = "bad_request", title = "Bad request", detail = "The request cannot be understood." }
    DEFAULT_5XX            = { status = 503, code = "service_unavailable", title = "The service cannot answer at present", detail = "Please try again." }
  }

  retryable = [429, 503, 504]

  problem_headers = merge(
    {
      "gatewayresponse.header.Content-Type" = "'application/problem+json'"
      "gatewayresponse.header.X-Request-Id" = "context.requestId"
    },
    # A gateway response has fixed headers, so it can name one origin; of several, none is told why it was refused.
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
    contains(local.retryable, each.value.status) ? { "gatewayresponse.header.Retry-After" = "'1'" } : {},
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
