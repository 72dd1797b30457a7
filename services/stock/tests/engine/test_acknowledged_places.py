"""Places of many lines whose time runs out after they have begun: 202, and they finish, either way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from front_door import Answer, Client

from chalicelib.domain.commands import BatchedCommand, PlaceOrder, SettleOrder
from chalicelib.domain.orders import Order, OrderOutcome
from inventory_common.errors import (
    Busy,
    InsufficientStock,
    OrderCancelled,
    OrderExists,
    OrderInProgress,
    OutcomeUnknown,
)
from inventory_common.ids import StockKey
from inventory_common.limits import ORDER_LINES_MAX, TOMBSTONE_SECONDS
from inventory_common.timestamps import epoch_seconds, plus_seconds
from inventory_common.tuning import SAGA_LEASE_SECONDS

from ..crashes import ProcessDied, die
from ..large_orders import HOLD_SECONDS, Ledger, a_large_order, sku_id
from ..other_writers import InterruptedStateStore, SlowStateStore, after_commits, conflict
from ..process import Process
from ..shop import ACTOR, ORDER, ORDER_PATH, Clock, MonotonicClock, a_sku, order_body

LINES = 120
"""Lines of the order, in three parts; two units of each are placed, and five in stock."""
COMMAND = a_large_order(LINES)
LAST = sku_id(100)
"""A line of the last part."""

ShopOf = Callable[[Process], Client]


@pytest.fixture(autouse=True)
def stocked(ledger: Ledger) -> None:
    ledger.put_skus(LINES)


def slow(process: Process, commits: int = 0) -> Process:
    """A process whose time runs out during the commit after so many."""
    time = MonotonicClock()
    state = InterruptedStateStore(process.storage.state, *after_commits(commits, lambda: time.advance(11)))
    return replace(process.through(state=state), retry_policy=time.retry_policy())


def accepted(process: Process, commits: int = 0) -> Order:
    outcome = slow(process, commits).place(COMMAND)
    assert (outcome.finishes_later, outcome.order.status) == (True, "placing")
    return outcome.order


def accepted_of_few_lines(process: Process) -> PlaceOrder:
    """Accept an order of three lines, one of a contended SKU, which is a step of its own."""
    few = a_large_order(3)
    late = slow(process)
    outcome = late.sagas.place(few, ACTOR, late.retry_policy.deadline(), frozenset({StockKey.of(sku_id(0))}))
    assert outcome.finishes_later
    return few


def sell_out(ledger: Ledger) -> None:
    """Leave one unit of a line of the last part: it cannot be reserved any more."""
    ledger.put(a_sku(LAST, 1))


def put(shop: Client, token: str, lines: int = LINES) -> Answer:
    body = order_body(*((sku_id(number), 2) for number in range(lines)))
    return shop.put(ORDER_PATH, body, token)


SHORT = [{"product_id": StockKey.of(LAST).product_id, "sku": LAST, "asked": 2, "available": 1}]


# Accepted


@pytest.mark.parametrize("commits", [0, 1])
def test_a_place_that_has_begun_is_accepted_and_says_what_is_reserved_already(
    process: Process, shop_of: ShopOf, orders: str, commits: int
) -> None:
    answer = put(shop_of(slow(process, commits)), orders)
    assert (answer.status, answer.headers["Retry-After"], answer.json["status"]) == (202, "2", "placing")
    assert answer.json == process.orders.get(ORDER).document()
    reserved = [line["sku"] for line in answer.json["lines"] if line["reserved"] == 2]
    waiting = [line["sku"] for line in answer.json["lines"] if line["placed"] == line["reserved"] == 0]
    assert (len(reserved), len(waiting)) == (48 * (commits + 1), LINES - 48 * (commits + 1))
    assert "pending" not in answer.json["lines"][0]


def test_the_same_place_continues_it(process: Process, shop_of: ShopOf, orders: str, ledger: Ledger) -> None:
    accepted(process)
    answer = put(shop_of(process), orders)
    assert (answer.status, answer.json["status"]) == (201, "reserved")
    again = put(shop_of(process), orders)
    assert (again.status, again.headers["Idempotent-Replayed"], again.json) == (200, "true", answer.json)
    assert ledger.totals() == (5 * LINES, 2 * LINES)
    ledger.assert_consistent()


def test_the_same_place_is_accepted_again_as_long_as_its_time_runs_out(process: Process) -> None:
    first = accepted(process)
    second = slow(process).place(COMMAND)
    assert second.finishes_later
    assert second.order.reserved == 2 * first.reserved
    assert not process.place(COMMAND).finishes_later


def test_the_sweeper_finishes_it_for_its_client(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    accepted(process)
    clock.advance(1)
    assert sweeper.sweep()["completed"] == 1
    order = process.orders.get(ORDER)
    assert (order.status, order.reserved, order.saga) == ("reserved", 2 * LINES, None)
    assert {line.placed for line in order.lines.values()} == {2}
    assert {record["performed_by"]["S"] for record in ledger.records("order_placed")} == {ACTOR.performed_by}
    assert len(ledger.records()) == LINES
    ledger.assert_consistent()


def test_its_hold_begins_when_it_is_done(process: Process, sweeper: Process, clock: Clock) -> None:
    assert accepted(process).expires_at is None
    clock.advance(HOLD_SECONDS + 1)
    assert sweeper.sweep()["completed"] == 1
    assert process.orders.get(ORDER).expires_at == plus_seconds(clock(), HOLD_SECONDS)
    assert sweeper.sweep() == {"released": 0, "completed": 0, "settled": 0, "failed": 0}


@pytest.mark.parametrize("command", ["confirm", "cancel", "refund"])
def test_another_command_is_refused_meanwhile(process: Process, command: str) -> None:
    accepted(process)
    with pytest.raises(OrderInProgress):
        getattr(process, command)(SettleOrder(ORDER))
    with pytest.raises(OrderExists):
        process.place(a_large_order(LINES - 1))


def test_a_batch_reports_202_for_it(process: Process) -> None:
    few = accepted_of_few_lines(process)
    command = BatchedCommand(ORDER, "place", few.lines, HOLD_SECONDS)
    # The first commit finds the order; those of the saga meet a transaction in progress.
    state = InterruptedStateStore(process.storage.state, lambda: None, *[conflict] * 1_000)
    [outcome] = process.through(state=state).batch([command])
    assert isinstance(outcome, OrderOutcome)
    assert (outcome.finishes_later, outcome.order.status) == (True, "placing")
    [outcome] = process.batch([command])
    assert isinstance(outcome, OrderOutcome)
    assert (outcome.finishes_later, outcome.order.status) == (False, "reserved")


def test_an_order_of_the_most_lines_is_accepted_in_one_write(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    ledger.put_skus(ORDER_LINES_MAX)
    outcome = slow(process).place(a_large_order(ORDER_LINES_MAX))
    assert (outcome.finishes_later, len(outcome.order.lines)) == (True, ORDER_LINES_MAX)
    assert sum(line.pending for line in outcome.order.lines.values()) == 2 * (ORDER_LINES_MAX - 48)
    clock.advance(1)
    assert sweeper.sweep()["completed"] == 1
    assert process.orders.get(ORDER).reserved == 2 * ORDER_LINES_MAX


# Undone


def test_a_place_that_cannot_be_had_at_the_moment_is_not_accepted_but_undone(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    time = MonotonicClock()

    def overtake() -> None:
        sell_out(ledger)
        time.advance(11)

    state = InterruptedStateStore(process.storage.state, *after_commits(0, overtake))
    late = replace(process.through(state=state), retry_policy=time.retry_policy())
    with pytest.raises(Busy):
        late.place(COMMAND)
    assert not process.orders.get(ORDER).is_acknowledged_place
    clock.advance(SAGA_LEASE_SECONDS + 1)
    assert sweeper.sweep()["completed"] == 1
    assert ledger.order_items() == set()


def test_a_place_whose_last_call_took_too_long_is_not_accepted_but_undone(process: Process) -> None:
    time = MonotonicClock()
    state = InterruptedStateStore(process.storage.state, *after_commits(0, lambda: time.advance(14)))
    late = replace(process.through(state=state), retry_policy=time.retry_policy())
    with pytest.raises(Busy):
        late.place(COMMAND)
    assert not process.orders.get(ORDER).is_acknowledged_place


def end_while_another_waits(process: Process, *, is_cancelled: bool = False) -> Process:
    """A process that finds its second step taken and waits; the order ends, and then its time runs out."""
    other, time = process.restarted(), MonotonicClock()

    def overtake() -> None:
        dying = InterruptedStateStore(process.storage.state, *after_commits(1, die))
        with pytest.raises(ProcessDied):
            other.through(state=dying).place(COMMAND)

    def end(_: float) -> None:
        other.place(COMMAND)
        if is_cancelled:
            dying = InterruptedStateStore(process.storage.state, *after_commits(1, die))
            with pytest.raises(ProcessDied):
                other.through(state=dying).cancel(SettleOrder(ORDER))
        time.advance(11)

    state = InterruptedStateStore(process.storage.state, overtake)
    return replace(process.through(state=state), retry_policy=replace(time.retry_policy(), sleep=end))


@pytest.mark.parametrize("was_accepted", [False, True])
def test_a_place_is_not_accepted_once_another_process_has_placed_it(
    process: Process, was_accepted: bool
) -> None:
    if was_accepted:
        accepted(process)
    outcome = end_while_another_waits(process).place(COMMAND)
    assert (outcome.finishes_later, outcome.replayed, outcome.order.status) == (False, True, "reserved")


def test_the_same_place_is_not_accepted_again_while_the_order_is_cancelled(process: Process) -> None:
    accepted(process)
    with pytest.raises(OrderInProgress):
        end_while_another_waits(process, is_cancelled=True).place(COMMAND)


def test_an_order_that_was_released_and_begun_again_meanwhile_is_not_accepted(
    process: Process, ledger: Ledger
) -> None:
    """The lines that it had placed a moment ago, whose SKUs were not read, are to be placed again."""
    time = MonotonicClock()

    def release_and_begin_again() -> None:
        ledger.put(a_sku(LAST, 1))
        with pytest.raises(InsufficientStock):
            process.place(COMMAND)
        ledger.put(a_sku(LAST, 5))
        dying = InterruptedStateStore(process.storage.state, *after_commits(1, die))
        with pytest.raises(ProcessDied):
            process.through(state=dying).sagas.place(
                COMMAND, ACTOR, process.retry_policy.deadline(), frozenset({StockKey.of(sku_id(1))})
            )

    acts = [lambda: None, lambda: time.advance(11), release_and_begin_again]
    state = InterruptedStateStore(process.storage.state, *acts)
    late = replace(process.through(state=state), retry_policy=time.retry_policy())
    with pytest.raises(Busy):
        late.place(COMMAND)
    assert not process.orders.get(ORDER).is_acknowledged_place


# Refused in the end


@pytest.fixture
def refused(process: Process, sweeper: Process, clock: Clock, ledger: Ledger) -> Order:
    """An order that was accepted, and whose last part was sold meanwhile."""
    accepted(process)
    sell_out(ledger)
    clock.advance(1)
    assert sweeper.sweep()["completed"] == 1
    return process.orders.get(ORDER)


def test_an_order_that_cannot_be_had_in_the_end_stays_as_cancelled_with_its_short_lines(
    refused: Order, clock: Clock, ledger: Ledger
) -> None:
    assert (refused.status, refused.cancel_reason, refused.reserved) == ("cancelled", "insufficient_stock", 0)
    document = refused.document()
    assert (document["lines"], document["short_lines"], document["expires_at"]) == ([], SHORT, None)
    assert refused.ttl == epoch_seconds(clock()) + TOMBSTONE_SECONDS
    assert refused.last_command is not None
    assert refused.last_command.type == "refuse"
    assert ledger.order_items() == {"#ORDER"}
    assert ledger.totals() == (5 * LINES - 4, 0)
    placed, released = ledger.records("order_placed"), ledger.records("order_cancelled")
    assert len(placed) == len(released) > 0
    assert {record["performed_by"]["S"] for record in released} == {"system:saga"}
    ledger.assert_consistent()


def test_the_same_place_is_answered_with_it(
    refused: Order, shop_of: ShopOf, process: Process, orders: str
) -> None:
    answer = put(shop_of(process), orders)
    assert (answer.status, answer.code) == (409, "order_cancelled")
    assert answer.json["order"] == refused.document()
    assert LAST in answer.json["detail"]


@pytest.mark.usefixtures("refused")
def test_it_cannot_be_confirmed_or_refunded_and_is_cancelled_already(process: Process) -> None:
    with pytest.raises(OrderCancelled):
        process.confirm(SettleOrder(ORDER))
    assert process.cancel(SettleOrder(ORDER)).replayed


@pytest.mark.usefixtures("refused")
def test_its_id_is_free_after_thirty_days(process: Process, clock: Clock, ledger: Ledger) -> None:
    clock.advance(TOMBSTONE_SECONDS)
    ledger.put(a_sku(LAST, 5))
    placed = process.place(COMMAND)
    assert (placed.order.status, placed.order.short_lines) == ("reserved", ())
    assert len(process.orders.get(ORDER).lines) == LINES


def test_the_same_place_that_drives_it_to_the_refusal_is_answered_with_it(
    process: Process, ledger: Ledger
) -> None:
    accepted(process)
    sell_out(ledger)
    with pytest.raises(OrderCancelled) as cancelled:
        process.place(COMMAND)
    assert cancelled.value.members["order"] == process.orders.get(ORDER).document()
    assert ledger.order_items() == {"#ORDER"}


def test_a_line_of_a_deactivated_sku_is_short_of_all_its_units(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    accepted(process)
    ledger.put(replace(a_sku(LAST, 5), is_active=False))
    clock.advance(1)
    sweeper.sweep()
    assert process.orders.get(ORDER).short_lines == ({**SHORT[0], "available": 0},)


def test_an_order_of_few_lines_leaves_none_of_them(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    accepted_of_few_lines(process)
    assert sorted(line.pending for line in process.orders.get(ORDER).lines.values()) == [0, 2, 2]
    ledger.put(a_sku(sku_id(2), 1))
    clock.advance(1)
    assert sweeper.sweep()["completed"] == 1
    order = process.orders.get(ORDER)
    assert (order.status, order.lines, len(order.short_lines)) == ("cancelled", {}, 1)


# Crashes


@pytest.mark.parametrize("commits", range(4))
@pytest.mark.parametrize("is_sold_out", [False, True])
def test_the_next_process_finishes_it_after_a_crash(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger, commits: int, is_sold_out: bool
) -> None:
    accepted(process)
    if is_sold_out:
        sell_out(ledger)
    dying = InterruptedStateStore(process.storage.state, *after_commits(commits, die))
    with suppress(ProcessDied, OrderCancelled):
        process.through(state=dying).place(COMMAND)
    clock.advance(SAGA_LEASE_SECONDS + 1)
    sweeper.sweep()
    order = process.orders.get(ORDER)
    assert order.saga is None
    assert order.status == ("cancelled" if is_sold_out else "reserved")
    assert ledger.totals()[1] == (0 if is_sold_out else 2 * LINES)
    ledger.assert_consistent()


# Duplicates, and lost answers


def test_a_duplicate_of_an_accepted_place_that_finds_too_little_does_not_refuse_it_behind_its_back(
    process: Process, ledger: Ledger
) -> None:
    """It began before the acknowledgement; a line is short for it, and is there again for the sweeper."""

    def acknowledged() -> None:
        accepted(process)
        sell_out(ledger)

    state = InterruptedStateStore(process.storage.state, *after_commits(1, acknowledged))
    outcome = process.through(state=state).place(COMMAND)
    assert outcome.finishes_later
    ledger.put(a_sku(LAST, 5))
    assert process.place(COMMAND).order.status == "reserved"


def test_an_acknowledgement_whose_answer_is_lost_is_unknown(process: Process) -> None:
    time = MonotonicClock()

    class Lost(InterruptedStateStore):
        """Commits the acknowledgement, and loses the answer."""

        def commit(self, write_sets: Any, *args: Any, **options: Any) -> Any:
            committed = super().commit(write_sets, *args, **options)
            if write_sets[0].order.is_acknowledged_place:
                raise OutcomeUnknown
            return committed

    state = Lost(process.storage.state, lambda: time.advance(11))
    with pytest.raises(OutcomeUnknown):
        replace(process.through(state=state), retry_policy=time.retry_policy()).place(COMMAND)
    assert process.orders.get(ORDER).is_acknowledged_place
    assert process.place(COMMAND).order.status == "reserved"


def test_a_place_that_has_not_begun_is_not_accepted(process: Process) -> None:
    time = MonotonicClock()
    state = SlowStateStore(process.storage.state, lambda: time.advance(11))
    late = replace(process.through(state=state), retry_policy=time.retry_policy())
    with pytest.raises(Busy):
        late.place(PlaceOrder(order_id=ORDER, lines=COMMAND.lines, hold_seconds=HOLD_SECONDS))
    assert process.order(ORDER) is None
