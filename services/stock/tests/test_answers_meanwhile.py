"""What a client is told of an order that a command is in the middle of, or that has come to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client

from chalicelib.inventory_items import order_item
from chalicelib.orders import EXPIRED, Errand, Order, Phase
from inventory_common.timestamps import plus_seconds

from .shop import BLACK, NOW, ORDER, Tables, a_line, a_sku, an_order, order_body

ADDRESS = f"/orders/{ORDER}"
ERRAND = Errand(performed_by="client:other", request_id="request-0", lease_until=plus_seconds(NOW, 60))

Ask = Callable[[Client, str], Any]


@pytest.fixture
def keep_order(dynamodb: Any) -> Callable[[Order], None]:
    return lambda order: dynamodb.put_item(TableName="VendorInventory", Item=order_item(order))


@pytest.mark.parametrize(
    ("phase", "ask"),
    [
        (Phase.RELEASING, lambda shop, token: shop.put(ADDRESS, order_body((BLACK, 5)), token)),
        (Phase.PLACING, lambda shop, token: shop.post(f"{ADDRESS}/confirm", token=token)),
        (Phase.PLACING, lambda shop, token: shop.post(f"{ADDRESS}/cancel", token=token)),
        (Phase.CONFIRMING, lambda shop, token: shop.post(f"{ADDRESS}/cancel", token=token)),
        (Phase.CANCELLING, lambda shop, token: shop.post(f"{ADDRESS}/refund", token=token)),
        (Phase.REFUNDING, lambda shop, token: shop.post(f"{ADDRESS}/confirm", token=token)),
    ],
)
def test_another_command_is_told_to_come_back(
    shop: Client, orders: str, tables: Tables, keep_order: Any, phase: Phase, ask: Ask
) -> None:
    tables.put(a_sku(current=50, reserved=5))
    standing = replace(an_order(a_line(reserved=5)), phase=phase, errand=ERRAND)
    keep_order(standing)
    before = shop.get(ADDRESS, orders)
    refused = ask(shop, orders)
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (409, "order_in_progress", "2")
    assert shop.get(ADDRESS, orders).json == before.json
    assert tables.records() == []


def test_a_hold_that_has_ended_is_not_extended(shop: Client, orders: str, keep_order: Any) -> None:
    keep_order(an_order(a_line(cancelled=5), cancel_reason=EXPIRED, expires_at=None))
    refused = shop.post(f"{ADDRESS}/extend", {"hold_seconds": 7_200}, orders)
    assert (refused.status, refused.code) == (409, "reservation_expired")


def test_part_of_an_order_that_was_cancelled_before_it_was_placed_cannot_be_cancelled(
    shop: Client, orders: str
) -> None:
    assert shop.post(f"{ADDRESS}/cancel", token=orders).status == 200
    part = {"lines": [{"sku": BLACK, "quantity": 1}]}
    refused = shop.post(f"{ADDRESS}/cancel", part, orders, idempotency_key="k")
    assert (refused.status, refused.code) == (409, "order_cancelled")
