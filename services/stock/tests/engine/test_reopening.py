"""Reopens over the tables: one transaction, wherever its process dies, after cancels of one step or many."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.commands import ReopenOrder, SettleOrder
from chalicelib.domain.decisions import NeedsSaga
from chalicelib.domain.orders import Order
from chalicelib.domain.settlements import CANCEL
from inventory_common.errors import InsufficientStock, NotReopenable, TooManyChanges
from inventory_common.tuning import SAGA_LEASE_SECONDS

from ..crashes import ProcessDied
from ..large_orders import HOLD_SECONDS, Ledger, a_large_order, sku_id
from ..other_writers import InterruptedStateStore
from ..process import Process
from ..shop import ACTOR, BLACK, ORDER, WHITE, Clock, a_key, an_order_of, units
from ..stores import RecordingStateStore

Dying = Callable[[int], Process]


def a_reopen(key: str = "reopen") -> ReopenOrder:
    return ReopenOrder(ORDER, HOLD_SECONDS, a_key(key))


def found(process: Process) -> Order:
    order = process.order(ORDER)
    assert order is not None
    return order


@pytest.fixture
def cancelled(process: Process, stocked: None) -> None:
    process.place(an_order_of((BLACK, 5), (WHITE, 3)))
    process.cancel(SettleOrder(ORDER))


@pytest.mark.usefixtures("cancelled")
def test_a_process_that_dies_after_any_call_has_reopened_all_or_nothing(
    process: Process, dying: Dying, ledger: Ledger
) -> None:
    for calls in (1, 2):
        command = a_reopen(f"k{calls}")
        with pytest.raises(ProcessDied):
            dying(calls).reopen(command)
        is_done = found(process).reserved == 8
        assert is_done or found(process).reserved == 0
        again = process.restarted().reopen(command)
        assert (again.replayed, again.order.reserved) == (is_done, 8)
        ledger.assert_consistent()
        process.cancel(SettleOrder(ORDER, None, a_key(f"cancel {calls}")))
    assert ledger.totals()[1] == ledger.reserved_by_orders() == 0


@pytest.mark.usefixtures("cancelled")
def test_of_two_copies_of_a_reopen_one_is_executed(process: Process, ledger: Ledger) -> None:
    outcomes = []
    interrupted = InterruptedStateStore(
        process.storage.state, lambda: outcomes.append(process.restarted().reopen(a_reopen()))
    )
    outcomes.append(process.through(state=interrupted).reopen(a_reopen()))
    assert [outcome.replayed for outcome in outcomes] == [False, True]
    assert found(process).reserved == 8
    assert len(ledger.records()) == 6


@pytest.mark.usefixtures("cancelled")
def test_a_reopen_overtaken_by_another_is_refused(process: Process, ledger: Ledger) -> None:
    interrupted = InterruptedStateStore(
        process.storage.state, lambda: process.restarted().reopen(a_reopen("other"))
    )
    with pytest.raises(NotReopenable):
        process.through(state=interrupted).reopen(a_reopen())
    assert found(process).reserved == 8
    ledger.assert_consistent()


@pytest.mark.usefixtures("cancelled")
def test_a_reopen_overtaken_by_a_place_reserves_nothing(process: Process, ledger: Ledger) -> None:
    other = an_order_of((WHITE, 1), order_id="ORDER-67890")
    interrupted = InterruptedStateStore(process.storage.state, lambda: process.place(other))
    with pytest.raises(InsufficientStock):
        process.through(state=interrupted).reopen(a_reopen())
    assert found(process).reserved == 0
    ledger.assert_consistent()


# After a cancel of several steps


@pytest.mark.usefixtures("stocked")
def test_a_cancel_sku_by_sku_is_one_command(process: Process, ledger: Ledger) -> None:
    process.place(an_order_of((BLACK, 5), (WHITE, 3)))
    contended = frozenset(units((BLACK, 5), (WHITE, 3)))
    state = RecordingStateStore(process.storage.state)
    sagas = process.over(state=state).sagas
    sagas.settle(CANCEL, SettleOrder(ORDER), ACTOR, process.retry_policy.deadline(), NeedsSaga(contended))
    assert state.calls.count("commit") == 3
    assert process.reopen(a_reopen()).order.reserved == 8
    ledger.assert_consistent()


@pytest.fixture
def large(process: Process, ledger: Ledger) -> None:
    """An order of 60 lines of two units each, in two parts."""
    ledger.put_skus(60)
    process.place(a_large_order(60))


@pytest.mark.usefixtures("large")
def test_all_steps_of_a_cancel_are_one_command(process: Process, ledger: Ledger) -> None:
    process.confirm(SettleOrder(ORDER, units(*((sku_id(number), 2) for number in range(20))), a_key("1")))
    process.cancel(SettleOrder(ORDER, units(*((sku_id(number), 1) for number in range(20, 30))), a_key("2")))
    process.cancel(SettleOrder(ORDER, None, a_key("3")))
    order = process.reopen(a_reopen()).order
    assert order == found(process)
    reserved = [order.lines[key].reserved for key in sorted(order.lines)]
    assert reserved == [0] * 20 + [1] * 10 + [2] * 30
    assert (order.status, order.cancelled) == ("partially_confirmed", 10)
    ledger.assert_consistent()
    assert ledger.totals()[1] == ledger.reserved_by_orders()


@pytest.mark.usefixtures("large")
def test_an_expiry_that_its_process_left_unfinished_is_reopened_as_a_whole(
    process: Process, dying: Dying, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    process.confirm(SettleOrder(ORDER, units(*((sku_id(number), 2) for number in range(15))), a_key("1")))
    clock.advance(HOLD_SECONDS)
    calls = 16  # at least: it reads sixteen partitions
    while not found(process).cancelled:
        calls += 1
        clock.advance(SAGA_LEASE_SECONDS + 1)
        with pytest.raises(ProcessDied):
            dying(calls).sweep()
    assert found(process).saga is not None
    clock.advance(SAGA_LEASE_SECONDS + 1)
    sweeper.sweep()
    assert (found(process).saga, found(process).reserved) == (None, 0)
    assert process.reopen(a_reopen()).order.reserved == 90
    ledger.assert_consistent()
    assert ledger.totals()[1] == ledger.reserved_by_orders() == 90


@pytest.mark.usefixtures("large")
def test_more_lines_than_one_transaction_writes_are_not_reopened(process: Process, ledger: Ledger) -> None:
    process.cancel(SettleOrder(ORDER))
    before = len(ledger.records())
    with pytest.raises(TooManyChanges):
        process.reopen(a_reopen())
    assert len(ledger.records()) == before
