# What `make plan`, `deploy`, `rollback` and `destroy` of the console need (terraform/console, deploy/console*.py).

locals {
  console_buckets_arn = "arn:${local.partition}:s3:::${local.name}-console-*"
  cloudfront_arn      = "arn:${local.partition}:cloudfront::${local.account}"

  of_the_console = concat(local.state["console"], [
    {
      Sid      = "ReadTheContract"
      Effect   = "Allow"
      Action   = ["ssm:GetParametersByPath"]
      Resource = [local.parameters_arn]
    },
    {
      Sid    = "ManageBuckets"
      Effect = "Allow"
      Action = concat(local.reading_buckets, [
        "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration", "s3:ListBucketVersions",
      ])
      Resource = [local.console_buckets_arn]
    },
    {
      Sid      = "PublishBuilds"
      Effect   = "Allow"
      Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject"]
      Resource = ["${local.console_buckets_arn}/*"]
    },
    {
      # CloudFront chooses the ids of these, and takes conditions on tags for the distribution alone: no other team has one.
      Sid    = "ManageTheDistribution"
      Effect = "Allow"
      Action = [
        "cloudfront:CreateDistribution", "cloudfront:CreateDistributionWithTags", "cloudfront:CreateInvalidation",
        "cloudfront:DeleteDistribution", "cloudfront:GetDistribution", "cloudfront:ListTagsForResource",
        "cloudfront:TagResource", "cloudfront:UpdateDistribution",
      ]
      Resource = ["${local.cloudfront_arn}:distribution/*"]
    },
    {
      Sid    = "ManageFunctionsOfCloudFront"
      Effect = "Allow"
      Action = [
        "cloudfront:CreateFunction", "cloudfront:DeleteFunction", "cloudfront:DescribeFunction", "cloudfront:GetFunction",
        "cloudfront:PublishFunction", "cloudfront:UpdateFunction",
      ]
      Resource = ["${local.cloudfront_arn}:function/${local.name}-console-*"]
    },
    {
      Sid    = "ManageItsPolicies"
      Effect = "Allow"
      Action = [
        "cloudfront:CreateOriginAccessControl", "cloudfront:CreateResponseHeadersPolicy",
        "cloudfront:DeleteOriginAccessControl", "cloudfront:DeleteResponseHeadersPolicy",
        "cloudfront:GetOriginAccessControl", "cloudfront:GetResponseHeadersPolicy",
        "cloudfront:UpdateOriginAccessControl", "cloudfront:UpdateResponseHeadersPolicy",
      ]
      Resource = ["${local.cloudfront_arn}:origin-access-control/*", "${local.cloudfront_arn}:response-headers-policy/*"]
    },
    {
      # Policies that AWS manages; lists have no resources.
      Sid    = "ListPolicies"
      Effect = "Allow"
      Action = [
        "cloudfront:GetCachePolicy", "cloudfront:GetOriginRequestPolicy", "cloudfront:ListCachePolicies",
        "cloudfront:ListOriginRequestPolicies",
      ]
      Resource = ["*"]
    },
  ])

  # What Terraform reads of each bucket.
  reading_buckets = [
    "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLogging",
    "s3:GetBucketObjectLockConfiguration", "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging", "s3:GetBucketVersioning",
    "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
    "s3:ListBucket",
  ]
}
