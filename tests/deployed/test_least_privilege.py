"""Each role allows what its function needs, and nothing else: tested with IAM enforced.

Every statement of every rendered policy is removed once, and a need of the function must then fail; a
statement that no need requires fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.deployed.cloud import Cloud
from tests.deployed.needs import Needs
from tests.deployed.roles import (
    CHANGES_OF_THE_LOG,
    FORBIDDEN,
    INVENTORY,
    LOG,
    ONLY_SOME_MAY,
    PRODUCT,
    PRODUCTS,
    RECORD,
    SKU,
    Role,
)
from tests.integration.shop import Shop

FUNCTIONS = (
    "catalog/api",
    "catalog/product_changed",
    "catalog/recount_products",
    "stock/api",
    "stock/product_changed",
    "stock/sku_changed",
    "stock/expire_orders",
    "stock/lower_bounds",
    "audit/api",
    "audit/stock_changed",
    "audit/log_changed",
    "audit/reconcile",
    "audit/verify_archive",
    "audit/write_digest",
)
CLAIMS = "claims"
"""The platform's own function, which calls nothing."""

NOT_ENFORCED = {
    "WriteLogs": "the emulator writes a function's log itself",
    "WriteTraces": "the emulator traces nothing",
    "ReadStream": "the emulator reads streams itself",
    "ListStreams": "the emulator reads streams itself",
    "SendFailures": "the emulator delivers to the failure queue itself",
}
"""Statements that the emulator does not enforce, and why (docs/deploying.md)."""

NOT_ENFORCED_OF = {
    # They read one object by its key: without the statement, a missing one is "denied" on AWS, and
    # "not found" here.
    ("audit/stock_changed", "ListTheArchive"),
    ("audit/log_changed", "ListTheArchive"),
    ("audit/reconcile", "ListTheArchive"),
}
"""Statements that the emulator does not enforce for single functions."""


@pytest.fixture(scope="module")
def needs(cloud: Cloud, shop: Shop, outputs: dict[str, Any]) -> Iterator[Needs]:
    """The needs, while no stream invokes a function."""
    client = cloud.client("lambda")
    mappings = [each["UUID"] for each in client.list_event_source_mappings()["EventSourceMappings"]]
    for uuid in mappings:
        client.update_event_source_mapping(UUID=uuid, Enabled=False)
    needs = Needs(cloud, shop, outputs)
    yield needs
    needs.recount()
    for uuid in mappings:
        client.update_event_source_mapping(UUID=uuid, Enabled=True)


@pytest.fixture(scope="module")
def role(cloud: Cloud) -> Callable[[str], Role]:
    return lambda function: Role(cloud, function)


@pytest.fixture(scope="module")
def other_stage(cloud: Cloud) -> Iterator[None]:
    """Tables of another stage in the same account."""
    client = cloud.client("dynamodb")
    names = (f"staging-{PRODUCTS}", f"staging-{INVENTORY}")
    for name in names:
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "product_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "product_id", "KeyType": "HASH"}],
        )
    yield
    for name in names:
        client.delete_table(TableName=name)


@pytest.fixture(autouse=True)
def no_forged_record(client: Any) -> Iterator[None]:
    """Remove what a test may have written to the log."""
    yield
    for table, key in ((LOG, RECORD), (PRODUCTS, PRODUCT), (INVENTORY, SKU)):
        client.delete_item(TableName=table, Key=key)


def failing(needs: dict[str, Callable[[], None]]) -> str | None:
    """Return the name of the first need that is not met."""
    for name, need in needs.items():
        try:
            need()
        except AssertionError:
            return name
    return None


