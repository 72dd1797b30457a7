# What `make plan`, `deploy`, `rollback` and `destroy` of a service need (terraform/modules/service, deploy/).

locals {
  of_a_service = {
    for service, name in { for service in local.services : service => "${local.name}-${service}" } : service => concat(local.state[service], [
      {
        Sid      = "ReadTheContract"
        Effect   = "Allow"
        Action   = ["ssm:GetParametersByPath"]
        Resource = [local.parameters_arn]
      },
      {
        Sid    = "PublishTheAddress"
        Effect = "Allow"
        Action = [
          "ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:GetParameter", "ssm:ListTagsForResource", "ssm:PutParameter",
        ]
        Resource = ["${local.parameters_arn}/services/${service}/api_url"]
      },
      {
        Sid    = "ManageFunctions"
        Effect = "Allow"
        Action = [
          "lambda:AddPermission", "lambda:CreateAlias", "lambda:CreateFunction", "lambda:DeleteAlias", "lambda:DeleteFunction",
          "lambda:DeleteFunctionConcurrency", "lambda:DeleteFunctionEventInvokeConfig", "lambda:GetAlias", "lambda:GetFunction",
          "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionConfiguration", "lambda:GetFunctionEventInvokeConfig",
          "lambda:GetPolicy", "lambda:ListTags", "lambda:ListVersionsByFunction", "lambda:PublishVersion",
          "lambda:PutFunctionConcurrency", "lambda:PutFunctionEventInvokeConfig", "lambda:RemovePermission",
          "lambda:TagResource", "lambda:UpdateAlias", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
        ]
        Resource = ["${local.arns["lambda"]}:function:${name}-*"]
      },
      {
        # The roles that the platform has made for this service's functions and its CodeDeploy, and no other.
        Sid       = "GiveFunctionsTheirRoles"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = ["${local.roles_arn}/${name}-*"]
        Condition = { StringEquals = { "iam:PassedToService" = ["codedeploy.amazonaws.com", "lambda.amazonaws.com"] } }
      },
      {
        # A mapping has an id that Lambda chooses; its function shows whose it is.
        Sid    = "ManageStreams"
        Effect = "Allow"
        Action = [
          "lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping",
        ]
        Resource  = ["*"]
        Condition = { ArnLike = { "lambda:FunctionArn" = ["${local.arns["lambda"]}:function:${name}-*"] } }
      },
      {
        # Of all functions: Terraform looks for a mapping until it is gone, and then it has no function any more.
        Sid      = "WatchStreams"
        Effect   = "Allow"
        Action   = ["lambda:GetEventSourceMapping", "lambda:ListTags", "lambda:TagResource"]
        Resource = ["${local.arns["lambda"]}:event-source-mapping:*"]
      },
      {
        Sid    = "ManageLogs"
        Effect = "Allow"
        Action = [
          "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteMetricFilter", "logs:DescribeMetricFilters",
          "logs:ListTagsForResource", "logs:PutMetricFilter", "logs:PutRetentionPolicy", "logs:TagResource",
        ]
        Resource = [
          "${local.arns["logs"]}:log-group:/aws/lambda/${name}-*",
          "${local.arns["logs"]}:log-group:/aws/apigateway/${name}",
          "${local.arns["logs"]}:log-group:/aws/apigateway/${name}:*",
        ]
      },
      {
        Sid    = "ManageSchedules"
        Effect = "Allow"
        Action = [
          "events:DeleteRule", "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
          "events:PutRule", "events:RemoveTargets", "events:TagResource",
        ]
        Resource = ["${local.arns["events"]}:rule/${name}-*"]
      },
      {
        Sid       = "ScheduleFunctions"
        Effect    = "Allow"
        Action    = ["events:PutTargets"]
        Resource  = ["${local.arns["events"]}:rule/${name}-*"]
        Condition = { "ForAllValues:ArnLike" = { "events:TargetArn" = ["${local.arns["lambda"]}:function:${name}-*"] } }
      },
      {
        # An API has an id that API Gateway chooses: its tags, which what is below it inherits, tell whose it is.
        Sid       = "CreateTheApi"
        Effect    = "Allow"
        Action    = ["apigateway:POST"]
        Resource  = ["${local.gateway_arn}/restapis", "${local.gateway_arn}/domainnames"]
        Condition = { StringEquals = { "aws:RequestTag/owner" = [service], "aws:RequestTag/stage" = [var.stage] } }
      },
      {
        Sid       = "ManageTheApi"
        Effect    = "Allow"
        Action    = ["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"]
        Resource  = ["${local.gateway_arn}/restapis/*", "${local.gateway_arn}/domainnames/*"]
        Condition = { StringEquals = { "aws:ResourceTag/owner" = [service], "aws:ResourceTag/stage" = [var.stage] } }
      },
      {
        # Tags of what is another's stay: they decide whose it is.
        Sid      = "TagTheApi"
        Effect   = "Allow"
        Action   = ["apigateway:PUT"]
        Resource = ["${local.gateway_arn}/tags/*"]
        Condition = {
          StringEquals         = { "aws:RequestTag/owner" = [service], "aws:RequestTag/stage" = [var.stage] }
          StringEqualsIfExists = { "aws:ResourceTag/owner" = [service], "aws:ResourceTag/stage" = [var.stage] }
        }
      },
      {
        Sid    = "ManageAlarms"
        Effect = "Allow"
        Action = [
          "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
          "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource",
        ]
        Resource = ["${local.arns["cloudwatch"]}:alarm:${name}-*"]
      },
      {
        # With the variable gradual: deploys shift traffic, and a rollback stops them.
        Sid    = "ShiftTraffic"
        Effect = "Allow"
        Action = [
          "codedeploy:CreateApplication", "codedeploy:CreateDeployment", "codedeploy:CreateDeploymentGroup",
          "codedeploy:DeleteApplication", "codedeploy:DeleteDeploymentGroup", "codedeploy:GetApplication",
          "codedeploy:GetApplicationRevision", "codedeploy:GetDeployment", "codedeploy:GetDeploymentConfig",
          "codedeploy:GetDeploymentGroup", "codedeploy:ListDeployments", "codedeploy:ListTagsForResource",
          "codedeploy:RegisterApplicationRevision", "codedeploy:StopDeployment", "codedeploy:TagResource",
          "codedeploy:UpdateDeploymentGroup",
        ]
        Resource = [
          "${local.arns["codedeploy"]}:application:${name}",
          "${local.arns["codedeploy"]}:deploymentconfig:*",
          "${local.arns["codedeploy"]}:deploymentgroup:${name}/*",
        ]
      },
      {
        # With the variable requests_per_address: a firewall before the API's stage.
        Sid    = "ManageTheFirewall"
        Effect = "Allow"
        Action = [
          "wafv2:AssociateWebACL", "wafv2:CreateWebACL", "wafv2:DeleteWebACL", "wafv2:DisassociateWebACL", "wafv2:GetWebACL",
          "wafv2:ListTagsForResource", "wafv2:TagResource", "wafv2:UpdateWebACL",
        ]
        Resource = ["${local.arns["wafv2"]}:regional/webacl/${name}/*"]
      },
      {
        Sid       = "PutTheFirewallBeforeTheApi"
        Effect    = "Allow"
        Action    = ["apigateway:SetWebACL", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "wafv2:GetWebACLForResource"]
        Resource  = ["${local.gateway_arn}/restapis/*/stages/*"]
        Condition = { StringEquals = { "aws:ResourceTag/owner" = [service], "aws:ResourceTag/stage" = [var.stage] } }
      },
      {
        # AWS knows no resources for these.
        Sid      = "List"
        Effect   = "Allow"
        Action   = ["logs:DescribeLogGroups", "ssm:DescribeParameters"]
        Resource = ["*"]
      },
    ])
  }

  gateway_arn = "arn:${local.partition}:apigateway:${local.region}::"
}
