"""A settlement with an Idempotency-Key is executed once, and its record says so for a day."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.decisions import NOTHING_TO_WRITE, CurrentState, Decision
from chalicelib.domain.orders import OrderLine
from chalicelib.domain.settlements import cancel, confirm, refund
from chalicelib.domain.stock_rules import CommandContext
from inventory_common.errors import IdempotencyKeyReused
from inventory_common.ids import StockKey
from inventory_common.timestamps import plus_seconds

from ..shop import (
    BLACK,
    NOW,
    ORDER,
    a_context,
    a_key,
    a_line,
    a_sku,
    a_state,
    an_order,
    units,
    write_set_of,
)

Command = Callable[[CurrentState, SettleOrder, CommandContext], Decision]

CONTEXT = a_context(order_id=ORDER)
RESULTS = [{"order_id": ORDER}]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (confirm, a_line(reserved=5)),
        (cancel, a_line(reserved=5)),
        (refund, a_line(confirmed=5)),
    ],
)
def test_a_partial_settlement_writes_an_idempotency_record_of_its_order(
    command: Command, line: OrderLine
) -> None:
    keyed = SettleOrder(ORDER, units((BLACK, 2)), a_key())
    write_set = write_set_of(command(a_state(a_sku(BLACK, 50, 5), order=an_order(line)), keyed, CONTEXT))
    assert write_set.idempotency_record == a_key().record(RESULTS, NOW)
    after = a_state(order=write_set.order, idempotency_record=write_set.idempotency_record)
    assert command(after, keyed, CONTEXT) == NOTHING_TO_WRITE


@pytest.mark.parametrize("command", [confirm, cancel, refund])
@pytest.mark.parametrize("lines", [None, units((BLACK, 1))], ids=["whole", "part"])
def test_a_settlement_with_a_key_is_executed_once_and_for_one_payload(
    command: Command, lines: dict[StockKey, int] | None
) -> None:
    state = a_state(
        a_sku(current=50, reserved=20),
        order=an_order(a_line(BLACK, reserved=3, confirmed=2, cancelled=1), version=3),
        idempotency_record=a_key().record([], NOW),
    )
    assert command(state, SettleOrder(ORDER, lines, a_key()), CONTEXT) == NOTHING_TO_WRITE
    with pytest.raises(IdempotencyKeyReused):
        command(state, SettleOrder(ORDER, lines, a_key(body="other")), CONTEXT)
    a_day_later = a_context(plus_seconds(NOW, 86_401), order_id=ORDER)
    write_set = write_set_of(command(state, SettleOrder(ORDER, lines, a_key()), a_day_later))
    assert write_set.idempotency_record == a_key().record(RESULTS, a_day_later.now)


def test_a_cancel_of_an_unknown_order_with_a_key_writes_a_tombstone_and_a_record() -> None:
    write_set = write_set_of(cancel(a_state(), SettleOrder(ORDER, None, a_key()), CONTEXT))
    assert write_set.order is not None
    assert write_set.order.is_tombstone
    assert write_set.idempotency_record == a_key().record(RESULTS, NOW)


def test_a_cancel_of_an_unknown_order_with_a_used_key_was_executed_before() -> None:
    state = a_state(idempotency_record=a_key().record([], NOW))
    assert cancel(state, SettleOrder(ORDER, None, a_key()), a_context()) == NOTHING_TO_WRITE
