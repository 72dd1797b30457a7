"""Operators run a stage's operations by hand, under a role that may do nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.deployed.cloud import STAGE, Cloud, Done
from tests.deployed.deployed_services import Deployed
from tests.deployed.roles import FORBIDDEN, ONLY_SOME_MAY, POLICY, Role
from tests.integration.shop import Shop
from tools.operations import FUNCTIONS

ROLE = "operator"
REPORTS = {
    "reconcile": r"\d+ SKUs checked: 0 differences, 0 undecided as they kept changing\.",
    "write-digest": r"digests/\d{4}-\d\d-\d\d\.json (written, \d+ SKUs|already exists)",
    "verify-archive": r"\d+ archived records of \d+ SKUs and 1 digests checked: 0 faults\.",
    "recount": r"products \d+, counted \d+, corrected \d+, scans \d+, unsettled \d+",
}
"""What each operation reports of a shop in which nothing is wrong; in this order."""


@pytest.fixture(scope="module")
def operator(cloud: Cloud, deployed: Deployed) -> Role:
    return Role(cloud, ROLE)


@pytest.fixture
def operate(cloud: Cloud, operator: Role) -> Callable[..., Done]:
    """Runs an operation as ``make`` does, with the credentials of an operator."""
    return lambda operation, **settings: cloud.operation(operation, **operator.environment(), **settings)


def test_each_operation_prints_its_function_and_the_functions_report(
    operate: Callable[..., Done], shop: Shop, cloud: Cloud
) -> None:
    shop.has_sku(5)
    assert REPORTS.keys() == FUNCTIONS.keys()
    for operation, report in REPORTS.items():
        done = operate(operation)
        assert done.exit_code == 0, done.errors + done.output
        target, printed = done.output.splitlines()
        function = f"inventory-{STAGE}-{FUNCTIONS[operation]}"
        assert target == (
            f"{operation}: function {function} of account 000000000000 in ap-south-1, at {cloud.url}"
        )
        assert re.fullmatch(report, printed), printed


def test_a_difference_is_printed_and_sets_the_exit_code(
    operate: Callable[..., Done], shop: Shop, client: Any
) -> None:
    sku = shop.has_sku(5)
    with changed_stock(client, sku.product_id, sku.sku, 7, 5):
        done = operate("reconcile")
    assert done.exit_code == 1, done.errors
    _, head, row, *_ = done.output.splitlines()
    assert head.split() == ["SKU", "figure", "balance", "expected", "by", "finding"]
    assert row.split()[:5] == [sku.sku, "current_stock", "7", "5", "log"]


@contextmanager
def changed_stock(client: Any, product_id: str, sku: str, during: int, after: int) -> Iterator[None]:
    for units in (during, after):
        client.update_item(
            TableName="VendorInventory",
            Key={"product_id": {"S": product_id}, "sku": {"S": sku}},
            UpdateExpression="SET current_stock = :n",
            ExpressionAttributeValues={":n": {"N": f"{units}"}},
        )
        if units == during:
            yield


def test_an_operator_may_do_nothing_else(operator: Role, cloud: Cloud, outputs: dict[str, Any]) -> None:
    own = {f"inventory-{STAGE}-{function}" for function in FUNCTIONS.values()}
    others = {each["FunctionName"] for each in cloud.client("lambda").list_functions()["Functions"]} - own
    assert len(others) > 5
    invoked = {
        name
        for name in others
        if operator.may(("lambda", "invoke", {"FunctionName": name, "Qualifier": "live", "Payload": b"{}"}))
    }
    assert invoked == set()
    # Of its own functions, the version in use, and no other.
    assert [name for name in own if operator.may(("lambda", "invoke", {"FunctionName": name}))] == []
    assert [what for what, call in FORBIDDEN.items() if operator.may(call)] == []
    tables = {what: call for what, (call, _) in ONLY_SOME_MAY.items() if call[0] in ("dynamodb", "events")}
    assert [what for what, call in tables.items() if operator.may(call)] == []


@pytest.mark.parametrize("operation", FUNCTIONS)
def test_each_function_of_the_grant_is_needed(
    operation: str, operate: Callable[..., Done], operator: Role
) -> None:
    function = f"inventory-{STAGE}-{FUNCTIONS[operation]}"
    [grant] = operator.statements
    rest = [resource for resource in grant["Resource"] if not resource.endswith(f":{function}:live")]
    assert len(rest) == len(grant["Resource"]) - 1
    with operator.with_statements([{**grant, "Resource": rest}]):
        refused = operate(operation)
    assert refused.exit_code == 4
    assert refused.errors.startswith(f"You may not invoke {function}; the role {operator.name} may. ")
    assert refused.errors.count("\n") == 1


def test_a_stage_without_the_function_is_named(cloud: Cloud, deployed: Deployed) -> None:
    done = cloud.operation("reconcile", STAGE="nowhere")
    assert done.exit_code == 4
    assert done.errors.startswith("inventory-nowhere-audit-reconcile was not found in account 000000000000")


def test_the_operators_policy_is_its_only_one(cloud: Cloud, operator: Role) -> None:
    iam = cloud.client("iam")
    assert iam.list_role_policies(RoleName=operator.name)["PolicyNames"] == [POLICY]
    assert iam.list_attached_role_policies(RoleName=operator.name)["AttachedPolicies"] == []
