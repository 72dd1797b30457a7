"""The sweeper: it releases every expired hold once, at a cost that depends on what is due alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client

from chalicelib.domain.commands import BatchedCommand, ExtendHold, SettleOrder
from chalicelib.domain.orders import OrderOutcome
from chalicelib.storage.orders import DueOrders, OrderStore
from inventory_common.errors import ReservationExpired
from inventory_common.owners import EVERY_OWNER, Owners
from inventory_common.pages import PageRequest
from inventory_common.tuning import SWEEP_SECONDS_MAX

from ..calls import noted_calls
from ..other_writers import InterruptedStateStore, conflict, throttled
from ..process import Process
from ..shop import (
    BLACK,
    NOW,
    ORDER,
    ORDER_PATH,
    PRODUCT,
    WHITE,
    Clock,
    MonotonicClock,
    Tables,
    a_key,
    a_sku,
    an_order_of,
    order_body,
    units,
)

HOUR = 3_600
SweeperBeside = Callable[..., Process]


class SmallPages(OrderStore):
    """An order store that lists ten due orders at a time."""

    def due(self, due_before: str, page: PageRequest, owners: Owners = EVERY_OWNER) -> DueOrders:
        return super().due(due_before, PageRequest(10, page.after), owners)


@pytest.fixture
def sweeper(process: Process) -> Process:
    """The process of the sweeper."""
    return process.restarted()


@pytest.fixture
def sweeper_beside(process: Process) -> SweeperBeside:
    """Makes a process of the sweeper, before whose commits others act."""
    return lambda *acts: process.over(state=InterruptedStateStore(process.storage.state, *acts))


def place_one(process: Process, number: int, quantity: int = 1, hold_seconds: int = HOUR) -> str:
    """Place an order of black units, and return its id."""
    order_id = f"ORDER-{number}"
    process.place(an_order_of((BLACK, quantity), order_id=order_id, hold_seconds=hold_seconds))
    return order_id


def place_many(process: Process, *orders: tuple[int, int], sku: str = BLACK) -> None:
    """Place an order of one unit for each ``(number, hold_seconds)``, many in one transaction."""
    commands = [
        BatchedCommand(f"ORDER-{number}", "place", an_order_of((sku, 1)).lines, hold_seconds)
        for number, hold_seconds in orders
    ]
    for outcome in process.batch(commands):
        assert isinstance(outcome, OrderOutcome), outcome


def place_in_parts(process: Process, tables: Tables, *order_ids: str) -> None:
    """Place orders that are stored in parts."""
    skus = [f"SKU-{PRODUCT}-V{number:02}" for number in range(50)]
    tables.put(*(a_sku(sku, 9) for sku in skus))
    for order_id in order_ids:
        process.place(an_order_of(*((sku, 1) for sku in skus), order_id=order_id, hold_seconds=HOUR))


def swept(released: int = 0, settled: int = 0, failed: int = 0) -> dict[str, int]:
    return {"released": released, "completed": 0, "settled": settled, "failed": failed}


def reserved_stock(process: Process, sku: str = BLACK) -> int:
    return process.sku(sku).reserved_stock


# Expired holds


def test_an_order_whose_hold_has_expired_releases_its_units(
    process: Process, sweeper: Process, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(BLACK, 50), a_sku(WHITE, 3))
    process.place(an_order_of((BLACK, 5), (WHITE, 3), hold_seconds=HOUR))
    clock.advance(HOUR + 1)
    assert sweeper.sweep("sweep-1") == swept(released=1)
    order = process.orders.get(ORDER)
    assert (order.status, order.cancel_reason, order.cancelled) == ("cancelled", "expired", 8)
    assert order.expires_at == "2026-02-23T11:30:00.000000Z"
    assert (reserved_stock(process), reserved_stock(process, WHITE)) == (0, 0)
    released = [record for record in tables.records() if record["sequence"] == {"N": "2"}]
    assert {record["sku"]["S"]: record["quantity"]["N"] for record in released} == {BLACK: "5", WHITE: "3"}
    for record in released:
        assert record["transaction_type"] == {"S": "order_cancelled"}
        assert record["performed_by"] == {"S": "system:expiry"}
        assert record["request_id"] == {"S": "sweep-1"}
        assert record["order_id"] == {"S": ORDER}
        assert record["quantity_change"] == {"N": "0"}
    assert sweeper.sweep("sweep-2") == swept()
    assert len(tables.records()) == 4


@pytest.mark.parametrize("seconds", [0, HOUR - 1, HOUR])
def test_an_order_is_not_changed_before_its_hold_has_expired(
    process: Process, sweeper: Process, clock: Clock, tables: Tables, seconds: int
) -> None:
    tables.put(a_sku(current=50))
    place_one(process, 1)
    clock.advance(seconds)
    assert sweeper.sweep() == swept()
    assert reserved_stock(process) == 1


def test_confirmed_units_of_an_expired_order_stay_confirmed(
    process: Process, sweeper: Process, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    order_id = place_one(process, 1, quantity=5)
    process.confirm(SettleOrder(order_id, units((BLACK, 2)), a_key()))
    clock.advance(HOUR + 1)
    assert sweeper.sweep() == swept(released=1)
    order = process.orders.get(order_id)
    assert (order.status, order.cancel_reason) == ("partially_confirmed", "expired")
    assert (order.reserved, order.confirmed, order.cancelled) == (0, 2, 3)
    refund = process.refund(SettleOrder(order_id, idempotency_key=a_key("refund")))
    assert refund.order.status == "refunded"


def test_an_extended_order_is_due_at_the_new_end_of_its_hold(
    process: Process, sweeper: Process, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    order_id = place_one(process, 1)
    clock.advance(HOUR - 1)
    process.extend(ExtendHold(order_id, HOUR))
    clock.advance(2)
    assert sweeper.sweep() == swept()
    clock.advance(HOUR)
    assert sweeper.sweep() == swept(released=1)


def test_all_due_orders_are_released_over_several_pages_and_batches(
    process: Process, clock: Clock, tables: Tables
) -> None:
    sweeper = process.over(orders=SmallPages(process.storage.orders.database))
    tables.put(a_sku(BLACK, 500), a_sku(WHITE, 500))
    for sku, numbers in ((WHITE, range(12)), (BLACK, range(12, 26))):
        place_many(process, *((number, 60 + number % 2 * HOUR) for number in numbers), sku=sku)
    clock.advance(61)
    assert sweeper.sweep() == swept(released=13)
    clock.advance(HOUR)
    assert sweeper.sweep() == swept(released=13)
    assert (reserved_stock(process), reserved_stock(process, WHITE)) == (0, 0)
    logged = Counter(
        (record["order_id"]["S"], record["transaction_type"]["S"]) for record in tables.records()
    )
    assert len(logged) == 52
    assert set(logged.values()) == {1}


@pytest.mark.parametrize(("due", "transactions"), [(0, 0), (1, 1), (49, 1), (50, 2)])
def test_a_sweep_costs_what_is_due_and_not_what_is_reserved(
    process: Process,
    sweeper: Process,
    clock: Clock,
    tables: Tables,
    dynamodb: Any,
    due: int,
    transactions: int,
) -> None:
    tables.put(a_sku(current=500))
    place_many(process, *((number, HOUR) for number in range(due)))
    place_many(process, *((1_000 + number, 2 * HOUR) for number in range(20)))
    clock.advance(HOUR + 1)
    with noted_calls(dynamodb) as calls:
        assert sweeper.sweep() == swept(released=due)
    assert Counter(calls) == Counter(
        {"Query": 16, "BatchGetItem": transactions, "TransactWriteItems": transactions}
    )
    assert reserved_stock(process) == 20


# Other writers


@pytest.mark.parametrize(("name", "status"), [("confirm", "confirmed"), ("cancel", "cancelled")])
def test_a_settlement_that_commits_before_the_sweeper_prevails(
    process: Process, sweeper_beside: SweeperBeside, clock: Clock, tables: Tables, name: str, status: str
) -> None:
    tables.put(a_sku(current=50))
    for number in range(3):
        place_one(process, number)
    clock.advance(HOUR + 1)
    sweeper = sweeper_beside(lambda: getattr(process, name)(SettleOrder("ORDER-1")))
    assert sweeper.sweep() == swept(released=2, settled=1)
    order = process.orders.get("ORDER-1")
    assert order.status == status
    assert order.cancel_reason != "expired"
    assert reserved_stock(process) == 0
    assert len(tables.records()) == 6


def test_an_extension_that_commits_before_the_sweeper_prevails(
    process: Process, sweeper_beside: SweeperBeside, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    order_id = place_one(process, 1)
    clock.advance(HOUR + 1)
    sweeper = sweeper_beside(lambda: process.extend(ExtendHold(order_id, 60)))
    assert sweeper.sweep() == swept(settled=1)
    assert process.orders.get(order_id).reserved == 1
    assert reserved_stock(process) == 1


@pytest.mark.parametrize("name", ["confirm", "extend"])
def test_a_command_that_commits_after_the_sweeper_is_refused_as_expired(
    process: Process, sweeper: Process, clock: Clock, tables: Tables, name: str
) -> None:
    tables.put(a_sku(current=50))
    order_id = place_one(process, 1)
    clock.advance(HOUR + 1)
    command = SettleOrder(order_id) if name == "confirm" else ExtendHold(order_id, 60)
    state = InterruptedStateStore(process.storage.state, sweeper.sweep)
    with pytest.raises(ReservationExpired):
        getattr(process.through(state=state), name)(command)
    assert reserved_stock(process) == 0
    assert len(tables.records()) == 2


def test_two_sweepers_at_once_release_every_unit_once(
    process: Process, sweeper: Process, sweeper_beside: SweeperBeside, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=500))
    place_many(process, *((number, HOUR) for number in range(12)))
    clock.advance(HOUR + 1)
    faster: list[Any] = []
    slower = sweeper_beside(lambda: faster.append(sweeper.sweep("faster")))
    assert slower.sweep("slower") == swept(settled=12)
    assert faster == [swept(released=12)]
    assert reserved_stock(process) == 0
    assert len(tables.records()) == 24


def test_an_order_that_a_lagging_index_lists_wrongly_is_not_changed(
    process: Process, sweeper: Process, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    for number in range(4):
        place_one(process, number)
    clock.advance(HOUR + 1)
    stale = process.storage.orders.due(clock(), PageRequest(100))

    class LaggingOrderStore(OrderStore):
        def due(self, due_before: str, page: PageRequest, owners: Owners = EVERY_OWNER) -> DueOrders:
            return stale

    process.confirm(SettleOrder("ORDER-0"))
    process.cancel(SettleOrder("ORDER-1"))
    process.extend(ExtendHold("ORDER-2", HOUR))
    lagging = sweeper.over(orders=LaggingOrderStore(process.storage.orders.database))
    assert lagging.sweep() == swept(released=1, settled=3)
    assert lagging.sweep() == swept(settled=4)
    assert reserved_stock(process) == 1


# Failures


@pytest.mark.parametrize("failures", [[conflict] * 5, [throttled]], ids=["busy", "throttled"])
def test_an_order_that_could_not_be_released_is_released_by_the_next_sweep(
    process: Process,
    sweeper: Process,
    sweeper_beside: SweeperBeside,
    clock: Clock,
    tables: Tables,
    failures: list[Callable[[], Any]],
) -> None:
    tables.put(a_sku(current=50))
    place_one(process, 1)
    clock.advance(HOUR + 1)
    assert sweeper_beside(*failures).sweep() == swept(failed=1)
    assert reserved_stock(process) == 1
    assert sweeper.sweep() == swept(released=1)


def test_an_order_in_parts_that_the_database_rejects_is_released_by_the_next_sweep(
    process: Process, sweeper: Process, sweeper_beside: SweeperBeside, clock: Clock, tables: Tables
) -> None:
    place_in_parts(process, tables, "ORDER-1", "ORDER-2")
    clock.advance(HOUR + 1)
    assert sweeper_beside(throttled).sweep() == swept(released=1, failed=1)
    assert sweeper.sweep() == swept(released=1)


def test_a_defect_that_one_order_meets_is_raised_after_the_others_are_released(
    process: Process, sweeper_beside: SweeperBeside, clock: Clock, tables: Tables
) -> None:
    def defect() -> None:
        raise AssertionError("a defect")

    place_in_parts(process, tables, "ORDER-1", "ORDER-2")
    clock.advance(HOUR + 1)
    with pytest.raises(AssertionError, match="a defect"):
        sweeper_beside(defect).sweep()
    statuses = sorted(process.orders.get(order_id).status for order_id in ("ORDER-1", "ORDER-2"))
    assert statuses == ["cancelled", "reserved"]


# The time of a sweep


def test_a_sweep_begins_no_page_after_its_time_is_over(
    process: Process, sweeper: Process, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=500))
    place_many(process, *((number, HOUR) for number in range(12)))
    clock.advance(HOUR + 1)
    time = MonotonicClock()
    slow = process.over(
        orders=SmallPages(process.storage.orders.database),
        state=InterruptedStateStore(process.storage.state, lambda: time.advance(SWEEP_SECONDS_MAX + 0.1)),
    )
    assert replace(slow, retry_policy=time.retry_policy(deadline_seconds=100.0)).sweep() == swept(released=10)
    assert sweeper.sweep() == swept(released=2)


def test_a_sweep_begins_no_saga_after_its_time_is_over(
    process: Process, sweeper: Process, sweeper_beside: SweeperBeside, clock: Clock, tables: Tables
) -> None:
    place_in_parts(process, tables, "ORDER-1", "ORDER-2")
    clock.advance(HOUR + 1)
    time = MonotonicClock()
    slow = sweeper_beside(lambda: None, lambda: time.advance(SWEEP_SECONDS_MAX + 0.1))
    assert replace(slow, retry_policy=time.retry_policy(deadline_seconds=100.0)).sweep() == swept(released=1)
    assert sweeper.sweep() == swept(released=1)


def test_an_order_that_becomes_due_during_a_sweep_is_left_to_the_next(
    process: Process, sweeper: Process, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=500))
    place_many(process, *((number, HOUR + number) for number in range(30)))
    clock.advance(HOUR + 10)

    class SlowOrderStore(OrderStore):
        def due(self, due_before: str, page: PageRequest, owners: Owners = EVERY_OWNER) -> DueOrders:
            found = super().due(due_before, page, owners)
            clock.advance(60)
            return found

    slow = sweeper.over(orders=SlowOrderStore(process.storage.orders.database))
    assert slow.sweep() == swept(released=10)
    assert sweeper.sweep() == swept(released=20)


# The schedule

EVENT = {
    "version": "0",
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": NOW,
    "region": "ap-south-1",
    "resources": [],
    "detail": {},
}


class Context:
    aws_request_id = "invocation-1"


def test_the_schedule_sweeps_and_logs_one_line(
    service_module: Any,
    sweeper: Process,
    clock: Clock,
    tables: Tables,
    shop: Client,
    orders: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(service_module, "sweeper", sweeper.sweeper)
    tables.put(a_sku(current=50))
    shop.put(ORDER_PATH, order_body((BLACK, 5), hold_seconds=60), orders)
    clock.advance(61)
    capsys.readouterr()
    service_module.expire_orders(EVENT, Context())
    [line] = map(json.loads, capsys.readouterr().out.splitlines())
    expected = {
        "message": "expire_orders",
        "level": "INFO",
        "request_id": "invocation-1",
        "released": 1,
        "completed": 0,
        "settled": 0,
        "failed": 0,
        "service": "inventory-stock",
    }
    assert {name: line[name] for name in expected} == expected
    assert {record["request_id"]["S"] for record in tables.records()} >= {"invocation-1"}
    answer = shop.post(f"{ORDER_PATH}/confirm", token=orders)
    assert (answer.status, answer.code) == (409, "reservation_expired")


def test_the_sweeper_is_started_every_minute(service_module: Any) -> None:
    assert service_module.app.schedules["expire_orders"] == "rate(1 minute)"
