mock_provider "aws" {
  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:ap-south-1:123456789012:secret:inventory-prod-ledger-key-abcdef" }
  }
}

variables {
  name        = "inventory-prod-ledger-key"
  reader_arns = ["arn:aws:iam::123456789012:role/inventory-prod-stock-api"]
}

run "only_the_listed_roles_can_read_it" {
  assert {
    condition = jsondecode(aws_secretsmanager_secret_policy.this.policy).Statement == [{
      Sid       = "DenyReadingToAllOthers"
      Effect    = "Deny"
      Principal = "*"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Condition = { ArnNotLike = { "aws:PrincipalArn" = ["arn:aws:iam::123456789012:role/inventory-prod-stock-api"] } }
    }]
    error_message = "Everybody but the listed roles must be denied to read the secret."
  }

  assert {
    condition     = aws_secretsmanager_secret.this.recovery_window_in_days == 30
    error_message = "A deleted key must be restorable: without it, nothing can be signed."
  }
}

run "a_secret_of_a_stage_that_comes_and_goes_is_deleted_at_once" {
  variables {
    deletion_protection = false
  }

  assert {
    condition     = aws_secretsmanager_secret.this.recovery_window_in_days == 0
    error_message = "Its name must be free for the next stage of this name."
  }
}

run "an_emulator_knows_the_sessions_of_the_listed_roles" {
  variables {
    is_emulated = true
  }

  assert {
    condition = jsondecode(aws_secretsmanager_secret_policy.this.policy).Statement[0].Condition.ArnNotLike["aws:PrincipalArn"] == [
      "arn:aws:iam::123456789012:role/inventory-prod-stock-api",
      "arn:aws:sts::123456789012:assumed-role/inventory-prod-stock-api/*",
    ]
    error_message = "The emulator must allow the sessions of the listed roles, and nobody else."
  }
}

run "readers_must_be_named" {
  command = plan

  variables {
    reader_arns = ["arn:aws:iam::123456789012:role/*"]
  }

  expect_failures = [var.reader_arns]
}

run "somebody_must_read_it" {
  command = plan

  variables {
    reader_arns = []
  }

  expect_failures = [var.reader_arns]
}
