"""Batches: many orders in one request, each answered as it would be alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client

from chalicelib.commands import BatchedOrder
from chalicelib.memory import Memory
from chalicelib.stock_service import StockService
from inventory_common.tuning import CONFLICTS_BEFORE_SAGA

from .shop import (
    BLACK,
    PRODUCT,
    ACTOR,
    WHITE,
    Clock,
    Tables,
    a_restock,
    a_sku,
    a_key,
    order_body,
    an_order_of,
    stock_of,
)
from .test_round_trips import READ, TRANSACTION, counting
from .test_stock_service import Rival, conflict
from .test_transactor import throttled

BATCH = "/orders/batch"
Order = dict[str, Any]


def order(number: int, *lines: tuple[str, int], **rest: Any) -> Order:
    return {"order_id": f"ORDER-{number}"} | order_body(*lines or [(BLACK, 1)], **rest)


def confirm(number: int) -> Order:
    return {"order_id": f"ORDER-{number}", "command": "confirm"}


def cancel(number: int) -> Order:
    return {"order_id": f"ORDER-{number}", "command": "cancel"}


def results(shop: Client, token: str, *sent: Order) -> list[dict[str, Any]]:
    answer = shop.post(BATCH, {"orders": list(sent)}, token)
    assert answer.status == 200, answer
    found = answer.json["results"]
    assert [result["order_id"] for result in found] == [each["order_id"] for each in sent]
    for result in found:
        assert result.keys() == {
            "order_id",
            "status_code",
            "order" if result["status_code"] < 300 else "problem",
        }
    return found


def told(result: dict[str, Any]) -> str:
    """Name a result: its status, with the code of a problem or the order's status."""
    said = result["order"]["status"] if "order" in result else result["problem"]["code"]
    return f"{result['status_code']} {said}"


def one_by_one(shop: Client, token: str, sent: Sequence[Order]) -> list[dict[str, Any]]:
    """Send the same commands as single requests, and give their answers the form of results."""
    found = []
    for each in sent:
        address = f"/orders/{each['order_id']}"
        command = each.get("command", "place")
        body = {name: value for name, value in each.items() if name not in ("order_id", "command")}
        if command == "place":
            answer = shop.put(address, body, token)
        else:
            answer = shop.post(f"{address}/{command}", token=token)
        member = "order" if answer.status < 300 else "problem"
        result = {"order_id": each["order_id"], "status_code": answer.status, member: answer.json}
        found.append(result)
    return found


def comparable(result: dict[str, Any]) -> dict[str, Any]:
    if "problem" not in result:
        return result
    problem = {name: value for name, value in result["problem"].items() if name != "request_id"}
    return result | {"problem": problem}


@pytest.mark.usefixtures("stocked")
def test_each_order_of_a_batch_is_done_or_refused_by_itself(
    shop: Client, orders: str, tables: Tables
) -> None:
    shop.put("/orders/ORDER-0", order_body((BLACK, 2)), orders)
    found = results(
        shop,
        orders,
        order(1, (BLACK, 40), (WHITE, 1)),
        order(2, (WHITE, 3)),
        confirm(0),
        order(3, (f"SKU-{PRODUCT}-NONE", 1)),
        order(0, (BLACK, 1)),
        confirm(4),
        cancel(5),
        order(6, (WHITE, 600_000), (WHITE, 600_000)),
        order(7, (WHITE, 1), hold_seconds=60),
        order(1, (WHITE, 1), (BLACK, 40)),
        confirm(7),
    )
    assert [told(result) for result in found] == [
        "201 reserved",
        "409 insufficient_stock",
        "200 confirmed",
        "404 sku_not_found",
        "409 order_exists",
        "404 order_not_found",
        "200 cancelled",
        "422 invalid_input",
        "201 reserved",
        "200 reserved",
        "200 confirmed",
    ]
    assert found[1]["problem"]["lines"] == [{"product_id": PRODUCT, "sku": WHITE, "asked": 3, "available": 2}]
    assert found[7]["problem"]["errors"][0]["path"] == "body.lines"
    assert found[8]["order"]["expires_at"] == "2026-02-23T10:31:00.000000Z"
    assert (stock_of(shop, orders), stock_of(shop, orders, WHITE)) == ((48, 40, 8), (2, 1, 1))
    assert len(tables.records()) == 6


