data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  objects    = "${aws_s3_bucket.this.arn}/*"
  root_arn   = "arn:${data.aws_partition.current.partition}:iam::${local.account_id}:root"

  denials = [
    {
      is_enabled = !var.is_emulated
      statement = {
        Sid       = "DenyInsecureTransport"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.this.arn, local.objects]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }
    },
    {
      is_enabled = !var.is_emulated
      statement = {
        Sid       = "DenyUnconditionalPuts"
        Action    = "s3:PutObject"
        Resource  = local.objects
        Condition = { Null = { "s3:if-none-match" = "true" } }
      }
    },
    {
      # Changing the retention requires removing this policy first, which is an event in CloudTrail.
      is_enabled = var.deletion_protection
      statement = {
        Sid = "DenyDeletingAndUnlocking"
        Action = [
          "s3:BypassGovernanceRetention",
          "s3:DeleteObject",
          "s3:DeleteObjectVersion",
          "s3:PutBucketObjectLockConfiguration",
        ]
        Resource = [aws_s3_bucket.this.arn, local.objects]
      }
    },
  ]
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:CloudTrail records changes of settings, and Object Lock keeps every version of every object
  #checkov:skip=CKV_AWS_144:one region, like the tables; docs/platform.md describes how to copy it
  #checkov:skip=CKV2_AWS_62:nothing subscribes to new objects
  bucket              = "${var.name}-${local.account_id}-${data.aws_region.current.name}"
  object_lock_enabled = true
  force_destroy       = !var.deletion_protection
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    default_retention {
      mode = var.retention.mode
      days = var.retention.days
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
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
  count = var.is_emulated ? 0 : 1 # storage is free there, and the rule takes a minute to become effective

  bucket = aws_s3_bucket.this.id

  rule {
    id     = "cold-after-a-quarter"
    status = "Enabled"

    filter {}

    transition {
      days          = 90
      storage_class = "GLACIER_IR"
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_policy" "this" {
  count = var.is_emulated && !var.deletion_protection ? 0 : 1

  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for denial in local.denials : merge(denial.statement, { Effect = "Deny", Principal = "*" }) if denial.is_enabled]
  })

  depends_on = [aws_s3_bucket_public_access_block.this, aws_s3_bucket_object_lock_configuration.this]
}

# Digests are signed with a key that nobody can read: rewriting tables and bucket is not enough to forge them.
resource "aws_kms_key" "signing" {
  description              = "Signs the digests of the stock log (${var.name})"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  deletion_window_in_days  = var.deletion_protection ? 30 : 7

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DelegateToIam"
      Effect    = "Allow"
      Principal = { AWS = local.root_arn }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "signing" {
  name          = "alias/${var.name}-digests"
  target_key_id = aws_kms_key.signing.key_id
}
