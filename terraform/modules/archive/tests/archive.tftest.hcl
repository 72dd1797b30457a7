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

run "a_bucket_keeps_every_version" {
  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled && aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "Object Lock requires versioning; both must be enabled."
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "Terraform must not empty a protected archive."
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this[0].policy).Statement[*].Sid == ["DenyInsecureTransport", "DenyUnconditionalPuts", "DenyDeletingAndUnlocking"]
    error_message = "Unencrypted requests, replacing or deleting an object, and lifting a retention must be denied."
  }

  assert {
    condition     = aws_kms_key.signing.key_usage == "SIGN_VERIFY"
    error_message = "The key of the digests must be for signing only."
  }
}

run "an_emulated_bucket_without_protection_has_no_policy" {
  variables {
    is_emulated         = true
    deletion_protection = false
  }

  assert {
    condition     = length(aws_s3_bucket_policy.this) == 0
    error_message = "Without statements there must be no policy."
  }
}

run "a_retention_is_one_of_two" {
  command = plan

  variables {
    retention = { mode = "FOREVER", days = 1 }
  }

  expect_failures = [var.retention]
}
