"""An order is settled on SKUs that were read together with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.decisions import CurrentState, Decision, NeedsSkus
from chalicelib.domain.orders import OrderLine
from chalicelib.domain.settlements import cancel, confirm, refund
from chalicelib.domain.stock_rules import CommandContext
from inventory_common.ids import StockKey

from ..shop import (
    BLACK,
    ORDER,
    PRODUCT,
    WHITE,
    a_context,
    a_line,
    a_sku,
    a_state,
    a_whole_settlement,
    an_order,
    units,
    write_set_of,
)

Command = Callable[[CurrentState, SettleOrder, CommandContext], Decision]

CONTEXT = a_context(order_id=ORDER)
BLACK_KEY, WHITE_KEY = StockKey(PRODUCT, BLACK), StockKey(PRODUCT, WHITE)


@pytest.mark.parametrize("command", [confirm, cancel])
def test_a_sku_that_was_read_before_its_order_was_placed_is_read_again_with_it(command: Command) -> None:
    inconsistent = a_state(a_sku(BLACK, 50, 4), order=an_order(a_line(reserved=5)))
    decision = command(inconsistent, SettleOrder(ORDER, units((BLACK, 1))), CONTEXT)
    assert decision == NeedsSkus([BLACK_KEY])


@pytest.mark.parametrize("command", [confirm, cancel])
def test_a_sku_that_reserves_less_than_one_of_its_orders_was_read_at_another_moment(
    command: Command,
) -> None:
    for reserved, is_consistent in ((4, False), (5, True)):
        state = a_state(
            a_sku(BLACK, 50, reserved),
            a_sku(WHITE, 50, 9),
            order=an_order(a_line(BLACK, reserved=5), a_line(WHITE, reserved=5)),
        )
        decision = command(state, a_whole_settlement(), CONTEXT)
        if is_consistent:
            assert write_set_of(decision)
        else:
            assert decision == NeedsSkus([BLACK_KEY, WHITE_KEY])


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (confirm, a_line(reserved=5)),
        (cancel, a_line(reserved=5)),
        (refund, a_line(confirmed=5)),
    ],
)
def test_a_settlement_of_a_whole_order_needs_the_skus_that_it_moves(
    command: Command, line: OrderLine
) -> None:
    settled = a_line(WHITE, cancelled=1)
    decision = command(a_state(order=an_order(line, settled)), a_whole_settlement(), CONTEXT)
    assert decision == NeedsSkus([BLACK_KEY])


@pytest.mark.parametrize(
    ("command", "line"),
    [(confirm, {"reserved": 1}), (cancel, {"reserved": 1}), (refund, {"confirmed": 1})],
)
def test_if_one_sku_is_missing_all_are_read_together_with_the_order(
    command: Command, line: dict[str, Any]
) -> None:
    order = an_order(a_line(BLACK, **line), a_line(WHITE, **line))
    decision = command(a_state(a_sku(BLACK, 50, 9), order=order), a_whole_settlement(), CONTEXT)
    assert decision == NeedsSkus([BLACK_KEY, WHITE_KEY])
