"""The list of orders whose hold ends before a moment."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from front_door import Client

from chalicelib.domain.commands import BatchedCommand, SettleOrder
from inventory_common.pages import encode_cursor

from ..process import Process
from ..shop import BLACK, ORDER, VENDOR, Clock, Tables, a_sku, an_order_of, settlement_body

DUE_PATH = "/orders?due_before=2026-02-23T12:00:00Z"


@pytest.fixture
def due_orders(process: Process, tables: Tables) -> list[str]:
    """Forty orders that are due within the hour, beside ten that are not."""
    tables.put(a_sku(current=500))
    lines = an_order_of((BLACK, 1)).lines
    holds = [60 + number if number < 40 else 7_200 for number in range(50)]
    process.batch([BatchedCommand(f"ORDER-{n}", "place", lines, hold) for n, hold in enumerate(holds)])
    return [f"ORDER-{number}" for number in range(40)]


def listed(shop: Client, token: str, path: str = DUE_PATH) -> list[str]:
    return [order["order_id"] for page in shop.walk(path, token) for order in page]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 40, 100])
def test_the_pages_list_each_due_order_once(
    shop: Client, orders: str, due_orders: list[str], limit: int
) -> None:
    pages = shop.walk(f"{DUE_PATH}&limit={limit}", orders)
    assert sorted(order["order_id"] for page in pages for order in page) == sorted(due_orders)
    assert max(map(len, pages)) <= limit
    assert all(len(page) == limit for page in pages[:-1])


@pytest.mark.usefixtures("due_orders")
def test_an_order_is_listed_with_all_of_its_document(shop: Client, orders: str) -> None:
    for page in shop.walk(DUE_PATH, orders):
        for order in page:
            assert order == shop.get(f"/orders/{order['order_id']}", orders).json


@pytest.mark.usefixtures("due_orders")
def test_an_order_that_is_due_at_the_moment_itself_is_not_listed(shop: Client, orders: str) -> None:
    # ORDER-n is due n seconds after 10:31.
    assert sorted(listed(shop, orders, "/orders?due_before=2026-02-23T10:31:02Z")) == ["ORDER-0", "ORDER-1"]
    assert "ORDER-2" in listed(shop, orders, "/orders?due_before=2026-02-23T10:31:02.000001Z")
    assert listed(shop, orders, "/orders?due_before=2026-02-23T10:31:00Z") == []
    assert len(listed(shop, orders, "/orders?due_before=2027-02-23T10:31:00Z")) == 50


@pytest.mark.usefixtures("due_orders")
def test_the_default_moment_is_now(shop: Client, orders: str, clock: Clock) -> None:
    assert listed(shop, orders, "/orders") == []
    clock.advance(63)
    assert sorted(listed(shop, orders, "/orders?limit=1")) == ["ORDER-0", "ORDER-1", "ORDER-2"]


def test_a_settled_or_extended_order_is_no_longer_listed(
    shop: Client, orders: str, due_orders: list[str], process: Process
) -> None:
    shop.post("/orders/ORDER-3/confirm", token=orders)
    process.cancel(SettleOrder("ORDER-4"))
    shop.post("/orders/ORDER-5/extend", {"hold_seconds": 7_200}, orders)
    shop.post("/orders/ORDER-6/confirm", settlement_body((BLACK, 1)), orders, idempotency_key="k")
    settled_or_extended = {"ORDER-3", "ORDER-4", "ORDER-5", "ORDER-6"}
    assert set(due_orders) - set(listed(shop, orders)) == settled_or_extended
    due_tomorrow = set(listed(shop, orders, "/orders?due_before=2026-02-24T00:00:00Z"))
    assert due_tomorrow & settled_or_extended == {"ORDER-5"}


# Parameters


@pytest.mark.parametrize(
    "position",
    [
        {},
        {"vendor_id": VENDOR},
        {"vendor_id": "OPEN-ORDERS#16"},
        {"vendor_id": 3},
        {"product_id": ORDER},
        {"vendor_id": "OPEN-ORDERS#3", "last_updated": "2026-02-23T10:31:00.000000Z"},
        {
            "vendor_id": VENDOR,
            "last_updated": "2026-02-23T10:31:00.000000Z",
            "product_id": ORDER,
            "sku": "#ORDER",
        },
        {
            "vendor_id": "OPEN-ORDERS#3",
            "last_updated": "2026-02-23T12:00:00.000000Z",
            "product_id": ORDER,
            "sku": "#ORDER",
        },
        {"vendor_id": "OPEN-ORDERS#3", "last_updated": 5, "product_id": ORDER, "sku": "#ORDER"},
    ],
)
def test_a_cursor_that_this_list_did_not_issue_is_refused(shop: Client, orders: str, position: Any) -> None:
    answer = shop.get(f"{DUE_PATH}&cursor={quote(encode_cursor(position))}", orders)
    assert (answer.status, answer.code) == (400, "invalid_cursor")


@pytest.mark.usefixtures("due_orders")
def test_a_cursor_of_due_orders_is_refused_by_another_list(shop: Client, orders: str, admin: str) -> None:
    for limit in (1, 2):
        cursor = shop.get(f"{DUE_PATH}&limit={limit}", orders).json["next_cursor"]
        answer = shop.get(f"/vendors/{VENDOR}/inventory?cursor={quote(cursor)}", admin)
        assert (answer.status, answer.code) == (400, "invalid_cursor")


@pytest.mark.parametrize("moment", ["yesterday", "", "2026-02-23", "2026-02-23T10:30:00"])
def test_a_moment_is_a_timestamp_with_an_offset(shop: Client, orders: str, moment: str) -> None:
    answer = shop.get(f"/orders?due_before={moment}", orders)
    assert (answer.status, [error["path"] for error in answer.json["errors"]]) == (422, ["query.due_before"])
