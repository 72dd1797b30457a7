data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  log_group_arn = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:log-group:/aws/lambda/${var.name}"

  granted = [
    for statement in var.statements : merge(
      {
        Sid      = statement.sid
        Effect   = "Allow"
        Action   = statement.actions
        Resource = statement.resources
      },
      length(statement.condition) == 0 ? {} : { Condition = statement.condition },
    )
  ]

  logging = [{
    Sid    = "WriteLogs"
    Effect = "Allow"
    Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
    # Lambda creates the log streams, and chooses their names.
    Resource = ["${local.log_group_arn}:*"]
  }]

  tracing = [{
    Sid    = "WriteTraces"
    Effect = "Allow"
    Action = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    # X-Ray has no resources for these actions.
    Resource = ["*"]
  }]

  streaming = var.stream_arn == null ? [] : [
    {
      Sid      = "ReadStream"
      Effect   = "Allow"
      Action   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
      Resource = [var.stream_arn]
    },
    {
      Sid    = "ListStreams"
      Effect = "Allow"
      Action = ["dynamodb:ListStreams"]
      # DynamoDB has no resource for it: a grant on streams has no effect. It lists their names alone.
      Resource = ["*"]
    },
  ]

  failing = var.failure_queue_arn == null ? [] : [{
    Sid      = "SendFailures"
    Effect   = "Allow"
    Action   = ["sqs:SendMessage"]
    Resource = [var.failure_queue_arn]
  }]

  decrypting = var.kms_key_arn == null ? [] : [{
    Sid      = "UseTheKey"
    Effect   = "Allow"
    Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource = [var.kms_key_arn]
  }]

  closing = [
    {
      Sid    = "DenyLogChanges"
      Effect = "Deny"
      Action = [
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:PartiQLDelete",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLUpdate",
        "dynamodb:UpdateItem",
      ]
      Resource = [var.append_only_table_arn]
    },
    {
      Sid       = "DenyPutOutsideTransactions"
      Effect    = "Deny"
      Action    = ["dynamodb:PutItem"]
      Resource  = [var.append_only_table_arn]
      Condition = { "ForAllValues:StringNotEquals" = { "dynamodb:EnclosingOperation" = ["TransactWriteItems"] } }
    },
  ]
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}${var.role_name_suffix}"
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "what-it-needs"
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.granted, local.logging, local.tracing, local.streaming, local.failing, local.decrypting, local.closing,
    )
  })
}
