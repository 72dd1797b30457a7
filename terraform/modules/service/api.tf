locals {
  minimum_compression_bytes = 1024

  # A REST API is a tree: every prefix of a path is a resource, in a block per depth: "products/{product_id}" has depth 2.
  paths    = [for path in keys(var.routes) : trimprefix(path, "/")]
  branches = toset(flatten([for path in local.paths : [for depth in range(length(split("/", path))) : join("/", slice(split("/", path), 0, depth + 1))]]))
  depths   = { for branch in local.branches : branch => length(split("/", branch)) }
  parts    = { for branch in local.branches : branch => element(split("/", branch), local.depths[branch] - 1) }
  parents  = { for branch in local.branches : branch => join("/", slice(split("/", branch), 0, local.depths[branch] - 1)) }

  resource_ids = { for branch, resource in merge(
    aws_api_gateway_resource.depth_1, aws_api_gateway_resource.depth_2, aws_api_gateway_resource.depth_3,
    aws_api_gateway_resource.depth_4, aws_api_gateway_resource.depth_5, aws_api_gateway_resource.depth_6,
  ) : branch => resource.id }
}

resource "aws_api_gateway_rest_api" "this" {
  name = var.name

  # Responses of this size and more are compressed for clients that ask for it. The function returns them
  # uncompressed: its own limit of 6 MB holds for what it returns.
  minimum_compression_size = local.minimum_compression_bytes

  # The domain's TLS policy does not hold for API Gateway's own address, which accepts older versions.
  disable_execute_api_endpoint = var.domain == null ? null : true

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_resource" "depth_1" {
  for_each = toset([for branch in local.branches : branch if local.depths[branch] == 1])

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = local.parts[each.key]
}

resource "aws_api_gateway_resource" "depth_2" {
  for_each = toset([for branch in local.branches : branch if local.depths[branch] == 2])

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.depth_1[local.parents[each.key]].id
  path_part   = local.parts[each.key]
}

resource "aws_api_gateway_resource" "depth_3" {
  for_each = toset([for branch in local.branches : branch if local.depths[branch] == 3])

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.depth_2[local.parents[each.key]].id
  path_part   = local.parts[each.key]
}

resource "aws_api_gateway_resource" "depth_4" {
  for_each = toset([for branch in local.branches : branch if local.depths[branch] == 4])

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.depth_3[local.parents[each.key]].id
  path_part   = local.parts[each.key]
}

resource "aws_api_gateway_resource" "depth_5" {
  for_each = toset([for branch in local.branches : branch if local.depths[branch] == 5])

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.depth_4[local.parents[each.key]].id
  path_part   = local.parts[each.key]
}

resource "aws_api_gateway_resource" "depth_6" {
  for_each = toset([for branch in local.branches : branch if local.depths[branch] == 6])

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.depth_5[local.parents[each.key]].id
  path_part   = local.parts[each.key]
}

# Every method of a known path reaches the app, so that 405 with Allow, preflights and HEAD are answered as they are
# locally. The app also verifies tokens, with the same code for every issuer.
resource "aws_api_gateway_method" "any" {
  #checkov:skip=CKV_AWS_59:the app verifies the bearer token itself, and some routes are public
  #checkov:skip=CKV2_AWS_53:the app validates every request, and its 422 lists all errors
  for_each = toset(local.paths)

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.resource_ids[each.key]
  http_method   = "ANY"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "any" {
  for_each = toset(local.paths)

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = local.resource_ids[each.key]
  http_method             = aws_api_gateway_method.any[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_alias.live["api"].invoke_arn
}

resource "aws_lambda_permission" "api" {
  statement_id  = "ApiGateway"
  function_name = aws_lambda_function.this["api"].function_name
  qualifier     = aws_lambda_alias.live["api"].name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/*/*"
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    redeployment = sha256(jsonencode([local.paths, aws_lambda_alias.live["api"].invoke_arn, local.problems, local.problem_headers, local.minimum_compression_bytes, var.domain != null]))
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_api_gateway_integration.any, aws_api_gateway_gateway_response.this]
}

resource "aws_cloudwatch_log_group" "api" {
  count = var.access_logs ? 1 : 0

  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV2_AWS_4:execution logs would contain tokens and bodies; there is an access log
  #checkov:skip=CKV_AWS_120:responses contain current stock and must not be cached
  #checkov:skip=CKV2_AWS_51:callers have bearer tokens, not client certificates
  #checkov:skip=CKV2_AWS_77:the app is Python and logs no text of a request: there is no Log4j to protect
  #checkov:skip=CKV2_AWS_29:throttled below; a firewall costs extra and is a setting of the stage (firewall.tf)
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = var.stage
  xray_tracing_enabled = var.xray

  dynamic "access_log_settings" {
    for_each = aws_cloudwatch_log_group.api

    content {
      destination_arn = access_log_settings.value.arn
      format = jsonencode({
        request_id             = "$context.requestId"
        time                   = "$context.requestTime"
        client                 = "$context.identity.sourceIp"
        method                 = "$context.httpMethod"
        route                  = "$context.resourcePath"
        status                 = "$context.status"
        response_bytes         = "$context.responseLength"
        latency_ms             = "$context.responseLatency"
        integration_latency_ms = "$context.integrationLatency"
        refused_because        = "$context.error.responseType"
      })
    }
  }
}

resource "aws_api_gateway_method_settings" "all" {
  #checkov:skip=CKV_AWS_225:responses contain current stock and must not be cached
  #checkov:skip=CKV_AWS_308:responses contain current stock and must not be cached
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    throttling_rate_limit  = var.throttling.rate
    throttling_burst_limit = var.throttling.burst
    # Execution logs would contain tokens and bodies; the app's log and the access log have everything needed.
    logging_level      = "OFF"
    data_trace_enabled = false
  }
}
