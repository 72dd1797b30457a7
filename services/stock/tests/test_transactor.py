"""Several commands in one transaction: in which packs they go, and what becomes of each among others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.commands import SettleOrder
from chalicelib.holds import expire
from chalicelib.inventory_actions import count_of
from chalicelib.memory import Memory
from chalicelib.orders import Order
from chalicelib.reservations import cancel, confirm, place
from chalicelib.snapshot import Commit, Readings
from chalicelib.stock_service import StockService
from chalicelib.transactor import Done, Outcome, Task, Transactor
from inventory_common.errors import Busy, DatabaseUnavailable, InsufficientStock, SkuInactive
from inventory_common.limits import TOMBSTONE_SECONDS
from inventory_common.retry_policy import RetryPolicy

from .shop import (
    BLACK,
    ORDER,
    PRODUCT,
    ACTOR,
    WHITE,
    Clock,
    Tables,
    a_line,
    a_restock,
    a_sku,
    an_order,
    an_order_of,
    immediate,
)
from .test_stock_service import conflict
from .test_torn_snapshots import Torn

SETTLED = {"confirm": confirm, "cancel": cancel}


class Watched:
    """A gateway that notes what goes through it, and lets others act just before its commits, in turn."""

    def __init__(self, gateway: Any, *acts: Callable[[], Any]) -> None:
        self._gateway = gateway
        self._acts = list(acts)
        self.reads: list[int] = []
        self.tried: list[list[str]] = []
        self.actions: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def read(self, skus: Iterable[Any] = (), *, orders: Any = (), idempotency_records: Any = ()) -> Readings:
        skus, orders, idempotency_records = list(skus), list(orders), list(idempotency_records)
        if keys := len(skus) + len(orders) + len(idempotency_records):
            self.reads.append(keys)
        return self._gateway.read(skus, orders=orders, idempotency_records=idempotency_records)

    def commit(self, commits: Sequence[Commit], in_turn: Any = ()) -> None:
        self.tried.append([commit.order.order_id for commit in commits if commit.order is not None])
        self.actions.append(count_of(commits))
        if self._acts:
            self._acts.pop(0)()
        self._gateway.commit(commits, in_turn)


def placing(number: int | str, *lines: tuple[str, int]) -> Task:
    command = an_order_of(*lines or [(BLACK, 1)], order_id=f"ORDER-{number}")
    return Task(
        decide=lambda seen, occasion: place(seen, command, occasion),
        source=ACTOR,
        skus=tuple((line.product_id, line.sku) for line in command.lines),
        order_id=command.order_id,
    )


def settling(number: int | str, name: str = "confirm") -> Task:
    command = SettleOrder(f"ORDER-{number}")
    return Task(
        decide=lambda seen, occasion: SETTLED[name](seen, command, occasion),
        source=ACTOR,
        order_id=command.order_id,
    )


def words(outcomes: Sequence[Outcome]) -> list[str]:
    """Name each outcome: what the order is in now, ``again`` for what was done before, or the refusal."""
    return [
        type(outcome).__name__
        if not isinstance(outcome, Done)
        else "again"
        if outcome.commit is None
        else outcome.commit.order.status.value
        for outcome in outcomes
    ]


def carried_out(transactor: Transactor, tasks: Sequence[Task]) -> list[Outcome]:
    return list(transactor.carry_out_all(tasks, transactor.retry_policy.deadline()))


Beside = Callable[..., tuple[Transactor, Watched]]


@pytest.fixture
def beside(service: StockService, clock: Clock) -> Beside:
    """A transactor, and the gateway on which others act before its commits."""

    def beside(
        *acts: Callable[[], Any], retry_policy: RetryPolicy | None = None
    ) -> tuple[Transactor, Watched]:
        watched = Watched(service.gateway, *acts)
        return Transactor(watched, clock, retry_policy or immediate()), watched

    return beside


def orders_of(tables: Tables) -> list[str]:
    """Return the orders of all records, in the order of their numbers."""
    records = sorted(tables.records(), key=lambda record: int(record["sequence"]["N"]))
    return [record["order_id"]["S"] for record in records]


def some_skus(tables: Tables, count: int, stock: int = 9) -> list[str]:
    skus = [f"SKU-{PRODUCT}-V{number:03}" for number in range(count)]
    tables.put(*(a_sku(sku, stock) for sku in skus))
    return skus


# Packs


def test_each_order_of_a_pack_gets_what_the_one_before_it_leaves(tables: Tables, beside: Beside) -> None:
    tables.put(a_sku(current=5))
    transactor, gateway = beside()
    outcomes = carried_out(
        transactor,
        [placing(1, (BLACK, 3)), placing(2, (BLACK, 3)), placing(3, (BLACK, 2)), placing(4, (BLACK, 1))],
    )
    assert words(outcomes) == ["reserved", "InsufficientStock", "reserved", "InsufficientStock"]
    available = [refused.members["lines"][0]["available"] for refused in (outcomes[1], outcomes[3])]
    assert available == [2, 0]
    assert gateway.tried == [["ORDER-1", "ORDER-3"]]
    assert orders_of(tables) == ["ORDER-1", "ORDER-3"]


def test_a_sku_that_many_orders_move_is_written_once_and_each_has_its_record(
    tables: Tables, beside: Beside, service: StockService
) -> None:
    tables.put(a_sku(current=500, version=7))
    transactor, gateway = beside()
    outcomes = carried_out(transactor, [placing(number) for number in range(49)])
    assert words(outcomes) == ["reserved"] * 49
    assert (gateway.reads, gateway.actions) == ([50], [99])
    sku = service.gateway.sku(PRODUCT, BLACK)
    assert sku is not None
    assert (sku.current_stock, sku.reserved_stock, sku.sequence, sku.version) == (500, 49, 49, 7 + 49)
    assert orders_of(tables) == [f"ORDER-{number}" for number in range(49)]
    last = max(tables.records(), key=lambda record: int(record["sequence"]["N"]))
    assert (sku.ledger_hash, sku.last_transaction_at) == (last["hash"]["S"], last["timestamp"]["S"])


def test_the_fiftieth_order_on_one_sku_is_the_next_packs(tables: Tables, beside: Beside) -> None:
    tables.put(a_sku(current=500))
    transactor, gateway = beside()
    carried_out(transactor, [placing(number) for number in range(50)])
    assert (gateway.reads, gateway.actions) == ([50, 2], [99, 3])


@pytest.mark.parametrize(
    ("sizes", "actions"),
    [
        ([24, 25], [100]),
        ([25, 25], [51, 51]),
        ([49, 1], [99, 3]),
        ([1, 48, 1], [100, 3]),
        ([1] * 34, [99, 3]),
    ],
)
def test_a_pack_is_as_large_as_a_transaction(
    tables: Tables, beside: Beside, sizes: list[int], actions: list[int]
) -> None:
    left = iter(some_skus(tables, sum(sizes)))
    transactor, gateway = beside()
    tasks = [placing(n, *[(next(left), 1) for _ in range(size)]) for n, size in enumerate(sizes)]
    assert words(carried_out(transactor, tasks)) == ["reserved"] * len(sizes)
    assert gateway.actions == actions
    assert max(gateway.reads) <= 100


@pytest.mark.parametrize(("name", "status"), [("confirm", "confirmed"), ("cancel", "cancelled")])
@pytest.mark.parametrize(("remembers", "reads"), [(False, [49, 50]), (True, [49])])
def test_what_settles_orders_of_one_sku_reads_these_its_sku_unless_remembered_and_is_one_transaction(
    tables: Tables, beside: Beside, name: str, status: str, remembers: bool, reads: list[int]
) -> None:
    tables.put(a_sku(current=100))
    transactor, gateway = beside()
    carried_out(transactor, [placing(number) for number in range(49)])
    if not remembers:
        transactor, gateway = beside()
    gateway.reads.clear()
    gateway.actions.clear()
    outcomes = carried_out(transactor, [settling(number, name) for number in range(49)])
    assert words(outcomes) == [status] * 49
    assert (gateway.reads, gateway.actions) == (reads, [99])


@pytest.mark.parametrize("sizes", [[49, 49], [49, 1, 49], [49, 48, 1, 2], [1, 49], [25, 25, 25, 1, 1]])
def test_what_settles_orders_that_do_not_fit_together_goes_on_with_the_rest(
    tables: Tables, beside: Beside, sizes: list[int]
) -> None:
    skus = some_skus(tables, max(sizes))
    transactor, gateway = beside()
    carried_out(transactor, [placing(n, *[(sku, 1) for sku in skus[:size]]) for n, size in enumerate(sizes)])
    gateway.reads.clear()
    gateway.actions.clear()
    outcomes = carried_out(transactor, [settling(number) for number in range(len(sizes))])
    assert words(outcomes) == ["confirmed"] * len(sizes)
    assert [outcome.commit.order.order_id for outcome in outcomes] == [
        f"ORDER-{number}" for number in range(len(sizes))
    ]
    assert max(gateway.actions + gateway.reads) <= 100
    assert len(tables.records()) == 2 * sum(sizes)


def test_what_settles_orders_of_different_skus_reads_at_most_a_hundred_items_at_once(
    tables: Tables, beside: Beside
) -> None:
    left = iter(some_skus(tables, 100))
    transactor, gateway = beside()
    sizes = [49, 49, 2]
    carried_out(
        transactor, [placing(n, *[(next(left), 1) for _ in range(size)]) for n, size in enumerate(sizes)]
    )
    gateway.reads.clear()
    outcomes = carried_out(transactor, [settling(number) for number in range(len(sizes))])
    assert words(outcomes) == ["confirmed"] * 3
    assert max(gateway.reads) == 100


def test_commands_on_one_order_follow_each_other(tables: Tables, beside: Beside) -> None:
    tables.put(a_sku(current=5))
    transactor, gateway = beside()
    tasks = [
        settling(1),
        placing(1, (BLACK, 5)),
        placing(2, (BLACK, 1)),
        placing(1, (BLACK, 5)),
        settling(1, "cancel"),
        placing(2, (BLACK, 1)),
        settling(1),
    ]
    assert words(carried_out(transactor, tasks)) == [
        "OrderNotFound",
        "reserved",
        "InsufficientStock",
        "again",
        "cancelled",
        "reserved",
        "OrderCancelled",
    ]
    assert all(len(set(orders)) == len(orders) for orders in gateway.tried)


def test_nothing_to_do_is_no_call(beside: Beside) -> None:
    transactor, gateway = beside()
    assert carried_out(transactor, []) == []
    assert (gateway.reads, gateway.tried) == ([], [])


# Others at work


def test_who_lost_a_sku_is_planned_again_on_what_is_left_without_a_read(
    tables: Tables, beside: Beside, service: StockService
) -> None:
    tables.put(a_sku(current=5))
    transactor, gateway = beside(lambda: service.place(an_order_of((BLACK, 3), order_id="ORDER-FAST"), ACTOR))
    outcomes = carried_out(transactor, [placing(1, (BLACK, 2)), placing(2, (BLACK, 2))])
    assert words(outcomes) == ["reserved", "InsufficientStock"]
    assert outcomes[1].members["lines"][0]["available"] == 0
    # The pack's, and that of the refused order: it may have been placed since.
    assert gateway.reads == [3, 1]
    assert orders_of(tables) == ["ORDER-FAST", "ORDER-1"]


def test_a_refusal_does_not_outlive_the_pack_that_it_was_decided_in(
    tables: Tables, beside: Beside, service: StockService
) -> None:
    tables.put(a_sku(current=5))
    transactor, gateway = beside(lambda: service.restock(a_restock(9), ACTOR))
    outcomes = carried_out(transactor, [placing(1, (BLACK, 5)), placing(2, (BLACK, 5))])
    assert words(outcomes) == ["reserved", "reserved"]
    assert gateway.tried == [["ORDER-1"], ["ORDER-1", "ORDER-2"]]


def test_an_order_whose_own_state_changed_leaves_the_pack_and_the_others_do_not_notice(
    tables: Tables, beside: Beside, service: StockService
) -> None:
    tables.put(a_sku(BLACK, 9), a_sku(WHITE, 9))
    transactor, gateway = beside(lambda: service.place(an_order_of((WHITE, 1), order_id="ORDER-2"), ACTOR))
    outcomes = carried_out(transactor, [placing(1), placing(2, (WHITE, 1)), placing(3)])
    assert words(outcomes) == ["reserved", "again", "reserved"]
    assert gateway.tried == [["ORDER-1", "ORDER-2", "ORDER-3"], ["ORDER-1", "ORDER-3"]]
    assert len(tables.records()) == 3


@pytest.mark.parametrize("placed_first", [True, False])
def test_a_sku_that_is_deactivated_meanwhile_refuses_the_places_of_a_pack_alone(
    tables: Tables, beside: Beside, service: StockService, placed_first: bool
) -> None:
    tables.put(a_sku(current=9))
    service.place(an_order_of((BLACK, 2), order_id="ORDER-OLD"), ACTOR)

    def deactivate() -> None:
        sku = service.gateway.sku(PRODUCT, BLACK)
        tables.put(replace(sku, is_active=False, version=sku.version + 1))

    transactor, _ = beside(deactivate)
    tasks = [placing("NEW"), settling("OLD")] if placed_first else [settling("OLD"), placing("NEW")]
    expected = ["SkuInactive", "confirmed"] if placed_first else ["confirmed", "SkuInactive"]
    assert words(carried_out(transactor, tasks)) == expected
    assert orders_of(tables) == ["ORDER-OLD", "ORDER-OLD"]


def test_a_pack_that_keeps_meeting_other_transactions_goes_on_in_halves_in_its_sequence(
    tables: Tables, beside: Beside
) -> None:
    tables.put(a_sku(current=6))
    transactor, gateway = beside(conflict, conflict, conflict, conflict)
    outcomes = carried_out(transactor, [placing(n, (BLACK, n)) for n in (1, 2, 3, 4, 5)])
    assert words(outcomes) == ["reserved", "reserved", "reserved", *["InsufficientStock"] * 2]
    first, second = ["ORDER-1", "ORDER-2"], ["ORDER-3"]
    assert gateway.tried == [first + second, first + second, first, first, ["ORDER-1"], ["ORDER-2"], second]
    assert orders_of(tables) == first + second


def test_one_conflict_does_not_halve_a_pack(tables: Tables, beside: Beside) -> None:
    tables.put(a_sku(current=6))
    transactor, gateway = beside(conflict)
    carried_out(transactor, [placing(n) for n in range(4)])
    assert [len(tried) for tried in gateway.tried] == [4, 4]


def test_who_always_meets_other_transactions_is_sent_away_alone(
    tables: Tables, service: StockService, clock: Clock
) -> None:
    tables.put(a_sku(current=99))

    class Unlucky(Watched):
        def commit(self, commits: Sequence[Commit], in_turn: Any = ()) -> None:
            if any(commit.order.order_id == "ORDER-3" for commit in commits):
                self.tried.append([])
                conflict()
            super().commit(commits, in_turn)

    gateway = Unlucky(service.gateway)
    transactor = Transactor(gateway, clock, immediate(attempts_max=4))
    outcomes = carried_out(transactor, [placing(n) for n in range(8)])
    assert words(outcomes) == [*["reserved"] * 3, "Busy", *["reserved"] * 4]
    assert gateway.tried.count([]) == 2 + 2 + 2 + 4
    assert "ORDER-3" not in orders_of(tables)
    assert len(tables.records()) == 7
    assert service.gateway.order("ORDER-3") is None


def test_a_pack_that_always_loses_is_sent_away_whole_with_nothing_done(
    tables: Tables, beside: Beside, service: StockService
) -> None:
    tables.put(a_sku(current=999))
    numbers = iter(range(100))

    def another() -> None:
        service.place(an_order_of((BLACK, 1), order_id=f"ORDER-FAST-{next(numbers)}"), ACTOR)

    transactor, _ = beside(*[another] * 4, retry_policy=immediate(attempts_max=3))
    assert words(carried_out(transactor, [placing(1), placing(2)])) == ["Busy", "Busy"]
    assert len(tables.records()) == 4  # the first attempt decides twice, on the image that the first lost to
    assert service.gateway.order("ORDER-1") is None


# A database in trouble


def throttled(*_: Any) -> None:
    raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "TransactWriteItems")


def test_a_pack_that_the_database_does_not_take_fails_alone(tables: Tables, beside: Beside) -> None:
    tables.put(a_sku(current=500))
    transactor, _ = beside(lambda: None, throttled)
    outcomes = carried_out(transactor, [placing(number) for number in range(110)])
    assert words(outcomes) == [*["reserved"] * 49, *["DatabaseUnavailable"] * 49, *["reserved"] * 12]
    assert len(tables.records()) == 61


def test_an_answer_that_was_lost_leads_to_a_repeated_command(
    tables: Tables, beside: Beside, service: StockService
) -> None:
    tables.put(a_sku(current=5))
    transactor, _ = beside()

    class Silent(Watched):
        def commit(self, commits: Sequence[Commit], in_turn: Any = ()) -> None:
            super().commit(commits, in_turn)
            raise ReadTimeoutError(endpoint_url="http://127.0.0.1")

    silent = replace(transactor, gateway=Silent(service.gateway))
    tasks = [placing(1, (BLACK, 3)), placing(2, (BLACK, 2))]
    assert words(carried_out(silent, tasks)) == ["DatabaseUnavailable"] * 2
    assert words(carried_out(transactor, tasks)) == ["again", "again"]
    assert len(tables.records()) == 2


def test_what_is_our_own_fault_is_told_as_such(tables: Tables, beside: Beside) -> None:
    tables.put(a_sku(current=5))

    def broken() -> None:
        raise ZeroDivisionError

    transactor, _ = beside(broken)
    with pytest.raises(ZeroDivisionError):
        carried_out(transactor, [placing(1)])


@dataclass
class Time:
    """A monotonic clock that a test moves, and that moves by sleeping."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def pass_by(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def retry_policy(self, **limits: Any) -> RetryPolicy:
        return RetryPolicy(
            monotonic=lambda: self.seconds, sleep=self.pass_by, uniform=lambda low, high: high, **limits
        )


