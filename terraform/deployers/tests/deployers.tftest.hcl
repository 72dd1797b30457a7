# Who may deploy, without AWS: run `terraform test` in `terraform/deployers`.

mock_provider "aws" {
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/ci.example.org" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/some-role" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/some-policy" }
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
  state_bucket = "acme-states"
  oidc         = { issuer = "https://ci.example.org" }
  stages = {
    dev  = { subjects = { stock = ["repo:acme/inventory:environment:dev"], platform = ["repo:acme/platform:*"] } }
    prod = { subjects = { stock = ["repo:acme/inventory:environment:prod"] } }
  }
}

run "without_a_ci_system_there_is_nothing" {
  variables {
    oidc   = null
    stages = {}
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.this) == 0 && length(module.deployers) == 0
    error_message = "The default must create nothing."
  }
}

run "without_a_ci_system_there_are_no_roles_for_stages_either" {
  variables {
    oidc = null
  }

  assert {
    condition     = length(module.deployers) == 0 && output.role_arns == {}
    error_message = "Nobody could assume the roles."
  }
}

run "each_stage_has_the_roles_that_it_names" {
  assert {
    condition     = { for stage, arns in output.role_arns : stage => keys(arns) } == { dev = ["platform", "stock"], prod = ["stock"] }
    error_message = "A team that is not named must have no role."
  }

  assert {
    condition     = aws_iam_openid_connect_provider.this[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "Tokens must be for AWS, and not for what else the CI system signs in to."
  }

  assert {
    condition     = local.prefixes == { dev = ["dev-"], prod = [""] }
    error_message = "A stage's roles must reach its own tables alone."
  }
}

run "an_account_may_have_the_identity_provider_already" {
  variables {
    oidc = { issuer = "https://ci.example.org", provider_arn = "arn:aws:iam::123456789012:oidc-provider/ci.example.org" }
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.this) == 0 && length(module.deployers) == 2
    error_message = "IAM has one provider for an issuer, and refuses a second one."
  }
}

run "states_need_their_bucket" {
  command = plan

  variables {
    state_bucket = null
  }

  expect_failures = [var.state_bucket]
}

run "a_ci_system_needs_stages" {
  command = plan

  variables {
    stages = {}
  }

  expect_failures = [var.stages]
}
