# What the roles of the stage's functions and of its operators may do at most, by whom such a role is made, and whatever
# is granted to it. It has no action of IAM, assumes no role and changes no code, so that a role that the platform's
# deployer makes, or a function that somebody deploys under one, gets nobody any further.

resource "aws_iam_policy" "boundary" {
  name        = "inventory-deployer-${var.stage}-boundary${local.suffix}"
  description = "What roles of the stage ${var.stage} may do at most: permissions_boundary_arn of terraform/platform"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Tables"
        Effect = "Allow"
        Action = [
          "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:DescribeStream",
          "dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", "dynamodb:PutItem",
          "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem",
        ]
        Resource = flatten([for arn in local.tables_arns : [arn, "${arn}/index/*", "${arn}/stream/*"]])
      },
      {
        Sid      = "Archive"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject"]
        Resource = ["arn:${local.partition}:s3:::${local.name}-archive-*"]
      },
      {
        Sid    = "Messages"
        Effect = "Allow"
        Action = ["events:InvokeApiDestination", "events:PutEvents", "sns:Publish", "sqs:SendMessage"]
        Resource = [
          "${local.arns["events"]}:api-destination/${local.name}-*",
          "${local.arns["events"]}:event-bus/${local.name}",
          "${local.arns["sns"]}:${local.name}-*",
          "${local.arns["sqs"]}:${local.name}-*",
        ]
      },
      {
        Sid    = "LedgerKey"
        Effect = "Allow"
        Action = ["secretsmanager:GetSecretValue", "ssm:GetParameter"]
        Resource = [
          "${local.arns["secretsmanager"]}:secret:${local.name}-ledger-key-*",
          "${local.parameters_arn}/ledger-keys/*",
        ]
      },
      {
        # Keys have ids; their own policies and the roles' say which.
        Sid      = "Keys"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey", "kms:Sign", "kms:Verify"]
        Resource = ["${local.arns["kms"]}:key/*"]
      },
      {
        Sid      = "Operations"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = ["${local.arns["lambda"]}:function:${local.name}-*"]
      },
      {
        # Of CodeDeploy: aliases move between versions that a service's deployer has published.
        Sid    = "Shifting"
        Effect = "Allow"
        Action = ["cloudwatch:DescribeAlarms", "lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
        Resource = [
          "${local.arns["cloudwatch"]}:alarm:*",
          "${local.arns["lambda"]}:function:${local.name}-*",
        ]
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${local.arns["logs"]}:log-group:/aws/lambda/${local.name}-*"]
      },
      {
        # X-Ray has no resources for these actions.
        Sid      = "Traces"
        Effect   = "Allow"
        Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Resource = ["*"]
      },
      {
        Sid    = "Backups"
        Effect = "Allow"
        Action = [
          "backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:DescribeBackupVault", "backup:TagResource",
          "dynamodb:CreateBackup", "dynamodb:DeleteBackup", "dynamodb:DeleteTable", "dynamodb:DescribeBackup",
          "dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:RestoreTableFromAwsBackup",
          "dynamodb:StartAwsBackupJob", "dynamodb:TagResource",
        ]
        Resource = concat(
          local.tables_arns,
          [for arn in local.tables_arns : "${arn}/backup/*"],
          ["${local.arns["dynamodb"]}:table/awsbackup-*"],
          ["${local.arns["backup"]}:backup-vault:${local.name}", "${local.arns["backup"]}:recovery-point:*"],
        )
      },
    ]
  })
}
