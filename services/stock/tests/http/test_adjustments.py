"""Adjusting the stock: by a signed number of units, or to a count."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client, Tokens

from inventory_common.limits import STOCK_MAX

from ..shop import (
    BLACK,
    ORDER,
    ORDER_PATH,
    OTHER_VENDOR,
    SKU_PATH,
    Clock,
    Tables,
    a_sku,
    order_body,
    stock_of,
)

ADJUSTMENTS_PATH = f"{SKU_PATH}/adjustments"


def by(change: Any, **rest: Any) -> dict[str, Any]:
    return {"quantity_change": change, "notes": "broken"} | rest


def counted(counted_stock: Any, expected_stock: Any, **rest: Any) -> dict[str, Any]:
    return {"counted_stock": counted_stock, "expected_stock": expected_stock, "notes": "stocktaking"} | rest


@pytest.fixture
def reserved(shop: Client, orders: str, stocked: None) -> None:
    """An order reserves ten of the fifty units of the black variant."""
    shop.put(ORDER_PATH, order_body((BLACK, 10)), orders)


@pytest.mark.usefixtures("reserved")
@pytest.mark.parametrize(
    ("body", "change"),
    [(by(-7), -7), (by(7), 7), (counted(43, 50), -7), (counted(57, 50), 7), (counted(50, 50), 0)],
    ids=["fewer", "more", "counted fewer", "counted more", "counted as many"],
)
def test_an_adjustment_is_logged_with_its_reason(
    shop: Client, vendor: str, body: dict[str, Any], change: int
) -> None:
    answer = shop.post(ADJUSTMENTS_PATH, body, vendor, idempotency_key="k", x_request_id="req-1")
    assert answer.status == 201
    assert "Idempotent-Replayed" not in answer.headers
    expected = {
        "transaction_type": "manual_adjustment",
        "quantity_change": change,
        "quantity": abs(change),
        "stock_before": 50,
        "stock_after": 50 + change,
        "reserved_before": 10,
        "reserved_after": 10,
        "order_id": None,
        "performed_by": answer.json["sku"]["vendor_id"],
        "notes": body["notes"],
        "sequence": 2,
        "request_id": "req-1",
    }
    assert answer.json["transaction"].items() >= expected.items()
    assert stock_of(shop, vendor) == (50 + change, 10, 40 + change)
    assert shop.get(SKU_PATH, vendor).json == answer.json["sku"]


@pytest.mark.usefixtures("reserved")
@pytest.mark.parametrize("body", [by(-40), counted(10, 50)], ids=["change", "count"])
def test_an_adjustment_can_leave_the_reserved_units_alone(
    shop: Client, vendor: str, body: dict[str, Any]
) -> None:
    assert shop.post(ADJUSTMENTS_PATH, body, vendor, idempotency_key="k").status == 201
    assert stock_of(shop, vendor) == (10, 10, 0)


@pytest.mark.usefixtures("reserved")
@pytest.mark.parametrize("body", [by(-41), by(-51), counted(9, 50), counted(0, 50)])
def test_an_adjustment_cannot_leave_fewer_units_than_are_reserved(
    shop: Client, vendor: str, tables: Tables, body: dict[str, Any]
) -> None:
    answer = shop.post(ADJUSTMENTS_PATH, body, vendor, idempotency_key="k")
    assert (answer.status, answer.code) == (409, "adjustment_below_reserved")
    assert answer.json.items() >= {"current_stock": 50, "reserved_stock": 10, "available_stock": 40}.items()
    assert stock_of(shop, vendor) == (50, 10, 40)
    assert len(tables.records()) == 1


@pytest.mark.usefixtures("reserved")
@pytest.mark.parametrize("body", [counted(60, 49), counted(50, 51), counted(0, 0)])
def test_a_count_is_stale_if_the_stock_is_not_the_expected_one(
    shop: Client, vendor: str, tables: Tables, body: dict[str, Any]
) -> None:
    answer = shop.post(ADJUSTMENTS_PATH, body, vendor, idempotency_key="k")
    assert (answer.status, answer.code) == (409, "count_stale")
    assert answer.json.items() >= {"current_stock": 50, "reserved_stock": 10, "available_stock": 40}.items()
    assert len(tables.records()) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (by(0), "body"),
        (by(1_000_001), "body.quantity_change"),
        (by(-1_000_001), "body.quantity_change"),
        (by("1"), "body.quantity_change"),
        (by(1.5), "body.quantity_change"),
        (by(True), "body.quantity_change"),
        (by(1, counted_stock=5), "body"),
        (by(1, expected_stock=5), "body"),
        (by(1, counted_stock=5, expected_stock=5), "body"),
        (by(0, counted_stock=5, expected_stock=5), "body"),
        ({"counted_stock": 5, "notes": "why"}, "body"),
        ({"expected_stock": 5, "notes": "why"}, "body"),
        ({"notes": "why"}, "body"),
        (by(None), "body"),
        (counted(-1, 5), "body.counted_stock"),
        (counted(5, -1), "body.expected_stock"),
        (counted(STOCK_MAX + 1, 5), "body.counted_stock"),
        ({"quantity_change": 1}, "body.notes"),
        (by(1, notes=None), "body.notes"),
        (by(1, notes=""), "body.notes"),
        (by(1, notes="x" * 301), "body.notes"),
        (by(1, order_id=ORDER), "body.order_id"),
    ],
    ids=range(22),
)
def test_an_invalid_member_of_an_adjustment_is_named(
    shop: Client, vendor: str, body: dict[str, Any], path: str
) -> None:
    answer = shop.post(ADJUSTMENTS_PATH, body, vendor, idempotency_key="k")
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]


@pytest.mark.usefixtures("stocked")
def test_an_adjustment_requires_an_idempotency_key(shop: Client, vendor: str, tables: Tables) -> None:
    answer = shop.post(ADJUSTMENTS_PATH, by(1), vendor)
    assert (answer.status, answer.code) == (400, "idempotency_key_required")
    assert tables.records() == []


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("body", [by(-7), counted(43, 50), counted(50, 50)])
def test_an_adjustment_that_is_sent_twice_is_executed_once(
    shop: Client, vendor: str, tables: Tables, clock: Clock, body: dict[str, Any]
) -> None:
    first = shop.post(ADJUSTMENTS_PATH, body, vendor, idempotency_key="k")
    clock.advance(3600)
    again = shop.post(ADJUSTMENTS_PATH, body, vendor, idempotency_key="k")
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    other = shop.post(ADJUSTMENTS_PATH, by(-8), vendor, idempotency_key="k")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert len(tables.records()) == 1


@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_a_deactivated_sku_can_be_adjusted(shop: Client, vendor: str, tables: Tables, flag: str) -> None:
    tables.put(a_sku(BLACK, 50, 0, **{flag: False}))
    assert shop.post(ADJUSTMENTS_PATH, by(-7), vendor, idempotency_key="a").status == 201
    assert shop.post(ADJUSTMENTS_PATH, counted(44, 43), vendor, idempotency_key="b").status == 201
    assert stock_of(shop, vendor) == (44, 0, 44)


def test_a_sku_can_be_adjusted_up_to_the_maximum_stock(shop: Client, vendor: str, tables: Tables) -> None:
    tables.put(a_sku(current=STOCK_MAX - 1))
    answer = shop.post(ADJUSTMENTS_PATH, by(2), vendor, idempotency_key="a")
    assert (answer.status, answer.code) == (409, "stock_limit_exceeded")
    assert shop.post(ADJUSTMENTS_PATH, by(1), vendor, idempotency_key="b").status == 201
    assert shop.post(ADJUSTMENTS_PATH, counted(0, STOCK_MAX), vendor, idempotency_key="c").status == 201


@pytest.mark.usefixtures("stocked")
def test_another_vendors_sku_cannot_be_adjusted(shop: Client, tokens: Tokens, tables: Tables) -> None:
    for body in (by(1), by(-51), counted(1, 2)):
        answer = shop.post(ADJUSTMENTS_PATH, body, tokens.vendor(OTHER_VENDOR), idempotency_key="k")
        assert (answer.status, answer.code) == (404, "sku_not_found")
        assert "current_stock" not in answer.json
    assert tables.records() == []


def test_an_unknown_sku_cannot_be_adjusted(shop: Client, vendor: str) -> None:
    assert shop.post(ADJUSTMENTS_PATH, by(1), vendor, idempotency_key="k").code == "sku_not_found"


# Notes that name a finding: an adjustment that repairs the stock

REPAIR = f"repairs FIND-{'0123456789abcdef' * 2}"


def people(tokens: Tokens) -> dict[str, str]:
    """Return tokens of those who may adjust the stock: a vendor, also with a role beside, and a machine."""
    vendor = {"custom:vendor_id": "VENDOR-001"}
    machine = tokens.machine("warehouse", "inventory/vendor", vendor_id="VENDOR-001")
    return {
        "a vendor": tokens.vendor(),
        "a vendor at the order desk": tokens.person("dora", "vendor", "orders", **vendor),
        "a machine": machine,
    }


@pytest.mark.usefixtures("reserved")
@pytest.mark.parametrize("who", ["a vendor", "a vendor at the order desk", "a machine"])
def test_only_an_admin_may_name_a_finding(shop: Client, tokens: Tokens, tables: Tables, who: str) -> None:
    token = people(tokens)[who]
    answer = shop.post(ADJUSTMENTS_PATH, by(-1, notes=REPAIR), token, idempotency_key="k")
    assert (answer.status, answer.code) == (403, "forbidden")
    ids = {"product_id": BLACK[4:14], "sku": BLACK}
    changes = [
        {"type": "adjustment", **ids, **by(-1, notes=REPAIR), "idempotency_key": "k-1"},
        {"type": "adjustment", **ids, **by(-1), "idempotency_key": "k-2"},
        {"type": "adjustment", **ids, **by(-1, notes=REPAIR)},
        {"type": "restock", **ids, "quantity": 1, "notes": REPAIR, "idempotency_key": "k-4"},
    ]
    batch = shop.post("/stock/batch", {"changes": changes}, token)
    assert [result["status_code"] for result in batch.json["results"]] == [403, 201, 400, 201]
    notes = [record["notes"]["S"] for record in tables.records() if "notes" in record]
    assert sorted(notes) == ["broken", REPAIR]


@pytest.mark.usefixtures("reserved")
def test_an_admin_names_a_finding(shop: Client, admin: str) -> None:
    answer = shop.post(ADJUSTMENTS_PATH, by(-1, notes=REPAIR), admin, idempotency_key="k")
    assert answer.status == 201
    assert answer.json["transaction"]["performed_by"].startswith("user:")