@pytest.mark.usefixtures("stocked")
def test_a_problem_names_the_request_that_the_batch_came_in(shop: Client, orders: str) -> None:
    answer = shop.post(BATCH, {"orders": [confirm(1)]}, orders, x_request_id="batch-1")
    problem = answer.json["results"][0]["problem"]
    assert (problem["request_id"], problem["status"]) == ("batch-1", 404)


@pytest.mark.usefixtures("stocked")
def test_a_batch_sent_again_is_answered_as_it_stands_and_changes_nothing(
    shop: Client, orders: str, tables: Tables, clock: Clock
) -> None:
    sent = [
        order(1, (BLACK, 5)),
        order(2, (BLACK, 5), (WHITE, 1)),
        order(3, (WHITE, 9)),
        confirm(2),
        cancel(4),
    ]
    first = results(shop, orders, *sent)
    clock.advance(60)
    again = results(shop, orders, *sent)
    assert [result["status_code"] for result in first] == [201, 201, 409, 200, 200]
    assert [result["status_code"] for result in again] == [200, 200, 409, 200, 200]
    assert again[0]["order"] == first[0]["order"]
    assert again[1]["order"] == again[3]["order"] == first[3]["order"]
    assert again[4]["order"] == first[4]["order"]
    assert len(tables.records()) == 5


@pytest.mark.parametrize("seed", range(6))
def test_a_batch_comes_to_what_its_commands_come_to_one_by_one(
    shop: Client, orders: str, tables: Tables, dynamodb: Any, seed: int
) -> None:
    dice = random.Random(seed)
    skus = [f"SKU-{PRODUCT}-V{number}" for number in range(5)]
    inactive = f"SKU-{PRODUCT}-OLD"

    def begin() -> None:
        for table in ("VendorInventory", "StockTransactions"):
            for item in dynamodb.scan(TableName=table)["Items"]:
                names = (
                    ("product_id", "sku") if table == "VendorInventory" else ("transaction_id", "timestamp")
                )
                dynamodb.delete_item(TableName=table, Key={name: item[name] for name in names})
        tables.put(*(a_sku(sku, 6) for sku in skus), a_sku(inactive, 9, is_active=False))

    def command() -> Order:
        number = dice.randrange(14)
        match dice.choice(["place", "place", "place", "confirm", "cancel"]):
            case "place":
                lines = [
                    (sku, dice.randint(1, 3)) for sku in dice.choices([*skus, inactive], k=dice.randint(1, 3))
                ]
                return order(number, *lines)
            case "confirm":
                return confirm(number)
            case _:
                return cancel(number)

    sent = [command() for _ in range(60)]
    begin()
    batched = list(map(comparable, results(shop, orders, *sent)))
    stock = [stock_of(shop, orders, sku) for sku in skus]
    records = len(tables.records())
    begin()
    single = list(map(comparable, one_by_one(shop, orders, sent)))
    assert batched == single
    assert stock == [stock_of(shop, orders, sku) for sku in skus]
    assert records == len(tables.records())
    assert len({told(result) for result in batched}) > 4, "the dice show too little"


# Limits


def test_a_batch_has_one_to_five_hundred_orders(shop: Client, orders: str) -> None:
    for count, status in ((0, 422), (500, 200), (501, 422)):
        answer = shop.post(BATCH, {"orders": [confirm(n) for n in range(count)]}, orders)
        assert answer.status == status, count
        if status == 422:
            assert [error["path"] for error in answer.json["errors"]] == ["body.orders"]
        else:
            assert [told(result) for result in answer.json["results"]] == ["404 order_not_found"] * 500


