"""Batches of restocks and adjustments, each change with the outcome that it would have alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from front_door import Client, Tokens

from inventory_common.limits import STOCK_MAX

from ..calls import noted_calls
from ..other_writers import InterruptedStateStore, conflict, throttled
from ..process import Process
from ..shop import (
    BLACK,
    ORDER_PATH,
    OTHER_VENDOR,
    PRODUCT,
    SKUS_PATH,
    VENDOR,
    WHITE,
    Clock,
    Tables,
    a_key,
    a_restock,
    a_sku,
    order_body,
    stock_of,
)

READ, TRANSACTION = "BatchGetItem", "TransactWriteItems"
BATCH_PATH = "/stock/batch"
Change = dict[str, Any]
_FIELDS_OF_BATCH = ("type", "product_id", "sku", "idempotency_key")


def restock(key: str | None, quantity: Any = 1, sku: str = BLACK, **rest: Any) -> Change:
    return _change("restock", key, sku) | {"quantity": quantity} | rest


def adjust(key: str | None, change: Any, sku: str = BLACK, **rest: Any) -> Change:
    return _change("adjustment", key, sku) | {"quantity_change": change, "notes": "broken"} | rest


def count(key: str | None, counted: Any, expected: Any, sku: str = BLACK, **rest: Any) -> Change:
    counts = {"counted_stock": counted, "expected_stock": expected, "notes": "stocktaking"}
    return _change("adjustment", key, sku) | counts | rest


def _change(kind: str, key: str | None, sku: str) -> Change:
    change = {"type": kind, "product_id": PRODUCT, "sku": sku}
    return change if key is None else change | {"idempotency_key": key}


def results(shop: Client, token: str, *sent: Change) -> list[dict[str, Any]]:
    answer = shop.post(BATCH_PATH, {"changes": list(sent)}, token)
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.json["results"]
    assert [result["sku"] for result in found] == [each["sku"] for each in sent]
    for result in found:
        outcome = "transaction" if result["status_code"] < 300 else "problem"
        assert result.keys() == {"sku", "status_code", outcome}
    return found


def outcomes(results: Sequence[dict[str, Any]]) -> list[str]:
    """Return of each result its status code, and the stock after it or the problem's code."""
    return [
        f"{result['status_code']} "
        + str(result["transaction"]["stock_after"] if "transaction" in result else result["problem"]["code"])
        for result in results
    ]


def one_by_one(shop: Client, token: str, sent: Sequence[Change]) -> list[dict[str, Any]]:
    """Send the same commands as single requests, and return their answers as results."""
    return [alone(shop, token, each) for each in sent]


def alone(shop: Client, token: str, sent: Change) -> dict[str, Any]:
    path = f"/products/{sent['product_id']}/skus/{sent['sku']}/{sent['type']}s"
    body = {name: member for name, member in sent.items() if name not in _FIELDS_OF_BATCH}
    headers = {"idempotency_key": sent["idempotency_key"]} if "idempotency_key" in sent else {}
    answer = shop.post(path, body, token, **headers)
    outcome = {"transaction": answer.json["transaction"]} if answer.status < 300 else {"problem": answer.json}
    return {"sku": sent["sku"], "status_code": answer.status} | outcome


