"""Amends over the tables: one transaction, whatever happens beside it and wherever its process dies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.commands import AmendOrder, SettleOrder
from chalicelib.domain.orders import Order
from chalicelib.storage.state import WriteConflict
from inventory_common.errors import Busy, InsufficientStock, OrderCancelled, SkuInactive, TooManyChanges

from ..calls import noted_calls
from ..crashes import ProcessDied
from ..large_orders import Ledger, a_large_order, sku_id
from ..other_writers import InconsistentStateStore, InterruptedStateStore, conflict
from ..process import Process
from ..shop import BLACK, ORDER, WHITE, MonotonicClock, Tables, a_key, an_order_of, units
from ..stores import RecordingStateStore

Dying = Callable[[int], Process]


def an_amend(*lines: tuple[str, int], key: str = "amend") -> AmendOrder:
    return AmendOrder(ORDER, units(*lines), a_key(key, f"{lines}"))


def to(quantity: int, *numbers: int, key: str = "amend") -> AmendOrder:
    """An amend of the numbered lines of a large order."""
    return an_amend(*((sku_id(number), quantity) for number in numbers), key=key)


def reserved(order: Order | None) -> dict[str, int]:
    assert order is not None
    return {key.sku: line.reserved for key, line in order.lines.items()}


@pytest.fixture
def placed(process: Process, stocked: None) -> None:
    process.place(an_order_of((BLACK, 5), (WHITE, 3)))


@pytest.mark.usefixtures("placed")
def test_a_process_that_dies_after_any_call_has_amended_all_or_nothing(
    process: Process, dying: Dying, ledger: Ledger
) -> None:
    for calls in (1, 2):
        before = process.order(ORDER)
        quantity = 10 * calls
        command = an_amend((BLACK, quantity), (WHITE, calls), key=f"k{calls}")
        with pytest.raises(ProcessDied):
            dying(calls).amend(command)
        after = process.order(ORDER)
        amended = {BLACK: quantity, WHITE: calls}
        assert reserved(after) in (reserved(before), amended)
        again = process.restarted().amend(command)
        assert again.replayed is (reserved(after) == amended)
        assert reserved(again.order) == amended
        ledger.assert_consistent()
        assert ledger.totals()[1] == ledger.reserved_by_orders()


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("copies", [2, 3])
def test_of_copies_of_an_amend_one_is_executed(process: Process, ledger: Ledger, copies: int) -> None:
    command = an_amend((BLACK, 9), (WHITE, 0))
    outcomes = []
    interrupted = InterruptedStateStore(
        process.storage.state,
        *[lambda: outcomes.append(process.restarted().amend(command))] * (copies - 1),
    )
    outcomes.append(process.through(state=interrupted).amend(command))
    assert [outcome.replayed for outcome in outcomes] == [False] + [True] * (len(outcomes) - 1)
    assert reserved(process.order(ORDER)) == {BLACK: 9, WHITE: 0}
    assert len(ledger.records()) == 4


@pytest.mark.usefixtures("placed")
def test_an_amend_overtaken_by_a_cancel_is_refused(process: Process, ledger: Ledger) -> None:
    interrupted = InterruptedStateStore(process.storage.state, lambda: process.cancel(SettleOrder(ORDER)))
    with pytest.raises(OrderCancelled):
        process.through(state=interrupted).amend(an_amend((BLACK, 9)))
    assert reserved(process.order(ORDER)) == {BLACK: 0, WHITE: 0}
    ledger.assert_consistent()


@pytest.mark.usefixtures("placed")
def test_an_amend_overtaken_by_a_place_reserves_from_what_is_left(process: Process, ledger: Ledger) -> None:
    other = an_order_of((BLACK, 44), order_id="ORDER-67890")
    interrupted = InterruptedStateStore(process.storage.state, lambda: process.place(other))
    with pytest.raises(InsufficientStock) as refused:
        process.through(state=interrupted).amend(an_amend((BLACK, 7), (WHITE, 1)))
    [line] = refused.value.members["lines"]
    assert (line["asked"], line["available"]) == (2, 1)
    assert process.amend(an_amend((BLACK, 6), (WHITE, 1), key="less")).order.reserved == 7
    ledger.assert_consistent()


@pytest.mark.usefixtures("placed")
def test_an_amend_is_decided_on_the_order_and_its_skus_of_one_moment(
    process: Process, ledger: Ledger
) -> None:
    state = InconsistentStateStore(
        process.storage.state, lambda: process.cancel(SettleOrder(ORDER, units((BLACK, 5)), a_key("c")))
    )
    amended = process.over(state=state).amend(an_amend((BLACK, 4)))
    assert reserved(amended.order) == {BLACK: 4, WHITE: 3}
    assert amended.order.cancelled == 5
    ledger.assert_consistent()


# Orders in parts


@pytest.fixture
def large(process: Process, ledger: Ledger) -> None:
    """An order of 60 lines, in two parts."""
    ledger.put_skus(110)
    process.place(a_large_order(60))


@pytest.mark.usefixtures("large")
def test_an_order_in_parts_is_amended_by_one_transaction(
    process: Process, ledger: Ledger, dynamodb: Any
) -> None:
    state = RecordingStateStore(process.storage.state)
    amended = process.over(state=state).amend(to(5, *range(24, 72)))
    assert (state.calls, state.actions) == (["read", "commit"], [100])
    order = process.order(ORDER)
    assert order == amended.order
    assert (len(order.lines), order.parts) == (72, 2)
    assert reserved(order) == {sku_id(number): 5 if number >= 24 else 2 for number in range(72)}
    ledger.assert_consistent()
    assert ledger.totals()[1] == ledger.reserved_by_orders()
    with pytest.raises(TooManyChanges):
        process.amend(to(1, *range(24, 73), key="too many"))


@pytest.mark.usefixtures("large")
def test_an_order_in_parts_grows_by_a_part(process: Process, ledger: Ledger) -> None:
    assert process.amend(to(1, *range(60, 107))).order.parts == 3
    assert ledger.order_items() == {"#ORDER", "#PART-001", "#PART-002", "#PART-003"}
    order = process.order(ORDER)
    assert order is not None
    assert len(order.lines) == 107
    confirmed = process.confirm(SettleOrder(ORDER, None, a_key("confirm"))).order
    assert (confirmed.status, confirmed.confirmed) == ("confirmed", 60 * 2 + 47)
    ledger.assert_consistent()


@pytest.mark.usefixtures("large")
def test_an_amend_may_name_lines_that_stay(process: Process, ledger: Ledger, dynamodb: Any) -> None:
    lines = [(sku_id(number), 2) for number in range(59)]
    command = an_amend(*lines, (sku_id(59), 1), (sku_id(100), 3))
    state = RecordingStateStore(process.storage.state)
    assert reserved(process.over(state=state).amend(command).order)[sku_id(100)] == 3
    assert (state.items_read, state.actions) == ([3], [2 * 2 + 1 + 2])
    assert process.amend(command).replayed
    process.amend(to(1, *range(48), key="another"))
    assert process.amend(command).replayed, "although it names more lines now that differ than fit"
    ledger.assert_consistent()


@pytest.mark.usefixtures("large")
def test_an_amend_of_too_many_lines_reads_no_sku(process: Process, dynamodb: Any) -> None:
    with noted_calls(dynamodb) as calls, pytest.raises(TooManyChanges):
        process.amend(to(1, *range(60)))
    assert set(calls) == {"GetItem", "BatchGetItem"}


# Contention


@pytest.mark.usefixtures("placed")
def test_an_amend_that_keeps_conflicting_is_never_done_in_part(process: Process, ledger: Ledger) -> None:
    def contended() -> WriteConflict:
        return replace(conflict(), contended=frozenset(units((BLACK, 1), (WHITE, 1))))

    clock = MonotonicClock()
    state = InterruptedStateStore(process.storage.state, *[contended] * 200)
    unlucky = replace(process.through(state=state), retry_policy=clock.retry_policy(attempts_max=9))
    before = process.order(ORDER)
    with pytest.raises(Busy):
        unlucky.amend(an_amend((BLACK, 9), (WHITE, 1)))
    assert process.order(ORDER) == before
    assert len(ledger.records()) == 2


@pytest.mark.usefixtures("placed")
def test_a_refusal_is_decided_on_the_order_as_it_was_beside_its_skus(
    process: Process, tables: Tables
) -> None:
    """The order is read; another amend reserves the units; then the SKU is deactivated, and read."""

    def overtake() -> None:
        process.amend(an_amend((BLACK, 9), key="other"))
        tables.set_attributes(BLACK, is_active={"BOOL": False})

    state = InconsistentStateStore(process.storage.state, overtake)
    amended = process.over(state=state).amend(an_amend((BLACK, 9), (WHITE, 1)))
    assert reserved(amended.order) == {BLACK: 9, WHITE: 1}
    with pytest.raises(SkuInactive):
        process.restarted().amend(an_amend((BLACK, 10), key="more"))


@pytest.mark.usefixtures("placed")
def test_a_refused_amend_reads_the_order_before_and_after_its_skus(process: Process, dynamodb: Any) -> None:
    with noted_calls(dynamodb) as calls, pytest.raises(InsufficientStock):
        process.amend(an_amend((BLACK, 51)))
    assert calls == ["BatchGetItem"] * 4