def test_whose_turn_does_not_come_in_time_is_told_so_and_not_begun(tables: Tables, beside: Beside) -> None:
    tables.put(a_sku(current=500))
    time = Time()
    transactor, gateway = beside(
        lambda: time.pass_by(6),
        lambda: time.pass_by(6),
        retry_policy=time.retry_policy(deadline_seconds=10.0),
    )
    outcomes = carried_out(transactor, [placing(number) for number in range(200)])
    assert words(outcomes) == [*["reserved"] * 98, *["Busy"] * 102]
    assert gateway.reads == [50, 50]


def test_a_database_that_hangs_is_not_waited_for_by_every_pack(beside: Beside, service: StockService) -> None:
    time = Time()

    class Hanging(Watched):
        def read(self, *arguments: Any, **keywords: Any) -> Readings:
            self.reads.append(0)
            time.pass_by(15.5)
            raise ReadTimeoutError(endpoint_url="http://127.0.0.1")

    transactor, _ = beside(retry_policy=time.retry_policy())
    gateway = Hanging(service.gateway)
    outcomes = carried_out(replace(transactor, gateway=gateway), [placing(n) for n in range(500)])
    assert words(outcomes) == [*["DatabaseUnavailable"] * 49, *["Busy"] * 451]
    assert (gateway.reads, time.seconds < 29) == ([0], True)


