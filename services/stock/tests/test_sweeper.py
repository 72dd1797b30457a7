"""The sweeper: what holds have ended, it gives back, once, and at a cost that follows them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client

from chalicelib.commands import BatchedOrder, ExtendHold, SettleOrder
from chalicelib.stock_service import SettledOrder, StockService
from chalicelib.sweeper import Sweeper
from inventory_common.errors import ReservationExpired
from inventory_common.pages import PageRequest
from inventory_common.tuning import SWEEP_SECONDS_MAX

from .shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    ACTOR,
    WHITE,
    Clock,
    Tables,
    a_sku,
    a_key,
    order_body,
    an_order_of,
    immediate,
)
from .test_round_trips import READ, TRANSACTION, counting
from .test_stock_service import Rival, conflict
from .test_transactor import Time, throttled

HOUR = 3_600
SweepBeside = Callable[..., Sweeper]


@pytest.fixture
def sweeper(service: StockService, clock: Clock) -> Sweeper:
    return Sweeper(service.gateway, clock, immediate())


@pytest.fixture
def pages_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.sweeper._DUE_ORDERS_AT_ONCE", 10)


@pytest.fixture
def beside(sweeper: Sweeper) -> SweepBeside:
    """The sweeper while others act, each just before one of its commits."""
    return lambda *acts: replace(sweeper, gateway=Rival(sweeper.gateway, *acts))


def placed(service: StockService, number: int, quantity: int = 1, hold_seconds: int = HOUR) -> str:
    order_id = f"ORDER-{number}"
    service.place(an_order_of((BLACK, quantity), order_id=order_id, hold_seconds=hold_seconds), ACTOR)
    return order_id


def all_placed(service: StockService, *orders: tuple[int, int], sku: str = BLACK) -> None:
    """Place an order of one unit for each number and ``hold_seconds``, many at once."""
    commands = [
        BatchedOrder(f"ORDER-{number}", "place", an_order_of((sku, 1)).lines, hold_seconds)
        for number, hold_seconds in orders
    ]
    for each in service.batch(commands, ACTOR):
        assert isinstance(each, SettledOrder), each


def swept(released: int = 0, settled: int = 0, failed: int = 0) -> dict[str, int]:
    return {"released": released, "completed": 0, "settled": settled, "failed": failed}


def reserved_stock(service: StockService, sku: str = BLACK) -> int:
    found = service.gateway.sku(PRODUCT, sku)
    assert found is not None
    return found.reserved_stock


def test_an_order_whose_hold_has_ended_gives_its_units_back(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(BLACK, 50), a_sku(WHITE, 3))
    service.place(an_order_of((BLACK, 5), (WHITE, 3), hold_seconds=HOUR), ACTOR)
    clock.advance(HOUR + 1)
    assert sweeper.sweep("sweep-1") == swept(released=1)
    order = service.order(ORDER)
    assert (order.status, order.cancel_reason, order.cancelled) == ("cancelled", "expired", 8)
    assert order.expires_at == "2026-02-23T11:30:00.000000Z"
    assert (reserved_stock(service), reserved_stock(service, WHITE)) == (0, 0)
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
def test_an_order_is_not_touched_before_its_hold_has_ended(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables, seconds: int
) -> None:
    tables.put(a_sku(current=50))
    placed(service, 1)
    clock.advance(seconds)
    assert sweeper.sweep("sweep") == swept()
    assert reserved_stock(service) == 1


def test_what_has_left_for_an_order_stays_with_it(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    order_id = placed(service, 1, quantity=5)
    service.confirm(SettleOrder(order_id, {BLACK: 2}, a_key()), ACTOR)
    clock.advance(HOUR + 1)
    assert sweeper.sweep("sweep") == swept(released=1)
    order = service.order(order_id)
    assert (order.status, order.cancel_reason) == ("partially_confirmed", "expired")
    assert (order.reserved, order.confirmed, order.cancelled) == (0, 2, 3)
    assert service.refund(SettleOrder(order_id), ACTOR).order.status == "refunded"


def test_an_extended_order_is_due_at_its_new_end(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    order_id = placed(service, 1)
    clock.advance(HOUR - 1)
    service.extend(ExtendHold(order_id, HOUR), ACTOR)
    clock.advance(2)
    assert sweeper.sweep("sweep") == swept()
    clock.advance(HOUR)
    assert sweeper.sweep("sweep") == swept(released=1)


@pytest.mark.usefixtures("pages_of_ten")
def test_all_that_is_due_is_given_back_over_pages_and_packs(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(BLACK, 500), a_sku(WHITE, 500))
    for sku, numbers in ((WHITE, range(12)), (BLACK, range(12, 26))):
        all_placed(service, *((number, 60 + number % 2 * HOUR) for number in numbers), sku=sku)
    clock.advance(61)
    assert sweeper.sweep("sweep") == swept(released=13)
    clock.advance(HOUR)
    assert sweeper.sweep("sweep") == swept(released=13)
    assert (reserved_stock(service), reserved_stock(service, WHITE)) == (0, 0)
    kinds = Counter((record["order_id"]["S"], record["transaction_type"]["S"]) for record in tables.records())
    assert len(kinds) == 52
    assert set(kinds.values()) == {1}


@pytest.mark.parametrize(("due", "packs"), [(0, 0), (1, 1), (49, 1), (50, 2)])
def test_a_sweep_costs_what_is_due_and_not_what_is_held(
    service: StockService,
    sweeper: Sweeper,
    clock: Clock,
    tables: Tables,
    due: int,
    packs: int,
) -> None:
    tables.put(a_sku(current=500))
    all_placed(service, *((number, HOUR) for number in range(due)))
    all_placed(service, *((1_000 + number, 2 * HOUR) for number in range(20)))
    clock.advance(HOUR + 1)
    calls: list[str] = []
    with counting(service.gateway._client, calls):
        assert sweeper.sweep("sweep") == swept(released=due)
    assert Counter(calls) == Counter({"Query": 16, READ: packs, TRANSACTION: packs})
    assert reserved_stock(service) == 20


# Others at work


@pytest.mark.parametrize(("name", "status"), [("confirm", "confirmed"), ("cancel", "cancelled")])
def test_who_settles_an_order_before_the_sweeper_commits_wins(
    service: StockService, beside: SweepBeside, clock: Clock, tables: Tables, name: str, status: str
) -> None:
    tables.put(a_sku(current=50))
    for number in range(3):
        placed(service, number)
    clock.advance(HOUR + 1)
    sweeper = beside(lambda: getattr(service, name)(SettleOrder("ORDER-1"), ACTOR))
    assert sweeper.sweep("sweep") == swept(released=2, settled=1)
    order = service.order("ORDER-1")
    assert order.status == status
    assert order.cancel_reason != "expired"
    assert reserved_stock(service) == 0
    assert len(tables.records()) == 6


def test_who_extends_an_order_before_the_sweeper_commits_keeps_it(
    service: StockService, beside: SweepBeside, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    order_id = placed(service, 1)
    clock.advance(HOUR + 1)
    assert beside(lambda: service.extend(ExtendHold(order_id, 60), ACTOR)).sweep("s") == swept(settled=1)
    assert service.order(order_id).reserved == 1
    assert reserved_stock(service) == 1


@pytest.mark.parametrize("name", ["confirm", "extend"])
def test_who_comes_after_the_sweeper_is_told_that_the_hold_has_ended(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables, name: str
) -> None:
    tables.put(a_sku(current=50))
    order_id = placed(service, 1)
    clock.advance(HOUR + 1)
    command = SettleOrder(order_id) if name == "confirm" else ExtendHold(order_id, 60)
    rival = Rival(service.gateway, lambda: sweeper.sweep("sweep"))
    with pytest.raises(ReservationExpired):
        getattr(replace(service, gateway=rival), name)(command, ACTOR)
    assert reserved_stock(service) == 0
    assert len(tables.records()) == 2


def test_two_sweepers_at_once_give_every_unit_back_once(
    service: StockService, sweeper: Sweeper, beside: SweepBeside, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=500))
    all_placed(service, *((number, HOUR) for number in range(12)))
    clock.advance(HOUR + 1)
    others: list[Any] = []
    assert beside(lambda: others.append(sweeper.sweep("faster"))).sweep("slower") == swept(settled=12)
    assert others == [swept(released=12)]
    assert reserved_stock(service) == 0
    assert len(tables.records()) == 24


def test_an_index_that_lags_leads_to_nothing(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    for number in range(4):
        placed(service, number)
    clock.advance(HOUR + 1)
    listed = service.gateway.orders_due
    stale = listed(clock(), PageRequest(100))

    class Lagging(Rival):
        def orders_due(self, *_: Any) -> Any:
            return stale

    service.confirm(SettleOrder("ORDER-0"), ACTOR)
    service.cancel(SettleOrder("ORDER-1"), ACTOR)
    service.extend(ExtendHold("ORDER-2", HOUR), ACTOR)
    lagging = replace(sweeper, gateway=Lagging(service.gateway))
    assert lagging.sweep("sweep") == swept(released=1, settled=3)
    assert lagging.sweep("sweep") == swept(settled=4)
    assert reserved_stock(service) == 1


@pytest.mark.parametrize("trouble", [[conflict] * 5, [throttled]], ids=["busy", "throttled"])
def test_what_could_not_be_given_back_is_the_next_sweeps(
    service: StockService,
    sweeper: Sweeper,
    beside: SweepBeside,
    clock: Clock,
    tables: Tables,
    trouble: list[Callable[[], None]],
) -> None:
    tables.put(a_sku(current=50))
    placed(service, 1)
    clock.advance(HOUR + 1)
    assert beside(*trouble).sweep("sweep") == swept(failed=1)
    assert reserved_stock(service) == 1
    assert sweeper.sweep("sweep") == swept(released=1)


@pytest.mark.usefixtures("pages_of_ten")
def test_a_sweep_takes_on_no_more_when_its_time_is_over(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=500))
    all_placed(service, *((number, HOUR) for number in range(12)))
    clock.advance(HOUR + 1)
    time = Time()
    slow = Rival(service.gateway, lambda: time.pass_by(SWEEP_SECONDS_MAX + 0.1))
    patience = time.retry_policy(deadline_seconds=100.0)
    assert replace(sweeper, gateway=slow, retry_policy=patience).sweep("sweep") == swept(released=10)
    assert sweeper.sweep("sweep") == swept(released=2)


def test_what_comes_due_during_a_sweep_is_the_next_ones(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables
) -> None:
    tables.put(a_sku(current=500))
    all_placed(service, *((number, HOUR + number) for number in range(30)))
    clock.advance(HOUR + 10)

    class Passing(Rival):
        def orders_due(self, *arguments: Any) -> Any:
            found = self._gateway.orders_due(*arguments)
            clock.advance(60)
            return found

    passing = replace(sweeper, gateway=Passing(service.gateway))
    assert passing.sweep("sweep") == swept(released=10)
    assert sweeper.sweep("sweep") == swept(released=20)


# Its schedule


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


def test_the_schedule_sweeps_and_writes_one_line_of_the_log(
    service_module: Any,
    service: StockService,
    sweeper: Sweeper,
    clock: Clock,
    tables: Tables,
    shop: Client,
    orders: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(service_module, "sweeping", sweeper)
    tables.put(a_sku(current=50))
    shop.put(f"/orders/{ORDER}", order_body((BLACK, 5), hold_seconds=60), orders)
    clock.advance(61)
    capsys.readouterr()
    service_module.expire_orders(EVENT, Context())
    [line] = map(json.loads, capsys.readouterr().out.splitlines())
    told = ("message", "level", "request_id", "released", "completed", "settled", "failed", "service")
    assert [line[name] for name in told] == [
        "expire_orders",
        "INFO",
        "invocation-1",
        1,
        0,
        0,
        0,
        "inventory-stock",
    ]
    assert {record["request_id"]["S"] for record in tables.records()} >= {"invocation-1"}
    answer = shop.post(f"/orders/{ORDER}/confirm", token=orders)
    assert (answer.status, answer.code) == (409, "reservation_expired")


def test_the_sweeper_is_started_every_minute(service_module: Any) -> None:
    assert service_module.app.schedules["expire_orders"] == "rate(1 minute)"


def many_lines(tables: Tables, service: StockService, *order_ids: str) -> None:
    """Place orders that are kept in parts."""
    skus = [f"SKU-{PRODUCT}-V{number:02}" for number in range(50)]
    tables.put(*(a_sku(sku, 9) for sku in skus))
    for order_id in order_ids:
        service.place(an_order_of(*((sku, 1) for sku in skus), order_id=order_id, hold_seconds=HOUR), ACTOR)


def test_an_order_in_steps_that_the_database_does_not_take_waits_for_the_next_sweep(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables, beside: SweepBeside
) -> None:
    many_lines(tables, service, "ORDER-1", "ORDER-2")
    clock.advance(HOUR + 1)
    assert beside(throttled).sweep("s") == swept(released=1, failed=1)
    assert sweeper.sweep("next") == swept(released=1)


def test_a_defect_that_one_order_meets_is_raised_when_the_others_are_done(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables, beside: SweepBeside
) -> None:
    def broken() -> None:
        raise AssertionError("a defect")

    many_lines(tables, service, "ORDER-1", "ORDER-2")
    clock.advance(HOUR + 1)
    with pytest.raises(AssertionError, match="a defect"):
        beside(broken).sweep("s")
    assert sorted(service.order(order_id).status for order_id in ("ORDER-1", "ORDER-2")) == [
        "cancelled",
        "reserved",
    ]


def test_no_steps_are_begun_after_the_time_of_a_sweep(
    service: StockService, sweeper: Sweeper, clock: Clock, tables: Tables
) -> None:
    many_lines(tables, service, "ORDER-1", "ORDER-2")
    clock.advance(HOUR + 1)
    time = Time()

    slow = Rival(sweeper.gateway, lambda: None, lambda: time.pass_by(SWEEP_SECONDS_MAX + 0.1))
    patience = time.retry_policy(deadline_seconds=100.0)
    assert replace(sweeper, gateway=slow, retry_policy=patience).sweep("s") == swept(released=1)
    assert sweeper.sweep("next") == swept(released=1)


def test_a_page_of_due_orders_ends_where_its_lines_fill_an_answer(
    service: StockService, clock: Clock, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.inventory_gateway.ANSWERED_LINES_MAX", 5)
    tables.put(a_sku(BLACK, 99), a_sku(WHITE, 99))
    order_ids = [f"ORDER-{number}" for number in range(20)]
    for order_id in order_ids:
        service.place(an_order_of((BLACK, 1), (WHITE, 1), order_id=order_id, hold_seconds=HOUR), ACTOR)
    clock.advance(HOUR + 1)
    pages, after = [], None
    while True:
        orders, after = service.gateway.orders_due(clock(), PageRequest(100, after))
        pages.append([order.order_id for order in orders])
        if after is None:
            break
    assert [len(page) for page in pages[:-1]] == [3] * 6
    assert sorted(order_id for page in pages for order_id in page) == sorted(order_ids)
