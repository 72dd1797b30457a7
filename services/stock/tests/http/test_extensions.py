"""Extending the hold of an order."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client

from ..shop import BLACK, ORDER_PATH, Clock, Tables, order_body, stock_of

EXTEND_PATH = f"{ORDER_PATH}/extend"


@pytest.fixture
def reserved(shop: Client, orders: str, stocked: None) -> None:
    """An order reserves five units of the black variant for an hour."""
    assert shop.put(ORDER_PATH, order_body((BLACK, 5), hold_seconds=3_600), orders).status == 201


@pytest.mark.usefixtures("reserved")
def test_an_extended_order_reserves_its_units_for_longer(shop: Client, orders: str, tables: Tables) -> None:
    before = shop.get(ORDER_PATH, orders)
    answer = shop.post(EXTEND_PATH, {"hold_seconds": 7_200}, orders)
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    assert "Idempotent-Replayed" not in answer.headers
    assert answer.json == before.json | {"expires_at": "2026-02-23T12:30:00.000000Z"}
    assert shop.get(ORDER_PATH, orders).json == answer.json
    assert stock_of(shop, orders) == (50, 5, 45)
    assert len(tables.records()) == 1


@pytest.mark.usefixtures("reserved")
@pytest.mark.parametrize("body", [None, {}], ids=["no body", "an empty one"])
def test_an_extension_is_for_a_day_by_default(shop: Client, orders: str, body: Any) -> None:
    assert shop.post(EXTEND_PATH, body, orders).json["expires_at"] == "2026-02-24T10:30:00.000000Z"


@pytest.mark.usefixtures("reserved")
def test_an_extension_never_shortens_a_hold(shop: Client, orders: str) -> None:
    answer = shop.post(EXTEND_PATH, {"hold_seconds": 60}, orders)
    assert (answer.status, answer.headers["Idempotent-Replayed"]) == (200, "true")
    assert (answer.json["expires_at"], answer.headers["ETag"]) == ("2026-02-23T11:30:00.000000Z", '"1"')


@pytest.mark.usefixtures("reserved")
def test_an_extension_with_a_key_is_executed_once(shop: Client, orders: str, clock: Clock) -> None:
    first = shop.post(EXTEND_PATH, {"hold_seconds": 7_200}, orders, idempotency_key="k")
    clock.advance(60)
    again = shop.post(EXTEND_PATH, {"hold_seconds": 7_200}, orders, idempotency_key="k")
    assert (again.status, again.headers["Idempotent-Replayed"], again.json) == (200, "true", first.json)
    other = shop.post(EXTEND_PATH, {"hold_seconds": 9_000}, orders, idempotency_key="k")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    malformed = shop.post(EXTEND_PATH, {"hold_seconds": 9_000}, orders, idempotency_key="k" * 256)
    assert malformed.status == 400
    assert shop.get(ORDER_PATH, orders).json == first.json


@pytest.mark.usefixtures("reserved")
def test_an_expired_order_can_be_extended_until_it_is_released(
    shop: Client, orders: str, clock: Clock
) -> None:
    clock.advance(7_200)
    answer = shop.post(EXTEND_PATH, {"hold_seconds": 60}, orders)
    assert answer.json["expires_at"] == "2026-02-23T12:31:00.000000Z"


@pytest.mark.usefixtures("reserved")
@pytest.mark.parametrize(("command", "code"), [("confirm", "order_confirmed"), ("cancel", "order_cancelled")])
def test_a_settled_order_is_not_extended(shop: Client, orders: str, command: str, code: str) -> None:
    shop.post(f"{ORDER_PATH}/{command}", token=orders)
    answer = shop.post(EXTEND_PATH, {"hold_seconds": 7_200}, orders)
    assert (answer.status, answer.code) == (409, code)


def test_an_unknown_order_is_not_extended(shop: Client, orders: str) -> None:
    answer = shop.post(EXTEND_PATH, {"hold_seconds": 7_200}, orders)
    assert (answer.status, answer.code) == (404, "order_not_found")


@pytest.mark.usefixtures("reserved")
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"hold_seconds": 59}, "body.hold_seconds"),
        ({"hold_seconds": 2_592_001}, "body.hold_seconds"),
        ({"hold_seconds": None}, "body.hold_seconds"),
        ({"expires_at": "2026-02-23T12:30:00Z"}, "body.expires_at"),
    ],
)
def test_an_invalid_member_of_an_extension_is_named(shop: Client, orders: str, body: Any, path: str) -> None:
    answer = shop.post(EXTEND_PATH, body, orders)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]
    assert shop.post(EXTEND_PATH, {"hold_seconds": 2_592_000}, orders).status == 200
