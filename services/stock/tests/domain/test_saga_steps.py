"""Commands on an order whose saga is in progress, or that is stored in parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.decisions import NEEDS_SAGA, NOTHING_TO_WRITE, CurrentState, Decision, NeedsSaga
from chalicelib.domain.orders import SagaState
from chalicelib.domain.settlements import CANCEL, CONFIRM, REFUND, SettlementType, cancel, confirm, refund
from chalicelib.domain.stock_rules import CommandContext
from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import OrderInProgress
from inventory_common.ids import StockKey

from ..shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    a_context,
    a_key,
    a_line,
    a_saga,
    a_sku,
    a_state,
    an_order,
    units,
    write_set_of,
)

Command = Callable[[CurrentState, SettleOrder, CommandContext], Decision]

CONTEXT = a_context()
COMMANDS: list[tuple[Command, SettlementType]] = [(confirm, CONFIRM), (cancel, CANCEL), (refund, REFUND)]


# A saga in progress


@pytest.mark.parametrize("saga_state", SagaState)
@pytest.mark.parametrize(("command", "settlement"), COMMANDS)
def test_a_settlement_of_a_whole_order_continues_its_own_saga_and_is_refused_during_any_other(
    command: Command, settlement: SettlementType, saga_state: SagaState
) -> None:
    line = a_line(confirmed=2) if settlement is REFUND else a_line(reserved=2)
    order = an_order(line, saga=a_saga(saga_state))
    state = a_state(a_sku(current=9, reserved=2), order=order)
    if saga_state is settlement.saga_state:
        assert command(state, SettleOrder(ORDER), CONTEXT) == NeedsSaga(running=order)
    else:
        with pytest.raises(OrderInProgress):
            command(state, SettleOrder(ORDER), CONTEXT)
    with pytest.raises(OrderInProgress):
        command(state, SettleOrder(ORDER, units((BLACK, 1)), a_key()), CONTEXT)


@pytest.mark.parametrize(("command", "settlement"), COMMANDS)
def test_a_replay_of_a_settlement_continues_its_saga(command: Command, settlement: SettlementType) -> None:
    whole = SettleOrder(ORDER, None, a_key())
    for saga_state in SagaState:
        order = an_order(a_line(confirmed=2), saga=a_saga(saga_state))
        state = a_state(order=order, idempotency_record=a_key().record([], NOW))
        is_own = saga_state is settlement.saga_state
        assert command(state, whole, CONTEXT) == (NeedsSaga(running=order) if is_own else NOTHING_TO_WRITE)
        assert command(state, replace(whole, lines=units((BLACK, 1))), CONTEXT) == NOTHING_TO_WRITE


# Orders in parts


def in_parts(count: int, parts: int) -> tuple[CurrentState, dict[StockKey, int]]:
    """An order of many lines in so many parts, and one unit of each of its SKUs."""
    skus = [f"SKU-{PRODUCT}-V{number:04}" for number in range(count)]
    lines = [
        replace(a_line(sku, reserved=2), part=number % parts + 1 if parts else 0)
        for number, sku in enumerate(skus)
    ]
    state = a_state(*(a_sku(sku, 9, 2) for sku in skus), order=an_order(*lines, parts=parts))
    return state, units(*((sku, 1) for sku in skus))


@pytest.mark.parametrize(("count", "parts"), [(48, 2), (47, 4), (38, 21), (49, 0)])
def test_as_many_lines_of_an_order_in_parts_as_one_transaction_can_hold_are_settled_at_once(
    count: int, parts: int
) -> None:
    state, lines = in_parts(count, parts)
    assert parts == 0 or 2 * count + parts + 2 <= TRANSACTION_ITEMS_MAX
    assert write_set_of(confirm(state, SettleOrder(ORDER, lines, a_key()), CONTEXT))


@pytest.mark.parametrize(("count", "parts"), [(48, 3), (49, 1), (49, 2)])
def test_more_lines_than_one_transaction_can_hold_need_a_saga(count: int, parts: int) -> None:
    state, lines = in_parts(count, parts)
    assert 2 * count + parts + 2 > TRANSACTION_ITEMS_MAX
    assert confirm(state, SettleOrder(ORDER), CONTEXT) == NEEDS_SAGA
    assert confirm(state, SettleOrder(ORDER, lines, a_key()), CONTEXT) == NEEDS_SAGA