# Readings of different moments


class Scripted:
    """A gateway that answers reads with what it was told, one after another; nothing may be written."""

    def __init__(self, *readings: Readings) -> None:
        self._readings = list(readings)

    def read(
        self,
        skus: Iterable[tuple[str, str]] = (),
        *,
        orders: Iterable[str] = (),
        idempotency_records: Iterable[str] = (),
    ) -> Readings:
        wanted = {sku for _, sku in skus}, set(orders)
        if wanted == (set(), set()):
            return Readings()
        found = self._readings.pop(0)
        assert (set(found.skus), set(found.orders)) == wanted
        return found

    def commit(self, commits: Sequence[Commit], in_turn: Any = ()) -> None:
        raise AssertionError(commits)


def expiring(order_id: str) -> Task:
    return Task(decide=expire, source=ACTOR, skus=((PRODUCT, BLACK),), order_id=order_id)


def test_readings_that_mend_one_order_and_tear_another_are_not_begun_anew(clock: Clock) -> None:
    clock.advance(172_800)

    def of(order_id: str, **line: int) -> dict[str, Order]:
        return {order_id: an_order(a_line(**line), order_id=order_id)}

    gateway = Scripted(
        # Five of ORDER-1 are not in the SKU any more; three of ORDER-2 still are,
        Readings(
            skus={BLACK: a_sku(current=3, reserved=3)},
            orders=of("ORDER-1", reserved=5) | of("ORDER-2", reserved=3),
        ),
        # and are not when the SKU is read again with ORDER-1.
        Readings(skus={BLACK: a_sku()}, orders=of("ORDER-1", confirmed=5)),
        Readings(skus={BLACK: a_sku()}, orders=of("ORDER-2", confirmed=3)),
    )
    outcomes = carried_out(Transactor(gateway, clock, immediate()), [expiring("ORDER-1"), expiring("ORDER-2")])
    assert words(outcomes) == ["again", "again"]


