"""Duplicates of a command that another process executes wait for it, and take no steps against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.orders import OrderOutcome
from chalicelib.storage.state import WriteConflict
from inventory_common.errors import Busy, InsufficientStock, OrderCancelled
from inventory_common.ids import StockKey
from inventory_common.tuning import SAGA_LEASE_SECONDS

from ..crashes import ProcessDied, die
from ..large_orders import Ledger, a_large_order, sku_id
from ..other_writers import InterruptedStateStore, after_commits
from ..process import Process
from ..shop import ORDER, Clock, a_sku, immediate

LINES = 100
"""Lines of an order in three parts."""
Dying = Callable[[int], Process]


@pytest.fixture
def placed(process: Process, ledger: Ledger) -> None:
    ledger.put_skus(LINES)
    process.place(a_large_order(LINES))


def begun_by(dying: Dying) -> None:
    """Let a process begin to confirm the order, and die after its first write."""
    with pytest.raises(ProcessDied):
        dying(5).confirm(SettleOrder(ORDER))


def assert_waits(process: Process, command: Callable[[Process], OrderOutcome], status: str) -> None:
    """Assert that a duplicate writes nothing while another process, after three pauses, ends the command."""
    other = process.restarted()
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            assert not command(other).replayed

    state = InterruptedStateStore(process.storage.state)
    waiting = replace(process.over(state=state), retry_policy=replace(immediate(), sleep=sleep))
    outcome = command(waiting)
    assert (outcome.replayed, outcome.order.status, state.commits) == (True, status, 0)


@pytest.mark.usefixtures("placed")
def test_a_duplicate_waits_while_the_first_makes_progress(process: Process, dying: Dying) -> None:
    begun_by(dying)
    assert process.orders.get(ORDER).status == "confirming"
    assert_waits(process, lambda each: each.confirm(SettleOrder(ORDER)), "confirmed")


@pytest.mark.usefixtures("placed")
def test_it_takes_the_steps_itself_if_the_first_makes_no_progress(process: Process, dying: Dying) -> None:
    begun_by(dying)
    pauses: list[float] = []
    policy = replace(immediate(), sleep=pauses.append)
    outcome = replace(process, retry_policy=policy).confirm(SettleOrder(ORDER))
    assert (outcome.order.status, len(pauses)) == ("confirmed", 5)


@pytest.mark.usefixtures("placed")
def test_it_does_not_wait_for_a_saga_whose_lease_has_expired(
    process: Process, dying: Dying, clock: Clock
) -> None:
    begun_by(dying)
    clock.advance(SAGA_LEASE_SECONDS + 1)
    pauses: list[float] = []
    policy = replace(immediate(), sleep=pauses.append)
    outcome = replace(process, retry_policy=policy).confirm(SettleOrder(ORDER))
    assert (outcome.order.status, pauses) == ("confirmed", [])


@pytest.mark.usefixtures("placed")
def test_a_process_that_is_overtaken_waits_for_the_other(process: Process, ledger: Ledger) -> None:
    copies = []
    # The copy joins after the beginning, is not waited for, and takes all steps.
    state = InterruptedStateStore(
        process.storage.state, *after_commits(1, lambda: copies.append(process.confirm(SettleOrder(ORDER))))
    )
    confirmed = process.over(state=state).confirm(SettleOrder(ORDER))
    assert [confirmed.order.status, copies[0].order.status] == ["confirmed", "confirmed"]
    assert state.commits == 2
    ledger.assert_consistent()


# Places


def test_a_duplicate_of_a_place_waits_while_the_first_makes_progress(
    process: Process, dying: Dying, ledger: Ledger
) -> None:
    ledger.put_skus(LINES)
    with pytest.raises(ProcessDied):
        dying(6).place(a_large_order(LINES))
    assert process.orders.get(ORDER).status == "placing"
    assert_waits(process, lambda each: each.place(a_large_order(LINES)), "reserved")
    ledger.assert_consistent()


@pytest.mark.parametrize("is_sold_out", [False, True])
def test_a_place_that_waits_is_not_a_replay_of_what_has_ended(
    process: Process, ledger: Ledger, is_sold_out: bool
) -> None:
    """It has taken the first step, and the other process the second one, which it finds taken."""
    ledger.put_skus(LINES)
    other = process.restarted()

    def second_step() -> None:
        dying = InterruptedStateStore(process.storage.state, *after_commits(1, die))
        with pytest.raises(ProcessDied):
            other.through(state=dying).place(a_large_order(LINES))

    def end(_: float) -> None:
        if is_sold_out:
            ledger.put(a_sku(sku_id(LINES - 1), 1))
            with pytest.raises(InsufficientStock):
                other.place(a_large_order(LINES))
        else:
            other.place(a_large_order(LINES))
            other.cancel(SettleOrder(ORDER))

    state = InterruptedStateStore(process.storage.state, *after_commits(1, second_step))
    waiting = replace(process.over(state=state), retry_policy=replace(immediate(), sleep=end))
    with pytest.raises(Busy if is_sold_out else OrderCancelled):
        waiting.place(a_large_order(LINES))
    assert ledger.totals()[1] == 0
    ledger.assert_consistent()


def test_a_place_that_is_overtaken_takes_no_step_twice(process: Process, ledger: Ledger) -> None:
    ledger.put_skus(LINES)
    copies = []
    state = InterruptedStateStore(
        process.storage.state, *after_commits(1, lambda: copies.append(process.place(a_large_order(LINES))))
    )
    placed = process.over(state=state).place(a_large_order(LINES))
    assert (placed.order.status, copies[0].order.status) == ("reserved", "reserved")
    assert state.commits == 2
    ledger.assert_consistent()


# One transaction


def test_conflicts_with_a_duplicate_over_the_order_make_no_saga(process: Process, ledger: Ledger) -> None:
    ledger.put_skus(41)
    process.place(a_large_order(41))
    skus = frozenset(StockKey.of(sku_id(number)) for number in range(41))

    def duplicate() -> WriteConflict:
        found = process.storage.state.read(skus, orders=[ORDER])
        return WriteConflict(found=found, contended=skus, is_over_order=True)

    state = InterruptedStateStore(process.storage.state, *[duplicate] * 4)
    confirmed = process.over(state=state).confirm(SettleOrder(ORDER))
    assert (confirmed.order.status, confirmed.order.version) == ("confirmed", 2)
    assert state.commits == 5
