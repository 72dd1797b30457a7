"""Extending holds, and the list of orders that are due."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from front_door import Client

from chalicelib.commands import BatchedOrder, SettleOrder
from chalicelib.stock_service import StockService
from inventory_common.pages import encode_cursor

from .shop import BLACK, ORDER, ACTOR, VENDOR, Clock, Tables, a_sku, order_body, an_order_of, stock_of

ADDRESS = f"/orders/{ORDER}"
EXTEND = f"{ADDRESS}/extend"


@pytest.fixture
def placed(shop: Client, orders: str, stocked: None) -> None:
    assert shop.put(ADDRESS, order_body((BLACK, 5), hold_seconds=3_600), orders).status == 201


# Extend


@pytest.mark.usefixtures("placed")
def test_an_extended_order_holds_its_units_for_longer(shop: Client, orders: str, tables: Tables) -> None:
    before = shop.get(ADDRESS, orders)
    answer = shop.post(EXTEND, {"hold_seconds": 7_200}, orders)
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    assert "Idempotent-Replayed" not in answer.headers
    assert answer.json == before.json | {"expires_at": "2026-02-23T12:30:00.000000Z"}
    assert shop.get(ADDRESS, orders).json == answer.json
    assert stock_of(shop, orders) == (50, 5, 45)
    assert len(tables.records()) == 1


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("body", [None, {}], ids=["no body", "an empty one"])
def test_an_extension_that_names_no_time_is_of_a_day(shop: Client, orders: str, body: Any) -> None:
    assert shop.post(EXTEND, body, orders).json["expires_at"] == "2026-02-24T10:30:00.000000Z"


@pytest.mark.usefixtures("placed")
def test_an_extension_never_makes_a_hold_shorter(shop: Client, orders: str) -> None:
    answer = shop.post(EXTEND, {"hold_seconds": 60}, orders)
    assert (answer.status, answer.headers["Idempotent-Replayed"]) == (200, "true")
    assert (answer.json["expires_at"], answer.headers["ETag"]) == ("2026-02-23T11:30:00.000000Z", '"1"')


@pytest.mark.usefixtures("placed")
def test_an_extension_with_a_key_is_done_once(shop: Client, orders: str, clock: Clock) -> None:
    first = shop.post(EXTEND, {"hold_seconds": 7_200}, orders, idempotency_key="k")
    clock.advance(60)
    again = shop.post(EXTEND, {"hold_seconds": 7_200}, orders, idempotency_key="k")
    assert (again.status, again.headers["Idempotent-Replayed"], again.json) == (200, "true", first.json)
    other = shop.post(EXTEND, {"hold_seconds": 9_000}, orders, idempotency_key="k")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    malformed = shop.post(EXTEND, {"hold_seconds": 9_000}, orders, idempotency_key="k" * 256)
    assert malformed.status == 400
    assert shop.get(ADDRESS, orders).json == first.json


@pytest.mark.usefixtures("placed")
def test_an_extension_after_the_hold_wins_while_nothing_was_released(
    shop: Client, orders: str, clock: Clock
) -> None:
    clock.advance(7_200)
    answer = shop.post(EXTEND, {"hold_seconds": 60}, orders)
    assert answer.json["expires_at"] == "2026-02-23T12:31:00.000000Z"


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(("command", "code"), [("confirm", "order_confirmed"), ("cancel", "order_cancelled")])
def test_a_settled_order_is_not_extended(shop: Client, orders: str, command: str, code: str) -> None:
    shop.post(f"{ADDRESS}/{command}", token=orders)
    answer = shop.post(EXTEND, {"hold_seconds": 7_200}, orders)
    assert (answer.status, answer.code) == (409, code)


def test_an_unknown_order_is_not_extended(shop: Client, orders: str) -> None:
    answer = shop.post(EXTEND, {"hold_seconds": 7_200}, orders)
    assert (answer.status, answer.code) == (404, "order_not_found")


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"hold_seconds": 59}, "body.hold_seconds"),
        ({"hold_seconds": 2_592_001}, "body.hold_seconds"),
        ({"hold_seconds": None}, "body.hold_seconds"),
        ({"expires_at": "2026-02-23T12:30:00Z"}, "body.expires_at"),
    ],
)
def test_what_is_wrong_with_an_extension_is_named(shop: Client, orders: str, body: Any, path: str) -> None:
    answer = shop.post(EXTEND, body, orders)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]
    assert shop.post(EXTEND, {"hold_seconds": 2_592_000}, orders).status == 200


# Due orders


DUE = "/orders?due_before=2026-02-23T12:00:00Z"


@pytest.fixture
def forty(service: StockService, tables: Tables) -> list[str]:
    """Forty orders that are due within the hour, and ten that are not."""
    tables.put(a_sku(current=500))
    lines = an_order_of((BLACK, 1)).lines
    holds = [60 + number if number < 40 else 7_200 for number in range(50)]
    service.batch([BatchedOrder(f"ORDER-{n}", "place", lines, hold) for n, hold in enumerate(holds)], ACTOR)
    return [f"ORDER-{number}" for number in range(40)]


def listed(shop: Client, token: str, address: str = DUE) -> list[str]:
    return [order["order_id"] for page in shop.walk(address, token) for order in page]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 40, 100])
def test_a_walk_over_the_due_orders_shows_each_once(
    shop: Client, orders: str, forty: list[str], limit: int
) -> None:
    pages = shop.walk(f"{DUE}&limit={limit}", orders)
    assert sorted(order["order_id"] for page in pages for order in page) == sorted(forty)
    assert max(map(len, pages)) <= limit
    assert all(len(page) == limit for page in pages[:-1])


def test_a_due_order_is_shown_as_it_stands(shop: Client, orders: str, forty: list[str]) -> None:
    for page in shop.walk(DUE, orders):
        for order in page:
            assert order == shop.get(f"/orders/{order['order_id']}", orders).json


def test_the_list_ends_before_the_moment_that_is_named(shop: Client, orders: str, forty: list[str]) -> None:
    # ORDER-n is due at 10:31 and n seconds.
    assert sorted(listed(shop, orders, "/orders?due_before=2026-02-23T10:31:02Z")) == ["ORDER-0", "ORDER-1"]
    assert "ORDER-2" in listed(shop, orders, "/orders?due_before=2026-02-23T10:31:02.000001Z")
    assert listed(shop, orders, "/orders?due_before=2026-02-23T10:31:00Z") == []
    assert len(listed(shop, orders, "/orders?due_before=2027-02-23T10:31:00Z")) == 50


def test_without_a_moment_it_is_now(shop: Client, orders: str, forty: list[str], clock: Clock) -> None:
    assert listed(shop, orders, "/orders") == []
    clock.advance(63)
    assert sorted(listed(shop, orders, "/orders?limit=1")) == ["ORDER-0", "ORDER-1", "ORDER-2"]


def test_what_holds_nothing_any_more_or_for_longer_leaves_the_list(
    shop: Client, orders: str, forty: list[str], service: StockService
) -> None:
    shop.post("/orders/ORDER-3/confirm", token=orders)
    service.cancel(SettleOrder("ORDER-4"), ACTOR)
    shop.post("/orders/ORDER-5/extend", {"hold_seconds": 7_200}, orders)
    part = {"lines": [{"sku": BLACK, "quantity": 1}]}
    shop.post("/orders/ORDER-6/confirm", part, orders, idempotency_key="k")
    gone = {"ORDER-3", "ORDER-4", "ORDER-5", "ORDER-6"}
    assert set(forty) - set(listed(shop, orders)) == gone
    assert set(listed(shop, orders, "/orders?due_before=2026-02-24T00:00:00Z")) & gone == {"ORDER-5"}


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
def test_a_cursor_from_elsewhere_is_refused(shop: Client, orders: str, position: Any) -> None:
    answer = shop.get(f"{DUE}&cursor={quote(encode_cursor(position))}", orders)
    assert (answer.status, answer.code) == (400, "invalid_cursor")


def test_a_cursor_of_due_orders_leads_nowhere_else(
    shop: Client, orders: str, admin: str, forty: list[str]
) -> None:
    for limit in (1, 2):
        cursor = shop.get(f"{DUE}&limit={limit}", orders).json["next_cursor"]
        answer = shop.get(f"/vendors/{VENDOR}/inventory?cursor={quote(cursor)}", admin)
        assert (answer.status, answer.code) == (400, "invalid_cursor")


@pytest.mark.parametrize("moment", ["yesterday", "", "2026-02-23", "2026-02-23T10:30:00"])
def test_a_moment_is_a_timestamp_with_an_offset(shop: Client, orders: str, moment: str) -> None:
    answer = shop.get(f"/orders?due_before={moment}", orders)
    assert (answer.status, [error["path"] for error in answer.json["errors"]]) == (422, ["query.due_before"])
