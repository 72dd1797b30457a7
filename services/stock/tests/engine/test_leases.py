"""Priority leases: a writer that keeps conflicting over one SKU asks other writers to leave it alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from front_door import Client

from chalicelib.domain.decisions import ReadSet, WriteSet
from chalicelib.domain.orders import OrderStatus
from chalicelib.domain.stock_changes import restock
from chalicelib.storage.skus import LeaseHeld, SkuStore
from chalicelib.storage.state import Committed, StateStore, Unanswered, WriteConflict
from inventory_common.errors import Busy
from inventory_common.ids import StockKey
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import CONFLICTS_BEFORE_LEASE, PRIORITY_LEASE_SECONDS

from ..other_writers import conflict
from ..process import Process
from ..shop import (
    BLACK,
    NOW,
    PRODUCT,
    SKU_PATH,
    WHITE,
    Clock,
    Tables,
    a_change,
    a_context,
    a_key,
    a_product,
    a_restock,
    a_sku,
    an_order_of,
    immediate,
    units,
    write_set_of,
)

KEY = StockKey(PRODUCT, BLACK)


class StateStoreBesideFasterWriter(StateStore):
    """A state store at which a faster writer restocks the black variant before each commit, if it can."""

    def __init__(self, state: StateStore, faster: Process) -> None:
        super().__init__(state.database, state.orders, state.products)
        self._faster = faster
        self._keys = (f"faster-{number}" for number in count())
        self.conflicts = 0
        self.waited = 0
        """How often the faster writer found the SKU leased."""

    def commit(
        self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
    ) -> Committed | WriteConflict | Unanswered:
        try:
            self._faster.restock(a_restock(1, idempotency_key=a_key(next(self._keys))))
        except Busy:
            self.waited += 1
        result = super().commit(write_sets, leased)
        self.conflicts += isinstance(result, WriteConflict)
        return result


@pytest.fixture
def other(process: Process, tables: Tables) -> Process:
    """Another process, which attempts each command once."""
    tables.put(a_product(), a_sku(BLACK, 10), a_sku(WHITE, 10))
    return replace(process.restarted(), retry_policy=immediate(attempts_max=1))


@pytest.fixture
def state(process: Process, other: Process) -> StateStoreBesideFasterWriter:
    return StateStoreBesideFasterWriter(process.storage.state, other)


@pytest.fixture
def slower(process: Process, state: StateStoreBesideFasterWriter) -> Process:
    """A process beside a writer that is always faster, unless the SKU is leased."""
    return replace(process.through(state=state), retry_policy=immediate(attempts_max=9))


def lease(process: Process, now: str = NOW) -> ReadSet | LeaseHeld:
    return process.storage.skus.take_priority_leases([KEY], now)


@pytest.fixture
def leased(process: Process, other: Process) -> None:
    """Some writer holds a priority lease of the black variant."""
    assert isinstance(lease(process), ReadSet)


def stored(tables: Tables) -> dict[str, Any]:
    item = tables.item(PRODUCT, BLACK)
    assert item is not None
    return item


def test_a_writer_that_conflicted_several_times_over_one_sku_takes_a_lease_and_commits(
    slower: Process, state: StateStoreBesideFasterWriter
) -> None:
    placed = slower.place(an_order_of((BLACK, 2)))
    assert placed.order.status is OrderStatus.RESERVED
    assert (state.conflicts, state.waited) == (CONFLICTS_BEFORE_LEASE, 1)


def test_an_order_of_several_lines_leases_only_its_contended_sku(
    slower: Process, state: StateStoreBesideFasterWriter
) -> None:
    placed = slower.place(an_order_of((BLACK, 2), (WHITE, 3)))
    reserved = {key: line.reserved for key, line in placed.order.lines.items()}
    assert reserved == units((BLACK, 2), (WHITE, 3))
    assert state.conflicts == 2
    assert state.waited == 1


@pytest.mark.usefixtures("leased")
def test_other_writers_wait_until_a_lease_expires(other: Process, clock: Clock) -> None:
    with pytest.raises(Busy):
        other.place(an_order_of((BLACK, 1)))
    assert other.place(an_order_of((WHITE, 1), order_id="ORDER-WHITE")).order.reserved == 1
    # The holder has died.
    clock.advance(PRIORITY_LEASE_SECONDS)
    with pytest.raises(Busy):
        other.place(an_order_of((BLACK, 1)))
    clock.now = plus_seconds(NOW, PRIORITY_LEASE_SECONDS + 1)
    assert other.place(an_order_of((BLACK, 1))).order.reserved == 1


@pytest.mark.usefixtures("leased")
def test_a_writer_that_meets_a_lease_pauses_shortly_within_the_same_attempt(
    process: Process, clock: Clock
) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        clock.advance(PRIORITY_LEASE_SECONDS + 1)

    policy = replace(immediate(), sleep=sleep, uniform=lambda low, high: high)
    waiting = replace(process, retry_policy=policy)
    assert waiting.place(an_order_of((BLACK, 1))).order.reserved == 1
    assert pauses == [0.03]


def test_a_writer_that_read_its_clock_before_the_lease_was_taken_leaves_it_alone(
    process: Process, other: Process
) -> None:
    """It reads the clock, decides and signs; meanwhile another takes the lease."""
    assert isinstance(lease(process, plus_seconds(NOW, PRIORITY_LEASE_SECONDS)), ReadSet)
    with pytest.raises(Busy):
        other.place(an_order_of((BLACK, 1)))


def test_a_lease_by_a_clock_far_ahead_delays_no_writer(process: Process, other: Process) -> None:
    assert isinstance(lease(process, plus_seconds(NOW, 3_600)), ReadSet)
    assert other.place(an_order_of((BLACK, 1))).order.reserved == 1


@pytest.mark.usefixtures("leased")
def test_a_leased_sku_cannot_be_leased_by_another_writer(process: Process, clock: Clock) -> None:
    assert lease(process, clock()) == LeaseHeld()
    clock.advance(PRIORITY_LEASE_SECONDS + 1)
    taken = lease(process, clock())
    assert isinstance(taken, ReadSet)
    assert taken.skus.keys() == {KEY}


@pytest.mark.usefixtures("other")
def test_taking_a_lease_returns_the_current_sku(process: Process) -> None:
    taken = lease(process)
    assert isinstance(taken, ReadSet)
    assert taken == process.storage.state.read([KEY])
    assert taken.skus[KEY] == a_sku(BLACK, 10)


def test_a_sku_that_does_not_exist_is_not_leased(process: Process, tables: Tables) -> None:
    assert lease(process) == ReadSet()
    assert tables.items() == []


def test_the_commit_of_its_holder_ends_a_lease(
    process: Process, other: Process, state: StateStoreBesideFasterWriter, tables: Tables
) -> None:
    before = stored(tables)
    lease(process)
    assert stored(tables) == before | {"turn_until": {"S": plus_seconds(NOW, PRIORITY_LEASE_SECONDS)}}
    with suppress(Busy):
        other.restock(a_restock(1))
    assert "turn_until" in stored(tables)
    current = process.storage.state.read([KEY]).state_of()
    decision = restock(current, a_restock(5), a_context())
    assert state.commit([write_set_of(decision)], leased={KEY}) == Committed()
    assert "turn_until" not in stored(tables)


@pytest.mark.usefixtures("other")
def test_a_lease_is_not_part_of_a_served_sku(shop: Client, vendor: str, process: Process) -> None:
    before = shop.get(SKU_PATH, vendor)
    assert isinstance(lease(process), ReadSet)
    after = shop.get(SKU_PATH, vendor)
    assert (after.json, after.headers["ETag"]) == (before.json, before.headers["ETag"])


@pytest.mark.usefixtures("leased")
def test_a_change_of_price_does_not_wait_for_a_lease(process: Process) -> None:
    assert process.change_sku(a_change(unit_price=7)).unit_price == 7


def test_a_lease_is_kept_after_a_conflict_without_image(process: Process, other: Process) -> None:
    """Throttling, or a transaction in progress: DynamoDB returns no item, and the lease is still held."""

    class CountingLeases(SkuStore):
        leases = 0

        def take_priority_leases(self, keys: Sequence[StockKey], now: str) -> ReadSet | LeaseHeld:
            self.leases += 1
            return super().take_priority_leases(keys, now)

    class ConflictingWithLease(StateStoreBesideFasterWriter):
        conflicts_with_lease = 0

        def commit(
            self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
        ) -> Committed | WriteConflict | Unanswered:
            if leased and self.conflicts_with_lease < 2:
                self.conflicts_with_lease += 1
                return conflict()
            return super().commit(write_sets, leased)

    storage = process.storage
    skus = CountingLeases(storage.skus.database, storage.skus.bounds)
    state = ConflictingWithLease(storage.state, other)
    slower = replace(process.through(state=state, skus=skus), retry_policy=immediate(attempts_max=9))
    assert slower.place(an_order_of((BLACK, 2))).order.status is OrderStatus.RESERVED
    assert state.conflicts_with_lease == 2
    assert skus.leases == 1
