mock_provider "aws" {
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
  stage               = "dev"
  state_bucket        = "acme-states"
  oidc_provider_arn   = "arn:aws:iam::123456789012:oidc-provider/ci.example.org"
  issuer              = "https://ci.example.org"
  audience            = "sts.amazonaws.com"
  table_name_prefixes = ["dev-"]
  subjects = {
    for team in ["platform", "catalog", "stock", "audit", "console"] : team => ["repo:acme/${team}:environment:dev"]
  }
}

run "a_role_is_assumed_by_the_jobs_of_its_own_team" {
  assert {
    condition = { for team, role in aws_iam_role.this : team => jsondecode(role.assume_role_policy).Statement } == {
      for team in ["platform", "catalog", "stock", "audit", "console"] : team => [{
        Effect    = "Allow"
        Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/ci.example.org" }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = { "ci.example.org:aud" = "sts.amazonaws.com" }
          StringLike   = { "ci.example.org:sub" = ["repo:acme/${team}:environment:dev"] }
        }
      }]
    }
    error_message = "Each role must trust the tokens of its team's jobs, for this audience, and nothing else."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.this : !startswith(role.name, "inventory-dev-")])
    error_message = "The platform's role may change roles of such names: it could give itself more."
  }

  assert {
    condition     = alltrue([for policy in concat(values(aws_iam_policy.this), [aws_iam_policy.boundary]) : length(policy.policy) <= 6144])
    error_message = "IAM takes no longer policies."
  }

  assert {
    condition     = alltrue([for team in keys(var.subjects) : length([for key in keys(aws_iam_policy.this) : key if startswith(key, "${team}/")]) <= 10])
    error_message = "A role takes ten policies."
  }
}

run "every_wildcard_of_a_resource_is_after_a_name" {
  assert {
    condition = toset([
      for statement in flatten(values(output.statements)) : statement.Sid
      if statement.Effect == "Allow" && contains(try(statement.Resource, []), "*")
    ]) == toset(["CreateKeys", "CreateThePool", "List", "ListPolicies", "ManageStreams", "MountVaults"])
    error_message = "All resources only where AWS knows none, or where tags or the function decide."
  }

  assert {
    condition     = !anytrue([for action in flatten([for statement in flatten(values(output.statements)) : statement.Action]) : strcontains(action, "*")])
    error_message = "Actions must be listed one by one."
  }
}

run "nobody_changes_iam_but_the_platform_within_the_boundary" {
  assert {
    condition = alltrue([
      for team in ["catalog", "stock", "audit", "console"] : join(",", [
        for action in flatten([for statement in output.statements[team] : statement.Action]) : action
        if startswith(action, "iam:") || startswith(action, "sts:")
      ]) == (team == "console" ? "" : "iam:PassRole")
    ])
    error_message = "A service's role must give its functions their roles, and do nothing else in IAM."
  }

  assert {
    condition = alltrue([
      for statement in output.statements["platform"] : statement.Condition.StringEquals["iam:PermissionsBoundary"] == ["arn:aws:iam::123456789012:policy/some-policy"]
      if length(setintersection(statement.Action, ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"])) > 0
    ])
    error_message = "Whatever grants a role something must demand the boundary."
  }

  assert {
    condition = length(setintersection(flatten([for statement in output.statements["platform"] : statement.Action]), [
      "iam:CreatePolicyVersion", "iam:DeleteRolePermissionsBoundary", "iam:SetDefaultPolicyVersion", "sts:AssumeRole",
    ])) == 0
    error_message = "The boundary must stay, and stay as it is."
  }

  assert {
    condition = !anytrue([
      for action in flatten([for statement in output.boundary : statement.Action]) :
      startswith(action, "iam:") || startswith(action, "sts:") || (startswith(action, "lambda:") && !contains(["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:InvokeFunction", "lambda:UpdateAlias"], action))
    ])
    error_message = "No role of the stage may make roles, take others or change code."
  }
}

run "any_token_of_the_ci_system_is_refused" {
  command = plan

  variables {
    subjects = { stock = ["*"] }
  }

  expect_failures = [var.subjects]
}

run "a_wildcard_within_the_repositorys_name_is_refused" {
  command = plan

  variables {
    subjects = { stock = ["repo:acme/inventory*"] }
  }

  expect_failures = [var.subjects]
}

run "a_wildcard_for_all_repositories_is_refused" {
  command = plan

  variables {
    subjects = { stock = ["repo:acme/*"] }
  }

  expect_failures = [var.subjects]
}

run "a_wildcard_in_the_middle_is_refused" {
  command = plan

  variables {
    subjects = { stock = ["repo:*/inventory:environment:dev"] }
  }

  expect_failures = [var.subjects]
}

run "a_question_mark_is_a_wildcard" {
  command = plan

  variables {
    subjects = { stock = ["repo:acme/inventor?:environment:dev"] }
  }

  expect_failures = [var.subjects]
}

run "a_team_without_a_pattern_is_refused" {
  command = plan

  variables {
    subjects = { stock = [] }
  }

  expect_failures = [var.subjects]
}

run "an_unknown_team_is_refused" {
  command = plan

  variables {
    subjects = { stokc = ["repo:acme/inventory:environment:dev"] }
  }

  expect_failures = [var.subjects]
}

run "a_wildcard_after_the_repository_is_taken" {
  variables {
    subjects = { stock = ["repo:acme/inventory:*", "project_path:acme/shop/inventory:ref_type:branch:ref:*"] }
  }

  assert {
    condition     = length(aws_iam_role.this) == 1
    error_message = "All jobs of one repository may deploy, if it says so."
  }
}

run "the_audience_is_one_name" {
  command = plan

  variables {
    audience = "*"
  }

  expect_failures = [var.audience]
}

run "an_issuer_is_an_address" {
  command = plan

  variables {
    issuer = "http://ci.example.org/"
  }

  expect_failures = [var.issuer]
}

run "tables_are_those_of_the_stage" {
  command = plan

  variables {
    table_name_prefixes = ["*"]
  }

  expect_failures = [var.table_name_prefixes]
}
