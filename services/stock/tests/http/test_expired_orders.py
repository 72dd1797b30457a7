"""What an order system is told of an order whose hold has ended."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client

from chalicelib.orders import EXPIRED
from chalicelib.snapshot import Commit

from .shop import BLACK, ORDER, a_line, an_order, stock_of


@pytest.fixture
def expired(gateway: Any, stocked: None) -> None:
    """An order of five black ones as the sweeper leaves it."""
    order = an_order(a_line(BLACK, cancelled=5), cancel_reason=EXPIRED)
    gateway.commit([Commit(movements=(), order=order)])


@pytest.mark.usefixtures("expired")
@pytest.mark.parametrize("body", [None, {"lines": [{"sku": BLACK, "quantity": 5}]}], ids=["whole", "part"])
def test_an_order_whose_hold_has_ended_cannot_be_confirmed(
    shop: Client, orders: str, admin: str, body: Any
) -> None:
    answer = shop.post(f"/orders/{ORDER}/confirm", body, orders, idempotency_key="k")
    assert (answer.status, answer.code) == (409, "reservation_expired")
    assert stock_of(shop, admin) == (50, 0, 50)


@pytest.mark.usefixtures("expired")
def test_an_order_whose_hold_has_ended_says_why_it_is_cancelled(shop: Client, orders: str) -> None:
    order = shop.get(f"/orders/{ORDER}", orders).json
    assert (order["status"], order["cancel_reason"]) == ("cancelled", "expired")
