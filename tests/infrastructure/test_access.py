"""The permissions of each role, compared with the calls of the code."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.declared_apps import SERVICES, functions
from tests.infrastructure.terraform import Cloud

pytestmark = pytest.mark.needs_terraform

ROOT = Path(__file__).parents[2]
LOG = "StockTransactions"

CALLS = {
    "batch_get_item": "BatchGetItem",
    "delete_item": "DeleteItem",
    "get_item": "GetItem",
    "put_item": "PutItem",
    "query": "Query",
    "scan": "Scan",
    "update_item": "UpdateItem",
}
IN_TRANSACTIONS = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}
OF_EVERY_FUNCTION = {"WriteLogs", "WriteTraces", "DenyLogChanges", "DenyPutOutsideTransactions"}


@pytest.fixture(scope="module")
def policies(cloud: Cloud) -> dict[str, list[dict[str, Any]]]:
    """The statements of each role in IAM, by service/function."""
    iam = cloud.client("iam")
    return {
        key: iam.get_role_policy(RoleName=arn.rsplit("/", 1)[-1], PolicyName="what-it-needs")[
            "PolicyDocument"
        ]["Statement"]
        for key, arn in cloud.platform.outputs()["role_arns"].items()
    }


def _allowed(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [statement for statement in statements if statement["Effect"] == "Allow"]


def _granted(statements: list[dict[str, Any]], table: str) -> set[str]:
    return {
        action.removeprefix("dynamodb:")
        for statement in _allowed(statements)
        if any(f"-{table}" in resource and "/stream/" not in resource for resource in statement["Resource"])
        for action in statement["Action"]
    }


def test_each_function_of_the_apps_has_a_role_and_no_other_role_exists(
    policies: dict[str, list[dict[str, Any]]],
) -> None:
    assert set(policies) == {
        f"{service}/{function}" for service in SERVICES for function in functions(service)
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_granted_the_dynamodb_actions_that_its_code_calls(
    policies: dict[str, list[dict[str, Any]]], service: str
) -> None:
    sources = [*(ROOT / "services" / service / "chalicelib").rglob("*.py")]
    code = "\n".join(path.read_text() for path in sources)
    called = {action for call, action in CALLS.items() if f"client.{call}(" in code}
    called |= {action for entry, action in IN_TRANSACTIONS.items() if f'"{entry}": ' in code}
    if re.search(r"record\.put\(", code):
        called.add("PutItem")  # of an idempotency record, in a transaction
    assert called

    granted = set().union(
        *(
            _granted(statements, table)
            for key, statements in policies.items()
            if key.startswith(f"{service}/")
            for table in ("Products-table", "VendorInventory", LOG)
        )
    )

    assert granted == called


def test_only_the_daily_functions_scan(policies: dict[str, list[dict[str, Any]]]) -> None:
    scanning = {
        key
        for key, statements in policies.items()
        if any("dynamodb:Scan" in statement["Action"] for statement in _allowed(statements))
    }

    assert scanning == {
        "audit/reconcile",
        "audit/verify_archive",
        "audit/write_digest",
        "catalog/recount_products",
        "stock/lower_bounds",
    }


def test_no_action_is_a_wildcard(policies: dict[str, list[dict[str, Any]]]) -> None:
    actions = {
        action
        for statements in policies.values()
        for each in _allowed(statements)
        for action in each["Action"]
    }

    assert not {action for action in actions if "*" in action}


def test_a_resource_has_a_wildcard_only_where_aws_supports_nothing_finer(
    policies: dict[str, list[dict[str, Any]]],
) -> None:
    wild = {
        (statement["Sid"], resource.rsplit("/", 1)[-1] if "/stream/" in resource else resource[-2:])
        for statements in policies.values()
        for statement in _allowed(statements)
        for resource in statement["Resource"]
        if "*" in resource
    }

    objects = {"ArchiveTheLog", "ReadAndWriteDigests", "WriteFindings", "ReadFindings", "CheckFindings"}
    objects |= {"ReadTheArchive"}
    numbered = {"ReadLedgerKeys"}
    assert wild == {
        ("WriteLogs", ":*"),
        ("WriteTraces", "*"),
        ("ListStreams", "*"),
        *((sid, "/*") for sid in objects | numbered),
    }


def test_a_role_names_tables_of_its_own_stage_only(policies: dict[str, list[dict[str, Any]]]) -> None:
    tables = {
        resource
        for statements in policies.values()
        for statement in statements
        for resource in statement["Resource"]
        if ":table/" in resource
    }

    assert tables
    assert all(":table/test-" in table for table in tables)


def test_catalog_uses_products_only(policies: dict[str, list[dict[str, Any]]]) -> None:
    for function in ("api", "product_changed", "recount_products"):
        assert _granted(policies[f"catalog/{function}"], "VendorInventory") == set()
        assert _granted(policies[f"catalog/{function}"], LOG) == set()


def test_counting_writes_no_product(policies: dict[str, list[dict[str, Any]]]) -> None:
    """By their keys, which the emulator does not check."""
    writing = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
    for function in ("product_changed", "recount_products"):
        statements = [
            statement
            for statement in _allowed(policies[f"catalog/{function}"])
            if writing & set(statement["Action"])
        ]
        assert statements
        for statement in statements:
            keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            assert all(key.startswith("#") for key in keys)


def test_stock_reads_products_and_does_not_write_them(policies: dict[str, list[dict[str, Any]]]) -> None:
    for key, statements in policies.items():
        if key.startswith("stock/"):
            assert _granted(statements, "Products-table") <= {"BatchGetItem", "ConditionCheckItem", "GetItem"}


def test_only_two_functions_of_audit_read_products_and_by_their_keys(
    policies: dict[str, list[dict[str, Any]]],
) -> None:
    granted = {
        key: _granted(statements, "Products-table")
        for key, statements in policies.items()
        if key.startswith("audit/")
    }
    reading = {"audit/log_changed", "audit/reconcile"}
    assert granted == {key: {"BatchGetItem"} if key in reading else set() for key in granted}


def test_audit_writes_to_no_table(policies: dict[str, list[dict[str, Any]]]) -> None:
    for key, statements in policies.items():
        if key.startswith("audit/"):
            for table in ("Products-table", "VendorInventory", LOG):
                assert _granted(statements, table) <= {"BatchGetItem", "GetItem", "Query", "Scan"}


def test_a_log_record_is_put_in_a_transaction_only(policies: dict[str, list[dict[str, Any]]]) -> None:
    writers = {
        key: statement
        for key, statements in policies.items()
        for statement in _allowed(statements)
        if "dynamodb:PutItem" in statement["Action"] and statement["Resource"][0].endswith(LOG)
    }

    assert set(writers) == {"stock/api", "stock/expire_orders"}
    for statement in writers.values():
        assert statement["Condition"] == {
            "ForAnyValue:StringEquals": {"dynamodb:EnclosingOperation": ["TransactWriteItems"]}
        }


def test_every_role_is_denied_to_change_the_log(policies: dict[str, list[dict[str, Any]]]) -> None:
    for statements in policies.values():
        denied = {s["Sid"]: s for s in statements if s["Effect"] == "Deny"}
        assert set(denied) == {"DenyLogChanges", "DenyPutOutsideTransactions"}
        assert {"dynamodb:DeleteItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"} <= set(
            denied["DenyLogChanges"]["Action"]
        )
        assert all(s["Resource"][0].endswith(f"test-{LOG}") for s in denied.values())


def test_a_statement_has_a_name_of_its_own_within_its_role(policies: dict[str, list[dict[str, Any]]]) -> None:
    for key, statements in policies.items():
        names = [statement["Sid"] for statement in statements]
        assert len(names) == len(set(names)), key
        assert set(names) >= OF_EVERY_FUNCTION


def test_only_lambda_can_assume_a_role(cloud: Cloud, policies: dict[str, list[dict[str, Any]]]) -> None:
    iam = cloud.client("iam")
    for arn in cloud.platform.outputs()["role_arns"].values():
        trust = iam.get_role(RoleName=arn.rsplit("/", 1)[-1])["Role"]["AssumeRolePolicyDocument"]
        trust = trust if isinstance(trust, dict) else json.loads(trust)
        assert [each["Principal"] for each in trust["Statement"]] == [{"Service": "lambda.amazonaws.com"}]
