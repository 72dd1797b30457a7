"""Why units were cancelled or refunded: which records and lines keep it, and what a saga stores of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.domain.commands import NO_EXPLANATION, Explanation, SettleOrder
from chalicelib.domain.decisions import Decision
from chalicelib.domain.holds import expire
from chalicelib.domain.orders import Order, SagaState
from chalicelib.domain.saga_steps import begin_settlement, settle_step
from chalicelib.domain.settlements import CANCEL, CONFIRM, REFUND, cancel, confirm, refund
from inventory_common.errors import OrderInProgress

from ..shop import (
    BLACK,
    ORDER,
    WHITE,
    a_context,
    a_key,
    a_line,
    a_saga,
    a_sku,
    a_state,
    an_order,
    order_of,
    units,
    write_set_of,
)

WHY = Explanation("damaged", "Broken on the way")
BLACK_KEY, WHITE_KEY = units((BLACK, 1), (WHITE, 1))
STOCK = (a_sku(BLACK, 9, 5), a_sku(WHITE, 9, 5))
RESERVED = an_order(a_line(BLACK, reserved=5), a_line(WHITE, reserved=5))
CONFIRMED = an_order(a_line(BLACK, confirmed=5), a_line(WHITE, confirmed=5))


@pytest.mark.parametrize(("rule", "order"), [(cancel, RESERVED), (refund, CONFIRMED)])
def test_a_cancel_or_refund_explains_its_records_and_lines(
    rule: Callable[..., Decision], order: Order
) -> None:
    command = SettleOrder(ORDER, units((BLACK, 2)), a_key(), explanation=WHY)
    written = write_set_of(rule(a_state(*STOCK, order=order), command, a_context(order_id=ORDER)))
    [movement] = written.movements
    assert (movement.record.reason, movement.record.notes) == (WHY.reason, WHY.notes)
    assert written.order is not None
    line, other = written.order.lines[BLACK_KEY], written.order.lines[WHITE_KEY]
    assert (line.reason, line.notes) == (WHY.reason, WHY.notes)
    assert other == order.lines[WHITE_KEY]


def test_a_confirm_and_an_expiry_leave_what_a_line_keeps() -> None:
    explained = replace(RESERVED, lines={key: line.explained(WHY) for key, line in RESERVED.lines.items()})
    state = a_state(*STOCK, order=explained)
    command = SettleOrder(ORDER, units((BLACK, 2)), a_key(), explanation=Explanation("not of a confirm"))
    later = a_context("2026-03-23T10:30:00.000000Z", order_id=ORDER)
    for decision in (confirm(state, command, a_context(order_id=ORDER)), expire(state, later)):
        assert {movement.record.reason for movement in write_set_of(decision).movements} == {None}
        assert order_of(decision).lines[BLACK_KEY].reason == WHY.reason


def test_a_saga_keeps_the_explanation_until_its_last_step() -> None:
    command = SettleOrder(ORDER, units((BLACK, 2), (WHITE, 1)), a_key(), explanation=WHY)
    begun = order_of(begin_settlement(a_state(order=CONFIRMED), REFUND, command, a_context(order_id=ORDER)))
    assert begun.saga is not None
    assert begun.saga.explanation == WHY
    assert {line.reason for line in begun.lines.values()} == {None}
    step = settle_step(
        a_state(*STOCK, order=begun),
        REFUND,
        [BLACK_KEY],
        a_context(order_id=ORDER),
        begun.saga.idempotency_id,
    )
    after = order_of(step)
    assert (after.lines[BLACK_KEY].reason, after.lines[WHITE_KEY].reason) == (WHY.reason, None)


@pytest.mark.parametrize(("default", "other"), [(True, False), (False, True)])
def test_a_saga_keeps_the_restock_of_each_line(default: bool, other: bool) -> None:
    command = SettleOrder(
        ORDER, units((BLACK, 2), (WHITE, 1)), a_key(), restock=default, restock_of={WHITE_KEY: other}
    )
    begun = order_of(begin_settlement(a_state(order=CONFIRMED), REFUND, command, a_context(order_id=ORDER)))
    assert begun.saga is not None
    step = settle_step(
        a_state(*STOCK, order=begun),
        REFUND,
        [BLACK_KEY, WHITE_KEY],
        a_context(order_id=ORDER),
        begun.saga.idempotency_id,
    )
    changes = {movement.key: movement.record.quantity_change for movement in write_set_of(step).movements}
    assert changes == {BLACK_KEY: 2 * default, WHITE_KEY: 1 * other}
    assert not any(line.without_restock for line in order_of(step).lines.values())


@pytest.mark.parametrize(
    "explanation", [NO_EXPLANATION, Explanation("damaged"), Explanation(notes=WHY.notes)]
)
def test_a_whole_command_joins_a_saga_of_the_same_explanation_alone(explanation: Explanation) -> None:
    running = replace(RESERVED, saga=replace(a_saga(SagaState.CANCELLING), explanation=WHY))
    same = SettleOrder(ORDER, explanation=WHY)
    begin_settlement(a_state(order=running), CANCEL, same, a_context())
    with pytest.raises(OrderInProgress):
        begin_settlement(a_state(order=running), CANCEL, replace(same, explanation=explanation), a_context())
    with pytest.raises(OrderInProgress):
        begin_settlement(a_state(order=running), CANCEL, replace(same, restock=False), a_context())


def test_a_confirm_joins_its_saga_whatever_explains_it() -> None:
    running = replace(RESERVED, saga=a_saga(SagaState.CONFIRMING))
    begin_settlement(a_state(order=running), CONFIRM, SettleOrder(ORDER, explanation=WHY), a_context())
