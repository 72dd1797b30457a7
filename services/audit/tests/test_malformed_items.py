"""Orders, records and SKUs that no service could have written stop no reconciliation, list or digest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from front_door import Client, Tokens

from chalicelib import operations
from chalicelib.bootstrap import reconciler
from chalicelib.domain.digests import heads_of
from chalicelib.domain.reconciliation import totals_of
from inventory_common.items import Item, to_item
from inventory_common.order_items import order_key, part_key

from .ledger import (
    BLACK,
    NOW,
    PRODUCT,
    VENDOR,
    WHITE,
    a_ledger,
    a_line,
    a_sku,
    an_order,
    keep,
    keep_bound,
    keep_order,
    keep_product,
    keep_sku,
)

LEDGER = a_ledger(60, seed=7)
RESERVED = LEDGER[-1].reserved_after
HELD = totals_of(record.document() for record in LEDGER).held
Damage = Callable[[Item], Any]


def put(dynamodb: Any, item: Item) -> None:
    dynamodb.put_item(TableName="VendorInventory", Item=item)


@pytest.fixture
def shop(service_module: Any, storage: Any, dynamodb: Any) -> Any:
    """A SKU with its log and its open orders, and a new SKU."""
    keep(dynamodb, *LEDGER)
    keep_sku(dynamodb, a_sku(LEDGER))
    keep_sku(dynamodb, a_sku([], WHITE))
    keep_product(dynamodb)
    keep_bound(dynamodb)
    for order_id, units in HELD.items():
        keep_order(dynamodb, order_id, units)
    return dynamodb


def logged(capsys: pytest.CaptureFixture[str], message: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    return [line for line in lines if line["message"] == message]


# Orders in a reconciliation


LINE = a_line(5)
LINES: dict[str, tuple[dict[str, Any], str]] = {
    "a line without reserved": (
        {BLACK: {name: figure for name, figure in LINE.items() if name != "reserved"}},
        f"lines.{BLACK}.reserved",
    ),
    "reserved is a text": ({BLACK: LINE | {"reserved": "5"}}, f"lines.{BLACK}.reserved"),
    "reserved is negative": ({BLACK: LINE | {"reserved": -1}}, f"lines.{BLACK}.reserved"),
    "a line is a text": ({BLACK: "5"}, f"lines.{BLACK}"),
    "a line of another product": ({BLACK: LINE | {"product_id": "PROD-00000"}}, f"lines.{BLACK}"),
}


@pytest.mark.parametrize(("lines", "named"), LINES.values(), ids=LINES)
def test_a_malformed_order_is_one_finding_and_the_other_skus_are_compared(
    shop: Any,
    audit: Client,
    tokens: Tokens,
    capsys: pytest.CaptureFixture[str],
    lines: dict[str, Any],
    named: str,
) -> None:
    put(shop, an_order("ORDER-DAMAGED", lines | {WHITE: a_line(2, WHITE)}))
    for _ in range(2):
        report = reconciler().run()
        assert (report.checked, report.malformed) == (2, ["ORDER-DAMAGED"])
        # The readable line counts.
        assert (WHITE, "orders", 2) in {(each.sku, each.source, each.expected) for each in report.differences}
    findings = audit.get("/findings", tokens.of_role("auditor")).json["items"]
    [finding] = [each for each in findings if each["kind"] == "malformed_item"]
    assert (finding["occurred_at"], finding["vendor_id"], finding["sku"]) == (NOW, None, None)
    assert finding["differences"] == [
        {
            "transaction_id": None,
            "kind": "ORDER-DAMAGED #ORDER",
            "expected": "an item as the services write it (VendorInventory)",
            "found": named,
        }
    ]
    assert [line["kind"] for line in logged(capsys, "finding")].count("malformed_item") == 1


@pytest.mark.parametrize(
    "key", [order_key("ORDER-DAMAGED"), part_key("ORDER-DAMAGED", 1)], ids=["#ORDER", "#PART"]
)
@pytest.mark.parametrize("created_at", [NOW, "yesterday", 7, None], ids=str)
def test_an_order_without_lines_is_one_finding(
    shop: Any, audit: Client, tokens: Tokens, key: Item, created_at: Any
) -> None:
    own = an_order("ORDER-DAMAGED", {}, parts=1, created_at=created_at)
    put(shop, own)
    put(shop, key | to_item({"lines": [], "version": 1, "created_at": created_at}))
    for _ in range(2):
        assert "ORDER-DAMAGED" in reconciler().run().malformed
    findings = audit.get("/findings", tokens.of_role("auditor")).json["items"]
    assert {finding["kind"] for finding in findings} == {"malformed_item"}
    # One for each item: the order without its time is one of its own.
    assert len(findings) == len({finding["differences"][0]["kind"] for finding in findings})
    assert {finding["occurred_at"] for finding in findings} == {
        NOW if created_at == NOW else "1970-01-01T00:00:00.000000Z"
    }


def test_an_order_with_a_malformed_number_of_parts_stops_no_second_read(shop: Any) -> None:
    order_id = next(iter(HELD))
    for parts in ("two", 10**30, -1, True):
        put(shop, an_order(order_id, {BLACK: a_line(HELD[order_id])}) | to_item({"parts": parts}))
        assert reconciler().run().malformed == [order_id]
    keep_order(shop, "ORDER-FORGED", 2)
    [difference] = reconciler().run().differences
    assert (difference.source, difference.expected) == ("orders", RESERVED + 2)


@pytest.mark.parametrize(
    "damage",
    [
        {"last_updated": {"S": "yesterday"}},
        {"vendor_id": {"N": "1"}},
        {"current_stock": {"B": b"x"}},
        {"version": {"S": "1"}},
    ],
    ids=str,
)
def test_a_malformed_sku_with_a_difference_is_one_finding(
    shop: Any, audit: Client, tokens: Tokens, damage: Item
) -> None:
    # The indexes refuse other types of their keys; a restore without indexes does not.
    item = a_sku(LEDGER).to_item() | {"available_stock": {"N": "99999"}} | damage
    if "vendor_id" in damage or "current_stock" in damage:
        item = {name: value for name, value in item.items() if name not in damage}
    shop.put_item(TableName="VendorInventory", Item=item)
    for _ in range(2):
        assert reconciler().run().differences
    kinds = [each["kind"] for each in audit.get("/findings", tokens.of_role("auditor")).json["items"]]
    owner = ["owner_changed"] if "vendor_id" in damage else []
    assert sorted(kinds) == [*owner, "reconciliation"]


def test_the_operation_names_a_malformed_order(shop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    put(shop, an_order("ORDER-DAMAGED", {BLACK: {}}))
    assert operations.main(["reconcile"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "ORDER-DAMAGED is stored in a form that cannot be read; GET /findings has the details."


# Records in lists


RECORDS: dict[str, Damage] = {
    "without a quantity": lambda item: item.pop("quantity"),
    "without a type": lambda item: item.pop("transaction_type"),
    "without a vendor": lambda item: item.pop("vendor_id"),
    "bytes": lambda item: item.update(notes={"B": b"x"}),
    "a set": lambda item: item.update(notes={"SS": ["x"]}),
}


@pytest.fixture(params=list(RECORDS.values()), ids=list(RECORDS))
def damaged(request: pytest.FixtureRequest, shop: Any) -> Any:
    """A log whose newest record but one cannot be read."""
    item = LEDGER[-2].to_item()
    request.param(item)
    shop.put_item(TableName="StockTransactions", Item=item)
    return shop


@pytest.mark.parametrize(
    "path",
    [
        f"/products/{PRODUCT}/transactions",
        f"/vendors/{VENDOR}/transactions",
        f"/skus/{BLACK}/transactions",
    ],
)
def test_a_list_of_records_leaves_out_a_malformed_one(
    damaged: Any, audit: Client, tokens: Tokens, path: str
) -> None:
    expected = [record.sequence for record in reversed(LEDGER) if record.sequence != 59]
    for token in (tokens.vendor(), tokens.of_role("auditor")):
        pages = audit.walk(f"{path}?limit=50", token)
        assert [record["sequence"] for page in pages for record in page] == expected
    exported = audit.get(path, tokens.vendor(), accept="application/x-ndjson").text
    assert [json.loads(line)["sequence"] for line in exported.splitlines()] == expected


def test_what_is_made_of_the_records_leaves_out_a_malformed_one(
    damaged: Any, audit: Client, tokens: Tokens
) -> None:
    vendor = tokens.vendor()
    assert audit.get(f"/skus/{BLACK}/timeline.svg", vendor).status == 200
    assert audit.get(f"/skus/{BLACK}/reservations", vendor).status == 200
    verified = audit.get(f"/skus/{BLACK}/verification?limit=100", vendor).json
    assert {finding["transaction_id"] for finding in verified["findings"]} >= {LEDGER[-2].transaction_id}


@pytest.mark.parametrize("figure", ["quantity", "stock_after", "sequence"])
def test_a_figure_that_is_a_text_stops_no_chart_and_no_reservations(
    shop: Any, audit: Client, tokens: Tokens, figure: str
) -> None:
    shop.put_item(TableName="StockTransactions", Item=LEDGER[-2].to_item() | {figure: {"S": "many"}})
    vendor = tokens.vendor()
    assert audit.get(f"/skus/{BLACK}/timeline.svg", vendor).status == 200
    assert audit.get(f"/skus/{BLACK}/reservations", vendor).status == 200


def test_an_order_with_a_malformed_hold_stops_no_reservations(
    shop: Any, audit: Client, tokens: Tokens
) -> None:
    order_id = next(iter(HELD))
    item = order_key(order_id) | {"expires_at": {"B": b"x"}, "lines": {"M": {}}}
    shop.put_item(TableName="VendorInventory", Item=item)
    found = audit.get(f"/skus/{BLACK}/reservations", tokens.vendor()).json["reservations"]
    assert {each["order_id"]: each["expires_at"] for each in found}[order_id] is None


# SKUs in digests


@pytest.mark.parametrize(
    "damage",
    [
        {"sequence": {"N": "1.5"}},
        {"sequence": {"S": "60"}},
        {"ledger_hash": {"N": "1"}},
        {"ledger_hash": {"B": b"x"}},
    ],
    ids=str,
)
def test_a_digest_leaves_out_a_sku_whose_head_cannot_be_read(damage: Item) -> None:
    white = a_sku([], WHITE)
    heads = heads_of([a_sku(LEDGER).to_item() | damage, white.to_item()])
    if damage == {"ledger_hash": {"B": b"x"}}:
        heads.pop(BLACK, None)  # shown as a text; it equals no hash
    assert heads == {WHITE: {"sequence": 0, "hash": white.ledger_hash}}
