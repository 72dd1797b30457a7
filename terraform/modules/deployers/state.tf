# Each team reads and writes its own Terraform state. The platform's has the secrets of machine clients in it.

locals {
  bucket_arn = "arn:${local.partition}:s3:::${var.state_bucket}"

  states = merge(
    { platform = "inventory/${var.stage}/platform.tfstate" },
    { for service in concat(local.services, ["console"]) : service => "inventory/${var.stage}/service-${service}.tfstate" },
  )

  state = {
    for team, key in local.states : team => [
      {
        # The names of all states, which are no secrets: without the permission, S3 answers a request for a state that does
        # not exist yet with 403 instead of 404, and the first deploy fails.
        Sid      = "FindTheState"
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = [local.bucket_arn]
      },
      {
        Sid      = "KeepTheState"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = ["${local.bucket_arn}/${key}", "${local.bucket_arn}/${key}.tflock"]
      },
      {
        Sid      = "ReleaseTheLock"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject"]
        Resource = ["${local.bucket_arn}/${key}.tflock"]
      },
    ]
  }

  # Whatever else a role is granted, even by mistake, it reads and writes no objects but its own.
  closing = {
    for team, key in local.states : team => [{
      Sid    = "DenyOtherStates"
      Effect = "Deny"
      Action = [
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "s3:PutObjectAcl",
      ]
      NotResource = concat(
        ["${local.bucket_arn}/${key}", "${local.bucket_arn}/${key}.tflock"],
        team == "console" ? ["${local.console_buckets_arn}/*"] : [],
      )
    }]
  }
}