def test_a_batch_has_at_most_two_thousand_lines_as_they_are_sent(shop: Client, orders: str) -> None:
    lines = [(BLACK, 1)] * 40
    fifty = [order(number, *lines) for number in range(50)]
    found = results(shop, orders, *fifty)
    assert {told(result) for result in found} == {"404 sku_not_found"}
    one_more = [*fifty[:49], order(49, *lines, (BLACK, 1))]
    answer = shop.post(BATCH, {"orders": one_more}, orders)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert "2000" in answer.text or "2,000" in answer.text


def test_an_order_of_a_batch_has_one_to_forty_nine_lines(shop: Client, orders: str, tables: Tables) -> None:
    tables.put(*(a_sku(f"SKU-{PRODUCT}-V{number}", 9) for number in range(49)))
    lines = [(f"SKU-{PRODUCT}-V{number}", 1) for number in range(49)]
    assert [told(r) for r in results(shop, orders, order(1, *lines), order(2, *lines))] == [
        "201 reserved"
    ] * 2
    for sent in (order(3, *lines, (BLACK, 1)), {"order_id": "ORDER-3", "lines": []}):
        answer = shop.post(BATCH, {"orders": [order(4), sent]}, orders)
        assert answer.status == 422
        assert [error["path"] for error in answer.json["errors"]] == ["body.orders[1].lines"]
    assert len(tables.records()) == 98


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({}, "body.orders"),
        ({"orders": {}}, "body.orders"),
        ({"orders": [{"order_id": "ORDER-1"}]}, "body.orders[0]"),
        ({"orders": [confirm(1), confirm(1) | {"hold_seconds": 60}]}, "body.orders[1]"),
        ({"orders": [cancel(1) | order_body((BLACK, 1))]}, "body.orders[0]"),
        ({"orders": [confirm(1) | {"command": "refund"}]}, "body.orders[0].command"),
        ({"orders": [confirm(1) | {"order_id": "batch"}]}, "body.orders[0].order_id"),
        ({"orders": [order(1, (BLACK, 0))]}, "body.orders[0].lines[0].quantity"),
        ({"orders": [order(1, hold_seconds=59)]}, "body.orders[0].hold_seconds"),
        ({"orders": [order(1, hold_seconds=2_592_001)]}, "body.orders[0].hold_seconds"),
        ({"orders": [order(1, status="confirmed")]}, "body.orders[0].status"),
        ({"orders": [order(1) | {"more": 1}]}, "body.orders[0].more"),
        ({"orders": [confirm(1)], "more": 1}, "body.more"),
    ],
)
def test_what_is_wrong_with_a_batch_is_named_and_nothing_is_done(
    shop: Client, orders: str, sent: Any, path: str
) -> None:
    answer = shop.post(BATCH, sent, orders)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert path in [error["path"] for error in answer.json["errors"]]


# Cost, and others at work


def test_forty_nine_orders_on_one_sku_are_one_read_and_one_transaction(
    shop: Client, orders: str, tables: Tables, service: StockService
) -> None:
    tables.put(a_sku(current=99))
    calls: list[str] = []
    with counting(service.gateway._client, calls):
        found = results(shop, orders, *(order(number) for number in range(49)))
    assert {told(result) for result in found} == {"201 reserved"}
    assert calls == [READ, TRANSACTION]
    calls.clear()
    with counting(service.gateway._client, calls):
        results(shop, orders, *(order(number) for number in range(49)))
    assert calls == [TRANSACTION, READ], "a replay: the orders' conditions tell, and show them"
    calls.clear()
    with counting(service.gateway._client, calls):
        results(shop, orders, *(confirm(number) for number in range(49)))
    assert calls == [READ, TRANSACTION], "the orders, which tell of the SKUs; these are remembered"


