output "bucket" {
  description = "The bucket of the trail's files."
  value       = aws_s3_bucket.this.bucket
}
