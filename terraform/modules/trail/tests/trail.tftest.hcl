mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::some-bucket" }
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
  name               = "inventory-prod-trail"
  table_arns         = ["arn:aws:dynamodb:ap-south-1:123456789012:table/VendorInventory"]
  archive_bucket_arn = "arn:aws:s3:::archive"
}

run "each_write_of_tables_and_archive_is_recorded" {
  assert {
    condition = [
      for selector in aws_cloudtrail.this.advanced_event_selector :
      one([for each in selector.field_selector : one(each.equals) if each.field == "resources.type"])
    ] == ["AWS::DynamoDB::Table", "AWS::S3::Object"]
    error_message = "The writes of both must be recorded."
  }

  assert {
    condition = alltrue([
      for selector in aws_cloudtrail.this.advanced_event_selector :
      contains([for each in selector.field_selector : one(each.equals) if each.field == "readOnly"], "false")
    ])
    error_message = "Reads must not be recorded: each costs as much as a write."
  }

  assert {
    condition     = aws_cloudtrail.this.enable_log_file_validation
    error_message = "What was recorded must be signed."
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[*].Sid == ["DenyInsecureTransport", "TrailChecksTheBucket", "TrailWritesItsFiles"] && alltrue([for each in slice(jsondecode(aws_s3_bucket_policy.this.policy).Statement, 1, 3) : each.Condition.StringEquals["aws:SourceArn"] == "arn:aws:cloudtrail:ap-south-1:123456789012:trail/inventory-prod-trail"])
    error_message = "Only this trail may write the bucket."
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "Terraform must not empty a protected trail."
  }
}
