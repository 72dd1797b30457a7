"""Placing an order."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client

from inventory_common.skus import Sku

from ..shop import (
    BLACK,
    ORDER,
    ORDER_PATH,
    PRODUCT,
    SERVED_ORDER,
    WHITE,
    Clock,
    Tables,
    a_sku,
    order_body,
    stock_of,
)


@pytest.mark.usefixtures("stocked")
def test_an_order_reserves_its_lines(shop: Client, orders: str, tables: Tables) -> None:
    body = order_body((WHITE, 3), (BLACK, 2), (BLACK, 3))
    answer = shop.put(ORDER_PATH, body, orders, x_request_id="req-1")
    assert (answer.status, answer.json) == (201, SERVED_ORDER)
    assert answer.headers["ETag"] == '"1"'
    assert "Idempotent-Replayed" not in answer.headers
    assert stock_of(shop, orders) == (50, 5, 45)
    assert stock_of(shop, orders, WHITE) == (3, 3, 0)
    found = shop.get(ORDER_PATH, orders)
    assert (found.status, found.json, found.headers["ETag"]) == (200, SERVED_ORDER, '"1"')
    for record in tables.records():
        assert record["order_id"] == {"S": ORDER}
        assert record["performed_by"] == {"S": "client:order-system"}
        assert record["request_id"] == {"S": "req-1"}
        assert record["quantity_change"] == {"N": "0"}


@pytest.mark.usefixtures("placed")
def test_an_order_that_is_placed_again_is_returned_unchanged(
    shop: Client, orders: str, tables: Tables, clock: Clock
) -> None:
    clock.advance(60)
    again = shop.put(ORDER_PATH, order_body((WHITE, 3), (BLACK, 5), hold_seconds=60), orders)
    assert (again.status, again.json) == (200, SERVED_ORDER)
    assert again.headers["Idempotent-Replayed"] == "true"
    shop.post(f"{ORDER_PATH}/confirm", token=orders)
    assert shop.put(ORDER_PATH, order_body((WHITE, 3), (BLACK, 5)), orders).json["status"] == "confirmed"
    assert len(tables.records()) == 4


@pytest.mark.usefixtures("placed")
def test_an_order_that_was_cancelled_is_not_placed_again(shop: Client, orders: str, tables: Tables) -> None:
    cancelled = shop.post(f"{ORDER_PATH}/cancel", token=orders)
    count = len(tables.records())
    again = shop.put(ORDER_PATH, order_body((WHITE, 3), (BLACK, 5)), orders)
    assert (again.status, again.code, again.json["order"]) == (409, "order_cancelled", cancelled.json)
    batch = shop.post(
        "/orders/batch", {"orders": [{"order_id": ORDER, **order_body((WHITE, 3), (BLACK, 5))}]}, orders
    )
    [result] = batch.json["results"]
    assert result["status_code"] == 409
    assert (result["problem"]["code"], result["problem"]["order"]) == ("order_cancelled", cancelled.json)
    assert shop.put(ORDER_PATH, order_body((WHITE, 3)), orders).code == "order_exists"
    assert len(tables.records()) == count


@pytest.mark.usefixtures("stocked")
def test_a_tombstone_that_refuses_a_place_is_a_member_of_the_problem(shop: Client, orders: str) -> None:
    tombstone = shop.post(f"{ORDER_PATH}/cancel", token=orders)
    refused = shop.put(ORDER_PATH, order_body((BLACK, 5)), orders)
    assert (refused.status, refused.code, refused.json["order"]) == (409, "order_cancelled", tombstone.json)


@pytest.mark.usefixtures("stocked")
def test_an_order_id_cannot_be_used_for_other_lines(shop: Client, orders: str) -> None:
    shop.put(ORDER_PATH, order_body((BLACK, 5)), orders)
    for lines in ([(BLACK, 4)], [(WHITE, 1)], [(BLACK, 5), (WHITE, 1)]):
        answer = shop.put(ORDER_PATH, order_body(*lines), orders)
        assert (answer.status, answer.code) == (409, "order_exists")
    assert stock_of(shop, orders) == (50, 5, 45)


@pytest.mark.usefixtures("stocked")
def test_an_order_is_reserved_wholly_or_not_at_all(shop: Client, orders: str, tables: Tables) -> None:
    answer = shop.put(ORDER_PATH, order_body((BLACK, 51), (WHITE, 4)), orders)
    assert (answer.status, answer.code) == (409, "insufficient_stock")
    assert answer.json["lines"] == [
        {"product_id": PRODUCT, "sku": BLACK, "asked": 51, "available": 50},
        {"product_id": PRODUCT, "sku": WHITE, "asked": 4, "available": 3},
    ]
    assert shop.put(ORDER_PATH, order_body((BLACK, 50), (WHITE, 4)), orders).status == 409
    assert stock_of(shop, orders) == (50, 0, 50)
    assert tables.records() == []
    assert shop.get(ORDER_PATH, orders).code == "order_not_found"
    assert shop.put(ORDER_PATH, order_body((BLACK, 50), (WHITE, 3)), orders).status == 201


@pytest.mark.parametrize(
    ("sku", "status", "code"),
    [
        (a_sku(current=9, is_active=False), 409, "sku_inactive"),
        (a_sku(current=9, product_is_active=False), 409, "product_inactive"),
        (a_sku(WHITE, current=9), 404, "sku_not_found"),
    ],
    ids=["deactivated", "product deactivated", "absent"],
)
def test_an_order_for_a_deactivated_or_unknown_sku_is_refused(
    shop: Client, orders: str, tables: Tables, sku: Sku, status: int, code: str
) -> None:
    tables.put(sku)
    answer = shop.put(ORDER_PATH, order_body((BLACK, 1)), orders)
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.usefixtures("stocked")
def test_an_order_of_forty_nine_skus_of_two_vendors_is_one_transaction(
    shop: Client, orders: str, tables: Tables
) -> None:
    lines = []
    for number in range(49):
        product_id = f"PROD-0000{number % 2}"
        sku = a_sku(f"SKU-{product_id}-V{number}", 1, vendor_id=f"VENDOR-00{number % 2}")
        tables.put(sku)
        lines.append({"product_id": product_id, "sku": sku.sku, "quantity": 1})
    answer = shop.put(ORDER_PATH, {"lines": lines}, orders)
    assert answer.status == 201
    assert {line["vendor_id"] for line in answer.json["lines"]} == {"VENDOR-000", "VENDOR-001"}
    assert shop.post(f"{ORDER_PATH}/confirm", token=orders).json["status"] == "confirmed"
    assert len(tables.records()) == 98
    too_many = [(f"SKU-{PRODUCT}-V{number}", 1) for number in range(1_001)]
    answer = shop.put("/orders/ORDER-2", order_body(*too_many), orders)
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
def test_an_invalid_member_of_a_new_order_is_named(shop: Client, orders: str, body: Any, path: str) -> None:
    answer = shop.put(ORDER_PATH, body, orders)
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
    answer = shop.put(ORDER_PATH, order_body((BLACK, 1), hold_seconds=hold_seconds), orders)
    assert answer.json["expires_at"] == expires_at
