data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  objects    = "${aws_s3_bucket.this.arn}/*"
  root_arn   = "arn:${data.aws_partition.current.partition}:iam::${local.account_id}:root"

  refusals = [
    {
      is_due = !var.is_emulated
      what = {
        Sid       = "EncryptedOnTheWay"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.this.arn, local.objects]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }
    },
    {
      is_due = !var.is_emulated
      what = {
        Sid       = "PutIfAbsent"
        Action    = "s3:PutObject"
        Resource  = local.objects
        Condition = { Null = { "s3:if-none-match" = "true" } }
      }
    },
    {
      # To change what is kept takes the removal of this policy first, which is one event in CloudTrail.
      is_due = var.deletion_protection
      what = {
        Sid      = "NoRetentionIsLifted"
        Action   = ["s3:BypassGovernanceRetention", "s3:PutBucketObjectLockConfiguration"]
        Resource = [aws_s3_bucket.this.arn, local.objects]
      }
    },
  ]
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:CloudTrail says who changed a setting, and Object Lock keeps every version of every object
  #checkov:skip=CKV_AWS_144:one region, like the tables; docs/platform.md tells how to copy it
  #checkov:skip=CKV2_AWS_62:nothing waits for an object
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
  count = var.is_emulated ? 0 : 1 # costs nothing there, and takes a minute to settle

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
    Statement = [for refusal in local.refusals : merge(refusal.what, { Effect = "Deny", Principal = "*" }) if refusal.is_due]
  })

  depends_on = [aws_s3_bucket_public_access_block.this, aws_s3_bucket_object_lock_configuration.this]
}

# Digests are signed with a key that nobody can read: whoever rewrites tables and bucket alike cannot sign.
resource "aws_kms_key" "signing" {
  description              = "Signs the digests of the stock log (${var.name})"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  deletion_window_in_days  = var.deletion_protection ? 30 : 7

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "IamDecidesWhoSigns"
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
