# The builds, and what the distribution serves of them: `make deploy` writes both.

locals {
  served_prefix = "site"

  statements = [
    {
      is_enabled = true
      statement = {
        Sid       = "ServeTheSite"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.this.arn}/${local.served_prefix}/*"
        Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.this.arn } }
      }
    },
    {
      is_enabled = !local.is_emulated
      statement = {
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }
    },
  ]
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:the distribution logs what is requested, and CloudTrail records changes of settings
  #checkov:skip=CKV_AWS_144:its content is a build, which another region can get by a deploy
  #checkov:skip=CKV_AWS_145:its content is what every browser gets; a key of our own would protect nothing
  #checkov:skip=CKV2_AWS_62:nothing subscribes to new objects
  bucket        = "${local.name}-${local.account_id}-${var.region}"
  force_destroy = true # its content is a build
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count = local.is_emulated ? 0 : 1 # storage is free there, and the rule takes a minute to become effective

  bucket = aws_s3_bucket.this.id

  rule {
    id     = "replaced-files-for-a-month"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for each in local.statements : each.statement if each.is_enabled]
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}
