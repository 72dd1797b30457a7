"""A role whose creation was answered to nobody is imported; any other error stays one."""

import pytest

from tests.support.created_twice import adopted

TWICE = """
Error: creating IAM Role (inventory-test-audit-log_changed): operation error IAM: CreateRole, https response \
error StatusCode: 409, RequestID: 1, EntityAlreadyExists: Role inventory-test-audit-log_changed exists.

  with module.role["audit/log_changed"].aws_iam_role.this,
  on ../modules/function_role/main.tf line 90, in resource "aws_iam_role" "this":
  90: resource "aws_iam_role" "this" {
"""


def test_a_role_that_was_created_twice_is_imported() -> None:
    commands: list[tuple[str, ...]] = []
    assert adopted(TWICE, lambda *arguments: commands.append(arguments))
    address = 'module.role["audit/log_changed"].aws_iam_role.this'
    assert commands == [("import", "-input=false", "-no-color", address, "inventory-test-audit-log_changed")]


@pytest.mark.parametrize("errors", ["", TWICE.replace("EntityAlreadyExists", "AccessDenied")])
def test_any_other_error_stays(errors: str) -> None:
    assert not adopted(errors, pytest.fail)
