"""Requests for an order that somebody else than the service has written: refused, and nothing is changed."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client

from inventory_common.items import to_item

from ..shop import BLACK, ORDER, ORDER_PATH, WHITE, Tables, order_body, settlement_body


@pytest.fixture
def forged(placed: None, tables: Tables) -> None:
    """Five units of the placed order are confirmed by hand, with the seal of before."""
    order = tables.item(ORDER, "#ORDER")
    assert order is not None
    line = order["lines"]["M"][BLACK]["M"] | to_item({"confirmed": 5, "reserved": 0})
    tables.put_item(order | {"lines": {"M": order["lines"]["M"] | {BLACK: {"M": line}}}})


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", ORDER_PATH, None),
        ("PUT", ORDER_PATH, order_body((BLACK, 5), (WHITE, 3))),
        ("POST", f"{ORDER_PATH}/extend", {"hold_seconds": 2_000_000}),
        ("POST", f"{ORDER_PATH}/amend", order_body((WHITE, 1))),
        ("POST", f"{ORDER_PATH}/reopen", None),
        ("POST", f"{ORDER_PATH}/confirm", None),
        ("POST", f"{ORDER_PATH}/confirm", settlement_body((WHITE, 1))),
        ("POST", f"{ORDER_PATH}/cancel", None),
        ("POST", f"{ORDER_PATH}/cancel", settlement_body((WHITE, 1))),
        ("POST", f"{ORDER_PATH}/refund", None),
        ("POST", f"{ORDER_PATH}/refund", settlement_body((BLACK, 5))),
    ],
)
def test_a_request_for_it_is_refused(
    shop: Client, orders: str, tables: Tables, method: str, path: str, body: Any
) -> None:
    before = tables.everything()
    headers = {"idempotency_key": "the-command"} if method == "POST" else {}
    refused = shop.send(method, path, orders, body, **headers)
    assert (refused.status, refused.code) == (409, "order_damaged")
    assert tables.everything() == before


@pytest.mark.usefixtures("forged")
def test_it_is_not_listed_as_due(shop: Client, orders: str) -> None:
    assert shop.get("/orders?due_before=2027-02-23T12:00:00Z", orders).json["items"] == []
