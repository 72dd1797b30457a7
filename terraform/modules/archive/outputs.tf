output "bucket" {
  description = "The bucket's name."
  value       = aws_s3_bucket.this.bucket
}

output "bucket_arn" {
  description = "The bucket's ARN."
  value       = aws_s3_bucket.this.arn
}

output "signing_key_arn" {
  description = "The ARN of the key that signs digests."
  value       = aws_kms_key.signing.arn
}

output "archiving" {
  description = "What a function may do that puts log records into the archive."
  value = [{
    sid       = "ArchiveRecords"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this.arn}/ledger/*"]
  }]
}

output "digesting" {
  description = "What the function may do that signs digests and puts them beside the records."
  value = [
    {
      sid       = "ReadTheLastDigest"
      actions   = ["s3:GetObject", "s3:PutObject"]
      resources = ["${aws_s3_bucket.this.arn}/digests/*"]
    },
    {
      sid       = "SignTheDigest"
      actions   = ["kms:Sign"]
      resources = [aws_kms_key.signing.arn]
    },
  ]
}

output "verifying" {
  description = "What a function may do that checks archive, digests and signatures."
  value = [
    {
      sid       = "ListTheArchive"
      actions   = ["s3:ListBucket", "s3:ListBucketVersions"]
      resources = [aws_s3_bucket.this.arn]
    },
    {
      sid       = "ReadTheArchive"
      actions   = ["s3:GetObject", "s3:GetObjectVersion"]
      resources = ["${aws_s3_bucket.this.arn}/ledger/*", "${aws_s3_bucket.this.arn}/digests/*"]
    },
    {
      sid       = "VerifyTheDigest"
      actions   = ["kms:GetPublicKey", "kms:Verify"]
      resources = [aws_kms_key.signing.arn]
    },
  ]
}
