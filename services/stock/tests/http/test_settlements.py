"""What confirm, cancel and refund have in common: bodies, idempotency keys, unknown orders and SKUs."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client

from ..shop import (
    BLACK,
    ORDER_PATH,
    PRODUCT,
    Clock,
    Tables,
    order_body,
    settlement_body,
)

COMMANDS = ["confirm", "cancel", "refund"]


# Unknown SKUs and orders


@pytest.mark.usefixtures("confirmed")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_sku_that_the_order_does_not_have_is_not_found(
    shop: Client, orders: str, tables: Tables, command: str
) -> None:
    if command != "refund":
        shop.put("/orders/ORDER-2", order_body((BLACK, 1)), orders)
    path = ORDER_PATH if command == "refund" else "/orders/ORDER-2"
    unknown = [f"SKU-{PRODUCT}-RED", f"SKU-{PRODUCT}-BLUE"]
    count = len(tables.records())
    body = settlement_body((unknown[0], 1), (BLACK, 1), (unknown[1], 1))
    answer = shop.post(f"{path}/{command}", body, orders, idempotency_key="k")
    assert (answer.status, answer.code) == (404, "sku_not_found")
    assert answer.json["skus"] == unknown
    assert len(tables.records()) == count


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("count", [99, 1_000])
def test_a_command_that_names_many_unknown_skus_is_refused(
    shop: Client, orders: str, command: str, count: int
) -> None:
    if command == "refund":
        shop.post(f"{ORDER_PATH}/confirm", token=orders)
    body = settlement_body(*((f"SKU-{PRODUCT}-V{number}", 1) for number in range(count)))
    answer = shop.post(f"{ORDER_PATH}/{command}", body, orders, idempotency_key="k")
    assert answer.status in (404, 422), answer


@pytest.mark.parametrize("command", COMMANDS)
def test_part_of_an_unknown_order_is_not_found(shop: Client, orders: str, command: str) -> None:
    answer = shop.post(f"{ORDER_PATH}/{command}", settlement_body((BLACK, 1)), orders, idempotency_key="k")
    assert (answer.status, answer.code) == (404, "order_not_found")
    assert shop.get(ORDER_PATH, orders).status == 404, "a partial cancel leaves no tombstone"


# Idempotency keys


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_partial_settlement_requires_an_idempotency_key(
    shop: Client, orders: str, tables: Tables, command: str
) -> None:
    answer = shop.post(f"{ORDER_PATH}/{command}", settlement_body((BLACK, 1)), orders)
    assert (answer.status, answer.code) == (400, "idempotency_key_required")
    assert len(tables.records()) == 2


@pytest.mark.usefixtures("placed")
def test_a_reused_key_is_reported_before_a_replay(shop: Client, orders: str) -> None:
    assert shop.post(f"{ORDER_PATH}/confirm", token=orders).status == 200
    assert shop.post(f"{ORDER_PATH}/refund", token=orders, idempotency_key="k").status == 200
    reused = shop.post(f"{ORDER_PATH}/refund", {"restock": False}, orders, idempotency_key="k")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    again = shop.post(f"{ORDER_PATH}/refund", {"restock": False}, orders, idempotency_key="k2")
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_partial_settlement_that_is_sent_twice_is_executed_once(
    shop: Client, orders: str, tables: Tables, clock: Clock, command: str
) -> None:
    path, two_units = f"{ORDER_PATH}/{command}", settlement_body((BLACK, 2))
    if command == "refund":
        shop.post(f"{ORDER_PATH}/confirm", token=orders)
    first = shop.post(path, two_units, orders, idempotency_key="k")
    count = len(tables.records())
    clock.advance(3600)
    again = shop.post(path, two_units, orders, idempotency_key="k")
    assert (first.status, again.status) == (200, 200)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == first.json
    reused = shop.post(path, settlement_body((BLACK, 1)), orders, idempotency_key="k")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    assert len(tables.records()) == count
    other = shop.post(path, two_units, orders, idempotency_key="k2")
    assert other.status == 200
    assert len(tables.records()) == count + 1


@pytest.mark.usefixtures("placed")
def test_a_replay_returns_the_current_order(shop: Client, orders: str) -> None:
    shop.post(f"{ORDER_PATH}/confirm", settlement_body((BLACK, 2)), orders, idempotency_key="k")
    shop.post(f"{ORDER_PATH}/confirm", token=orders, idempotency_key="rest")
    again = shop.post(f"{ORDER_PATH}/confirm", settlement_body((BLACK, 2)), orders, idempotency_key="k")
    assert (again.status, again.json["status"]) == (200, "confirmed")
    assert again.headers["Idempotent-Replayed"] == "true"


# Bodies


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("body", [None, {}, {"lines": None}], ids=["nothing", "{}", "null"])
@pytest.mark.parametrize(
    ("command", "status"), [("confirm", "confirmed"), ("cancel", "cancelled"), ("refund", "refunded")]
)
def test_a_command_without_lines_settles_the_whole_order_once(
    shop: Client, orders: str, tables: Tables, command: str, status: str, body: Any
) -> None:
    if command == "refund":
        shop.post(f"{ORDER_PATH}/confirm", token=orders)
    first = shop.post(f"{ORDER_PATH}/{command}", body, orders)
    assert (first.status, first.json["status"]) == (200, status)
    count = len(tables.records())
    again = shop.post(f"{ORDER_PATH}/{command}", body, orders)
    assert (again.status, again.json) == (200, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(tables.records()) == count


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"lines": []}, "body.lines"),
        ({"lines": {}}, "body.lines"),
        (settlement_body((BLACK, 0)), "body.lines[0].quantity"),
        (settlement_body((BLACK, 1), (BLACK, -1)), "body.lines[1].quantity"),
        (settlement_body((BLACK, 1_000_001)), "body.lines[0].quantity"),
        (settlement_body(("BLACK", 1)), "body.lines[0].sku"),
        ({"lines": [{"sku": BLACK}]}, "body.lines[0].quantity"),
        ({"lines": [{"sku": BLACK, "quantity": 1, "price": 5}]}, "body.lines[0].price"),
        ({"status": "confirmed"}, "body.status"),
        (settlement_body(*[(BLACK, 1)] * 1_001), "body.lines"),
        ([], "body"),
    ],
    ids=range(11),
)
def test_an_invalid_member_of_a_settlement_is_named(
    shop: Client, orders: str, command: str, body: Any, path: str
) -> None:
    answer = shop.post(f"{ORDER_PATH}/{command}", body, orders, idempotency_key="k")
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", ["confirm", "cancel"])
def test_only_a_refund_states_whether_its_units_are_restocked(
    shop: Client, orders: str, command: str
) -> None:
    answer = shop.post(f"{ORDER_PATH}/{command}", {"restock": False}, orders)
    assert (answer.status, answer.code) == (422, "invalid_input")
    for value in (None, 0, "false"):
        answer = shop.post(f"{ORDER_PATH}/refund", {"restock": value}, orders)
        assert [error["path"] for error in answer.json["errors"]] == ["body.restock"]
