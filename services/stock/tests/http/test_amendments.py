"""Amending an order."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client

from inventory_common.limits import QUANTITY_MAX

from ..large_orders import Ledger, sku_id
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

AMEND_PATH = f"{ORDER_PATH}/amend"
NONE = f"SKU-{PRODUCT}-NONE"


def amend(shop: Client, token: str, *lines: tuple[str, int], key: str = "amend", **rest: Any) -> Any:
    return shop.post(AMEND_PATH, order_body(*lines), token, idempotency_key=key, **rest)


@pytest.mark.usefixtures("placed")
def test_an_order_reserves_what_the_amend_says(shop: Client, orders: str, tables: Tables) -> None:
    before = shop.get(ORDER_PATH, orders).json
    answer = amend(shop, orders, (BLACK, 8), (WHITE, 1))
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    assert "Idempotent-Replayed" not in answer.headers
    assert (figures_of(answer), figures_of(answer, WHITE)) == ({"reserved": 8}, {"reserved": 1})
    assert [line["placed"] for line in answer.json["lines"]] == [8, 1]
    names = before.keys() - {"lines"}
    assert {name: answer.json[name] for name in names} == {name: before[name] for name in names}
    assert shop.get(ORDER_PATH, orders).json == answer.json
    assert (stock_of(shop, orders), stock_of(shop, orders, WHITE)) == ((50, 8, 42), (3, 1, 2))
    assert tables.movements("order_placed")[0] == (BLACK, 3, 0, 0, 3)
    assert tables.movements("order_cancelled") == [(WHITE, 2, 0, 0, -2)]


@pytest.mark.usefixtures("placed")
def test_an_amend_is_executed_once(shop: Client, orders: str, tables: Tables) -> None:
    first = amend(shop, orders, (BLACK, 8))
    amend(shop, orders, (BLACK, 1), key="another")
    records = len(tables.records())
    again = amend(shop, orders, (BLACK, 8))
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert figures_of(again) == {"reserved": 1}, "the order as it is now"
    assert (first.status, len(tables.records())) == (200, records)
    other = amend(shop, orders, (BLACK, 9))
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    without = shop.post(AMEND_PATH, order_body((BLACK, 8)), orders)
    assert (without.status, without.code) == (400, "idempotency_key_required")


@pytest.mark.usefixtures("placed")
def test_an_amend_of_the_version_that_was_read(shop: Client, orders: str) -> None:
    stale = amend(shop, orders, (BLACK, 8), if_match='"2"')
    assert (stale.status, stale.code) == (412, "precondition_failed")
    assert amend(shop, orders, (BLACK, 8), if_match='"1"').status == 200
    assert amend(shop, orders, (BLACK, 8), if_match='"1"').headers["Idempotent-Replayed"] == "true"


@pytest.mark.usefixtures("placed")
def test_an_amend_reserves_all_or_nothing(shop: Client, orders: str, tables: Tables) -> None:
    before = tables.everything()
    answer = amend(shop, orders, (BLACK, 51), (WHITE, 4))
    assert (answer.status, answer.code) == (409, "insufficient_stock")
    assert answer.json["lines"] == [
        {"product_id": PRODUCT, "sku": BLACK, "asked": 46, "available": 45},
        {"product_id": PRODUCT, "sku": WHITE, "asked": 1, "available": 0},
    ]
    absent = amend(shop, orders, (BLACK, 6), (NONE, 1))
    assert (absent.status, absent.code, absent.json["skus"]) == (404, "sku_not_found", [NONE])
    assert tables.everything() == before


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(
    ("flag", "code"), [("is_active", "sku_inactive"), ("product_is_active", "product_inactive")]
)
def test_a_deactivated_sku_is_not_reserved(
    shop: Client, orders: str, tables: Tables, flag: str, code: str
) -> None:
    tables.set_attributes(BLACK, **{flag: {"BOOL": False}})
    answer = amend(shop, orders, (BLACK, 6))
    assert (answer.status, answer.code) == (409, code)
    assert amend(shop, orders, (BLACK, 4), key="fewer").status == 200


@pytest.mark.usefixtures("placed")
def test_an_amend_to_nothing_cancels_the_order(shop: Client, orders: str, tables: Tables) -> None:
    answer = amend(shop, orders, (BLACK, 0), (WHITE, 0))
    assert (answer.json["status"], answer.json["cancel_reason"]) == ("cancelled", "requested")
    assert (figures_of(answer), figures_of(answer, WHITE)) == ({"cancelled": 5}, {"cancelled": 3})
    assert {record["command"]["S"] for record in tables.records()} == {"place", "cancel"}


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(("command", "code"), [("confirm", "order_confirmed"), ("cancel", "order_cancelled")])
def test_an_order_that_reserves_nothing_is_not_amended(
    shop: Client, orders: str, command: str, code: str
) -> None:
    shop.post(f"{ORDER_PATH}/{command}", token=orders)
    answer = amend(shop, orders, (BLACK, 6))
    assert (answer.status, answer.code) == (409, code)


@pytest.mark.usefixtures("placed")
def test_an_expired_order_is_amended_until_it_is_released(
    shop: Client, orders: str, clock: Clock, process: Any
) -> None:
    clock.advance(86_401)
    assert amend(shop, orders, (BLACK, 6)).status == 200
    process.sweep()
    answer = amend(shop, orders, (BLACK, 7), key="late")
    assert (answer.status, answer.code) == (409, "reservation_expired")


@pytest.mark.usefixtures("placed")
def test_after_an_amend_a_whole_command_has_to_be_identified(shop: Client, orders: str) -> None:
    amend(shop, orders, (BLACK, 8))
    for command in ("confirm", "cancel"):
        answer = shop.post(f"{ORDER_PATH}/{command}", token=orders)
        assert (answer.status, answer.code) == (400, "idempotency_key_required")
    assert shop.post(f"{ORDER_PATH}/confirm", token=orders, if_match='"2"').json["status"] == "confirmed"
    assert shop.post(f"{ORDER_PATH}/refund", token=orders, idempotency_key="k").json["status"] == "refunded"


@pytest.mark.usefixtures("placed")
def test_a_late_retry_of_the_place_is_a_replay(shop: Client, orders: str) -> None:
    amended = amend(shop, orders, (BLACK, 8), (WHITE, 0))
    again = shop.put(ORDER_PATH, order_body((BLACK, 5), (WHITE, 3)), orders)
    assert (again.status, again.headers["Idempotent-Replayed"], again.json) == (200, "true", amended.json)
    other = shop.put(ORDER_PATH, order_body((BLACK, 8)), orders)
    assert (other.status, other.code) == (409, "order_exists")


@pytest.mark.usefixtures("stocked")
def test_an_order_of_one_item_keeps_to_49_lines(shop: Client, orders: str, dynamodb: Any) -> None:
    Ledger(dynamodb).put_skus(50)
    lines = [(sku_id(number), 1) for number in range(49)]
    assert shop.put(ORDER_PATH, order_body(*lines), orders).status == 201
    answer = amend(shop, orders, (sku_id(49), 1))
    assert (answer.status, answer.code) == (422, "too_many_changes")
    assert amend(shop, orders, *((sku, 2) for sku, _ in lines), key="all").status == 200


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "body.lines"),
        ({"lines": []}, "body.lines"),
        (order_body((BLACK, -1)), "body.lines[0].quantity"),
        (order_body((BLACK, QUANTITY_MAX + 1)), "body.lines[0].quantity"),
        (order_body((BLACK, QUANTITY_MAX), (BLACK, 1)), "body.lines"),
        (settlement_body((BLACK, 1)), "body.lines[0].product_id"),
        (order_body((BLACK, 1), hold_seconds=60), "body.hold_seconds"),
        ({"lines": [{"product_id": "PROD-00000", "sku": BLACK, "quantity": 1}]}, "body.lines[0]"),
    ],
)
def test_an_invalid_member_of_an_amend_is_named(shop: Client, orders: str, body: Any, path: str) -> None:
    answer = shop.post(AMEND_PATH, body, orders, idempotency_key="k")
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]