def test_an_order_that_never_fits_its_sku_keeps_no_other_order_from_being_settled(
    tables: Tables, beside: Beside, service: StockService
) -> None:
    tables.put(a_sku(BLACK, 99), a_sku(WHITE, 9))
    placer, _ = beside()
    carried_out(placer, [placing(n, (WHITE if n == 2 else BLACK, 1)) for n in range(6)])
    sku = service.gateway.sku(PRODUCT, WHITE)
    tables.put(replace(sku, reserved_stock=0))  # nobody of ours does that
    transactor, gateway = beside(retry_policy=Time().retry_policy())
    outcomes = carried_out(transactor, [settling(number) for number in range(6)])
    assert words(outcomes) == ["confirmed", "confirmed", "Busy", *["confirmed"] * 3]
    assert len(gateway.reads) < 25


def test_a_place_that_a_first_copy_put_over_a_lapsed_cancel_is_a_repeated_one(
    tables: Tables, service: StockService, clock: Clock
) -> None:
    tables.put(a_sku(current=5))
    service.cancel(SettleOrder(ORDER), ACTOR)
    clock.advance(TOMBSTONE_SECONDS)
    torn = Torn(service.gateway, lambda: service.place(an_order_of((BLACK, 5)), ACTOR))
    settled = replace(service, gateway=torn).place(an_order_of((BLACK, 5)), ACTOR)
    assert (settled.replayed, settled.order.reserved) == (True, 5)


