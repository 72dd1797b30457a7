"""Reopening an order."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client

from ..large_orders import Ledger, sku_id
from ..process import Process
from ..shop import (
    BLACK,
    ORDER_PATH,
    PRODUCT,
    WHITE,
    Clock,
    Tables,
    figures_of,
    order_body,
    settlement_body,
    stock_of,
)

REOPEN_PATH = f"{ORDER_PATH}/reopen"


def reopen(shop: Client, token: str, body: Any = None, key: str = "reopen", **rest: Any) -> Any:
    return shop.post(REOPEN_PATH, body, token, idempotency_key=key, **rest)


@pytest.fixture
def cancelled(shop: Client, orders: str, placed: None) -> None:
    """An order of five black units and three white ones is cancelled."""
    assert shop.post(f"{ORDER_PATH}/cancel", token=orders).status == 200


@pytest.mark.usefixtures("cancelled")
def test_a_cancelled_order_reserves_its_units_again(
    shop: Client, orders: str, tables: Tables, clock: Clock
) -> None:
    clock.advance(3_600)
    answer = reopen(shop, orders, {"hold_seconds": 600})
    assert (answer.status, answer.headers["ETag"]) == (200, '"3"')
    assert "Idempotent-Replayed" not in answer.headers
    assert (answer.json["status"], answer.json["cancel_reason"]) == ("reserved", None)
    assert answer.json["expires_at"] == "2026-02-23T11:40:00.000000Z"
    assert (figures_of(answer), figures_of(answer, WHITE)) == ({"reserved": 5}, {"reserved": 3})
    assert shop.get(ORDER_PATH, orders).json == answer.json
    assert (stock_of(shop, orders), stock_of(shop, orders, WHITE)) == ((50, 5, 45), (3, 3, 0))
    assert [r["command"]["S"] for r in tables.records()].count("reopen") == 2
    assert "released" not in str(answer.json)


@pytest.mark.usefixtures("cancelled")
@pytest.mark.parametrize("body", [None, {}], ids=["no body", "an empty one"])
def test_a_reopened_order_is_held_for_a_day_by_default(shop: Client, orders: str, body: Any) -> None:
    assert reopen(shop, orders, body).json["expires_at"] == "2026-02-24T10:30:00.000000Z"


@pytest.mark.usefixtures("placed")
def test_an_expired_order_is_reopened_and_expires_again(
    shop: Client, orders: str, clock: Clock, process: Process
) -> None:
    for key in ("once", "twice"):
        clock.advance(86_401)
        process.sweep()
        assert shop.get(ORDER_PATH, orders).json["cancel_reason"] == "expired"
        answer = reopen(shop, orders, key=key)
        assert (answer.json["status"], answer.json["cancel_reason"]) == ("reserved", None)
    assert stock_of(shop, orders) == (50, 5, 45)


@pytest.mark.usefixtures("placed")
def test_what_was_cancelled_before_stays_cancelled(shop: Client, orders: str) -> None:
    shop.post(f"{ORDER_PATH}/cancel", settlement_body((WHITE, 3)), orders, idempotency_key="white")
    shop.post(f"{ORDER_PATH}/confirm", settlement_body((BLACK, 1)), orders, idempotency_key="black")
    shop.post(f"{ORDER_PATH}/cancel", token=orders, idempotency_key="rest")
    answer = reopen(shop, orders)
    assert answer.json["status"] == "partially_confirmed"
    assert figures_of(answer) == {"reserved": 4, "confirmed": 1}
    assert figures_of(answer, WHITE) == {"cancelled": 3}


@pytest.mark.usefixtures("cancelled")
def test_a_reopen_is_executed_once(shop: Client, orders: str, tables: Tables) -> None:
    first = reopen(shop, orders, {"hold_seconds": 600})
    shop.post(f"{ORDER_PATH}/cancel", token=orders, idempotency_key="again")
    records = len(tables.records())
    again = reopen(shop, orders, {"hold_seconds": 600})
    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert (again.json["status"], len(tables.records())) == ("cancelled", records)
    other = reopen(shop, orders, {"hold_seconds": 900})
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    without = shop.post(REOPEN_PATH, token=orders)
    assert (without.status, without.code) == (400, "idempotency_key_required")


@pytest.mark.usefixtures("cancelled")
def test_a_reopen_of_the_version_that_was_read(shop: Client, orders: str) -> None:
    stale = reopen(shop, orders, if_match='"1"')
    assert (stale.status, stale.code) == (412, "precondition_failed")
    assert reopen(shop, orders, if_match='"2"').status == 200


@pytest.mark.usefixtures("cancelled")
def test_units_that_were_sold_meanwhile_are_not_reserved_again(
    shop: Client, orders: str, tables: Tables
) -> None:
    assert shop.put("/orders/ORDER-67890", order_body((BLACK, 46), (WHITE, 1)), orders).status == 201
    before = tables.everything()
    answer = reopen(shop, orders)
    assert (answer.status, answer.code) == (409, "insufficient_stock")
    assert answer.json["lines"] == [
        {"product_id": PRODUCT, "sku": BLACK, "asked": 5, "available": 4},
        {"product_id": PRODUCT, "sku": WHITE, "asked": 3, "available": 2},
    ]
    assert tables.everything() == before


@pytest.mark.usefixtures("cancelled")
@pytest.mark.parametrize(
    ("flag", "code"), [("is_active", "sku_inactive"), ("product_is_active", "product_inactive")]
)
def test_a_deactivated_sku_is_not_reserved_again(
    shop: Client, orders: str, tables: Tables, flag: str, code: str
) -> None:
    tables.set_attributes(BLACK, **{flag: {"BOOL": False}})
    answer = reopen(shop, orders)
    assert (answer.status, answer.code) == (409, code)


@pytest.mark.usefixtures("placed")
def test_an_order_that_reserves_units_is_not_reopened(shop: Client, orders: str) -> None:
    answer = reopen(shop, orders)
    assert (answer.status, answer.code) == (409, "not_reopenable")
    shop.post(f"{ORDER_PATH}/confirm", token=orders)
    answer = reopen(shop, orders, key="confirmed")
    assert (answer.status, answer.code) == (409, "not_reopenable")


def test_an_order_that_was_cancelled_before_it_was_placed_is_not_reopened(shop: Client, orders: str) -> None:
    shop.post(f"{ORDER_PATH}/cancel", token=orders)
    answer = reopen(shop, orders)
    assert (answer.status, answer.code) == (409, "not_reopenable")


@pytest.mark.usefixtures("cancelled")
def test_after_a_reopen_a_whole_command_has_to_be_identified(shop: Client, orders: str) -> None:
    reopen(shop, orders)
    late = shop.post(f"{ORDER_PATH}/cancel", token=orders)
    assert (late.status, late.code) == (400, "idempotency_key_required")
    assert shop.post(f"{ORDER_PATH}/confirm", token=orders, if_match='"3"').json["status"] == "confirmed"


@pytest.mark.usefixtures("product")
def test_more_lines_than_one_transaction_writes_are_not_reopened(
    shop: Client, orders: str, dynamodb: Any
) -> None:
    Ledger(dynamodb).put_skus(50)
    lines = [(sku_id(number), 1) for number in range(50)]
    shop.put(ORDER_PATH, order_body(*lines), orders)
    shop.post(f"{ORDER_PATH}/cancel", token=orders)
    answer = reopen(shop, orders)
    assert (answer.status, answer.code) == (422, "too_many_changes")


@pytest.mark.usefixtures("cancelled")
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"hold_seconds": 59}, "body.hold_seconds"),
        ({"hold_seconds": 2_592_001}, "body.hold_seconds"),
        ({"lines": []}, "body.lines"),
    ],
)
def test_an_invalid_member_of_a_reopen_is_named(shop: Client, orders: str, body: Any, path: str) -> None:
    answer = reopen(shop, orders, body)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]
