mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::some-bucket" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:ap-south-1:123456789012:key/some-key" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "ap-south-1" }
  }
}

variables {
  name = "inventory-prod-archive"
}

run "a_bucket_that_forgets_nothing" {
  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled && aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "Object Lock needs versions, and both are on."
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "Terraform does not empty a protected archive."
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this[0].policy).Statement[*].Sid == ["EncryptedOnTheWay", "PutIfAbsent", "NoRetentionIsLifted"]
    error_message = "Nobody writes in clear, replaces an object, or lifts a retention."
  }

  assert {
    condition     = aws_kms_key.signing.key_usage == "SIGN_VERIFY"
    error_message = "Digests are signed by a key that can do nothing else."
  }
}

run "an_emulated_one_without_protection_has_nothing_to_refuse" {
  variables {
    is_emulated         = true
    deletion_protection = false
  }

  assert {
    condition     = length(aws_s3_bucket_policy.this) == 0
    error_message = "A policy without statements is none."
  }
}

run "a_retention_is_one_of_two" {
  command = plan

  variables {
    retention = { mode = "FOREVER", days = 1 }
  }

  expect_failures = [var.retention]
}
