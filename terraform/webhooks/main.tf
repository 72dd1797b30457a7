# Webhooks: EventBridge sends the events of a bus to addresses outside AWS, retries for a day, and leaves what it could
# not deliver in the dead-letter queue.

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  prefix = "${var.bus_name}-webhook"
}

# Stores the secret in Secrets Manager, and sends it in a header with every event.
resource "aws_cloudwatch_event_connection" "this" {
  for_each = var.webhooks

  name               = "${local.prefix}-${each.key}"
  description        = "The secret by which ${each.key} knows the events of ${var.bus_name}."
  authorization_type = "API_KEY"

  auth_parameters {
    api_key {
      key   = each.value.header
      value = var.secrets[each.key]
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "this" {
  for_each = var.webhooks

  name                             = "${local.prefix}-${each.key}"
  description                      = "Receives events of ${var.bus_name}."
  invocation_endpoint              = each.value.url
  http_method                      = "POST"
  invocation_rate_limit_per_second = each.value.rate_limit
  connection_arn                   = aws_cloudwatch_event_connection.this[each.key].arn
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.webhooks

  name           = "${local.prefix}-${each.key}"
  description    = "The events that ${each.key} wants."
  event_bus_name = var.bus_name
  event_pattern = jsonencode(merge(
    { source = [{ prefix = "inventory." }] },
    length(each.value.types) == 0 ? {} : { detail-type = each.value.types },
    each.value.vendor_id == null ? {} : { detail = { data = { vendor_id = [each.value.vendor_id] } } },
  ))
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = var.webhooks

  rule           = aws_cloudwatch_event_rule.this[each.key].name
  event_bus_name = var.bus_name
  arn            = aws_cloudwatch_event_api_destination.this[each.key].arn
  role_arn       = aws_iam_role.this.arn
  input_path     = "$.detail"

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = var.dead_letter_arn
  }
}

resource "aws_iam_role" "this" {
  name                 = "${local.prefix}s${var.region_in_names ? "-${data.aws_region.current.name}" : ""}"
  description          = "EventBridge sends events to webhooks."
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:${data.aws_partition.current.partition}:events:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:rule/${var.bus_name}/${local.prefix}-*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "what-it-needs"
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "SendToWebhooks"
      Effect   = "Allow"
      Action   = "events:InvokeApiDestination"
      Resource = [for destination in aws_cloudwatch_event_api_destination.this : destination.arn]
    }]
  })
}
