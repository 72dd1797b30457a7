# What Terraform needs for terraform/platform, and the platform team for the key of the stock log. It administers tables
# without reading an item, and roles without getting further than their permissions boundary (boundary.tf).

locals {
  # Those that `make restore` makes, too: restored-20261122T100000Z-….
  prefixes = concat(var.table_name_prefixes, formatlist("restored-????????T??????Z-%s", var.table_name_prefixes))
  tables_arns = [
    for pair in setproduct(local.prefixes, ["Products-table", "StockTransactions", "VendorInventory"]) :
    "${local.arns["dynamodb"]}:table/${pair[0]}${pair[1]}"
  ]
  stage_roles_arn = "${local.roles_arn}/${local.name}-*"
  is_bound        = { StringEquals = { "iam:PermissionsBoundary" = [aws_iam_policy.boundary.arn] } }

  of_the_platform = concat(local.state["platform"], [
    {
      Sid    = "ManageTables"
      Effect = "Allow"
      Action = [
        "dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:DeleteResourcePolicy", "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:GetResourcePolicy", "dynamodb:ListTagsOfResource",
        "dynamodb:PutResourcePolicy", "dynamodb:TagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ]
      Resource = local.tables_arns
    },
    {
      Sid    = "ManageTheArchive"
      Effect = "Allow"
      Action = concat(local.reading_buckets, [
        "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging",
        "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
      ])
      Resource = ["arn:${local.partition}:s3:::${local.name}-archive-*", "arn:${local.partition}:s3:::${local.name}-trail-*"]
    },
    {
      Sid       = "CreateKeys"
      Effect    = "Allow"
      Action    = ["kms:CreateKey"]
      Resource  = ["*"]
      Condition = { StringEquals = { "aws:RequestTag/owner" = ["platform"], "aws:RequestTag/stage" = [var.stage] } }
    },
    {
      # A key has an id that KMS chooses: its tags tell whose it is.
      Sid    = "ManageKeys"
      Effect = "Allow"
      Action = [
        "kms:CreateAlias", "kms:DeleteAlias", "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion",
        "kms:UpdateKeyDescription",
      ]
      Resource  = ["${local.arns["kms"]}:key/*"]
      Condition = { StringEquals = { "aws:ResourceTag/owner" = ["platform"], "aws:ResourceTag/stage" = [var.stage] } }
    },
    {
      Sid      = "TagKeys"
      Effect   = "Allow"
      Action   = ["kms:TagResource"]
      Resource = ["${local.arns["kms"]}:key/*"]
      Condition = {
        StringEquals         = { "aws:RequestTag/owner" = ["platform"], "aws:RequestTag/stage" = [var.stage] }
        StringEqualsIfExists = { "aws:ResourceTag/owner" = ["platform"], "aws:ResourceTag/stage" = [var.stage] }
      }
    },
    {
      # Whatever key: Terraform looks at the one by which AWS encrypts tables.
      Sid      = "DescribeKeys"
      Effect   = "Allow"
      Action   = ["kms:DescribeKey"]
      Resource = ["${local.arns["kms"]}:key/*"]
    },
    {
      Sid      = "NameKeys"
      Effect   = "Allow"
      Action   = ["kms:CreateAlias", "kms:DeleteAlias"]
      Resource = ["${local.arns["kms"]}:alias/${local.name}-*"]
    },
    {
      # A role that the platform makes or changes has the boundary, which nobody can take away.
      Sid       = "MakeBoundRoles"
      Effect    = "Allow"
      Action    = ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
      Resource  = [local.stage_roles_arn]
      Condition = local.is_bound
    },
    {
      Sid       = "AttachPoliciesOfAws"
      Effect    = "Allow"
      Action    = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
      Resource  = [local.stage_roles_arn]
      Condition = merge(local.is_bound, { ArnEquals = { "iam:PolicyARN" = local.attachable } })
    },
    {
      Sid    = "ManageRoles"
      Effect = "Allow"
      Action = [
        "iam:DeleteRole", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:TagRole", "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole", "iam:UpdateRoleDescription",
      ]
      Resource = [local.stage_roles_arn]
    },
    {
      Sid       = "GiveServicesTheirRoles"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = [for role in ["api-gateway-logs", "backup", "claims", "restore", "webhooks"] : "${local.roles_arn}/${local.name}-${role}"]
      Condition = { StringEquals = { "iam:PassedToService" = local.passed_to } }
    },
    {
      Sid    = "ManageClaims"
      Effect = "Allow"
      Action = [
        "lambda:AddPermission", "lambda:CreateFunction", "lambda:DeleteFunction",
        "lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionConfiguration", "lambda:GetPolicy",
        "lambda:ListTags", "lambda:ListVersionsByFunction", "lambda:RemovePermission", "lambda:TagResource", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
      ]
      Resource = ["${local.arns["lambda"]}:function:${local.name}-claims", "${local.arns["lambda"]}:function:${local.name}-claims:*"]
    },
    {
      Sid    = "ManageLogs"
      Effect = "Allow"
      Action = [
        "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:ListTagsForResource", "logs:PutRetentionPolicy", "logs:TagResource",
      ]
      Resource = [
        "${local.arns["logs"]}:log-group:/aws/lambda/${local.name}-claims",
        "${local.arns["logs"]}:log-group:/aws/lambda/${local.name}-claims:*",
      ]
    },
    {
      Sid       = "CreateThePool"
      Effect    = "Allow"
      Action    = ["cognito-idp:CreateUserPool"]
      Resource  = ["*"]
      Condition = { StringEquals = { "aws:RequestTag/owner" = ["platform"], "aws:RequestTag/stage" = [var.stage] } }
    },
    {
      # People are administered by others: no user is created, changed or read.
      Sid    = "ManageThePool"
      Effect = "Allow"
      Action = [
        "cognito-idp:CreateGroup", "cognito-idp:CreateResourceServer", "cognito-idp:CreateUserPoolClient",
        "cognito-idp:CreateUserPoolDomain", "cognito-idp:DeleteGroup", "cognito-idp:DeleteResourceServer",
        "cognito-idp:DeleteUserPool", "cognito-idp:DeleteUserPoolClient", "cognito-idp:DeleteUserPoolDomain",
        "cognito-idp:DescribeResourceServer", "cognito-idp:DescribeUserPool", "cognito-idp:DescribeUserPoolClient",
        "cognito-idp:GetGroup", "cognito-idp:GetUserPoolMfaConfig", "cognito-idp:SetUserPoolMfaConfig",
        "cognito-idp:TagResource", "cognito-idp:UpdateGroup", "cognito-idp:UpdateResourceServer",
        "cognito-idp:UpdateUserPool", "cognito-idp:UpdateUserPoolClient",
      ]
      Resource  = ["${local.arns["cognito-idp"]}:userpool/*"]
      Condition = { StringEquals = { "aws:ResourceTag/owner" = ["platform"], "aws:ResourceTag/stage" = [var.stage] } }
    },
    {
      # The key of the stock log is replaced, and never read; the secrets of machines are in the platform's state anyway.
      Sid    = "ManageSecrets"
      Effect = "Allow"
      Action = [
        "secretsmanager:CreateSecret", "secretsmanager:DeleteResourcePolicy", "secretsmanager:DeleteSecret",
        "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:PutResourcePolicy",
        "secretsmanager:PutSecretValue", "secretsmanager:TagResource",
        "secretsmanager:UpdateSecret",
      ]
      Resource = ["${local.arns["secretsmanager"]}:secret:${local.name}-*"]
    },
    {
      Sid      = "ReadMachineSecrets"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = ["${local.arns["secretsmanager"]}:secret:${local.name}-machine-*"]
    },
    {
      Sid    = "ManageTopics"
      Effect = "Allow"
      Action = [
        "sns:CreateTopic", "sns:DeleteTopic", "sns:GetSubscriptionAttributes", "sns:GetTopicAttributes",
        "sns:ListTagsForResource", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource",
        "sns:Unsubscribe",
      ]
      Resource = ["${local.arns["sns"]}:${local.name}-*"]
    },
    {
      Sid    = "ManageQueues"
      Effect = "Allow"
      Action = [
        "sqs:CreateQueue", "sqs:DeleteQueue", "sqs:GetQueueAttributes", "sqs:ListQueueTags", "sqs:SetQueueAttributes",
        "sqs:TagQueue",
      ]
      Resource = ["${local.arns["sqs"]}:${local.name}-*"]
    },
    {
      Sid    = "ManageTheBus"
      Effect = "Allow"
      Action = [
        "events:CreateArchive", "events:CreateEventBus", "events:DeleteArchive", "events:DeleteEventBus",
        "events:DescribeArchive", "events:DescribeEventBus", "events:ListTagsForResource", "events:TagResource",
        "events:UpdateArchive", "events:UpdateEventBus",
      ]
      Resource = ["${local.arns["events"]}:event-bus/${local.name}", "${local.arns["events"]}:archive/${local.name}"]
    },
    {
      # Not the addresses, which the services publish.
      Sid    = "PublishTheContract"
      Effect = "Allow"
      Action = [
        "ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:GetParameter", "ssm:ListTagsForResource", "ssm:PutParameter",
      ]
      Resource = concat(
        [
          for part in ["alarms", "alerts", "archive", "console", "events", "identity", "ledger", "ledger-keys", "logs", "names", "tables"] :
          "${local.parameters_arn}/${part}/*"
        ],
        ["${local.parameters_arn}/services/*_arn"],
      )
    },
    {
      Sid    = "ManageAlarms"
      Effect = "Allow"
      Action = [
        "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
        "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource",
      ]
      Resource = concat(
        ["${local.arns["cloudwatch"]}:alarm:${local.name}-*"],
        [for table in local.tables_arns : "${local.arns["cloudwatch"]}:alarm:${split("/", table)[1]}-*"],
      )
    },
    {
      Sid      = "ManageTheDashboard"
      Effect   = "Allow"
      Action   = ["cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:PutDashboard"]
      Resource = ["arn:${local.partition}:cloudwatch::${local.account}:dashboard/${local.name}*"]
    },
    {
      # The options backup and data_events_days of the platform.
      Sid    = "ManageBackups"
      Effect = "Allow"
      Action = [
        "backup:CreateBackupPlan", "backup:CreateBackupSelection", "backup:CreateBackupVault", "backup:CreateRestoreTestingPlan",
        "backup:CreateRestoreTestingSelection", "backup:DeleteBackupPlan", "backup:DeleteBackupSelection",
        "backup:DeleteBackupVault", "backup:DeleteBackupVaultNotifications", "backup:DeleteRestoreTestingPlan",
        "backup:DeleteRestoreTestingSelection", "backup:DescribeBackupVault", "backup:GetBackupPlan",
        "backup:GetBackupSelection", "backup:GetBackupVaultNotifications", "backup:GetRestoreTestingPlan",
        "backup:GetRestoreTestingSelection", "backup:ListTags", "backup:PutBackupVaultLockConfiguration",
        "backup:PutBackupVaultNotifications", "backup:TagResource", "backup:UpdateBackupPlan",
        "backup:UpdateRestoreTestingPlan", "backup:UpdateRestoreTestingSelection",
      ]
      Resource = [
        "${local.arns["backup"]}:backup-plan:*",
        "${local.arns["backup"]}:backup-vault:${local.name}",
        "${local.arns["backup"]}:restore-testing-plan:${replace(local.name, "-", "_")}*",
      ]
    },
    {
      Sid      = "MountVaults"
      Effect   = "Allow"
      Action   = ["backup-storage:MountCapsule"]
      Resource = ["*"]
    },
    {
      Sid    = "ManageTheTrail"
      Effect = "Allow"
      Action = [
        "cloudtrail:AddTags", "cloudtrail:CreateTrail", "cloudtrail:DeleteTrail", "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors", "cloudtrail:GetTrail", "cloudtrail:GetTrailStatus", "cloudtrail:ListTags",
        "cloudtrail:PutEventSelectors", "cloudtrail:StartLogging", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail",
      ]
      Resource = ["${local.arns["cloudtrail"]}:trail/${local.name}-trail"]
    },
    {
      # AWS knows no resources for these.
      Sid      = "List"
      Effect   = "Allow"
      Action   = ["cognito-idp:DescribeUserPoolDomain", "kms:ListAliases", "logs:DescribeLogGroups", "ssm:DescribeParameters"]
      Resource = ["*"]
    },
  ])

  attachable = [
    for policy in ["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"] :
    "arn:${local.partition}:iam::aws:policy/service-role/${policy}"
  ]
  passed_to = ["backup.amazonaws.com", "events.amazonaws.com", "lambda.amazonaws.com"]
}
