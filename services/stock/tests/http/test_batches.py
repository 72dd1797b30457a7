"""Batches: many orders in one request, each with the outcome that it would have alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from front_door import Client

from chalicelib.domain.commands import BatchedCommand
from inventory_common.tuning import CONFLICTS_BEFORE_SAGA

from ..calls import noted_calls
from ..other_writers import InterruptedStateStore, conflict, throttled
from ..process import Process
from ..shop import (
    BLACK,
    PRODUCT,
    WHITE,
    Clock,
    Tables,
    a_key,
    a_restock,
    a_sku,
    an_order_of,
    order_body,
    settlement_body,
    stock_of,
)

READ, TRANSACTION = "BatchGetItem", "TransactWriteItems"
BATCH_PATH = "/orders/batch"
Order = dict[str, Any]


def order(number: int, *lines: tuple[str, int], **rest: Any) -> Order:
    return {"order_id": f"ORDER-{number}"} | order_body(*lines or [(BLACK, 1)], **rest)


def confirm(number: int) -> Order:
    return {"order_id": f"ORDER-{number}", "command": "confirm"}


def cancel(number: int) -> Order:
    return {"order_id": f"ORDER-{number}", "command": "cancel"}


def part(number: int, command: str, *lines: tuple[str, int], key: str = "k", **rest: Any) -> Order:
    """A command on named lines of an order."""
    return (
        {"order_id": f"ORDER-{number}", "command": command, "idempotency_key": key}
        | settlement_body(*lines)
        | rest
    )


def results(shop: Client, token: str, *sent: Order) -> list[dict[str, Any]]:
    answer = shop.post(BATCH_PATH, {"orders": list(sent)}, token)
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.json["results"]
    assert [result["order_id"] for result in found] == [each["order_id"] for each in sent]
    for result in found:
        assert result.keys() == {
            "order_id",
            "status_code",
            "order" if result["status_code"] < 300 else "problem",
        }
    return found


def outcomes(results: Sequence[dict[str, Any]]) -> list[str]:
    """Return of each result its status code, and the order's status or the problem's code."""
    words = []
    for result in results:
        word = result["order"]["status"] if "order" in result else result["problem"]["code"]
        words.append(f"{result['status_code']} {word}")
    return words


def one_by_one(shop: Client, token: str, sent: Sequence[Order]) -> list[dict[str, Any]]:
    """Send the same commands as single requests, and return their answers as results."""
    found = []
    for each in sent:
        path = f"/orders/{each['order_id']}"
        command = each.get("command", "place")
        body = {name: value for name, value in each.items() if name not in ("order_id", "command")}
        if command == "place":
            answer = shop.put(path, body, token)
        else:
            key = body.pop("idempotency_key", None)
            headers = {} if key is None else {"idempotency_key": key}
            answer = shop.post(f"{path}/{command}", body or None, token, **headers)
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
def test_each_order_of_a_batch_is_executed_or_refused_by_itself(
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
    assert outcomes(found) == [
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
def test_a_problem_in_a_result_has_the_request_id_of_the_batch(shop: Client, orders: str) -> None:
    answer = shop.post(BATCH_PATH, {"orders": [confirm(1)]}, orders, x_request_id="batch-1")
    problem = answer.json["results"][0]["problem"]
    assert (problem["request_id"], problem["status"]) == ("batch-1", 404)


@pytest.mark.usefixtures("stocked")
def test_a_batch_that_is_sent_again_returns_the_current_orders_and_changes_nothing(
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
def test_a_batch_has_the_same_outcomes_as_its_commands_one_by_one(
    shop: Client, orders: str, tables: Tables, dynamodb: Any, seed: int
) -> None:
    chance = random.Random(seed)
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
        number = chance.randrange(14)
        match chance.choice(["place", "place", "place", "confirm", "cancel", "refund", "part", "part"]):
            case "place":
                lines = [
                    (sku, chance.randint(1, 3))
                    for sku in chance.choices([*skus, inactive], k=chance.randint(1, 3))
                ]
                return order(number, *lines)
            case "confirm":
                return confirm(number)
            case "refund":
                return {"order_id": f"ORDER-{number}", "command": "refund", "restock": chance.random() < 0.5}
            case "part":
                # A key is used twice now and then, with other lines and with the same.
                name = chance.choice(["confirm", "confirm", "cancel", "refund"])
                sku, key = chance.choice([*skus, inactive]), f"key-{chance.randrange(40)}"
                return part(number, name, (sku, chance.randint(1, 2)), key=key)
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
    assert len(set(outcomes(batched))) > 4, "the random commands have too few outcomes"


# Settlements of lines, with keys


@pytest.mark.usefixtures("stocked")
def test_lines_of_orders_are_settled_each_with_its_key(shop: Client, orders: str, tables: Tables) -> None:
    results(shop, orders, order(1, (BLACK, 5), (WHITE, 2)), order(2, (BLACK, 9)))
    sent = [
        part(1, "confirm", (BLACK, 3), key="a"),
        part(2, "cancel", (BLACK, 2), key="b", reason="customer_request", notes="Ordered twice"),
        part(2, "confirm", (BLACK, 7), key="c"),
        part(2, "refund", (BLACK, 1), (BLACK, 1), key="d", restock=False),
        part(1, "cancel", (BLACK, 3), key="e"),
        part(1, "cancel", (f"SKU-{PRODUCT}-NONE", 1), key="f"),
        {"order_id": "ORDER-2", "command": "refund", "idempotency_key": "g", "reason": "broken"},
    ]
    first = results(shop, orders, *sent)
    assert outcomes(first) == [
        "200 partially_confirmed",
        "200 reserved",
        "200 partially_confirmed",
        "200 partially_refunded",
        "409 quantity_exceeds_reserved",
        "404 sku_not_found",
        "200 refunded",
    ]
    [line] = first[1]["order"]["lines"]
    assert (line["reason"], line["notes"]) == ("customer_request", "Ordered twice")
    assert tables.movements("refund") == [(BLACK, 2, 0, 0, 0), (BLACK, 5, 5, 5, 0)]
    before = tables.everything()
    again = results(shop, orders, *sent)
    assert [result["status_code"] for result in again] == [200, 200, 200, 200, 409, 404, 200]
    assert tables.everything() == before, "each was executed once"


@pytest.mark.usefixtures("stocked")
def test_lines_need_a_key_and_so_does_a_whole_order_that_was_settled_in_part(
    shop: Client, orders: str, tables: Tables
) -> None:
    results(shop, orders, order(1, (BLACK, 5)))
    without = part(1, "confirm", (BLACK, 1))
    del without["idempotency_key"]
    found = results(shop, orders, without, part(1, "confirm", (BLACK, 1)), confirm(1), order(2))
    assert outcomes(found) == [
        "400 idempotency_key_required",
        "200 partially_confirmed",
        "400 idempotency_key_required",
        "201 reserved",
    ]
    assert outcomes(results(shop, orders, confirm(1) | {"idempotency_key": "w"})) == ["200 confirmed"]


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("command", "members"),
    [
        ("confirm", {}),
        ("cancel", {"reason": "fraud"}),
        ("refund", {"restock": False, "notes": "Lost"}),
        ("refund", {}),
    ],
)
@pytest.mark.parametrize("lines", [{}, settlement_body((BLACK, 1), (BLACK, 1))], ids=["whole", "lines"])
def test_a_command_is_the_same_alone_and_in_a_batch(
    shop: Client, orders: str, tables: Tables, command: str, members: Order, lines: Order
) -> None:
    for number in (1, 2):
        results(shop, orders, order(number, (BLACK, 5)))
        if command == "refund":
            results(shop, orders, confirm(number))
    body = members | lines
    alone = shop.post(f"/orders/ORDER-1/{command}", body or None, orders, idempotency_key="k")
    in_batch = {"command": command, "idempotency_key": "k", **body}
    [first] = results(shop, orders, {"order_id": "ORDER-2"} | in_batch)
    assert (alone.status, first["status_code"]) == (200, 200)
    before = tables.everything()
    [again] = results(shop, orders, {"order_id": "ORDER-1"} | in_batch)
    assert (again["status_code"], again["order"]) == (200, alone.json)
    replayed = shop.post(f"/orders/ORDER-2/{command}", body or None, orders, idempotency_key="k")
    assert (replayed.headers["Idempotent-Replayed"], replayed.json) == ("true", first["order"])
    assert tables.everything() == before
    [other] = results(shop, orders, {"order_id": "ORDER-1"} | in_batch | settlement_body((BLACK, 3)))
    assert other["problem"]["code"] == "idempotency_key_reused"


@pytest.mark.usefixtures("stocked")
def test_a_line_of_a_batch_may_name_its_product_or_not(shop: Client, orders: str) -> None:
    bare = {"order_id": "ORDER-1", "lines": [{"sku": BLACK, "quantity": 5}]}
    full = {"order_id": "ORDER-2"} | order_body((BLACK, 5))
    named = {"order_id": "ORDER-2", "command": "confirm", "idempotency_key": "k"} | order_body((BLACK, 1))
    assert outcomes(results(shop, orders, bare, full, named)) == [
        "201 reserved",
        "201 reserved",
        "200 partially_confirmed",
    ]


def test_a_large_order_is_settled_by_named_lines_and_refunded_in_a_batch(
    shop: Client, orders: str, tables: Tables, process: Process
) -> None:
    place_order_in_parts(process, tables)
    skus = [f"SKU-{PRODUCT}-V{number:02}" for number in range(50)]
    lines = [(sku, 1) for sku in skus[:49]]
    found = results(
        shop,
        orders,
        part(2, "confirm", *lines, key="a"),
        {"order_id": "ORDER-2", "command": "refund", "idempotency_key": "b"},
    )
    assert outcomes(found) == ["200 partially_confirmed", "200 partially_refunded"]
    assert len(tables.movements("refund")) == 49


# Limits


def test_a_batch_has_one_to_five_hundred_orders(shop: Client, orders: str) -> None:
    for count, status in ((0, 422), (500, 200), (501, 422)):
        answer = shop.post(BATCH_PATH, {"orders": [confirm(n) for n in range(count)]}, orders)
        assert answer.status == status, count
        if status == 422:
            assert [error["path"] for error in answer.json["errors"]] == ["body.orders"]
        else:
            assert outcomes(answer.json["results"]) == ["404 order_not_found"] * 500


def test_a_batch_has_at_most_two_thousand_lines_as_they_are_sent(shop: Client, orders: str) -> None:
    lines = [(BLACK, 1)] * 40
    fifty = [order(number, *lines) for number in range(50)]
    found = results(shop, orders, *fifty)
    assert set(outcomes(found)) == {"404 sku_not_found"}
    one_more = [*fifty[:49], order(49, *lines, (BLACK, 1))]
    answer = shop.post(BATCH_PATH, {"orders": one_more}, orders)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert "2000" in answer.text or "2,000" in answer.text


def test_an_order_of_a_batch_has_one_to_forty_nine_lines(shop: Client, orders: str, tables: Tables) -> None:
    tables.put(*(a_sku(f"SKU-{PRODUCT}-V{number}", 9) for number in range(49)))
    lines = [(f"SKU-{PRODUCT}-V{number}", 1) for number in range(49)]
    assert outcomes(results(shop, orders, order(1, *lines), order(2, *lines))) == ["201 reserved"] * 2
    for sent in (order(3, *lines, (BLACK, 1)), {"order_id": "ORDER-3", "lines": []}):
        answer = shop.post(BATCH_PATH, {"orders": [order(4), sent]}, orders)
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
        ({"orders": [confirm(1) | {"command": "extend"}]}, "body.orders[0].command"),
        ({"orders": [cancel(1) | {"owner": "web"}]}, "body.orders[0]"),
        ({"orders": [cancel(1) | {"restock": False}]}, "body.orders[0]"),
        ({"orders": [confirm(1) | {"reason": "fraud"}]}, "body.orders[0]"),
        ({"orders": [confirm(1) | {"notes": "Lost"}]}, "body.orders[0]"),
        ({"orders": [order(1, idempotency_key="k")]}, "body.orders[0]"),
        ({"orders": [order(1, restock=True)]}, "body.orders[0]"),
        ({"orders": [order(1, notes="Lost")]}, "body.orders[0]"),
        ({"orders": [cancel(1) | {"idempotency_key": "two words"}]}, "body.orders[0].idempotency_key"),
        ({"orders": [cancel(1) | {"lines": []}]}, "body.orders[0].lines"),
        ({"orders": [cancel(1) | {"lines": [{"sku": BLACK}]}]}, "body.orders[0].lines[0].quantity"),
        (
            {"orders": [cancel(1) | {"lines": [{"product_id": "PROD-00000", "sku": BLACK, "quantity": 1}]}]},
            "body.orders[0].lines[0]",
        ),
        ({"orders": [confirm(1) | {"order_id": "batch"}]}, "body.orders[0].order_id"),
        ({"orders": [order(1, (BLACK, 0))]}, "body.orders[0].lines[0].quantity"),
        ({"orders": [order(1, hold_seconds=59)]}, "body.orders[0].hold_seconds"),
        ({"orders": [order(1, hold_seconds=2_592_001)]}, "body.orders[0].hold_seconds"),
        ({"orders": [order(1, status="confirmed")]}, "body.orders[0].status"),
        ({"orders": [order(1) | {"more": 1}]}, "body.orders[0].more"),
        ({"orders": [confirm(1)], "more": 1}, "body.more"),
    ],
)
def test_an_invalid_member_of_a_batch_is_named(shop: Client, orders: str, sent: Any, path: str) -> None:
    answer = shop.post(BATCH_PATH, sent, orders)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert path in [error["path"] for error in answer.json["errors"]]


# Calls, and other writers


def test_forty_nine_orders_on_one_sku_take_one_read_and_one_transaction(
    shop: Client, orders: str, tables: Tables, dynamodb: Any
) -> None:
    tables.put(a_sku(current=99))
    numbers = range(49)
    with noted_calls(dynamodb) as calls:
        found = results(shop, orders, *map(order, numbers))
    assert set(outcomes(found)) == {"201 reserved"}
    assert calls == [READ, TRANSACTION]
    with noted_calls(dynamodb) as calls:
        results(shop, orders, *map(order, numbers))
    assert calls == [TRANSACTION, READ], "a replay: the orders' conditions fail and return them"
    with noted_calls(dynamodb) as calls:
        results(shop, orders, *map(confirm, numbers))
    assert calls == [READ, TRANSACTION], "the orders are read, their SKUs are cached"


def test_a_batch_reports_a_throttled_database_and_conflicts_for_each_order(
    shop_of: Callable[[Process], Client], orders: str, tables: Tables, process: Process
) -> None:
    tables.put(a_sku(current=500))
    state = InterruptedStateStore(process.storage.state, lambda: None, throttled, *[conflict] * 6)
    shop = shop_of(process.over(state=state))
    sent = [order(number) for number in range(99)]
    found = results(shop, orders, *sent)
    assert outcomes(found) == [
        *["201 reserved"] * 49,
        *["503 database_unavailable"] * 49,
        "503 busy",
    ]
    assert len(tables.records()) == 49
    again = results(shop, orders, *sent)
    assert outcomes(again) == [*["200 reserved"] * 49, *["201 reserved"] * 50]
    assert stock_of(shop, orders) == (500, 99, 401)


def test_an_order_that_becomes_a_saga_is_placed_before_it_is_confirmed(
    shop_of: Callable[[Process], Client], orders: str, tables: Tables, process: Process
) -> None:
    tables.put(a_sku(current=9), a_sku(WHITE, 9))
    numbers = iter(range(9))

    def restock() -> None:
        process.restock(a_restock(1, idempotency_key=a_key(f"key-{next(numbers)}")))

    state = InterruptedStateStore(process.storage.state, *[restock] * CONFLICTS_BEFORE_SAGA)
    shop = shop_of(process.over(state=state))
    found = results(shop, orders, order(1, (BLACK, 1), (WHITE, 1)), confirm(1), order(2))
    assert outcomes(found) == ["201 reserved", "200 confirmed", "201 reserved"]
    records = [record for record in tables.records() if record["transaction_type"]["S"] == "order_placed"]
    assert len(records) == 3


def place_order_in_parts(process: Process, tables: Tables) -> None:
    """Place an order that is stored in parts, and settled by a saga."""
    skus = [f"SKU-{PRODUCT}-V{number:02}" for number in range(50)]
    tables.put(*(a_sku(sku, 9) for sku in skus))
    process.place(an_order_of(*((sku, 1) for sku in skus), order_id="ORDER-2"))


def test_a_saga_that_the_database_throttles_fails_alone(
    shop_of: Callable[[Process], Client], orders: str, tables: Tables, process: Process
) -> None:
    tables.put(a_sku(current=9))
    place_order_in_parts(process, tables)
    state = InterruptedStateStore(process.storage.state, lambda: None, throttled)
    shop = shop_of(process.over(state=state))
    sent = [order(1), confirm(2), order(3)]
    assert outcomes(results(shop, orders, *sent)) == [
        "201 reserved",
        "503 database_unavailable",
        "201 reserved",
    ]
    assert outcomes(results(shop, orders, *sent)) == ["200 reserved", "200 confirmed", "200 reserved"]


def test_a_defect_in_a_saga_is_not_reported_as_the_outcome_of_its_order(
    tables: Tables, process: Process
) -> None:
    def fail() -> None:
        raise AssertionError("a defect")

    place_order_in_parts(process, tables)
    state = InterruptedStateStore(process.storage.state, fail)
    with pytest.raises(AssertionError, match="a defect"):
        process.over(state=state).batch([BatchedCommand("ORDER-2", "confirm")])


def test_orders_that_do_not_fit_into_the_response_have_to_be_sent_again(
    shop: Client, orders: str, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.engine.orders.RESPONSE_LINES_MAX", 3)
    tables.put(a_sku(BLACK, 99), a_sku(WHITE, 99))
    both = ((BLACK, 1), (WHITE, 1))
    found = results(shop, orders, order(1, *both), order(2, (BLACK, 1)), order(3, (BLACK, 1)), cancel(4))
    assert outcomes(found) == ["201 reserved", "201 reserved", "503 outcome_unknown", "503 outcome_unknown"]
    again = results(shop, orders, order(3, (BLACK, 1)), cancel(4))
    assert outcomes(again) == ["200 reserved", "200 cancelled"]
