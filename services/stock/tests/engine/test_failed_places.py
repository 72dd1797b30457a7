"""Places whose sagas fail: what they have reserved is released first, even among other writers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import pytest

from chalicelib.domain.commands import LineRequest, PlaceOrder, SettleOrder
from chalicelib.domain.decisions import WriteSet
from chalicelib.storage.state import Committed, StateStore, Unanswered, WriteConflict
from inventory_common.errors import Busy, InsufficientStock, OrderInProgress, SkuInactive
from inventory_common.ids import StockKey
from inventory_common.tuning import SAGA_LEASE_SECONDS

from ..crashes import ProcessDied, die
from ..large_orders import HOLD_SECONDS, Ledger, a_large_order, sku_id
from ..other_writers import InterruptedStateStore, OvertakenStateStore, after_commits
from ..process import Process
from ..shop import ACTOR, ORDER, Clock, a_sku

ACTIVE = a_sku(sku_id(100), 5)
INACTIVE = replace(ACTIVE, is_active=False)
"""A line of the third part of an order: its place fails after two steps."""


# One process


def test_a_place_that_fails_between_two_steps_releases_everything_before_the_response(
    process: Process, ledger: Ledger
) -> None:
    ledger.put_skus(120)
    state = InterruptedStateStore(process.storage.state, *after_commits(2, lambda: ledger.put(INACTIVE)))
    with pytest.raises(SkuInactive):
        process.through(state=state).place(a_large_order(120))
    assert ledger.totals() == (600, 0)
    assert ledger.order_items() == set()
    assert len(ledger.records("order_placed")) == len(ledger.records("order_cancelled")) == 96
    assert {item["performed_by"]["S"] for item in ledger.records("order_cancelled")} == {"system:saga"}


def test_the_error_names_every_line_that_became_short_between_two_steps(
    process: Process, ledger: Ledger
) -> None:
    ledger.put_skus(150)
    short = [sku_id(number) for number in (100, 145)]

    def sell() -> None:
        lines = tuple(LineRequest(StockKey.of(sku), 4) for sku in short)
        process.place(PlaceOrder(order_id="ORDER-2", lines=lines, hold_seconds=HOLD_SECONDS))

    state = InterruptedStateStore(process.storage.state, *after_commits(2, sell))
    with pytest.raises(InsufficientStock) as refused:
        process.through(state=state).place(a_large_order(150))
    assert [line["sku"] for line in refused.value.members["lines"]] == short
    assert ledger.order_items() == set()


def test_a_place_that_fails_for_another_reason_says_that_although_lines_become_short(
    process: Process, ledger: Ledger
) -> None:
    """A copy may place the order as soon as it is released: what is short then is short because of it."""
    ledger.put_skus(120)
    deactivating = InterruptedStateStore(
        process.storage.state, *after_commits(2, lambda: ledger.put(INACTIVE))
    )

    def sell() -> None:
        ledger.put(ACTIVE)
        ledger.set_stock(0, 0)

    selling = InterruptedStateStore(deactivating, *after_commits(5, sell))
    with pytest.raises(SkuInactive):
        process.through(state=selling).place(a_large_order(120))
    assert ledger.order_items() == set()


# The request is sent again


@pytest.mark.parametrize("commits", [4, 5, 6])
def test_a_place_that_is_sent_again_while_it_is_released_is_released_first(
    process: Process, ledger: Ledger, commits: int
) -> None:
    """Its process dies before it releases the first part, the second, or before it removes the order."""
    ledger.put_skus(120)
    deactivating = InterruptedStateStore(
        process.storage.state, *after_commits(2, lambda: ledger.put(INACTIVE))
    )
    dying = InterruptedStateStore(deactivating, *after_commits(commits, die))
    with pytest.raises(ProcessDied):
        process.through(state=dying).place(a_large_order(120))
    assert process.orders.get(ORDER).status == "releasing"
    with pytest.raises(OrderInProgress):
        process.place(a_large_order(119))
    with pytest.raises(OrderInProgress):
        process.place(a_large_order(2))

    with pytest.raises(SkuInactive):
        process.place(a_large_order(120))
    assert ledger.totals() == (600, 0)
    assert ledger.order_items() == set()
    ledger.put(ACTIVE)
    assert process.place(a_large_order(120)).order.status == "reserved"
    ledger.assert_consistent()


def test_a_place_of_few_lines_that_is_sent_again_while_it_is_released_is_placed_anew(
    process: Process, ledger: Ledger
) -> None:
    ledger.put_skus(3)
    order = a_large_order(3)
    active = a_sku(sku_id(2), 5)
    ledger.put(replace(active, is_active=False))

    # A step for the contended SKU, then one for the others, which cannot be reserved.
    state = InterruptedStateStore(process.storage.state, *after_commits(2, die))
    contended = frozenset({StockKey.of(sku_id(0))})
    with pytest.raises(ProcessDied):
        process.through(state=state).sagas.place(order, ACTOR, process.retry_policy.deadline(), contended)
    assert process.orders.get(ORDER).status == "releasing"
    ledger.put(active)

    placed = process.place(order)
    assert (placed.replayed, placed.order.status) == (False, "reserved")
    assert ledger.totals() == (15, 6)
    ledger.assert_consistent()


@pytest.mark.parametrize("commits", [4, 5, 6, 7, 8])
def test_two_processes_that_release_one_place_at_once_do_not_prevent_each_other(
    process: Process, ledger: Ledger, commits: int
) -> None:
    """One is slow; the other has released all, placed the order anew, and died while it released that."""
    ledger.put_skus(170)

    def deactivating(after: int) -> InterruptedStateStore:
        acts = after_commits(after, lambda: ledger.put(INACTIVE))
        return InterruptedStateStore(process.storage.state, *acts)

    # The commits by which the other one releases what is left: both parts and the order, or less.
    released = max(0, 7 - commits)

    def act_as_the_other() -> None:
        ledger.put(ACTIVE)
        dying = InterruptedStateStore(deactivating(2 + released), *after_commits(5 + released, die))
        with pytest.raises(ProcessDied):
            process.through(state=dying).place(a_large_order(170))

    slow = InterruptedStateStore(deactivating(2), *after_commits(commits, act_as_the_other))
    with pytest.raises(SkuInactive):
        process.through(state=slow).place(a_large_order(170))
    with pytest.raises(SkuInactive):
        process.place(a_large_order(170))
    assert ledger.totals() == (850, 0)
    assert ledger.order_items() == set()
    ledger.assert_consistent()


# The sweeper is at work


def test_a_place_that_the_sweeper_released_meanwhile_is_busy_and_can_be_sent_again(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    ledger.put_skus(120)

    def sweep() -> None:
        clock.advance(SAGA_LEASE_SECONDS + 1)
        assert sweeper.sweep()["completed"] == 1

    # The process waits so long after two parts that the sweeper assumes that it has died.
    state = OvertakenStateStore(process.storage.state, 2, sweep)
    with pytest.raises(Busy):
        process.through(state=state).place(a_large_order(120))
    again = process.place(a_large_order(120))
    assert (again.replayed, again.order.status, again.order.reserved) == (False, "reserved", 240)
    assert ledger.totals() == (600, 240)
    ledger.assert_consistent()


def test_a_place_that_fails_says_why_although_the_sweeper_releases_the_rest(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    ledger.put_skus(120)

    def sweep() -> None:
        clock.advance(SAGA_LEASE_SECONDS + 1)
        assert sweeper.sweep()["completed"] == 1

    sold_out = InterruptedStateStore(
        process.storage.state, *after_commits(1, lambda: ledger.put(a_sku(sku_id(100), 0)))
    )
    # The process waits so long while it releases that the sweeper assumes that it has died.
    state = OvertakenStateStore(sold_out, 4, sweep)
    with pytest.raises(InsufficientStock):
        process.through(state=state).place(a_large_order(120))
    assert process.order(ORDER) is None
    assert ledger.totals() == (595, 0)


@pytest.mark.parametrize("commits", [0, 1, 2])
def test_an_order_that_another_sweeper_removes_meanwhile_is_no_failure(
    process: Process,
    dying: Callable[[int], Process],
    sweeper: Process,
    clock: Clock,
    ledger: Ledger,
    commits: int,
) -> None:
    ledger.put_skus(60)
    with pytest.raises(ProcessDied):
        dying(4).place(a_large_order(60))
    clock.advance(SAGA_LEASE_SECONDS + 1)

    def sweep() -> None:
        clock.advance(SAGA_LEASE_SECONDS + 1)
        assert sweeper.sweep("faster")["completed"] == 1

    state = InterruptedStateStore(process.storage.state, *after_commits(commits, sweep))
    assert process.over(state=state).sweep("slower")["failed"] == 0
    assert process.order(ORDER) is None
    assert ledger.totals() == (300, 0)


# A delayed write


class LateRemovals(StateStore):
    """A state store whose removals of an order have not arrived when their process gives up."""

    def __init__(self, state: StateStore) -> None:
        super().__init__(state.database, state.orders, state.products)
        self.late: list[Sequence[WriteSet]] = []

    def commit(
        self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
    ) -> Committed | WriteConflict | Unanswered:
        first = write_sets[0]
        if first.order is None and first.replaced_order is not None:
            self.late.append(write_sets)
            raise ProcessDied
        return super().commit(write_sets, leased)


def test_a_late_removal_does_not_remove_the_next_order_with_the_same_id(
    process: Process, clock: Clock, ledger: Ledger
) -> None:
    """Two processes release the order, one of them removes it late, and it is placed again meanwhile."""
    ledger.put_skus(100)
    active = a_sku(sku_id(60), 5)
    inactive = replace(active, is_active=False)
    removals = LateRemovals(process.storage.state)
    state = InterruptedStateStore(removals, *after_commits(1, lambda: ledger.put(inactive)))
    with pytest.raises(ProcessDied):
        process.through(state=state).place(a_large_order(100))
    [[late]] = removals.late
    ledger.put(active)
    clock.advance(1)
    placed = process.place(a_large_order(100)).order
    assert late.replaced_order is not None
    assert placed.version == late.replaced_order.version, "only their times distinguish the two orders"
    assert isinstance(process.storage.state.commit([late]), WriteConflict)
    assert process.orders.get(ORDER) == placed
    assert ledger.totals() == (500, 200)
    assert process.confirm(SettleOrder(ORDER)).order.status == "confirmed"
