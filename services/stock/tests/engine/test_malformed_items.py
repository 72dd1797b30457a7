"""One item that no service could have written stops nothing but what needs it, and is reported once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client

from chalicelib.bootstrap import rest_service
from chalicelib.domain.commands import BatchedCommand, SettleOrder
from chalicelib.domain.orders import OrderOutcome
from chalicelib.storage.items import idempotency_record_key
from inventory_common.errors import InternalError, OrderDamaged
from inventory_common.idempotency import IdempotencyKey
from inventory_common.items import Item, from_item, to_item
from inventory_common.order_items import order_key, part_key
from inventory_common.pages import PageRequest

from ..large_orders import HOLD_SECONDS, MULTI_PART_LINES, Ledger, a_large_order
from ..process import Process
from ..shop import (
    ACTOR,
    BLACK,
    ORDER,
    PRODUCT,
    SKUS_PATH,
    VENDOR,
    WHITE,
    Clock,
    Tables,
    a_change,
    a_key,
    a_new_sku,
    a_product,
    a_restock,
    a_sku,
    an_order_of,
    order_body,
)
from ..streams import Streams, a_product_change, a_stream_record

INTACT = "ORDER-INTACT"
PAGE = PageRequest()
Damage = Callable[[Item], Any]
Reports = Callable[[], list[Any]]


@pytest.fixture
def reports(capsys: pytest.CaptureFixture[str]) -> Reports:
    """The keys of the items that were reported since the last call."""

    def reported() -> list[Any]:
        lines = map(json.loads, capsys.readouterr().out.splitlines())
        found = [line for line in lines if line["message"] == "malformed_item"]
        assert all(line["level"] == "ERROR" and line["service"] == "inventory-stock" for line in found)
        assert all(line["table"] in ("Products-table", "VendorInventory") and line["stack"] for line in found)
        return [tuple(line["key"].values()) for line in found]

    return reported


@pytest.fixture
def damage(dynamodb: Any) -> Callable[[Item, Damage], None]:
    """Changes an item past the service."""

    def change(key: Item, damage: Damage) -> None:
        item = dynamodb.get_item(TableName="VendorInventory", Key=key)["Item"]
        damage(item)
        dynamodb.put_item(TableName="VendorInventory", Item=item)

    return change


def line_of(item: Item) -> dict[str, Any]:
    [line] = item["lines"]["M"].values()
    attributes: dict[str, Any] = line["M"]
    return attributes


SAGA = to_item({"performed_by": "client:other", "request_id": "request-0", "restock": True})
ORDERS: dict[str, Damage] = {
    "without reserved": lambda item: line_of(item).pop("reserved"),
    "reserved is a text": lambda item: line_of(item).update(reserved={"S": "5"}),
    "more reserved than placed": lambda item: line_of(item).update(reserved={"N": "9"}),
    "an unknown figure": lambda item: line_of(item).update(lost={"N": "1"}),
    "lines are a list": lambda item: item.update(lines={"L": []}),
    "without lines": lambda item: item.pop("lines"),
    "without created_at": lambda item: item.pop("created_at"),
    "without version": lambda item: item.pop("version"),
    "version is a text": lambda item: item.update(version={"S": "1"}),
    "expires_at is a number": lambda item: item.update(expires_at={"N": "1"}),
    "bytes": lambda item: item.update(note={"B": b"x"}),
    "an unknown saga": lambda item: item.update({"phase": {"S": "selling"}, "errand": {"M": {}}}),
    "a saga without a lease": lambda item: item.update({"phase": {"S": "confirming"}, "errand": {"M": SAGA}}),
    "a saga whose lease is a number": lambda item: item.update(
        {"phase": {"S": "confirming"}, "errand": {"M": SAGA | {"lease_until": {"N": "1"}}}}
    ),
}


@pytest.fixture(params=list(ORDERS.values()), ids=list(ORDERS))
def damaged_order(
    request: pytest.FixtureRequest,
    process: Process,
    tables: Tables,
    damage: Callable[[Item, Damage], None],
) -> Process:
    """An order that cannot be read, beside an intact one."""
    tables.put(a_product(), a_sku(BLACK, 50), a_sku(WHITE, 50))
    for order_id in (ORDER, INTACT):
        process.place(an_order_of((BLACK, 5), order_id=order_id, hold_seconds=3_600))
    damage(order_key(ORDER), request.param)
    return process.restarted()


@pytest.fixture
def one_damaged_order(process: Process, tables: Tables, damage: Callable[[Item, Damage], None]) -> Process:
    """An order with a line that lacks `reserved`, beside an intact one."""
    tables.put(a_product(), a_sku(BLACK, 50), a_sku(WHITE, 50))
    for order_id in (ORDER, INTACT):
        process.place(an_order_of((BLACK, 5), order_id=order_id, hold_seconds=3_600))
    damage(order_key(ORDER), ORDERS["without reserved"])
    return process.restarted()


# Orders


def test_the_list_of_due_orders_leaves_out_a_malformed_one_and_reports_it_once(
    damaged_order: Process, shop_of: Callable[[Process], Client], orders: str, reports: Reports
) -> None:
    shop = shop_of(damaged_order)
    for limit in (1, 25, 25):
        pages = shop.walk(f"/orders?due_before=2027-01-01T00:00:00Z&limit={limit}", orders)
        assert [order["order_id"] for page in pages for order in page] == [INTACT]
    assert reports() == [(ORDER, "#ORDER")]


def test_a_sweep_releases_the_others(damaged_order: Process, clock: Clock, reports: Reports) -> None:
    clock.advance(3_601)
    assert damaged_order.sweep() == {"released": 1, "completed": 0, "settled": 0, "failed": 0}
    assert damaged_order.orders.get(INTACT).cancelled == 5
    assert damaged_order.sweep()["released"] == 0
    assert reports() == [(ORDER, "#ORDER")]


def test_commands_on_it_fail_and_those_of_the_same_batch_do_not(
    damaged_order: Process, tables: Tables, reports: Reports
) -> None:
    lines = an_order_of((WHITE, 1)).lines
    outcomes = damaged_order.batch(
        [
            BatchedCommand(INTACT, "confirm", (), 3_600),
            BatchedCommand(ORDER, "confirm", (), 3_600),
            BatchedCommand(ORDER, "cancel", (), 3_600),
            BatchedCommand(ORDER, "place", lines, 3_600),
            BatchedCommand("ORDER-NEW", "place", lines, 3_600),
        ]
    )
    assert [type(outcome) for outcome in outcomes] == [
        OrderOutcome,
        OrderDamaged,
        OrderDamaged,
        OrderDamaged,
        OrderOutcome,
    ]
    assert damaged_order.sku(BLACK).current_stock == 45
    assert damaged_order.sku(WHITE).reserved_stock == 1
    assert reports() == [(ORDER, "#ORDER")]


def test_a_damaged_order_is_a_conflict_for_who_asks_for_it(
    one_damaged_order: Process, orders: str, tables: Tables
) -> None:
    shop = Client(rest_service(one_damaged_order.engine), may_fail=True)
    before = tables.item(ORDER, "#ORDER")
    path = f"/orders/{ORDER}"
    answers = [
        shop.get(path, orders),
        shop.put(path, order_body((BLACK, 5)), orders),
        *(shop.post(f"{path}/{command}", None, orders) for command in ("confirm", "cancel", "refund")),
        shop.post(f"{path}/extend", {"hold_seconds": 60}, orders),
    ]
    assert [(answer.status, answer.json["code"]) for answer in answers] == [(409, "order_damaged")] * 6
    assert tables.item(ORDER, "#ORDER") == before
    assert one_damaged_order.sku(BLACK).reserved_stock == 10


def test_another_process_reports_it_too(
    one_damaged_order: Process, process_over: Callable[[Any], Process], dynamodb: Any, reports: Reports
) -> None:
    for process in (one_damaged_order, process_over(dynamodb)):
        assert process.orders.due("2027-01-01T00:00:00.000000Z", PAGE).documents
    assert reports() == [(ORDER, "#ORDER")] * 2


# Parts of orders


PARTS: dict[str, Damage] = {
    "without lines": lambda item: item.pop("lines"),
    "without version": lambda item: item.pop("version"),
    "version is a text": lambda item: item.update(version={"S": "1"}),
    "a line without reserved": lambda item: next(iter(item["lines"]["M"].values()))["M"].pop("reserved"),
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_malformed_part_stops_no_list_and_no_sweep(
    process: Process,
    ledger: Ledger,
    clock: Clock,
    damage: Callable[[Item, Damage], None],
    reports: Reports,
    part: Damage,
) -> None:
    ledger.put_skus(MULTI_PART_LINES)
    for order_id in (ORDER, INTACT):
        process.place(a_large_order(MULTI_PART_LINES, 1, order_id))
    damage(part_key(ORDER, 2), part)
    clock.advance(HOLD_SECONDS + 1)
    other = process.restarted()
    assert [order["order_id"] for order in other.orders.due(None, PAGE).documents] == [INTACT]
    assert other.sweep() == {"released": 1, "completed": 0, "settled": 0, "failed": 0}
    assert other.orders.get(INTACT).status == "cancelled"
    with pytest.raises(OrderDamaged):
        other.confirm(SettleOrder(ORDER))
    assert reports() == [(ORDER, "#PART-002")]


# SKUs


SKUS: dict[str, Damage] = {
    "without stock": lambda item: item.pop("reserved_stock"),
    "stock is a text": lambda item: item.update(reserved_stock={"S": "5"}),
    "without a threshold": lambda item: item.pop("reorder_threshold"),
    "threshold is a text": lambda item: item.update(reorder_threshold={"S": "many"}),
    "without is_active": lambda item: item.pop("is_active"),
    "without a sequence": lambda item: item.pop("sequence"),
    "bytes": lambda item: item.update(variant_name={"B": b"x"}),
}


@pytest.fixture(params=list(SKUS.values()), ids=list(SKUS))
def damaged_sku(
    request: pytest.FixtureRequest,
    process: Process,
    tables: Tables,
    damage: Callable[[Item, Damage], None],
) -> Process:
    """A SKU that cannot be read, of which an order holds a unit, beside an intact one."""
    tables.put(a_product(), a_sku(BLACK, 5), a_sku(WHITE, 5))
    process.storage.bounds.raise_to(VENDOR, 10)
    process.place(an_order_of((BLACK, 1), hold_seconds=3_600))
    process.place(an_order_of((WHITE, 1), order_id=INTACT, hold_seconds=3_600))
    damage({"product_id": {"S": PRODUCT}, "sku": {"S": BLACK}}, request.param)
    return process.restarted()


@pytest.mark.parametrize("path", [SKUS_PATH, f"/vendors/{VENDOR}/inventory", f"/vendors/{VENDOR}/low-stock"])
def test_a_list_of_skus_leaves_out_a_malformed_one(
    damaged_sku: Process, shop_of: Callable[[Process], Client], vendor: str, reports: Reports, path: str
) -> None:
    shop = shop_of(damaged_sku)
    for _ in range(2):
        assert [sku["sku"] for page in shop.walk(f"{path}?limit=1", vendor) for sku in page] == [WHITE]
    assert reports() == [(PRODUCT, BLACK)]


def test_an_order_whose_sku_is_malformed_stops_no_sweep(
    damaged_sku: Process, clock: Clock, reports: Reports
) -> None:
    clock.advance(3_601)
    assert damaged_sku.sweep() == {"released": 1, "completed": 0, "settled": 0, "failed": 1}
    assert damaged_sku.orders.get(INTACT).status == "cancelled"
    assert reports() == [(PRODUCT, BLACK)]


def test_commands_that_need_it_fail_and_no_other(damaged_sku: Process, ledger: Ledger) -> None:
    outcomes = damaged_sku.batch(
        [
            BatchedCommand("ORDER-1", "place", an_order_of((WHITE, 1)).lines, 3_600),
            BatchedCommand("ORDER-2", "place", an_order_of((WHITE, 1), (BLACK, 1)).lines, 3_600),
            BatchedCommand(ORDER, "confirm", (), 3_600),
            BatchedCommand(INTACT, "confirm", (), 3_600),
        ]
    )
    assert [type(outcome) for outcome in outcomes] == [
        OrderOutcome,
        InternalError,
        InternalError,
        OrderOutcome,
    ]
    ledger.put_skus(MULTI_PART_LINES)
    large = a_large_order(MULTI_PART_LINES, order_id="ORDER-3")
    with pytest.raises(InternalError):
        damaged_sku.orders.place(
            type(large)(
                order_id=large.order_id,
                lines=(*large.lines, *an_order_of((BLACK, 1)).lines),
                hold_seconds=large.hold_seconds,
            ),
            ACTOR,
        )
    assert damaged_sku.storage.orders.get("ORDER-3") is None


@pytest.mark.parametrize("idempotency_key", [None, a_key()], ids=["no key", "a key"])
def test_a_malformed_sku_is_not_changed(
    damaged_sku: Process, tables: Tables, idempotency_key: IdempotencyKey | None
) -> None:
    """A 404 would say that it does not exist."""
    before = tables.items()
    with pytest.raises(InternalError):
        damaged_sku.change_sku(replace(a_change(unit_price=1), idempotency_key=idempotency_key))
    with pytest.raises(InternalError):
        damaged_sku.create_sku(a_new_sku())
    assert sorted(map(str, tables.items())) == sorted(map(str, before))


def test_a_cached_sku_that_becomes_malformed_is_a_defect(
    process: Process, tables: Tables, damage: Callable[[Item, Damage], None], reports: Reports
) -> None:
    tables.put(a_product(), a_sku(BLACK, 5))
    process.place(an_order_of((BLACK, 1)))
    damage(
        {"product_id": {"S": PRODUCT}, "sku": {"S": BLACK}},
        lambda item: item.update(sequence={"S": "1"}),
    )
    with pytest.raises(InternalError):
        process.place(an_order_of((BLACK, 1), order_id=INTACT))
    assert process.storage.orders.get(INTACT) is None
    assert reports() == [(PRODUCT, BLACK)]


def test_a_change_of_a_malformed_sku_is_skipped_and_its_repair_may_send_an_alert(
    streams: Streams, reports: Reports
) -> None:
    low = a_sku(BLACK, 3, sequence=1, version=2).to_item()
    malformed = {name: value for name, value in low.items() if name != "reorder_threshold"}
    others = [a_stream_record(a_sku(WHITE, 30).to_item(), a_sku(WHITE, 3, version=2).to_item())]
    assert streams.deliver_skus(a_stream_record(low, malformed), *others) == []
    assert [alert.details["sku"] for alert in streams.outbox.sent] == [WHITE]
    assert streams.deliver_skus(a_stream_record(malformed, low)) == []
    assert [alert.details["sku"] for alert in streams.outbox.sent] == [WHITE, BLACK]
    assert reports() == [(PRODUCT, BLACK)]


# Products and idempotency records


def test_a_change_of_a_malformed_product_stops_no_stream_and_its_repair_reaches_the_skus(
    streams: Streams, tables: Tables, reports: Reports
) -> None:
    deactivated = a_product(version=2, is_active=False)
    malformed = {name: value for name, value in deactivated.to_item().items() if name != "category"}
    tables.put_item(malformed, "Products-table")
    tables.put(a_sku(BLACK, 5))
    active = a_product().to_item()
    hint = a_product_change(a_product(), deactivated)
    assert streams.deliver_products(a_stream_record(active, malformed), hint) == []
    assert reports() == [(PRODUCT,)]
    tables.put(deactivated)
    assert streams.deliver_products(a_stream_record(malformed, deactivated.to_item())) == []
    item = tables.item(PRODUCT, BLACK)
    assert item is not None
    assert from_item(item)["product_is_active"] is False


def test_a_malformed_idempotency_record_does_not_count_as_absent(
    process: Process, tables: Tables, damage: Callable[[Item, Damage], None], reports: Reports
) -> None:
    """The command may have been executed: a second restock would add its units twice."""
    key: IdempotencyKey = a_key()
    tables.put(a_product(), a_sku(BLACK, 5))
    process.restock(a_restock(25, idempotency_key=key))
    damage(idempotency_record_key(key.idempotency_id), lambda item: item.pop("body_hash"))
    with pytest.raises(InternalError):
        process.restarted().restock(a_restock(25, idempotency_key=key))
    assert process.sku(BLACK).current_stock == 30
    assert reports() == [(key.idempotency_id, "#MARKER")]