def test_a_place_over_a_lapsed_cancel_that_is_refused_is_refused(
    tables: Tables, service: StockService, clock: Clock
) -> None:
    tables.put(a_sku(current=5))
    service.cancel(SettleOrder(ORDER), ACTOR)
    clock.advance(TOMBSTONE_SECONDS)
    with pytest.raises(InsufficientStock):
        service.place(an_order_of((BLACK, 6)), ACTOR)


def test_one_task_alone_raises_its_refusal(tables: Tables, beside: Beside) -> None:
    tables.put(a_sku(current=5, is_active=False))
    transactor, _ = beside()
    with pytest.raises(SkuInactive):
        transactor.carry_out(placing(1))
    busy, _ = beside(*[conflict] * 9)
    tables.put(a_sku(current=5))
    with pytest.raises(Busy):
        busy.carry_out(placing(1))


def test_one_task_alone_leaves_a_failing_database_to_whoever_answers(tables: Tables, beside: Beside) -> None:
    tables.put(a_sku(current=5))
    transactor, _ = beside(throttled)
    with pytest.raises(ClientError):
        transactor.carry_out(placing(1))
    assert not issubclass(ClientError, DatabaseUnavailable)


@pytest.mark.parametrize("is_remembered", [True, False])
def test_no_write_begins_after_the_deadline(
    service: StockService, tables: Tables, beside: Beside, is_remembered: bool
) -> None:
    tables.put(a_sku(current=9))
    service.place(an_order_of((BLACK, 1)), ACTOR)
    time = Time()

    class Slow(Watched):
        def read(self, *arguments: Any, **keywords: Any) -> Readings:
            time.pass_by(11)
            return super().read(*arguments, **keywords)

    slow = replace(
        service,
        gateway=Slow(service.gateway),
        retry_policy=time.retry_policy(deadline_seconds=10.0),
        memory=service.memory if is_remembered else Memory(),
    )
    with pytest.raises(Busy, match="slow at present"):
        slow.confirm(SettleOrder(ORDER), ACTOR)
    assert service.order(ORDER).status == "reserved"
