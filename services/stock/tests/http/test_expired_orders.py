"""Orders whose hold has expired, and which were released."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client

from chalicelib.domain.orders import EXPIRED

from ..shop import (
    BLACK,
    ORDER_PATH,
    Tables,
    a_line,
    an_order,
    order_body,
    settlement_body,
    stock_of,
)


@pytest.fixture
def expired(tables: Tables, stocked: None) -> None:
    """An order of five units of the black variant as the sweeper leaves it."""
    tables.put_order(an_order(a_line(BLACK, cancelled=5), cancel_reason=EXPIRED))


@pytest.mark.usefixtures("expired")
@pytest.mark.parametrize("body", [None, settlement_body((BLACK, 5))], ids=["whole", "part"])
def test_an_expired_order_cannot_be_confirmed(shop: Client, orders: str, admin: str, body: Any) -> None:
    answer = shop.post(f"{ORDER_PATH}/confirm", body, orders, idempotency_key="k")
    assert (answer.status, answer.code) == (409, "reservation_expired")
    assert stock_of(shop, admin) == (50, 0, 50)


@pytest.mark.usefixtures("expired")
def test_an_expired_order_is_cancelled_with_its_reason(shop: Client, orders: str) -> None:
    order = shop.get(ORDER_PATH, orders).json
    assert (order["status"], order["cancel_reason"]) == ("cancelled", "expired")


def test_an_expired_order_cannot_be_extended(shop: Client, orders: str, tables: Tables) -> None:
    tables.put_order(an_order(a_line(cancelled=5), cancel_reason=EXPIRED, expires_at=None))
    refused = shop.post(f"{ORDER_PATH}/extend", {"hold_seconds": 7_200}, orders)
    assert (refused.status, refused.code) == (409, "reservation_expired")


@pytest.mark.usefixtures("expired")
def test_an_expired_order_is_not_placed_again(shop: Client, orders: str, admin: str) -> None:
    refused = shop.put(ORDER_PATH, order_body((BLACK, 5)), orders)
    assert (refused.status, refused.code) == (409, "reservation_expired")
    assert refused.json["order"] == shop.get(ORDER_PATH, orders).json
    assert stock_of(shop, admin) == (50, 0, 50)
