"""The stock service as its clients see it: every route, every header, every refusal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from front_door import Client, Tokens

from inventory_common.ids import transaction_id
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.transactions import record_hash

from .shop import (
    BLACK,
    NOW,
    ORDER,
    OTHER_VENDOR,
    PRODUCT,
    VENDOR,
    WHITE,
    Clock,
    Tables,
    a_product,
    a_sku,
    order_body,
    stock_of,
)

SKUS = f"/products/{PRODUCT}/skus"
SKU = f"{SKUS}/{BLACK}"
RESTOCKS = f"{SKU}/restocks"
ADDRESS = f"/orders/{ORDER}"
NEW_SKU = {
    "sku": BLACK,
    "variant_name": "Black - Large",
    "variant_attributes": {"color": "Black", "size": "Large"},
    "unit_price": Decimal("89.99"),
    "reorder_threshold": 10,
}
SERVED_SKU = {
    "product_id": PRODUCT,
    "sku": BLACK,
    "vendor_id": VENDOR,
    "variant_name": "Black - Large",
    "variant_attributes": {"color": "Black", "size": "Large"},
    "current_stock": 0,
    "reserved_stock": 0,
    "available_stock": 0,
    "reorder_threshold": 10,
    "unit_price": Decimal("89.99"),
    "last_updated": NOW,
    "last_updated_by": VENDOR,
    "is_active": True,
    "sequence": 0,
    "ledger_hash": FIRST_PREVIOUS_HASH,
    "version": 1,
    "last_transaction_at": None,
    "last_transaction_id": None,
    "product_is_active": True,
    "product_version": 1,
    "low_stock_flag": True,
}


# SKUs


@pytest.mark.usefixtures("product")
def test_a_new_sku_is_served_with_all_of_its_attributes_and_no_stock(shop: Client, vendor: str) -> None:
    answer = shop.post(SKUS, NEW_SKU, vendor)
    assert (answer.status, answer.json) == (201, SERVED_SKU)
    assert answer.headers["Location"] == f"/prod{SKU}"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Content-Type"] == "application/json"
    assert "Idempotent-Replayed" not in answer.headers


@pytest.mark.usefixtures("product")
def test_numbers_are_served_as_they_are_written_by_hand(shop: Client, vendor: str) -> None:
    text = shop.post(SKUS, NEW_SKU | {"unit_price": 90}, vendor).text
    assert '"unit_price":90,' in text
    assert '"reorder_threshold":10,' in text


@pytest.mark.usefixtures("product")
def test_a_sku_is_shown_as_it_was_made(shop: Client, vendor: str) -> None:
    shop.post(SKUS, NEW_SKU, vendor)
    answer = shop.get(SKU, vendor)
    assert (answer.status, answer.json, answer.headers["ETag"]) == (200, SERVED_SKU, '"1"')


@pytest.mark.usefixtures("product")
def test_an_optional_attribute_that_is_left_out_is_null(shop: Client, vendor: str) -> None:
    body = {name: value for name, value in NEW_SKU.items() if name != "variant_attributes"}
    assert shop.post(SKUS, body, vendor).json["variant_attributes"] is None
    assert shop.get(SKU, vendor).json["variant_attributes"] is None


@pytest.mark.usefixtures("product")
def test_names_are_kept_as_people_write_them(shop: Client, vendor: str) -> None:
    names = {"variant_name": "L'été, 黒 🎧", "variant_attributes": {"größe": "O'Neill's 🧥"}}
    assert shop.post(SKUS, NEW_SKU | names, vendor).status == 201
    assert shop.get(SKU, vendor).json.items() >= names.items()


@pytest.mark.usefixtures("product")
def test_an_admin_offers_a_sku_for_its_products_vendor(shop: Client, admin: str) -> None:
    answer = shop.post(SKUS, NEW_SKU, admin)
    assert answer.status == 201
    assert (answer.json["vendor_id"], answer.json["last_updated_by"]) == (VENDOR, "user:admin-1")


@pytest.mark.parametrize("with_key", [False, True])
def test_a_product_must_come_before_its_skus(shop: Client, vendor: str, admin: str, with_key: bool) -> None:
    key = {"idempotency_key": "k"} if with_key else {}
    for token in (vendor, admin):
        answer = shop.post(SKUS, NEW_SKU, token, **key)
        assert (answer.status, answer.code) == (404, "product_not_found")


def test_a_deactivated_product_gets_no_new_sku(shop: Client, tables: Tables, vendor: str) -> None:
    tables.put(a_product(is_active=False))
    answer = shop.post(SKUS, NEW_SKU, vendor)
    assert (answer.status, answer.code) == (409, "product_inactive")
    assert answer.json["product_id"] == PRODUCT


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize("sku", ["SKU-PROD-00000-BLK", "SKU-PROD-E4F9AB-BLK", "SKU-PROD-E4F9-BLK"])
def test_a_sku_begins_with_its_products_id(shop: Client, vendor: str, sku: str) -> None:
    answer = shop.post(SKUS, NEW_SKU | {"sku": sku}, vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["body.sku"]


@pytest.mark.usefixtures("stocked")
def test_a_sku_is_made_once(shop: Client, vendor: str) -> None:
    answer = shop.post(SKUS, NEW_SKU, vendor)
    assert (answer.status, answer.code) == (409, "sku_exists")
    assert shop.get(SKU, vendor).json["current_stock"] == 50


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"unit_price": "89.99"}, "body.unit_price"),
        ({"unit_price": True}, "body.unit_price"),
        ({"unit_price": Decimal("0.001")}, "body.unit_price"),
        ({"unit_price": -1}, "body.unit_price"),
        ({"unit_price": 10_000_000}, "body.unit_price"),
        ({"reorder_threshold": 1.5}, "body.reorder_threshold"),
        ({"reorder_threshold": -1}, "body.reorder_threshold"),
        ({"reorder_threshold": 1_000_000_001}, "body.reorder_threshold"),
        ({"variant_name": ""}, "body.variant_name"),
        ({"variant_name": "a\u0000"}, "body.variant_name"),
        ({"variant_name": "x" * 201}, "body.variant_name"),
        ({"variant_attributes": {"size": 5}}, "body.variant_attributes.size"),
        ({"variant_attributes": {str(n): "x" for n in range(21)}}, "body.variant_attributes"),
        ({"current_stock": 5}, "body.current_stock"),
        ({"last_updated_by": "me"}, "body.last_updated_by"),
        ({"vendor_id": VENDOR}, "body.vendor_id"),
    ],
)
def test_what_is_wrong_with_a_new_sku_is_named(
    shop: Client, vendor: str, change: dict[str, Any], path: str
) -> None:
    answer = shop.post(SKUS, NEW_SKU | change, vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]


@pytest.mark.usefixtures("product")
def test_a_sku_may_cost_the_most_and_the_least(shop: Client, vendor: str) -> None:
    for number, price in enumerate([0, Decimal("0.01"), Decimal("9999999.99"), Decimal("89.90")]):
        sku = f"SKU-{PRODUCT}-{number}"
        assert shop.post(SKUS, NEW_SKU | {"sku": sku, "unit_price": price}, vendor).status == 201
        assert shop.get(f"{SKUS}/{sku}", vendor).json["unit_price"] == price


@pytest.mark.usefixtures("product")
def test_a_sku_made_with_an_idempotency_key_is_made_once(shop: Client, vendor: str, clock: Clock) -> None:
    first = shop.post(SKUS, NEW_SKU, vendor, idempotency_key="k")
    clock.advance(3600)
    again = shop.post(SKUS, dict(reversed(NEW_SKU.items())), vendor, idempotency_key="k")
    assert (first.status, again.status) == (201, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.json == first.json
    other = shop.post(SKUS, NEW_SKU | {"variant_name": "B"}, vendor, idempotency_key="k")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert shop.post(SKUS, NEW_SKU, vendor, idempotency_key="k2").code == "sku_exists"
    clock.advance(86_400)
    assert shop.post(SKUS, NEW_SKU, vendor, idempotency_key="k").code == "sku_exists"


def test_a_sku_that_is_not_there_is_not_found(shop: Client, vendor: str) -> None:
    assert shop.get(SKU, vendor).code == "sku_not_found"


# Listings


def test_a_products_skus_are_walked_each_once_in_the_order_of_their_ids(
    shop: Client, vendor: str, tables: Tables
) -> None:
    tables.put(*(a_sku(f"SKU-{PRODUCT}-V{n}", n) for n in range(7)), a_sku("SKU-PROD-00000-A"))
    pages = shop.walk(f"{SKUS}?limit=3", vendor)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [sku["sku"] for page in pages for sku in page] == [f"SKU-{PRODUCT}-V{n}" for n in range(7)]
    assert shop.get(SKUS, vendor).json["items"] == [sku for page in pages for sku in page]


def test_a_vendors_inventory_is_walked_newest_change_first(shop: Client, vendor: str, tables: Tables) -> None:
    days = [3, 1, 5, 2, 4]
    tables.put(
        *(a_sku(f"SKU-{PRODUCT}-D{d}", last_updated=f"2026-02-0{d}T00:00:00.000000Z") for d in days),
        a_sku("SKU-PROD-00000-A", vendor_id=OTHER_VENDOR),
    )
    pages = shop.walk(f"/vendors/{VENDOR}/inventory?limit=2", vendor)
    assert [sku["sku"][-2:] for page in pages for sku in page] == ["D5", "D4", "D3", "D2", "D1"]


@pytest.mark.usefixtures("product")
def test_low_stock_follows_sales_and_restocks(shop: Client, vendor: str, orders: str) -> None:
    shop.post(SKUS, NEW_SKU, vendor)
    shop.post(SKUS, NEW_SKU | {"sku": WHITE, "reorder_threshold": 0}, vendor)
    low = f"/vendors/{VENDOR}/low-stock"
    assert {sku["sku"] for sku in shop.get(low, vendor).json["items"]} == {BLACK, WHITE}
    shop.post(RESTOCKS, {"quantity": 11}, vendor, idempotency_key="k")
    assert {sku["sku"] for sku in shop.get(low, vendor).json["items"]} == {WHITE}
    shop.put(ADDRESS, order_body((BLACK, 1)), orders)
    assert {sku["sku"] for sku in shop.get(low, vendor).json["items"]} == {WHITE}
    shop.post(f"{ADDRESS}/confirm", token=orders)
    assert {sku["sku"] for sku in shop.get(low, vendor).json["items"]} == {BLACK, WHITE}


def test_a_vendor_without_skus_has_no_low_stock(shop: Client, vendor: str) -> None:
    assert shop.get(f"/vendors/{VENDOR}/low-stock", vendor).json == {"items": [], "next_cursor": None}


@pytest.mark.usefixtures("stocked")
def test_a_cursor_from_another_list_is_refused(shop: Client, vendor: str) -> None:
    cursor = shop.get(f"{SKUS}?limit=1", vendor).json["next_cursor"]
    for address in (f"/vendors/{VENDOR}/inventory", "/products/PROD-00000/skus"):
        answer = shop.get(f"{address}?cursor={cursor}", vendor)
        assert (answer.status, answer.code) == (400, "invalid_cursor")
    assert shop.get(f"{SKUS}?cursor=rubbish", vendor).code == "invalid_cursor"


@pytest.mark.parametrize("limit", ["0", "101", "ten", "", "-1", "1.0", "1&limit=2"])
def test_a_limit_is_one_to_a_hundred(shop: Client, vendor: str, limit: str) -> None:
    answer = shop.get(f"{SKUS}?limit={limit}", vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["query.limit"]


# Restock


@pytest.mark.usefixtures("product")
def test_a_restock_answers_with_its_record_and_the_sku(shop: Client, vendor: str, clock: Clock) -> None:
    shop.post(SKUS, NEW_SKU, vendor)
    clock.advance(60)
    answer = shop.post(
        RESTOCKS, {"quantity": 25, "notes": "monthly"}, vendor, idempotency_key="k", x_request_id="req-1"
    )
    record = answer.json["transaction"]
    assert answer.status == 201
    assert record == {
        "transaction_id": transaction_id(BLACK, 1),
        "timestamp": "2026-02-23T10:31:00.000000Z",
        "product_id": PRODUCT,
        "sku": BLACK,
        "vendor_id": VENDOR,
        "transaction_type": "restock",
        "quantity_change": 25,
        "stock_before": 0,
        "stock_after": 25,
        "order_id": None,
        "performed_by": VENDOR,
        "notes": "monthly",
        "sequence": 1,
        "quantity": 25,
        "reserved_before": 0,
        "reserved_after": 0,
        "request_id": "req-1",
        "previous_hash": FIRST_PREVIOUS_HASH,
        "hash": record_hash(record),
    }
    assert answer.json["sku"] == SERVED_SKU | {
        "current_stock": 25,
        "available_stock": 25,
        "last_updated": "2026-02-23T10:31:00.000000Z",
        "sequence": 1,
        "ledger_hash": record["hash"],
        "version": 2,
        "last_transaction_at": record["timestamp"],
        "last_transaction_id": record["transaction_id"],
        "low_stock_flag": False,
    }
    assert answer.headers["X-Request-Id"] == "req-1"
    assert shop.get(SKU, vendor).json == answer.json["sku"]


@pytest.mark.usefixtures("stocked")
def test_a_restock_sent_twice_is_done_once(shop: Client, vendor: str, tables: Tables, clock: Clock) -> None:
    first = shop.post(RESTOCKS, {"quantity": 25}, vendor, idempotency_key="k")
    clock.advance(86_400)
    again = shop.post(RESTOCKS, '{ "quantity": 25 }', vendor, idempotency_key="k")
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(tables.records()) == 1


@pytest.mark.usefixtures("stocked")
def test_a_replay_shows_the_record_of_then_and_the_sku_of_now(shop: Client, vendor: str) -> None:
    first = shop.post(RESTOCKS, {"quantity": 25}, vendor, idempotency_key="k")
    shop.post(RESTOCKS, {"quantity": 1}, vendor, idempotency_key="k2")
    again = shop.post(RESTOCKS, {"quantity": 25}, vendor, idempotency_key="k")
    assert again.json["transaction"] == first.json["transaction"]
    assert again.json["sku"]["current_stock"] == 76


@pytest.mark.usefixtures("stocked")
def test_an_idempotency_key_stands_for_one_principal_one_path_one_body_one_day(
    shop: Client, vendor: str, admin: str, tables: Tables, clock: Clock
) -> None:
    body = {"quantity": 25}
    shop.post(RESTOCKS, body, vendor, idempotency_key="k")
    reused = shop.post(RESTOCKS, {"quantity": 26}, vendor, idempotency_key="k")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    assert len(tables.records()) == 1
    assert shop.post(RESTOCKS, body, admin, idempotency_key="k").status == 201
    assert shop.post(f"{SKUS}/{WHITE}/restocks", body, vendor, idempotency_key="k").status == 201
    assert shop.post(RESTOCKS, body, vendor, idempotency_key="K").status == 201
    assert len(tables.records()) == 4
    clock.advance(86_401)
    assert shop.post(RESTOCKS, body, vendor, idempotency_key="k").status == 201
    assert len(tables.records()) == 5


@pytest.mark.usefixtures("stocked")
def test_a_restock_needs_an_idempotency_key(shop: Client, vendor: str, tables: Tables) -> None:
    answer = shop.post(RESTOCKS, {"quantity": 25}, vendor)
    assert (answer.status, answer.code) == (400, "idempotency_key_required")
    for key in ("", "a b", "é", "x" * 256):
        answer = shop.post(RESTOCKS, {"quantity": 25}, vendor, idempotency_key=key)
        assert (answer.status, answer.code) == (400, "invalid_idempotency_key")
    assert shop.post(RESTOCKS, {"quantity": 25}, vendor, idempotency_key="x" * 255).status == 201
    assert len(tables.records()) == 1


@pytest.mark.parametrize(
    ("sku", "status", "code"),
    [
        (a_sku(is_active=False), 409, "sku_inactive"),
        (a_sku(product_is_active=False), 409, "product_inactive"),
        (a_sku(current=1_000_000_000), 409, "stock_limit_exceeded"),
        (a_sku(WHITE), 404, "sku_not_found"),
    ],
    ids=["deactivated", "product deactivated", "full", "absent"],
)
def test_a_restock_that_cannot_be(
    shop: Client, vendor: str, tables: Tables, sku: Any, status: int, code: str
) -> None:
    tables.put(sku)
    answer = shop.post(RESTOCKS, {"quantity": 1}, vendor, idempotency_key="k")
    assert (answer.status, answer.code) == (status, code)
    assert tables.records() == []


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001, 1.5, "1", True, None, [1]])
def test_a_quantity_is_a_whole_number_of_one_to_a_million(shop: Client, vendor: str, quantity: Any) -> None:
    answer = shop.post(RESTOCKS, {"quantity": quantity}, vendor, idempotency_key="k")
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["body.quantity"]


@pytest.mark.usefixtures("stocked")
def test_notes_are_measured_in_bytes(shop: Client, vendor: str) -> None:
    def noted(notes: str, key: str) -> int:
        return shop.post(RESTOCKS, {"quantity": 1, "notes": notes}, vendor, idempotency_key=key).status

    assert noted("🎧" * 75, "a") == 201
    assert noted("🎧" * 75 + "!", "b") == 422
    assert noted("x" * 300, "c") == 201


# Orders


SERVED_LINE = {"product_id": PRODUCT, "vendor_id": VENDOR, "confirmed": 0, "cancelled": 0, "refunded": 0}
SERVED_ORDER = {
    "order_id": ORDER,
    "status": "reserved",
    "created_at": NOW,
    "expires_at": "2026-02-24T10:30:00.000000Z",
    "cancel_reason": None,
    "lines": [
        SERVED_LINE | {"sku": BLACK, "placed": 5, "reserved": 5},
        SERVED_LINE | {"sku": WHITE, "placed": 3, "reserved": 3},
    ],
}


@pytest.mark.usefixtures("stocked")
def test_an_order_reserves_its_lines(shop: Client, orders: str, tables: Tables) -> None:
    answer = shop.put(ADDRESS, order_body((WHITE, 3), (BLACK, 2), (BLACK, 3)), orders, x_request_id="req-1")
    assert (answer.status, answer.json) == (201, SERVED_ORDER)
    assert answer.headers["ETag"] == '"1"'
    assert "Idempotent-Replayed" not in answer.headers
    assert stock_of(shop, orders) == (50, 5, 45)
    assert stock_of(shop, orders, WHITE) == (3, 3, 0)
    found = shop.get(ADDRESS, orders)
    assert (found.status, found.json, found.headers["ETag"]) == (200, SERVED_ORDER, '"1"')
    for record in tables.records():
        assert record["order_id"] == {"S": ORDER}
        assert record["performed_by"] == {"S": "client:order-system"}
        assert record["request_id"] == {"S": "req-1"}
        assert record["quantity_change"] == {"N": "0"}


@pytest.mark.usefixtures("stocked")
def test_an_order_placed_again_is_answered_as_it_stands(
    shop: Client, orders: str, tables: Tables, clock: Clock
) -> None:
    shop.put(ADDRESS, order_body((BLACK, 5), (WHITE, 3)), orders)
    clock.advance(60)
    again = shop.put(ADDRESS, order_body((WHITE, 3), (BLACK, 5), hold_seconds=60), orders)
    assert (again.status, again.json) == (200, SERVED_ORDER)
    assert again.headers["Idempotent-Replayed"] == "true"
    shop.post(f"{ADDRESS}/confirm", token=orders)
    assert shop.put(ADDRESS, order_body((WHITE, 3), (BLACK, 5)), orders).json["status"] == "confirmed"
    assert len(tables.records()) == 4


@pytest.mark.usefixtures("stocked")
def test_an_order_id_stands_for_its_lines(shop: Client, orders: str) -> None:
    shop.put(ADDRESS, order_body((BLACK, 5)), orders)
    for lines in ([(BLACK, 4)], [(WHITE, 1)], [(BLACK, 5), (WHITE, 1)]):
        answer = shop.put(ADDRESS, order_body(*lines), orders)
        assert (answer.status, answer.code) == (409, "order_exists")
    assert stock_of(shop, orders) == (50, 5, 45)


@pytest.mark.usefixtures("stocked")
def test_an_order_is_reserved_wholly_or_not_at_all(shop: Client, orders: str, tables: Tables) -> None:
    answer = shop.put(ADDRESS, order_body((BLACK, 51), (WHITE, 4)), orders)
    assert (answer.status, answer.code) == (409, "insufficient_stock")
    assert answer.json["lines"] == [
        {"product_id": PRODUCT, "sku": BLACK, "asked": 51, "available": 50},
        {"product_id": PRODUCT, "sku": WHITE, "asked": 4, "available": 3},
    ]
    assert shop.put(ADDRESS, order_body((BLACK, 50), (WHITE, 4)), orders).status == 409
    assert stock_of(shop, orders) == (50, 0, 50)
    assert tables.records() == []
    assert shop.get(ADDRESS, orders).code == "order_not_found"
    assert shop.put(ADDRESS, order_body((BLACK, 50), (WHITE, 3)), orders).status == 201


@pytest.mark.parametrize(
    ("sku", "status", "code"),
    [
        (a_sku(current=9, is_active=False), 409, "sku_inactive"),
        (a_sku(current=9, product_is_active=False), 409, "product_inactive"),
        (a_sku(WHITE, current=9), 404, "sku_not_found"),
    ],
    ids=["deactivated", "product deactivated", "absent"],
)
def test_an_order_for_what_is_not_for_sale(
    shop: Client, orders: str, tables: Tables, sku: Any, status: int, code: str
) -> None:
    tables.put(sku)
    answer = shop.put(ADDRESS, order_body((BLACK, 1)), orders)
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.usefixtures("stocked")
def test_an_order_of_forty_nine_skus_of_two_vendors_commits_at_once(
    shop: Client, orders: str, tables: Tables
) -> None:
    lines = []
    for number in range(49):
        product_id = f"PROD-0000{number % 2}"
        sku = a_sku(f"SKU-{product_id}-V{number}", 1, vendor_id=f"VENDOR-00{number % 2}")
        tables.put(sku)
        lines.append({"product_id": product_id, "sku": sku.sku, "quantity": 1})
    answer = shop.put(ADDRESS, {"lines": lines}, orders)
    assert answer.status == 201
    assert {line["vendor_id"] for line in answer.json["lines"]} == {"VENDOR-000", "VENDOR-001"}
    assert shop.post(f"{ADDRESS}/confirm", token=orders).json["status"] == "confirmed"
    assert len(tables.records()) == 98
    too_many = [
        {"product_id": PRODUCT, "sku": f"SKU-{PRODUCT}-V{number}", "quantity": 1} for number in range(1_001)
    ]
    answer = shop.put("/orders/ORDER-2", {"lines": too_many}, orders)
    assert (answer.status, answer.code) == (422, "invalid_input")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "body.lines"),
        ({"lines": []}, "body.lines"),
        (order_body((BLACK, 0)), "body.lines[0].quantity"),
        (order_body((BLACK, 1), (BLACK, 1_000_001)), "body.lines[1].quantity"),
        (order_body((BLACK, 600_000), (BLACK, 600_000)), "body.lines"),
        ({"lines": [{"product_id": "PROD-00000", "sku": BLACK, "quantity": 1}]}, "body.lines[0]"),
        (order_body((BLACK, 1), hold_seconds=59), "body.hold_seconds"),
        (order_body((BLACK, 1), hold_seconds=2_592_001), "body.hold_seconds"),
        (order_body((BLACK, 1), status="confirmed"), "body.status"),
        ([], "body"),
    ],
)
def test_what_is_wrong_with_an_order_is_named(shop: Client, orders: str, body: Any, path: str) -> None:
    answer = shop.put(ADDRESS, body, orders)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("hold_seconds", "expires_at"),
    [(60, "2026-02-23T10:31:00.000000Z"), (2_592_000, "2026-03-25T10:30:00.000000Z")],
)
def test_a_hold_lasts_a_minute_to_thirty_days(
    shop: Client, orders: str, hold_seconds: int, expires_at: str
) -> None:
    answer = shop.put(ADDRESS, order_body((BLACK, 1), hold_seconds=hold_seconds), orders)
    assert answer.json["expires_at"] == expires_at


@pytest.mark.usefixtures("stocked")
def test_a_confirmed_order_has_left_the_stock(shop: Client, orders: str, tables: Tables) -> None:
    shop.put(ADDRESS, order_body((BLACK, 5), (WHITE, 3)), orders)
    answer = shop.post(f"{ADDRESS}/confirm", token=orders)
    assert answer.status == 200
    assert answer.json == SERVED_ORDER | {
        "status": "confirmed",
        "lines": [
            SERVED_LINE | {"sku": BLACK, "placed": 5, "reserved": 0, "confirmed": 5},
            SERVED_LINE | {"sku": WHITE, "placed": 3, "reserved": 0, "confirmed": 3},
        ],
    }
    assert answer.headers["ETag"] == '"2"'
    assert stock_of(shop, orders) == (45, 0, 45)
    assert stock_of(shop, orders, WHITE) == (0, 0, 0)
    changes = {
        (record["sku"]["S"], record["sequence"]["N"]): record["quantity_change"]["N"]
        for record in tables.records()
    }
    assert changes == {(BLACK, "1"): "0", (WHITE, "1"): "0", (BLACK, "2"): "-5", (WHITE, "2"): "-3"}


@pytest.mark.usefixtures("stocked")
def test_a_cancelled_order_gives_its_units_back(shop: Client, orders: str) -> None:
    shop.put(ADDRESS, order_body((BLACK, 5), (WHITE, 3)), orders)
    answer = shop.post(f"{ADDRESS}/cancel", {}, orders)
    assert answer.status == 200
    assert answer.json == SERVED_ORDER | {
        "status": "cancelled",
        "cancel_reason": "requested",
        "lines": [
            SERVED_LINE | {"sku": BLACK, "placed": 5, "reserved": 0, "cancelled": 5},
            SERVED_LINE | {"sku": WHITE, "placed": 3, "reserved": 0, "cancelled": 3},
        ],
    }
    assert stock_of(shop, orders) == (50, 0, 50)


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("command", ["confirm", "cancel"])
def test_a_command_repeated_changes_nothing(shop: Client, orders: str, tables: Tables, command: str) -> None:
    shop.put(ADDRESS, order_body((BLACK, 5)), orders)
    first = shop.post(f"{ADDRESS}/{command}", token=orders)
    again = shop.post(f"{ADDRESS}/{command}", token=orders)
    assert (again.status, again.json, again.headers["ETag"]) == (200, first.json, '"2"')
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(tables.records()) == 2


@pytest.mark.usefixtures("stocked")
def test_what_was_settled_one_way_is_not_settled_the_other(shop: Client, orders: str) -> None:
    shop.put(ADDRESS, order_body((BLACK, 5)), orders)
    shop.post(f"{ADDRESS}/cancel", token=orders)
    answer = shop.post(f"{ADDRESS}/confirm", token=orders)
    assert (answer.status, answer.code) == (409, "order_cancelled")
    shop.put("/orders/ORDER-2", order_body((BLACK, 5)), orders)
    shop.post("/orders/ORDER-2/confirm", token=orders)
    answer = shop.post("/orders/ORDER-2/cancel", token=orders)
    assert (answer.status, answer.code) == (409, "order_confirmed")
    assert stock_of(shop, orders) == (45, 0, 45)


@pytest.mark.usefixtures("stocked")
def test_a_late_confirm_still_wins_while_nothing_was_released(
    shop: Client, orders: str, clock: Clock
) -> None:
    shop.put(ADDRESS, order_body((BLACK, 5), hold_seconds=60), orders)
    clock.advance(3600)
    assert shop.post(f"{ADDRESS}/confirm", token=orders).json["status"] == "confirmed"


@pytest.mark.usefixtures("stocked")
def test_an_order_is_settled_though_its_skus_and_products_are_deactivated(
    shop: Client, orders: str, dynamodb: Any
) -> None:
    shop.put(ADDRESS, order_body((BLACK, 5)), orders)
    dynamodb.update_item(
        TableName="VendorInventory",
        Key={"product_id": {"S": PRODUCT}, "sku": {"S": BLACK}},
        UpdateExpression="SET is_active = :no, product_is_active = :no",
        ExpressionAttributeValues={":no": {"BOOL": False}},
    )
    assert shop.put("/orders/ORDER-2", order_body((BLACK, 1)), orders).code == "sku_inactive"
    assert shop.post(f"{ADDRESS}/confirm", token=orders).json["status"] == "confirmed"


def test_an_unknown_order_is_not_found(shop: Client, orders: str) -> None:
    for answer in (shop.get(ADDRESS, orders), shop.post(f"{ADDRESS}/confirm", token=orders)):
        assert (answer.status, answer.code) == (404, "order_not_found")


@pytest.mark.usefixtures("stocked")
def test_a_cancel_that_overtakes_its_place_is_remembered(shop: Client, orders: str, clock: Clock) -> None:
    tombstone = SERVED_ORDER | {
        "status": "cancelled",
        "expires_at": None,
        "cancel_reason": "requested",
        "lines": [],
    }
    first, again = (shop.post(f"{ADDRESS}/cancel", token=orders) for _ in range(2))
    assert (first.status, first.json) == (again.status, again.json) == (200, tombstone)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert shop.get(ADDRESS, orders).json == tombstone
    assert shop.post(f"{ADDRESS}/confirm", token=orders).code == "order_cancelled"
    clock.advance(2_591_999)
    answer = shop.put(ADDRESS, order_body((BLACK, 5)), orders)
    assert (answer.status, answer.code) == (409, "order_cancelled")
    clock.advance(1)
    assert shop.put(ADDRESS, order_body((BLACK, 5)), orders).status == 201


def test_a_lapsed_cancel_is_no_order(shop: Client, orders: str, clock: Clock) -> None:
    shop.post(f"{ADDRESS}/cancel", token=orders)
    clock.advance(2_592_000)
    assert shop.post(f"{ADDRESS}/confirm", token=orders).code == "order_not_found"
    assert shop.get(ADDRESS, orders).status == 404


# What every route has in common


def test_the_first_thing_wrong_decides(shop: Client, tokens: Tokens, vendor: str) -> None:
    """401, 403, 413, 415, 400 (JSON, key), 422, 404: each request mends one fault of the one before."""
    bad = "/products/PROD-!/skus/SKU-!/restocks"
    huge = '{"quantity": ' + "1" * 1_048_576
    xml = {"content_type": "application/xml"}
    assert shop.post(bad, huge, **xml).status == 401
    assert shop.post(bad, huge, tokens.of_role("orders"), **xml).status == 403
    assert shop.post(bad, huge, vendor, **xml).status == 413
    assert shop.post(bad, "{", vendor, **xml).status == 415
    assert shop.post(bad, "{", vendor).code == "invalid_json"
    assert shop.post(bad, {}, vendor).code == "idempotency_key_required"
    assert shop.post(bad, {}, vendor, idempotency_key="k").status == 422
    assert shop.post(RESTOCKS, {}, vendor, idempotency_key="k").status == 422
    assert shop.post(RESTOCKS, {"quantity": 1}, vendor, idempotency_key="k").status == 404
    assert shop.get(f"{SKUS}?limit=0&cursor=!", vendor).status == 400


def test_all_that_is_wrong_is_named_at_once(shop: Client, vendor: str) -> None:
    answer = shop.post(
        "/products/PROD-!/skus/SKU-!/restocks?x=1", {"quantity": 0, "more": 1}, vendor, idempotency_key="k"
    )
    paths = {error["path"] for error in answer.json["errors"]}
    assert paths == {"query.x", "path.product_id", "path.sku", "body.quantity", "body.more"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "route_not_found"),
        ("GET", f"{SKU}/restocks/1", 404, "route_not_found"),
        ("PATCH", ADDRESS, 405, "method_not_allowed"),
        ("GET", RESTOCKS, 405, "method_not_allowed"),
        ("OPTIONS", ADDRESS, 405, "method_not_allowed"),
    ],
)
def test_paths_and_methods_that_are_not_there(
    shop: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = shop.send(method, path)
    assert (answer.status, answer.code) == (status, code)
    assert ("Allow" in answer.headers) == (status == 405)


def test_the_service_is_well(shop: Client) -> None:
    answer = shop.get("/health")
    assert (answer.status, answer.json) == (200, {"status": "ok", "service": "inventory-stock"})
    assert answer.headers["X-Request-Id"]


@pytest.mark.usefixtures("stocked")
def test_path_parameters_are_decoded_once(shop: Client, vendor: str) -> None:
    assert shop.get(SKU.replace("-", "%2D"), vendor).status == 200
    assert shop.get(SKU.replace("-", "%252D"), vendor).status == 422


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize("path", [SKUS, f"{SKUS}/"])
def test_a_location_leads_to_what_was_made(shop: Client, vendor: str, path: str) -> None:
    location = shop.post(path, NEW_SKU, vendor).headers["Location"]
    assert shop.get(location.removeprefix("/prod"), vendor).status == 200


NONSENSE = [
    '{"quantity": 1e99999999999999999999}',
    '{"quantity": 1e-99999999999999999999}',
    '{"quantity": 1e999}',
    '{"quantity": -0}',
    '{"quantity": ' + "9" * 5000 + "}",
    '{"quantity": NaN}',
    '{"quantity": 1, "quantity": 1}',
    '{"quantity": 1, "notes": "\\ud800"}',
    '{"quantity": 1, "\\ud800": 1}',
    '{"quantity": 1, "\\u0000": 1}',
    '{"unit_price": 1e99999999999999999999}',
    '{"lines": [{"product_id": "\\udfff", "sku": "SKU-", "quantity": {}}]}',
    "[" * 100_000,
    "null",
    '"text"',
    "\ud800",
    "\x00",
    " ",
]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_no_body_is_an_internal_error(shop: Client, vendor: str, orders: str, body: str) -> None:
    for method, path, token in (
        ("POST", RESTOCKS, vendor),
        ("POST", SKUS, vendor),
        ("PUT", ADDRESS, orders),
        ("POST", f"{ADDRESS}/cancel", orders),
        ("POST", f"{ADDRESS}/refund", orders),
        ("POST", f"{SKU}/adjustments", vendor),
        ("PATCH", SKU, vendor),
    ):
        answer = shop.send(method, path, token, body, idempotency_key="k")
        assert answer.status in (400, 422), answer


@pytest.mark.parametrize(
    "query", ["cursor=W10", "cursor=%F0%9F%8E%A7", "cursor=", "cursor=bnVsbA", "%00=1", "limit=%F0%9F%8E%A7"]
)
def test_no_query_is_an_internal_error(shop: Client, vendor: str, query: str) -> None:
    assert shop.get(f"{SKUS}?{query}", vendor).status in (400, 422)
