# The requests that the distribution answers. CloudFront writes them itself, which needs a bucket with access control lists.

resource "aws_s3_bucket" "logs" {
  #checkov:skip=CKV_AWS_18:a log of the reads of the log would not end
  #checkov:skip=CKV_AWS_21:CloudFront writes each object once
  #checkov:skip=CKV_AWS_144:it helps to find out what happened, and nothing depends on it
  #checkov:skip=CKV_AWS_145:CloudFront writes with the key that S3 manages
  #checkov:skip=CKV2_AWS_62:nothing subscribes to new objects
  bucket        = "${local.name}-logs-${local.account_id}-${var.region}"
  force_destroy = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  #checkov:skip=CKV2_AWS_65:CloudFront can write to no bucket without access control lists
  bucket = aws_s3_bucket.logs.id

  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  count = local.is_emulated ? 0 : 1 # storage is free there, and the rule takes a minute to become effective

  bucket = aws_s3_bucket.logs.id

  rule {
    id     = "retention"
    status = "Enabled"

    filter {}

    expiration {
      days = tonumber(local.contract["logs/retention_days"])
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}
