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
