"""The stream of orders: what somebody has written by hand is a finding at once, what services do is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fixed_ledger_key import LEDGER_KEY
from front_door import Client, Tokens

from chalicelib.bootstrap import reconciler
from inventory_common.items import Item, to_item
from inventory_common.ledger_keys import SigningKey
from inventory_common.order_items import part_key
from inventory_common.seals import sealed

from .ledger import BLACK, a_line, an_order
from .stream import a_change, deliver

ORDER = "ORDER-1"
LATER = "2026-02-24T10:30:00.000000Z"
FORGER = SigningKey("test-1", bytes(32))


def order(version: int = 1, units: int = 5, **attributes: Any) -> Item:
    """Return an order as the stock service writes it."""
    item = an_order(ORDER, {BLACK: a_line(units)}) | to_item({"version": version, **attributes})
    return sealed(item, LEDGER_KEY)


def part(version: int = 1, units: int = 5) -> Item:
    return sealed(an_order(ORDER, {BLACK: a_line(units)}, part=1) | to_item({"version": version}), LEDGER_KEY)


@pytest.fixture
def found(
    service_module: Any, storage: Any, audit: Client, tokens: Tokens
) -> Callable[..., list[tuple[str, str, Any]]]:
    """Returns the findings after a change: their kinds, and what differs, with what was found."""

    def found(*changes: dict[str, Any]) -> list[tuple[str, str, Any]]:
        deliver(service_module.stock_changed, *changes)
        items = audit.get("/findings", tokens.of_role("auditor")).json["items"]
        return [(each["kind"], d["kind"], d["found"]) for each in items for d in each["differences"]]

    return found


SEAL = ("order_damaged", f"{ORDER} seal (ledger keys)")


def test_what_the_stock_service_writes_is_no_finding(found: Any) -> None:
    again = order(1, created_at=LATER)
    assert (
        found(
            a_change(None, order()),
            a_change(order(), order(2, 0)),
            a_change(order(2, 0), None),
            a_change(None, order()),
            a_change(order(7, 0), again),  # placed anew under the id of an order whose time is over
            a_change(None, part()),
            a_change(part(), part(2)),
            a_change(part(2), None),
        )
        == []
    )


@pytest.mark.parametrize("before", [None, order(), order(2)])
@pytest.mark.parametrize("figure", ["placed", "reserved", "confirmed", "cancelled", "refunded"])
def test_a_changed_figure_is_a_finding(found: Any, before: Item | None, figure: str) -> None:
    line = {**a_line(5), figure: 500}
    changed = order(3) | to_item({"lines": {BLACK: line}})
    assert found(a_change(before, changed)) == [(*SEAL, "#ORDER")]


@pytest.mark.parametrize("name", ["owner", "expires_at", "cancel_reason", "phase", "errand", "ttl", "seal"])
def test_any_other_attribute_is_too(found: Any, name: str) -> None:
    assert found(a_change(order(), order(2) | {name: {"S": "forged"}})) == [(*SEAL, "#ORDER")]


def test_to_put_a_genuine_item_back_is_the_repair(found: Any) -> None:
    forged = order(9) | to_item({"owner": "erp"})
    assert found(a_change(order(2), forged), a_change(forged, order(2))) == [(*SEAL, "#ORDER")]


def test_a_changed_part_is_too(found: Any) -> None:
    changed = part(2) | to_item({"lines": {BLACK: a_line(500)}})
    assert found(a_change(part(), changed)) == [(*SEAL, "#PART-001")]


def test_an_order_sealed_by_somebody_else_or_copied_is_too(found: Any) -> None:
    copy = order() | to_item({"product_id": "ORDER-2"})
    assert sorted(found(a_change(None, sealed(order(), FORGER)), a_change(None, copy))) == [
        (*SEAL, "#ORDER"),
        ("order_damaged", "ORDER-2 seal (ledger keys)", "#ORDER"),
    ]


@pytest.mark.parametrize(
    ("before", "older"),
    [
        (order(3), order(2)),
        (order(3), order(3, 4)),
        (order(1, created_at=LATER), order(5)),
        (part(2), part(1)),
    ],
    ids=["version", "same version", "created earlier", "part"],
)
def test_an_older_item_that_is_put_back_is_a_finding(found: Any, before: Item, older: Item) -> None:
    version = older["version"]["N"]
    assert found(a_change(before, older)) == [
        ("order_differs", f"{ORDER} version (former version)", f"{older['sku']['S']} {version}")
    ]


@pytest.mark.parametrize("name", ["version", "created_at", "lines"])
@pytest.mark.parametrize("damage", [None, {"S": "x"}, {"L": []}])
def test_a_malformed_order_is_a_finding_and_stops_nothing(found: Any, name: str, damage: Any) -> None:
    item = {key: each for key, each in order(2).items() if key != name} | ({name: damage} if damage else {})
    assert found(a_change(order(), item), a_change(item, order(3))) == [(*SEAL, "#ORDER")]


def test_stream_and_reconciliation_report_damage_once_each(found: Any, dynamodb: Any) -> None:
    changed = order(2) | to_item({"owner": "erp"})
    change = a_change(order(), changed)
    assert found(change) == found(change) == [(*SEAL, "#ORDER")]
    dynamodb.put_item(TableName="VendorInventory", Item=changed)
    for _ in range(2):
        [difference] = [each for each in reconciler().run().differences if each.figure == "seal"]
        assert (difference.sku, difference.balance) == (ORDER, "#ORDER")
    assert found(change).count((*SEAL, "#ORDER")) == 2


def test_a_part_that_no_order_has_is_a_finding(found: Any) -> None:
    assert found(a_change(None, order() | part_key(ORDER, 7))) == [(*SEAL, "#PART-007")]
