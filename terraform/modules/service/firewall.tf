# A limit for each address, before anything else of the API is asked: the throttling of the stage is one budget for all.

locals {
  filtered = var.requests_per_address == null ? [] : [var.requests_per_address]
}

resource "aws_wafv2_web_acl" "this" {
  #checkov:skip=CKV_AWS_192:the app is Python and logs no text of a request: there is no Log4j to protect
  #checkov:skip=CKV2_AWS_31:what is refused is in the API's access log, with its address and WAF_FILTERED
  count = length(local.filtered)

  name        = var.name
  description = "Refuses addresses that send more than their share to ${var.name}"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "requests-per-address"
    priority = 0

    action {
      block {}
    }

    # The address of the connection: a header could name any.
    statement {
      rate_based_statement {
        limit                 = local.filtered[count.index]
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-requests-per-address"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = length(local.filtered)

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = aws_wafv2_web_acl.this[count.index].arn
}
