"""Parts of orders, and what comes back: confirmed, cancelled and refunded line by line."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Answer, Client

from chalicelib.commands import SettleOrder
from chalicelib.orders import Order
from chalicelib.reservations import cancel, confirm, refund
from chalicelib.snapshot import IncompleteSnapshot, Snapshot
from inventory_common.errors import OrderNotFound, RefundExceedsConfirmed, SkuNotFound
from inventory_common.limits import STOCK_MAX

from .shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    WHITE,
    Clock,
    Tables,
    a_line,
    a_sku,
    a_key,
    a_context,
    an_order,
    order_body,
    stock_of,
)

ADDRESS = f"/orders/{ORDER}"
WHEN = a_context(order_id=ORDER)
COMMANDS = ["confirm", "cancel", "refund"]


def part(*lines: tuple[str, int], **rest: Any) -> dict[str, Any]:
    return {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]} | rest


@pytest.fixture
def placed(shop: Client, orders: str, stocked: None) -> None:
    """Five black ones and three white ones are reserved."""
    shop.put(ADDRESS, order_body((BLACK, 5), (WHITE, 3)), orders)


@pytest.fixture
def confirmed(shop: Client, orders: str, placed: None) -> None:
    """Five black ones and three white ones have left."""
    shop.post(f"{ADDRESS}/confirm", token=orders)


def figures(answer: Answer, sku: str = BLACK) -> dict[str, int]:
    """What an answered order says of a SKU, without what is nothing."""
    [line] = [line for line in answer.json["lines"] if line["sku"] == sku]
    names = ("reserved", "confirmed", "cancelled", "refunded")
    return {name: line[name] for name in names if line[name]}


def moved(tables: Tables, kind: str) -> list[tuple[str, int, int, int, int]]:
    """Each record of a type: SKU, units, and by how much stock and reserved units changed."""
    return sorted(
        (
            record["sku"]["S"],
            int(record["quantity"]["N"]),
            int(record["quantity_change"]["N"]),
            int(record["stock_after"]["N"]) - int(record["stock_before"]["N"]),
            int(record["reserved_after"]["N"]) - int(record["reserved_before"]["N"]),
        )
        for record in tables.records()
        if record["transaction_type"]["S"] == kind
    )


# Part of what is reserved


@pytest.mark.usefixtures("placed")
def test_what_is_confirmed_in_part_leaves_and_the_rest_stays_reserved(
    shop: Client, orders: str, tables: Tables
) -> None:
    answer = shop.post(f"{ADDRESS}/confirm", part((BLACK, 2)), orders, idempotency_key="k")
    assert (answer.status, answer.json["status"]) == (200, "partially_confirmed")
    assert "Idempotent-Replayed" not in answer.headers
    assert answer.headers["ETag"] == '"2"'
    assert figures(answer) == {"reserved": 3, "confirmed": 2}
    assert figures(answer, WHITE) == {"reserved": 3}
    assert shop.get(ADDRESS, orders).json == answer.json
    assert stock_of(shop, orders) == (48, 3, 45)
    assert stock_of(shop, orders, WHITE) == (3, 3, 0)
    assert moved(tables, "order_confirmed") == [(BLACK, 2, -2, -2, -2)]
    rest = shop.post(f"{ADDRESS}/confirm", token=orders)
    assert rest.json["status"] == "confirmed"
    assert stock_of(shop, orders) == (45, 0, 45)


@pytest.mark.usefixtures("placed")
def test_what_is_cancelled_in_part_is_for_sale_again_and_the_rest_stays_reserved(
    shop: Client, orders: str, tables: Tables
) -> None:
    answer = shop.post(f"{ADDRESS}/cancel", part((BLACK, 2), (WHITE, 3)), orders, idempotency_key="k")
    assert (answer.status, answer.json["status"]) == (200, "reserved")
    assert figures(answer) == {"reserved": 3, "cancelled": 2}
    assert figures(answer, WHITE) == {"cancelled": 3}
    assert stock_of(shop, orders) == (50, 3, 47)
    assert stock_of(shop, orders, WHITE) == (3, 0, 3)
    assert moved(tables, "order_cancelled") == [(BLACK, 2, 0, 0, -2), (WHITE, 3, 0, 0, -3)]
    rest = shop.post(f"{ADDRESS}/confirm", token=orders)
    assert rest.json["status"] == "partially_confirmed"
    assert figures(rest) == {"confirmed": 3, "cancelled": 2}


@pytest.mark.usefixtures("placed")
def test_an_order_in_part_confirmed_gives_the_rest_back(shop: Client, orders: str) -> None:
    shop.post(f"{ADDRESS}/confirm", part((BLACK, 2)), orders, idempotency_key="k")
    answer = shop.post(f"{ADDRESS}/cancel", token=orders)
    assert (answer.status, answer.json["status"]) == (200, "partially_confirmed")
    assert figures(answer) == {"confirmed": 2, "cancelled": 3}
    assert stock_of(shop, orders) == (48, 0, 48)
    for command in ("confirm", "cancel"):
        again = shop.post(f"{ADDRESS}/{command}", token=orders)
        assert (again.status, again.json) == (200, answer.json)
        assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(("command", "becomes"), [("confirm", "confirmed"), ("cancel", "cancelled")])
def test_lines_that_name_all_of_an_order_are_all_of_it(
    shop: Client, orders: str, command: str, becomes: str
) -> None:
    body = part((WHITE, 3), (BLACK, 5))
    assert shop.post(f"{ADDRESS}/{command}", body, orders, idempotency_key="k").json["status"] == becomes


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", ["confirm", "cancel"])
def test_lines_of_one_sku_are_one_movement(shop: Client, orders: str, tables: Tables, command: str) -> None:
    body = part((BLACK, 1), (BLACK, 2), (BLACK, 2))
    answer = shop.post(f"{ADDRESS}/{command}", body, orders, idempotency_key="k")
    assert answer.status == 200
    assert "reserved" not in figures(answer)
    assert [row[1] for row in moved(tables, f"order_{command}{'ed' if command == 'confirm' else 'led'}")] == [
        5
    ]


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", ["confirm", "cancel"])
def test_no_more_is_settled_than_an_order_holds(
    shop: Client, orders: str, tables: Tables, command: str
) -> None:
    before = shop.get(ADDRESS, orders).json
    body = part((BLACK, 3), (WHITE, 4), (BLACK, 3))
    answer = shop.post(f"{ADDRESS}/{command}", body, orders, idempotency_key="k")
    assert (answer.status, answer.code) == (409, "quantity_exceeds_reserved")
    assert answer.json["lines"] == [
        {"sku": BLACK, "asked": 6, "reserved": 5},
        {"sku": WHITE, "asked": 4, "reserved": 3},
    ]
    body = part((BLACK, 6), (WHITE, 3))
    answer = shop.post(f"{ADDRESS}/{command}", body, orders, idempotency_key="k2")
    assert answer.json["lines"] == [{"sku": BLACK, "asked": 6, "reserved": 5}]
    assert shop.get(ADDRESS, orders).json == before
    assert len(tables.records()) == 2


@pytest.mark.usefixtures("confirmed")
@pytest.mark.parametrize(
    ("command", "code"), [("confirm", "quantity_exceeds_reserved"), ("cancel", "order_confirmed")]
)
def test_no_part_of_a_confirmed_order_is_settled_again(
    shop: Client, orders: str, command: str, code: str
) -> None:
    answer = shop.post(f"{ADDRESS}/{command}", part((BLACK, 1)), orders, idempotency_key="k")
    assert (answer.status, answer.code) == (409, code)


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("confirm", "order_cancelled"),
        ("cancel", "quantity_exceeds_reserved"),
        ("refund", "refund_exceeds_confirmed"),
    ],
)
def test_no_part_of_a_cancelled_order_is_settled_again(
    shop: Client, orders: str, command: str, code: str
) -> None:
    shop.post(f"{ADDRESS}/cancel", token=orders)
    answer = shop.post(f"{ADDRESS}/{command}", part((BLACK, 1)), orders, idempotency_key="k")
    assert (answer.status, answer.code) == (409, code)


# What every command on an order has in common


@pytest.mark.usefixtures("confirmed")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_sku_that_the_order_does_not_have_is_not_found(
    shop: Client, orders: str, tables: Tables, command: str
) -> None:
    if command != "refund":
        shop.put("/orders/ORDER-2", order_body((BLACK, 1)), orders)
    address = ADDRESS if command == "refund" else "/orders/ORDER-2"
    unknown = [f"SKU-{PRODUCT}-RED", f"SKU-{PRODUCT}-BLUE"]
    count = len(tables.records())
    body = part((unknown[0], 1), (BLACK, 1), (unknown[1], 1))
    answer = shop.post(f"{address}/{command}", body, orders, idempotency_key="k")
    assert (answer.status, answer.code) == (404, "sku_not_found")
    assert answer.json["skus"] == unknown
    assert len(tables.records()) == count


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("count", [99, 1_000])
def test_an_order_does_not_have_any_number_of_skus(
    shop: Client, orders: str, command: str, count: int
) -> None:
    if command == "refund":
        shop.post(f"{ADDRESS}/confirm", token=orders)
    body = part(*((f"SKU-{PRODUCT}-V{number}", 1) for number in range(count)))
    answer = shop.post(f"{ADDRESS}/{command}", body, orders, idempotency_key="k")
    assert answer.status in (404, 422), answer


@pytest.mark.parametrize("command", COMMANDS)
def test_part_of_an_unknown_order_is_not_found(shop: Client, orders: str, command: str) -> None:
    answer = shop.post(f"{ADDRESS}/{command}", part((BLACK, 1)), orders, idempotency_key="k")
    assert (answer.status, answer.code) == (404, "order_not_found")
    assert shop.get(ADDRESS, orders).status == 404, "a partial cancel leaves no tombstone"


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", COMMANDS)
def test_part_of_an_order_needs_an_idempotency_key(
    shop: Client, orders: str, tables: Tables, command: str
) -> None:
    answer = shop.post(f"{ADDRESS}/{command}", part((BLACK, 1)), orders)
    assert (answer.status, answer.code) == (400, "idempotency_key_required")
    assert len(tables.records()) == 2


@pytest.mark.usefixtures("placed")
def test_a_reused_key_is_told_also_of_a_command_that_is_done_already(shop: Client, orders: str) -> None:
    assert shop.post(f"{ADDRESS}/confirm", token=orders).status == 200
    assert shop.post(f"{ADDRESS}/refund", token=orders, idempotency_key="k").status == 200
    reused = shop.post(f"{ADDRESS}/refund", {"restock": False}, orders, idempotency_key="k")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    again = shop.post(f"{ADDRESS}/refund", {"restock": False}, orders, idempotency_key="k2")
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", COMMANDS)
def test_part_of_an_order_sent_twice_is_settled_once(
    shop: Client, orders: str, tables: Tables, clock: Clock, command: str
) -> None:
    if command == "refund":
        shop.post(f"{ADDRESS}/confirm", token=orders)
    first = shop.post(f"{ADDRESS}/{command}", part((BLACK, 2)), orders, idempotency_key="k")
    count = len(tables.records())
    clock.advance(3600)
    again = shop.post(f"{ADDRESS}/{command}", part((BLACK, 2)), orders, idempotency_key="k")
    assert (first.status, again.status) == (200, 200)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == first.json
    reused = shop.post(f"{ADDRESS}/{command}", part((BLACK, 1)), orders, idempotency_key="k")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    assert len(tables.records()) == count
    other = shop.post(f"{ADDRESS}/{command}", part((BLACK, 2)), orders, idempotency_key="k2")
    assert other.status == 200
    assert len(tables.records()) == count + 1


@pytest.mark.usefixtures("placed")
def test_a_replay_shows_the_order_of_now(shop: Client, orders: str) -> None:
    shop.post(f"{ADDRESS}/confirm", part((BLACK, 2)), orders, idempotency_key="k")
    shop.post(f"{ADDRESS}/confirm", token=orders)
    again = shop.post(f"{ADDRESS}/confirm", part((BLACK, 2)), orders, idempotency_key="k")
    assert (again.status, again.json["status"]) == (200, "confirmed")
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("body", [None, {}, {"lines": None}], ids=["nothing", "{}", "null"])
@pytest.mark.parametrize(
    ("command", "becomes"), [("confirm", "confirmed"), ("cancel", "cancelled"), ("refund", "refunded")]
)
def test_without_lines_it_is_the_whole_order(
    shop: Client, orders: str, tables: Tables, command: str, becomes: str, body: Any
) -> None:
    if command == "refund":
        shop.post(f"{ADDRESS}/confirm", token=orders)
    first = shop.post(f"{ADDRESS}/{command}", body, orders)
    assert (first.status, first.json["status"]) == (200, becomes)
    count = len(tables.records())
    again = shop.post(f"{ADDRESS}/{command}", body, orders)
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
        (part((BLACK, 0)), "body.lines[0].quantity"),
        (part((BLACK, 1), (BLACK, -1)), "body.lines[1].quantity"),
        (part((BLACK, 1_000_001)), "body.lines[0].quantity"),
        (part(("BLACK", 1)), "body.lines[0].sku"),
        ({"lines": [{"sku": BLACK}]}, "body.lines[0].quantity"),
        ({"lines": [{"sku": BLACK, "quantity": 1, "product_id": PRODUCT}]}, "body.lines[0].product_id"),
        ({"status": "confirmed"}, "body.status"),
        (part(*[(BLACK, 1)] * 1_001), "body.lines"),
        ([], "body"),
    ],
    ids=range(11),
)
def test_what_is_wrong_with_a_part_is_named(
    shop: Client, orders: str, command: str, body: Any, path: str
) -> None:
    answer = shop.post(f"{ADDRESS}/{command}", body, orders, idempotency_key="k")
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", ["confirm", "cancel"])
def test_only_a_refund_can_be_of_unsellable_goods(shop: Client, orders: str, command: str) -> None:
    answer = shop.post(f"{ADDRESS}/{command}", {"restock": False}, orders)
    assert (answer.status, answer.code) == (422, "invalid_input")
    for value in (None, 0, "false"):
        answer = shop.post(f"{ADDRESS}/refund", {"restock": value}, orders)
        assert [error["path"] for error in answer.json["errors"]] == ["body.restock"]


# Refund


@pytest.mark.usefixtures("confirmed")
def test_what_is_refunded_is_in_stock_again(shop: Client, orders: str, tables: Tables) -> None:
    answer = shop.post(f"{ADDRESS}/refund", token=orders)
    assert (answer.status, answer.json["status"]) == (200, "refunded")
    assert figures(answer) == {"confirmed": 5, "refunded": 5}
    assert figures(answer, WHITE) == {"confirmed": 3, "refunded": 3}
    assert stock_of(shop, orders) == (50, 0, 50)
    assert moved(tables, "refund") == [(BLACK, 5, 5, 5, 0), (WHITE, 3, 3, 3, 0)]
    assert all(record["order_id"] == {"S": ORDER} for record in tables.records())


@pytest.mark.usefixtures("confirmed")
def test_an_order_comes_back_bit_by_bit(shop: Client, orders: str, tables: Tables) -> None:
    first = shop.post(f"{ADDRESS}/refund", part((BLACK, 1), (BLACK, 1)), orders, idempotency_key="a")
    assert (first.json["status"], figures(first)) == (
        "partially_refunded",
        {"confirmed": 5, "refunded": 2},
    )
    assert stock_of(shop, orders) == (47, 0, 47)
    assert moved(tables, "refund") == [(BLACK, 2, 2, 2, 0)]
    answer = shop.post(f"{ADDRESS}/refund", part((BLACK, 4), (WHITE, 4)), orders, idempotency_key="b")
    assert (answer.status, answer.code) == (409, "refund_exceeds_confirmed")
    assert answer.json["lines"] == [
        {"sku": BLACK, "asked": 4, "refundable": 3},
        {"sku": WHITE, "asked": 4, "refundable": 3},
    ]
    whole = shop.post(f"{ADDRESS}/refund", token=orders)
    assert whole.json["status"] == "refunded"
    assert stock_of(shop, orders) == (50, 0, 50)
    answer = shop.post(f"{ADDRESS}/refund", part((BLACK, 1)), orders, idempotency_key="c")
    assert answer.json["lines"] == [{"sku": BLACK, "asked": 1, "refundable": 0}]


@pytest.mark.usefixtures("confirmed")
def test_what_cannot_be_sold_again_is_recorded_and_stays_out(
    shop: Client, orders: str, tables: Tables
) -> None:
    body = part((BLACK, 2), restock=False)
    answer = shop.post(f"{ADDRESS}/refund", body, orders, idempotency_key="k")
    assert answer.json["status"] == "partially_refunded"
    assert figures(answer) == {"confirmed": 5, "refunded": 2}
    assert stock_of(shop, orders) == (45, 0, 45)
    assert moved(tables, "refund") == [(BLACK, 2, 0, 0, 0)]
    whole = shop.post(f"{ADDRESS}/refund", {"restock": False}, orders)
    assert whole.json["status"] == "refunded"
    assert stock_of(shop, orders) == (45, 0, 45)
    assert moved(tables, "refund") == [(BLACK, 2, 0, 0, 0), (BLACK, 3, 0, 0, 0), (WHITE, 3, 0, 0, 0)]


@pytest.mark.usefixtures("placed")
def test_an_order_is_refunded_wholly_only_if_it_holds_nothing(shop: Client, orders: str) -> None:
    shop.post(f"{ADDRESS}/confirm", part((BLACK, 2)), orders, idempotency_key="a")
    refunded = shop.post(f"{ADDRESS}/refund", token=orders)
    assert refunded.json["status"] == "partially_refunded"
    assert figures(refunded) == {"reserved": 3, "confirmed": 2, "refunded": 2}
    assert shop.post(f"{ADDRESS}/cancel", token=orders).json["status"] == "refunded"


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("before", [["place"], ["place", "cancel"], ["cancel"]], ids=" ".join)
def test_what_has_not_left_does_not_come_back(
    shop: Client, orders: str, tables: Tables, before: list[str]
) -> None:
    for step in before:
        if step == "place":
            shop.put(ADDRESS, order_body((BLACK, 5)), orders)
        else:
            shop.post(f"{ADDRESS}/{step}", token=orders)
    count = len(tables.records())
    answer = shop.post(f"{ADDRESS}/refund", token=orders)
    assert (answer.status, answer.code) == (409, "refund_exceeds_confirmed")
    assert len(tables.records()) == count


def test_an_unknown_order_is_not_refunded(shop: Client, orders: str) -> None:
    answer = shop.post(f"{ADDRESS}/refund", token=orders)
    assert (answer.status, answer.code) == (404, "order_not_found")


def test_what_comes_back_must_fit_unless_it_cannot_be_sold(
    shop: Client, orders: str, vendor: str, tables: Tables
) -> None:
    tables.put(a_sku(current=STOCK_MAX))
    shop.put(ADDRESS, order_body((BLACK, 5)), orders)
    shop.post(f"{ADDRESS}/confirm", token=orders)
    filled = shop.post(
        f"/products/{PRODUCT}/skus/{BLACK}/restocks", {"quantity": 3}, vendor, idempotency_key="k"
    )
    assert filled.status == 201
    answer = shop.post(f"{ADDRESS}/refund", token=orders)
    assert (answer.status, answer.code) == (409, "stock_limit_exceeded")
    answer = shop.post(f"{ADDRESS}/refund", part((BLACK, 2)), orders, idempotency_key="a")
    assert answer.status == 200
    assert stock_of(shop, orders)[0] == STOCK_MAX
    assert shop.post(f"{ADDRESS}/refund", {"restock": False}, orders).json["status"] == "refunded"


@pytest.mark.usefixtures("confirmed")
def test_what_is_not_offered_any_more_comes_back_all_the_same(shop: Client, orders: str, vendor: str) -> None:
    assert shop.delete(f"/products/{PRODUCT}/skus/{BLACK}", vendor).status == 204
    assert shop.post(f"{ADDRESS}/refund", token=orders).json["status"] == "refunded"
    assert stock_of(shop, orders) == (50, 0, 50)


# Decisions


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (a_line(reserved=1, confirmed=1), "partially_confirmed"),
        (a_line(confirmed=1, cancelled=1), "partially_confirmed"),
        (a_line(confirmed=2), "confirmed"),
        (a_line(confirmed=2, refunded=1), "partially_refunded"),
        (a_line(reserved=1, confirmed=2, refunded=2), "partially_refunded"),
        (a_line(confirmed=2, refunded=2), "refunded"),
        (a_line(confirmed=2, cancelled=1, refunded=2), "refunded"),
        (a_line(reserved=1, cancelled=1), "reserved"),
        (a_line(cancelled=2), "cancelled"),
    ],
)
def test_the_status_of_an_order_follows_from_its_lines(line: Any, status: str) -> None:
    assert an_order(line).status == status


def seen(order: Order | None, *skus: Any, **rest: Any) -> Snapshot:
    return Snapshot(order=order, skus={sku.sku: sku for sku in skus}, **rest)


@pytest.mark.parametrize("command", [confirm, cancel])
def test_a_sku_that_was_read_before_its_order_was_placed_is_read_again_with_it(command: Any) -> None:
    torn = seen(an_order(a_line(reserved=5)), a_sku(BLACK, 50, 4))
    with pytest.raises(IncompleteSnapshot) as incomplete:
        command(torn, SettleOrder(ORDER, {BLACK: 1}), WHEN)
    assert incomplete.value.skus == [(PRODUCT, BLACK)]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (confirm, a_line(reserved=5)),
        (cancel, a_line(reserved=5)),
        (refund, a_line(confirmed=5)),
    ],
)
def test_all_of_an_order_asks_for_the_skus_that_it_concerns(command: Any, line: Any) -> None:
    done = a_line(WHITE, cancelled=1)
    with pytest.raises(IncompleteSnapshot) as incomplete:
        command(seen(an_order(line, done)), SettleOrder(ORDER), WHEN)
    assert incomplete.value.skus == [(PRODUCT, BLACK)]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (confirm, a_line(reserved=5)),
        (cancel, a_line(reserved=5)),
        (refund, a_line(confirmed=5)),
    ],
)
def test_a_part_leaves_a_marker_of_its_order(command: Any, line: Any) -> None:
    idempotency_key = a_key()
    commit = command(
        seen(an_order(line), a_sku(BLACK, 50, 5)), SettleOrder(ORDER, {BLACK: 2}, idempotency_key), WHEN
    )
    assert commit.idempotency_record == idempotency_key.idempotency_record([{"order_id": ORDER}], NOW)
    again = SettleOrder(ORDER, {BLACK: 2}, idempotency_key)
    assert command(seen(commit.order, idempotency_record=commit.idempotency_record), again, WHEN) is None


def test_nothing_of_an_unknown_order_comes_back() -> None:
    with pytest.raises(OrderNotFound):
        refund(Snapshot(), SettleOrder(ORDER), WHEN)


def test_nothing_comes_back_of_what_an_order_never_had() -> None:
    with pytest.raises(SkuNotFound) as refused:
        refund(seen(an_order(a_line(confirmed=1))), SettleOrder(ORDER, {WHITE: 1}), WHEN)
    assert refused.value.members == {"skus": [WHITE]}
    with pytest.raises(RefundExceedsConfirmed):
        refund(seen(an_order(a_line(reserved=1))), SettleOrder(ORDER, {BLACK: 1}), WHEN)