def test_a_batch_in_trouble_answers_for_each_order(
    shop: Client, orders: str, tables: Tables, service: StockService, service_module: Any, monkeypatch: Any
) -> None:
    tables.put(a_sku(current=500))
    rival = Rival(service.gateway, lambda: None, throttled, *[conflict] * 6)
    monkeypatch.setattr(service_module, "stock", replace(service, gateway=rival))
    sent = [order(number) for number in range(99)]
    found = results(shop, orders, *sent)
    assert [told(result) for result in found] == [
        *["201 reserved"] * 49,
        *["503 database_unavailable"] * 49,
        "503 busy",
    ]
    assert len(tables.records()) == 49
    again = results(shop, orders, *sent)
    assert [told(result) for result in again] == [*["200 reserved"] * 49, *["201 reserved"] * 50]
    assert stock_of(shop, orders) == (500, 99, 401)


def test_an_order_that_goes_on_in_steps_is_placed_before_it_is_confirmed(
    shop: Client, orders: str, tables: Tables, service: StockService, service_module: Any, monkeypatch: Any
) -> None:
    tables.put(a_sku(current=9), a_sku(WHITE, 9))
    numbers = iter(range(9))

    def restock() -> None:
        service.restock(a_restock(1, idempotency_key=a_key(f"key-{next(numbers)}")), ACTOR)

    rival = Rival(service.gateway, *[restock] * CONFLICTS_BEFORE_SAGA)
    monkeypatch.setattr(service_module, "stock", replace(service, gateway=rival, memory=Memory()))
    found = results(shop, orders, order(1, (BLACK, 1), (WHITE, 1)), confirm(1), order(2))
    assert [told(result) for result in found] == ["201 reserved", "200 confirmed", "201 reserved"]
    records = [record for record in tables.records() if record["transaction_type"]["S"] == "order_placed"]
    assert len(records) == 3


def place_wide(service: StockService, tables: Tables) -> None:
    """Place an order that is kept in parts, and settled in steps."""
    skus = [f"SKU-{PRODUCT}-V{number:02}" for number in range(50)]
    tables.put(*(a_sku(sku, 9) for sku in skus))
    service.place(an_order_of(*((sku, 1) for sku in skus), order_id="ORDER-2"), ACTOR)


def test_an_order_in_steps_that_the_database_does_not_take_fails_alone(
    shop: Client, orders: str, tables: Tables, service: StockService, service_module: Any, monkeypatch: Any
) -> None:
    tables.put(a_sku(current=9))
    place_wide(service, tables)
    rival = Rival(service.gateway, lambda: None, throttled)
    monkeypatch.setattr(service_module, "stock", replace(service, gateway=rival, memory=Memory()))
    sent = [order(1), confirm(2), order(3)]
    found = results(shop, orders, *sent)
    assert [told(result) for result in found] == [
        "201 reserved",
        "503 database_unavailable",
        "201 reserved",
    ]
    again = results(shop, orders, *sent)
    assert [told(result) for result in again] == ["200 reserved", "200 confirmed", "200 reserved"]


def test_a_defect_in_an_order_in_steps_is_no_answer_of_that_order(
    tables: Tables, service: StockService
) -> None:
    def broken() -> None:
        raise AssertionError("a defect")

    place_wide(service, tables)
    beside = replace(service, gateway=Rival(service.gateway, broken), memory=Memory())
    with pytest.raises(AssertionError, match="a defect"):
        beside.batch([BatchedOrder("ORDER-2", "confirm")], ACTOR)


def test_orders_that_have_no_room_in_the_answer_are_told_to_send_again(
    shop: Client, orders: str, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.stock_service.ANSWERED_LINES_MAX", 3)
    tables.put(a_sku(BLACK, 99), a_sku(WHITE, 99))
    both = ((BLACK, 1), (WHITE, 1))
    found = results(shop, orders, order(1, *both), order(2, (BLACK, 1)), order(3, (BLACK, 1)), cancel(4))
    assert [told(result) for result in found] == ["201 reserved", "201 reserved", "503 busy", "503 busy"]
    again = results(shop, orders, order(3, (BLACK, 1)), cancel(4))
    assert [told(result) for result in again] == ["200 reserved", "200 cancelled"]