def test_every_role_is_tested(outputs: dict[str, Any], needs: Needs) -> None:
    assert set(outputs["role_arns"]) == set(FUNCTIONS)
    assert all(needs.of(function) for function in FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_can_do_all_that_it_needs(function: str, needs: Needs) -> None:
    for need in needs.of(function).values():
        need()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_statement_that_grants_is_needed(
    function: str, needs: Needs, role: Callable[[str], Role]
) -> None:
    tested_role = role(function)
    unnoticed = NOT_ENFORCED.keys() | {sid for name, sid in NOT_ENFORCED_OF if name == function}
    unmet_need_by_statement: dict[str, str | None] = {}
    for statement in tested_role.statements:
        if statement["Effect"] == "Allow" and statement["Sid"] not in unnoticed:
            rest = [each for each in tested_role.statements if each is not statement]
            with tested_role.with_statements(rest):
                unmet_need_by_statement[statement["Sid"]] = failing(needs.of(function))
    print(function, unmet_need_by_statement)
    assert None not in unmet_need_by_statement.values(), unmet_need_by_statement
    # Without those that the emulator does not enforce, all at once, every need is still met.
    enforced = [each for each in tested_role.statements if each["Sid"] not in unnoticed]
    with tested_role.with_statements(enforced):
        assert failing(needs.of(function)) is None


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_action_and_resource_of_a_grant_is_needed(
    function: str, needs: Needs, role: Callable[[str], Role]
) -> None:
    tested_role = role(function)
    unneeded = set()
    for statement in tested_role.statements:
        if statement["Effect"] == "Deny" or statement["Sid"] in NOT_ENFORCED:
            continue
        for part in ("Action", "Resource"):
            values = statement[part] if isinstance(statement[part], list) else [statement[part]]
            for value in values if len(values) > 1 else ():
                without = {**statement, part: [each for each in values if each != value]}
                rest = [without if each is statement else each for each in tested_role.statements]
                with tested_role.with_statements(rest):
                    if failing(needs.of(function)) is None:
                        unneeded.add((function, statement["Sid"], value))
    assert unneeded == set()


@pytest.mark.parametrize("function", [*FUNCTIONS, CLAIMS])
@pytest.mark.usefixtures("other_stage")
def test_calls_that_no_function_may_make_are_denied(function: str, role: Callable[[str], Role]) -> None:
    tested_role = role(function)
    assert [what for what, call in FORBIDDEN.items() if tested_role.may(call)] == []


@pytest.mark.parametrize("what", ONLY_SOME_MAY)
def test_calls_that_some_functions_may_make_are_denied_to_others(
    what: str, role: Callable[[str], Role], outputs: dict[str, Any]
) -> None:
    (service, operation, arguments), expected = ONLY_SOME_MAY[what]
    of_the_stage = {
        "ALARMS": outputs["alarm_topic_arn"],
        "ALERTS": outputs["alert_topic_arn"],
        "ARCHIVE": outputs["archive_bucket"],
        "SIGNING-KEY": outputs["signing_key_arn"],
        "LEDGER-KEY": outputs["ledger_key_secret_arn"],
    }
    named = {
        name: of_the_stage.get(value, value) if isinstance(value, str) else value
        for name, value in arguments.items()
    }
    found = {function for function in (*FUNCTIONS, CLAIMS) if role(function).may((service, operation, named))}
    assert found == expected


@pytest.mark.parametrize("function", [*FUNCTIONS, CLAIMS])
def test_the_log_cannot_be_changed_by_a_role_with_too_many_permissions(
    function: str, role: Callable[[str], Role]
) -> None:
    """Each Deny is needed for that: without it, the log can be changed in some way."""
    tested_role = role(function)
    with tested_role.granted_too_much():
        assert [what for what, call in CHANGES_OF_THE_LOG.items() if tested_role.may(call)] == []
        for statement in tested_role.statements:
            if statement["Effect"] == "Deny":
                rest = [each for each in tested_role.statements if each is not statement]
                with tested_role.with_statements(rest):
                    opened = [what for what, call in CHANGES_OF_THE_LOG.items() if tested_role.may(call)]
                assert opened, statement["Sid"]