def comparable(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result without what differs between two requests."""
    if "transaction" in result:
        own = {"request_id", "hash", "previous_hash", "signature"}
        record = {name: member for name, member in result["transaction"].items() if name not in own}
        return result | {"transaction": record}
    ignored = ("request_id", "detail") if result["status_code"] == 400 else ("request_id",)
    problem = {name: member for name, member in result["problem"].items() if name not in ignored}
    return result | {"problem": problem}


@pytest.mark.usefixtures("stocked")
def test_each_change_of_a_batch_is_executed_or_refused_by_itself(
    shop: Client, vendor: str, orders: str, tables: Tables
) -> None:
    tables.put(
        a_sku(f"SKU-{PRODUCT}-OLD", 5, is_active=False),
        a_sku(f"SKU-{PRODUCT}-GONE", 5, product_is_active=False),
        a_sku(f"SKU-{PRODUCT}-FULL", STOCK_MAX),
        a_sku(f"SKU-{PRODUCT}-THEIRS", 5, vendor_id=OTHER_VENDOR),
    )
    shop.put(ORDER_PATH, order_body((BLACK, 10)), orders)
    found = results(
        shop,
        vendor,
        restock("a", 5),
        adjust("b", -46),
        adjust("c", -1),
        count("d", 40, 54),
        count("e", 41, 53),
        restock("f", 2, WHITE),
        restock("g", 1, f"SKU-{PRODUCT}-NONE"),
        restock("h", 1, f"SKU-{PRODUCT}-OLD"),
        adjust("i", -1, f"SKU-{PRODUCT}-OLD"),
        restock("j", 1, f"SKU-{PRODUCT}-GONE"),
        restock("k", 1, f"SKU-{PRODUCT}-FULL"),
        adjust("l", 1, f"SKU-{PRODUCT}-THEIRS"),
        restock("m", 1) | {"product_id": "PROD-00000"},
        restock("a", 5),
        restock("a", 6),
        restock(None),
        adjust(None, 1),
        restock("a", 5, WHITE),
    )
    assert outcomes(found) == [
        "201 55",
        "409 adjustment_below_reserved",
        "201 54",
        "201 40",
        "409 count_stale",
        "201 5",
        "404 sku_not_found",
        "409 sku_inactive",
        "201 4",
        "409 product_inactive",
        "409 stock_limit_exceeded",
        "404 sku_not_found",
        "404 sku_not_found",
        "200 55",
        "422 idempotency_key_reused",
        "400 idempotency_key_required",
        "400 idempotency_key_required",
        "201 10",
    ]
    figures = {"current_stock": 55, "reserved_stock": 10, "available_stock": 45}
    assert found[1]["problem"].items() >= figures.items(), "the figures after the change before it"
    assert found[13]["transaction"] == found[0]["transaction"]
    assert (stock_of(shop, vendor), stock_of(shop, vendor, WHITE)) == ((40, 10, 30), (10, 0, 10))
    assert len(tables.records()) == 1 + 6


@pytest.mark.usefixtures("stocked")
def test_a_change_of_a_batch_is_logged_as_that_of_a_single_request(
    shop: Client, vendor: str, tables: Tables
) -> None:
    body = {"changes": [restock("a", 25, notes="monthly"), count("b", 70, 75)]}
    answer = shop.post(BATCH_PATH, body, vendor, x_request_id="batch-1")
    first, second = (result["transaction"] for result in answer.json["results"])
    assert (
        first.items()
        >= {
            "transaction_type": "restock",
            "quantity": 25,
            "notes": "monthly",
            "performed_by": VENDOR,
            "request_id": "batch-1",
            "sequence": 1,
        }.items()
    )
    assert (
        second.items()
        >= {
            "transaction_type": "manual_adjustment",
            "quantity_change": -5,
            "notes": "stocktaking",
            "sequence": 2,
            "previous_hash": first["hash"],
        }.items()
    )
    assert second["timestamp"] > first["timestamp"]
    sku = shop.get(f"{SKUS_PATH}/{BLACK}", vendor).json
    assert (sku["version"], sku["sequence"], sku["ledger_hash"]) == (3, 2, second["hash"])


@pytest.mark.usefixtures("stocked")
def test_another_vendors_batch_changes_nothing_and_learns_nothing(
    shop: Client, tokens: Tokens, tables: Tables
) -> None:
    other = tokens.vendor(OTHER_VENDOR)
    found = results(shop, other, restock("a"), adjust("b", -51), count("c", 1, 2))
    assert outcomes(found) == ["404 sku_not_found"] * 3
    assert all("current_stock" not in result["problem"] for result in found)
    assert tables.records() == []


@pytest.mark.usefixtures("stocked")
def test_a_problem_in_a_result_has_the_request_id_of_the_batch(shop: Client, vendor: str) -> None:
    sent = {"changes": [adjust("a", -99), restock(None)]}
    answer = shop.post(BATCH_PATH, sent, vendor, x_request_id="batch-1")
    problems = [result["problem"] for result in answer.json["results"]]
    assert [(each["request_id"], each["status"]) for each in problems] == [
        ("batch-1", 409),
        ("batch-1", 400),
    ]


# Replays


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    "sent", [restock("k", 25, notes="monthly"), restock("k"), adjust("k", -7), count("k", 43, 50)]
)
@pytest.mark.parametrize("batch_first", [True, False])
def test_a_change_is_one_command_whether_it_is_sent_alone_or_in_a_batch(
    shop: Client, vendor: str, tables: Tables, clock: Clock, sent: Change, batch_first: bool
) -> None:
    def batched() -> dict[str, Any]:
        [result] = results(shop, vendor, sent)
        return result

    first = batched() if batch_first else alone(shop, vendor, sent)
    clock.advance(60)
    again = alone(shop, vendor, sent) if batch_first else batched()
    assert (first["status_code"], again["status_code"]) == (201, 200)
    assert again["transaction"] == first["transaction"]
    assert len(tables.records()) == 1
    other = sent | {"notes": "another"}
    reused = alone(shop, vendor, other) if batch_first else results(shop, vendor, other)[0]
    assert outcomes([reused]) == ["422 idempotency_key_reused"]


@pytest.mark.usefixtures("stocked")
def test_a_key_stands_for_one_principal_sku_and_type(
    shop: Client, vendor: str, admin: str, tables: Tables
) -> None:
    sent = [restock("k", 5), restock("k", 5, WHITE), adjust("k", 5)]
    assert outcomes(results(shop, vendor, *sent)) == ["201 55", "201 8", "201 60"]
    assert outcomes(results(shop, admin, *sent)) == ["201 65", "201 13", "201 70"]
    assert outcomes(results(shop, vendor, *sent)) == ["200 55", "200 8", "200 60"]
    assert len(tables.records()) == 6


@pytest.mark.usefixtures("stocked")
def test_a_batch_that_is_sent_again_returns_its_records_and_changes_nothing(
    shop: Client, vendor: str, tables: Tables, clock: Clock
) -> None:
    sent = [restock(f"k{n}", n + 1, (BLACK, WHITE)[n % 2]) for n in range(120)]
    first = results(shop, vendor, *sent)
    clock.advance(86_400)
    again = results(shop, vendor, *sent)
    assert {result["status_code"] for result in first} == {201}
    assert {result["status_code"] for result in again} == {200}
    assert [result["transaction"] for result in again] == [result["transaction"] for result in first]
    assert len(tables.records()) == 120
    clock.advance(1)
    assert {result["status_code"] for result in results(shop, vendor, *sent)} == {201}


@pytest.mark.usefixtures("stocked")
def test_copies_of_a_change_in_one_batch_are_one_change(shop: Client, vendor: str, tables: Tables) -> None:
    found = results(shop, vendor, *[restock("k", 5)] * 4, restock("l", 1))
    assert outcomes(found) == ["201 55", *["200 55"] * 3, "201 56"]
    assert outcomes(results(shop, vendor, *[restock("k", 5)] * 4)) == ["200 55"] * 4
    assert len(tables.records()) == 2


def test_a_replayed_record_that_cannot_be_read_fails_its_change_alone(
    shop_of: Callable[[Process], Client], vendor: str, tables: Tables, process: Process, dynamodb: Any
) -> None:
    tables.put(a_sku(), a_sku(WHITE))
    shop = shop_of(process)
    first = results(shop, vendor, restock("a"), restock("b", sku=WHITE))
    record = first[0]["transaction"]
    dynamodb.update_item(
        TableName="StockTransactions",
        Key={name: {"S": record[name]} for name in ("transaction_id", "timestamp")},
        UpdateExpression="REMOVE previous_hash",
    )
    again = results(shop, vendor, restock("a"), restock("b", sku=WHITE), restock("c", sku=WHITE))
    assert outcomes(again) == ["500 internal_error", "200 1", "201 2"]


def test_a_throttled_read_of_replayed_records_does_not_hide_the_other_outcomes(
    shop_of: Callable[[Process], Client],
    vendor: str,
    tables: Tables,
    process: Process,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables.put(a_sku())
    shop = shop_of(process)
    results(shop, vendor, restock("a"))
    with monkeypatch.context() as patch:
        patch.setattr(type(process.storage.state), "log_records", lambda *_: throttled())
        assert outcomes(results(shop, vendor, restock("a"), restock("b"))) == [
            "503 database_unavailable",
            "201 2",
        ]
    assert outcomes(results(shop, vendor, restock("a"), restock("b"))) == ["200 1", "200 2"]


def test_a_defect_in_the_read_of_replayed_records_is_not_an_outcome(
    vendor: str, tables: Tables, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise AssertionError("a defect")

    tables.put(a_sku())
    process.change_stock([a_restock()])
    monkeypatch.setattr(type(process.storage.state), "log_records", fail)
    with pytest.raises(AssertionError, match="a defect"):
        process.change_stock([a_restock()])


@pytest.mark.parametrize("seed", range(6))
def test_a_batch_has_the_same_outcomes_as_its_changes_one_by_one(
    shop: Client, vendor: str, tables: Tables, dynamodb: Any, seed: int
) -> None:
    chance = random.Random(seed)
    skus = [f"SKU-{PRODUCT}-V{number}" for number in range(4)]
    inactive, theirs = f"SKU-{PRODUCT}-OLD", f"SKU-{PRODUCT}-THEIRS"

    def begin() -> None:
        for table in ("VendorInventory", "StockTransactions"):
            for item in tables.items(table):
                names = (
                    ("product_id", "sku") if table == "VendorInventory" else ("transaction_id", "timestamp")
                )
                dynamodb.delete_item(TableName=table, Key={name: item[name] for name in names})
        tables.put(*(a_sku(sku, 6, 2) for sku in skus))
        tables.put(a_sku(inactive, 9, is_active=False), a_sku(theirs, 9, vendor_id=OTHER_VENDOR))

    def change() -> Change:
        sku = chance.choice([*skus, *skus, inactive, theirs, f"SKU-{PRODUCT}-NONE"])
        key = None if chance.random() < 0.05 else f"key-{chance.randrange(15)}"
        match chance.choice(["restock", "adjust", "count"]):
            case "restock":
                return restock(key, chance.randint(1, 3), sku)
            case "adjust":
                return adjust(key, chance.choice([-4, -2, -1, 1, 2]), sku)
            case _:
                return count(key, chance.randint(1, 9), chance.randint(5, 8), sku)

    sent = [change() for _ in range(80)]
    begin()
    batched = list(map(comparable, results(shop, vendor, *sent)))
    stock = [stock_of(shop, vendor, sku) for sku in skus]
    begin()
    single = list(map(comparable, one_by_one(shop, vendor, sent)))
    assert batched == single
    assert stock == [stock_of(shop, vendor, sku) for sku in skus]
    assert len({outcome for outcome in outcomes(batched) if outcome > "3"}) > 3, "too few refusals"
    assert any(outcome.startswith("200") for outcome in outcomes(batched)), "no replay"


# Limits


def test_a_batch_has_one_to_five_hundred_changes(shop: Client, vendor: str) -> None:
    for number, status in ((0, 422), (500, 200), (501, 422)):
        answer = shop.post(BATCH_PATH, {"changes": [restock(f"k{n}") for n in range(number)]}, vendor)
        assert answer.status == status, number
        if status == 422:
            assert [error["path"] for error in answer.json["errors"]] == ["body.changes"]
        else:
            assert outcomes(answer.json["results"]) == ["404 sku_not_found"] * 500


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({}, "body.changes"),
        ({"changes": {}}, "body.changes"),
        ({"changes": [restock("k")], "more": 1}, "body.more"),
        ({"changes": [restock("k"), restock("k", 0)]}, "body.changes[1].quantity"),
        ({"changes": [restock("k", 1_000_001)]}, "body.changes[0].quantity"),
        ({"changes": [restock("k", None)]}, "body.changes[0]"),
        ({"changes": [restock("k", quantity_change=1)]}, "body.changes[0]"),
        ({"changes": [restock("k", counted_stock=1, expected_stock=1)]}, "body.changes[0]"),
        ({"changes": [restock("k", notes="x" * 301)]}, "body.changes[0].notes"),
        ({"changes": [restock("k", status="done")]}, "body.changes[0].status"),
        ({"changes": [restock("k") | {"type": "refund"}]}, "body.changes[0].type"),
        ({"changes": [restock("k") | {"sku": "SKU-1"}]}, "body.changes[0].sku"),
        ({"changes": [restock("k") | {"product_id": "PROD-!"}]}, "body.changes[0].product_id"),
        ({"changes": [restock("")]}, "body.changes[0].idempotency_key"),
        ({"changes": [restock("two words")]}, "body.changes[0].idempotency_key"),
        ({"changes": [restock("é")]}, "body.changes[0].idempotency_key"),
        ({"changes": [restock("x" * 256)]}, "body.changes[0].idempotency_key"),
        ({"changes": [adjust("k", 0)]}, "body.changes[0]"),
        ({"changes": [adjust("k", 1, quantity=1)]}, "body.changes[0]"),
        ({"changes": [adjust("k", 1, notes=None)]}, "body.changes[0]"),
        ({"changes": [adjust("k", 1, counted_stock=1)]}, "body.changes[0]"),
        ({"changes": [adjust("k", 1_000_001)]}, "body.changes[0].quantity_change"),
        ({"changes": [count("k", 1, None)]}, "body.changes[0]"),
        ({"changes": [count("k", STOCK_MAX + 1, 1)]}, "body.changes[0].counted_stock"),
    ],
    ids=range(24),
)
def test_an_invalid_member_of_a_batch_is_named(shop: Client, vendor: str, sent: Any, path: str) -> None:
    answer = shop.post(BATCH_PATH, sent, vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert path in [error["path"] for error in answer.json["errors"]]


@pytest.mark.usefixtures("stocked")
def test_the_longest_key_is_accepted(shop: Client, vendor: str) -> None:
    assert outcomes(results(shop, vendor, restock("~" * 255))) == ["201 51"]
    assert alone(shop, vendor, restock("~" * 255))["status_code"] == 200


# Calls, and other writers


def some_skus(tables: Tables, number: int) -> list[str]:
    skus = [f"SKU-{PRODUCT}-V{n:03}" for n in range(number)]
    tables.put(*(a_sku(sku) for sku in skus))
    return skus


def test_thirty_three_changes_of_as_many_skus_take_one_read_and_one_transaction(
    shop: Client, vendor: str, tables: Tables, dynamodb: Any
) -> None:
    skus = some_skus(tables, 34)
    first = [restock(f"a{n}", 1, sku) for n, sku in enumerate(skus)]
    with noted_calls(dynamodb) as calls:
        assert outcomes(results(shop, vendor, *first[:33])) == ["201 1"] * 33
    assert calls == [READ, TRANSACTION]
    with noted_calls(dynamodb) as calls:
        results(shop, vendor, *[restock(f"b{n}", 1, sku) for n, sku in enumerate(skus[:33])])
    assert calls == [TRANSACTION], "the SKUs are cached"
    with noted_calls(dynamodb) as calls:
        assert outcomes(results(shop, vendor, *first)) == [*["200 1"] * 33, "201 1"]
    # A replay: the conditions of the records fail, which returns them; the SKUs are read to decide again; and
    # then the log records.  The 34th change is a batch of its own.
    assert calls == [TRANSACTION, READ, READ, TRANSACTION, READ]


def test_forty_nine_changes_of_one_sku_take_one_transaction(
    shop: Client, vendor: str, tables: Tables, dynamodb: Any
) -> None:
    tables.put(a_sku(current=0))
    with noted_calls(dynamodb) as calls:
        found = results(shop, vendor, *[restock(f"k{n}") for n in range(49)])
    assert outcomes(found) == [f"201 {n + 1}" for n in range(49)]
    assert calls == [READ, TRANSACTION]
    with noted_calls(dynamodb) as calls:
        results(shop, vendor, *[restock(f"l{n}") for n in range(50)])
    assert calls == [TRANSACTION, TRANSACTION]


def test_five_hundred_changes_of_one_sku_are_executed_in_the_order_sent(
    shop: Client, vendor: str, tables: Tables
) -> None:
    tables.put(a_sku(current=0))
    sent = [adjust(f"k{n}", 1 if n % 3 else -1) if n else restock("k0", 500) for n in range(500)]
    found = results(shop, vendor, *sent)
    assert [result["transaction"]["sequence"] for result in found] == list(range(1, 501))
    stock = 0
    for result in found:
        assert result["transaction"]["stock_before"] == stock
        stock = result["transaction"]["stock_after"]
    assert stock_of(shop, vendor) == (stock, 0, stock)


def test_a_batch_reports_a_throttled_database_and_conflicts_for_each_change(
    shop_of: Callable[[Process], Client], vendor: str, tables: Tables, process: Process
) -> None:
    tables.put(a_sku(current=0))
    state = InterruptedStateStore(process.storage.state, lambda: None, throttled, *[conflict] * 6)
    shop = shop_of(process.over(state=state))
    sent = [restock(f"k{n}") for n in range(99)]
    assert outcomes(results(shop, vendor, *sent)) == [
        *[f"201 {n + 1}" for n in range(49)],
        *["503 database_unavailable"] * 49,
        "503 busy",
    ]
    again = results(shop, vendor, *sent)
    assert outcomes(again) == [f"{200 if n < 49 else 201} {n + 1}" for n in range(99)]
    assert len(tables.records()) == 99


def test_a_batch_whose_answers_are_lost_has_an_unknown_outcome_for_these_changes_alone(
    shop_of: Callable[[Process], Client],
    vendor: str,
    tables: Tables,
    process: Process,
    dynamodb: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables.put(a_sku(current=0), a_sku(WHITE, 0))
    shop = shop_of(process)
    sent = [*[restock(f"k{n}") for n in range(49)], restock("w", 7, WHITE)]
    transact = dynamodb.transact_write_items

    def lost(**request: Any) -> Any:
        answer = transact(**request)
        if len(request["TransactItems"]) == 99:
            raise ConnectionClosedError(endpoint_url="https://dynamodb")
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(dynamodb, "transact_write_items", lost)
        found = outcomes(results(shop, vendor, *sent))
    assert found == [*["503 outcome_unknown"] * 49, "201 7"]
    assert len(tables.records()) == 50
    assert outcomes(results(shop, vendor, *sent)) == [*[f"200 {n + 1}" for n in range(49)], "200 7"]


def test_changes_that_another_request_executed_meanwhile_are_replays(
    shop_of: Callable[[Process], Client], vendor: str, tables: Tables, process: Process
) -> None:
    skus = some_skus(tables, 20)
    sent = [restock(f"k{n}", 1, sku) for n, sku in enumerate(skus)]

    def another() -> None:
        results(shop_of(process.over()), vendor, *sent[5:10])
        process.over().restock(a_restock(9, skus[0], idempotency_key=a_key("other")))

    state = InterruptedStateStore(process.storage.state, another)
    shop = shop_of(process.over(state=state))
    found = outcomes(results(shop, vendor, *sent))
    assert found == ["201 10", *["201 1"] * 4, *["200 1"] * 5, *["201 1"] * 10]
    assert len(tables.records()) == 21
