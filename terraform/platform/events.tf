# What other systems hear of committed changes (docs/events.md): the services publish, the rules are everybody's.

resource "aws_cloudwatch_event_bus" "this" {
  name = local.name
}

# Every event, so that a consumer that has lost some, or a new one, can have them again.
resource "aws_cloudwatch_event_archive" "this" {
  name             = local.name
  description      = "All events of the stage, to be replayed: docs/events.md#replay."
  event_source_arn = aws_cloudwatch_event_bus.this.arn
  retention_days   = var.event_archive_days
}

# Events that a rule of the bus could not deliver to its target.
module "event_dead_letters" {
  source = "../modules/failure_queue"

  name            = "${local.name}-events"
  kms_key_arn     = var.kms_key_arn
  alarm_topic_arn = aws_sns_topic.alarms.arn
  has_alarms      = local.has_alarms
}

resource "aws_sqs_queue_policy" "event_dead_letters" {
  queue_url = module.event_dead_letters.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "RulesOfTheBus"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = module.event_dead_letters.arn
      Condition = { ArnLike = { "aws:SourceArn" = "${local.event_rules_arn}/*" } }
    }]
  })
}

locals {
  event_rules_arn = "arn:${data.aws_partition.current.partition}:events:${var.region}:${data.aws_caller_identity.current.account_id}:rule/${local.name}"
}
