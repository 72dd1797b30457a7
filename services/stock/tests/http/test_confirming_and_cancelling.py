"""Confirming and cancelling a whole order."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client

from ..shop import (
    BLACK,
    ORDER_PATH,
    PRODUCT,
    SERVED_LINE,
    SERVED_ORDER,
    WHITE,
    Clock,
    Tables,
    order_body,
    stock_of,
)


@pytest.mark.usefixtures("placed")
def test_the_units_of_a_confirmed_order_leave_the_stock(shop: Client, orders: str, tables: Tables) -> None:
    answer = shop.post(f"{ORDER_PATH}/confirm", token=orders)
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


@pytest.mark.usefixtures("placed")
def test_a_cancelled_order_returns_its_units_to_stock(shop: Client, orders: str) -> None:
    answer = shop.post(f"{ORDER_PATH}/cancel", {}, orders)
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
def test_a_repeated_command_changes_nothing(shop: Client, orders: str, tables: Tables, command: str) -> None:
    shop.put(ORDER_PATH, order_body((BLACK, 5)), orders)
    first = shop.post(f"{ORDER_PATH}/{command}", token=orders)
    again = shop.post(f"{ORDER_PATH}/{command}", token=orders)
    assert (again.status, again.json, again.headers["ETag"]) == (200, first.json, '"2"')
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(tables.records()) == 2


@pytest.mark.usefixtures("stocked")
def test_a_cancelled_order_cannot_be_confirmed_nor_a_confirmed_one_cancelled(
    shop: Client, orders: str
) -> None:
    shop.put(ORDER_PATH, order_body((BLACK, 5)), orders)
    shop.post(f"{ORDER_PATH}/cancel", token=orders)
    answer = shop.post(f"{ORDER_PATH}/confirm", token=orders)
    assert (answer.status, answer.code) == (409, "order_cancelled")
    shop.put("/orders/ORDER-2", order_body((BLACK, 5)), orders)
    shop.post("/orders/ORDER-2/confirm", token=orders)
    answer = shop.post("/orders/ORDER-2/cancel", token=orders)
    assert (answer.status, answer.code) == (409, "order_confirmed")
    assert stock_of(shop, orders) == (45, 0, 45)


@pytest.mark.usefixtures("stocked")
def test_an_expired_order_can_be_confirmed_until_it_is_released(
    shop: Client, orders: str, clock: Clock
) -> None:
    shop.put(ORDER_PATH, order_body((BLACK, 5), hold_seconds=60), orders)
    clock.advance(3600)
    assert shop.post(f"{ORDER_PATH}/confirm", token=orders).json["status"] == "confirmed"


@pytest.mark.usefixtures("stocked")
def test_an_order_for_a_deactivated_sku_can_be_settled(shop: Client, orders: str, dynamodb: Any) -> None:
    shop.put(ORDER_PATH, order_body((BLACK, 5)), orders)
    dynamodb.update_item(
        TableName="VendorInventory",
        Key={"product_id": {"S": PRODUCT}, "sku": {"S": BLACK}},
        UpdateExpression="SET is_active = :no, product_is_active = :no",
        ExpressionAttributeValues={":no": {"BOOL": False}},
    )
    assert shop.put("/orders/ORDER-2", order_body((BLACK, 1)), orders).code == "sku_inactive"
    assert shop.post(f"{ORDER_PATH}/confirm", token=orders).json["status"] == "confirmed"


def test_an_unknown_order_is_not_found(shop: Client, orders: str) -> None:
    for answer in (shop.get(ORDER_PATH, orders), shop.post(f"{ORDER_PATH}/confirm", token=orders)):
        assert (answer.status, answer.code) == (404, "order_not_found")


# Orders that are cancelled before they are placed


@pytest.mark.usefixtures("stocked")
def test_an_order_that_is_cancelled_before_it_is_placed_cannot_be_placed_for_thirty_days(
    shop: Client, orders: str, clock: Clock
) -> None:
    tombstone = SERVED_ORDER | {
        "status": "cancelled",
        "expires_at": None,
        "cancel_reason": "requested",
        "lines": [],
    }
    first, again = (shop.post(f"{ORDER_PATH}/cancel", token=orders) for _ in range(2))
    assert (first.status, first.json) == (again.status, again.json) == (200, tombstone)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert shop.get(ORDER_PATH, orders).json == tombstone
    assert shop.post(f"{ORDER_PATH}/confirm", token=orders).code == "order_cancelled"
    clock.advance(2_591_999)
    answer = shop.put(ORDER_PATH, order_body((BLACK, 5)), orders)
    assert (answer.status, answer.code) == (409, "order_cancelled")
    clock.advance(1)
    assert shop.put(ORDER_PATH, order_body((BLACK, 5)), orders).status == 201


def test_an_expired_tombstone_is_not_found(shop: Client, orders: str, clock: Clock) -> None:
    shop.post(f"{ORDER_PATH}/cancel", token=orders)
    clock.advance(2_592_000)
    assert shop.post(f"{ORDER_PATH}/confirm", token=orders).code == "order_not_found"
    assert shop.get(ORDER_PATH, orders).status == 404
