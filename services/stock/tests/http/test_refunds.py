"""Refunding an order, all of it or part."""

from __future__ import annotations

import pytest
from front_door import Client

from inventory_common.limits import STOCK_MAX

from ..shop import (
    BLACK,
    ORDER,
    ORDER_PATH,
    RESTOCKS_PATH,
    SKU_PATH,
    WHITE,
    Tables,
    a_sku,
    figures_of,
    order_body,
    settlement_body,
    stock_of,
)

REFUND_PATH = f"{ORDER_PATH}/refund"


@pytest.mark.usefixtures("confirmed")
def test_refunded_units_return_to_stock(shop: Client, orders: str, tables: Tables) -> None:
    answer = shop.post(REFUND_PATH, token=orders)
    assert (answer.status, answer.json["status"]) == (200, "refunded")
    assert figures_of(answer) == {"confirmed": 5, "refunded": 5}
    assert figures_of(answer, WHITE) == {"confirmed": 3, "refunded": 3}
    assert stock_of(shop, orders) == (50, 0, 50)
    assert tables.movements("refund") == [(BLACK, 5, 5, 5, 0), (WHITE, 3, 3, 3, 0)]
    assert all(record["order_id"] == {"S": ORDER} for record in tables.records())


@pytest.mark.usefixtures("confirmed")
def test_an_order_is_refunded_in_several_parts(shop: Client, orders: str, tables: Tables) -> None:
    first = shop.post(REFUND_PATH, settlement_body((BLACK, 1), (BLACK, 1)), orders, idempotency_key="a")
    assert (first.json["status"], figures_of(first)) == (
        "partially_refunded",
        {"confirmed": 5, "refunded": 2},
    )
    assert stock_of(shop, orders) == (47, 0, 47)
    assert tables.movements("refund") == [(BLACK, 2, 2, 2, 0)]
    answer = shop.post(REFUND_PATH, settlement_body((BLACK, 4), (WHITE, 4)), orders, idempotency_key="b")
    assert (answer.status, answer.code) == (409, "refund_exceeds_confirmed")
    assert answer.json["lines"] == [
        {"sku": BLACK, "asked": 4, "refundable": 3},
        {"sku": WHITE, "asked": 4, "refundable": 3},
    ]
    whole = shop.post(REFUND_PATH, token=orders, idempotency_key="rest")
    assert whole.json["status"] == "refunded"
    assert stock_of(shop, orders) == (50, 0, 50)
    answer = shop.post(REFUND_PATH, settlement_body((BLACK, 1)), orders, idempotency_key="c")
    assert answer.json["lines"] == [{"sku": BLACK, "asked": 1, "refundable": 0}]


@pytest.mark.usefixtures("confirmed")
def test_refunded_units_that_cannot_be_sold_again_are_logged_and_not_restocked(
    shop: Client, orders: str, tables: Tables
) -> None:
    body = settlement_body((BLACK, 2), restock=False)
    answer = shop.post(REFUND_PATH, body, orders, idempotency_key="k")
    assert answer.json["status"] == "partially_refunded"
    assert figures_of(answer) == {"confirmed": 5, "refunded": 2}
    assert stock_of(shop, orders) == (45, 0, 45)
    assert tables.movements("refund") == [(BLACK, 2, 0, 0, 0)]
    whole = shop.post(REFUND_PATH, {"restock": False}, orders, idempotency_key="rest")
    assert whole.json["status"] == "refunded"
    assert stock_of(shop, orders) == (45, 0, 45)
    assert tables.movements("refund") == [(BLACK, 2, 0, 0, 0), (BLACK, 3, 0, 0, 0), (WHITE, 3, 0, 0, 0)]


@pytest.mark.usefixtures("placed")
def test_an_order_that_still_reserves_units_is_only_partially_refunded(shop: Client, orders: str) -> None:
    shop.post(f"{ORDER_PATH}/confirm", settlement_body((BLACK, 2)), orders, idempotency_key="a")
    refunded = shop.post(REFUND_PATH, token=orders, idempotency_key="b")
    assert refunded.json["status"] == "partially_refunded"
    assert figures_of(refunded) == {"reserved": 3, "confirmed": 2, "refunded": 2}
    cancelled = shop.post(f"{ORDER_PATH}/cancel", token=orders, idempotency_key="c")
    assert cancelled.json["status"] == "refunded"


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("before", [["place"], ["place", "cancel"], ["cancel"]], ids=" ".join)
def test_units_that_were_not_confirmed_are_not_refunded(
    shop: Client, orders: str, tables: Tables, before: list[str]
) -> None:
    for command in before:
        if command == "place":
            shop.put(ORDER_PATH, order_body((BLACK, 5)), orders)
        else:
            shop.post(f"{ORDER_PATH}/{command}", token=orders)
    count = len(tables.records())
    answer = shop.post(REFUND_PATH, token=orders)
    assert (answer.status, answer.code) == (409, "refund_exceeds_confirmed")
    assert len(tables.records()) == count


def test_an_unknown_order_is_not_refunded(shop: Client, orders: str) -> None:
    answer = shop.post(REFUND_PATH, token=orders)
    assert (answer.status, answer.code) == (404, "order_not_found")


def test_restocked_refunds_cannot_exceed_the_maximum_stock(
    shop: Client, orders: str, vendor: str, tables: Tables
) -> None:
    tables.put(a_sku(current=STOCK_MAX))
    shop.put(ORDER_PATH, order_body((BLACK, 5)), orders)
    shop.post(f"{ORDER_PATH}/confirm", token=orders)
    assert shop.post(RESTOCKS_PATH, {"quantity": 3}, vendor, idempotency_key="k").status == 201
    answer = shop.post(REFUND_PATH, token=orders)
    assert (answer.status, answer.code) == (409, "stock_limit_exceeded")
    answer = shop.post(REFUND_PATH, settlement_body((BLACK, 2)), orders, idempotency_key="a")
    assert answer.status == 200
    assert stock_of(shop, orders)[0] == STOCK_MAX
    rest = shop.post(REFUND_PATH, {"restock": False}, orders, idempotency_key="b")
    assert rest.json["status"] == "refunded"


@pytest.mark.usefixtures("confirmed")
def test_units_of_a_deactivated_sku_can_be_refunded(shop: Client, orders: str, vendor: str) -> None:
    assert shop.delete(SKU_PATH, vendor).status == 204
    assert shop.post(REFUND_PATH, token=orders).json["status"] == "refunded"
    assert stock_of(shop, orders) == (50, 0, 50)
