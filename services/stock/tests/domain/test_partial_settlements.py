"""Named lines of an order are settled, and the rest stays as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.decisions import NOTHING_TO_WRITE, CurrentState, Decision
from chalicelib.domain.orders import OrderCommand, OrderLine
from chalicelib.domain.settlements import cancel, confirm, refund
from chalicelib.domain.stock_rules import CommandContext
from inventory_common.errors import (
    IdempotencyKeyRequired,
    OrderCancelled,
    OrderConfirmed,
    OrderNotFound,
    PreconditionFailed,
    QuantityExceedsReserved,
    RefundExceedsConfirmed,
    SkuNotFound,
)
from inventory_common.preconditions import IfMatch

from ..shop import (
    BLACK,
    ORDER,
    PRODUCT,
    WHITE,
    a_context,
    a_key,
    a_line,
    a_sku,
    a_state,
    an_order,
    order_of,
    units,
    write_set_of,
)

Command = Callable[[CurrentState, SettleOrder, CommandContext], Decision]

CONTEXT = a_context(order_id=ORDER)


def six_units(*others: OrderLine) -> CurrentState:
    """An order of six units, 3 reserved, 2 confirmed, 1 cancelled; of 50 in stock, 20 are reserved in all."""
    line = a_line(BLACK, reserved=3, confirmed=2, cancelled=1, records=[3, 9])
    return a_state(a_sku(current=50, reserved=20, sequence=20), order=an_order(line, *others, version=3))


@pytest.mark.parametrize(
    ("command", "quantity", "line", "stock"),
    [
        (confirm, 1, a_line(BLACK, 2, 3, 1, records=[3, 9, 21]), (49, 19)),
        (confirm, 3, a_line(BLACK, 0, 5, 1, records=[3, 9, 21]), (47, 17)),
        (confirm, None, a_line(BLACK, 0, 5, 1, records=[3, 9, 21]), (47, 17)),
        (cancel, 1, a_line(BLACK, 2, 2, 2, records=[3, 9, 21], released=(1, 4)), (50, 19)),
        (cancel, 3, a_line(BLACK, 0, 2, 4, records=[3, 9, 21], released=(3, 4)), (50, 17)),
        (cancel, None, a_line(BLACK, 0, 2, 4, records=[3, 9, 21], released=(3, 4)), (50, 17)),
        (refund, 1, a_line(BLACK, 3, 2, 1, 1, records=[3, 9, 21]), (51, 20)),
        (refund, 2, a_line(BLACK, 3, 2, 1, 2, records=[3, 9, 21]), (52, 20)),
        (refund, None, a_line(BLACK, 3, 2, 1, 2, records=[3, 9, 21]), (52, 20)),
    ],
)
def test_a_settlement_moves_the_named_units_or_all(
    command: Command, quantity: int | None, line: OrderLine, stock: tuple[int, int]
) -> None:
    lines = None if quantity is None else units((BLACK, quantity))
    other = a_line(WHITE, cancelled=4)
    state = six_units(other)
    write_set = write_set_of(command(state, SettleOrder(ORDER, lines, a_key()), CONTEXT))
    reason = "requested" if command is cancel else None
    assert write_set.order == an_order(
        line,
        other,
        version=4,
        cancel_reason=reason,
        was_settled_in_part=True,
        after=OrderCommand(command.__name__),
        last_release=4 if command is cancel else None,
    )
    assert write_set.replaced_order == state.order
    [movement] = write_set.movements
    assert (movement.after.current_stock, movement.after.reserved_stock) == stock
    assert movement.record.order_id == ORDER
    assert (movement.record.order_step, movement.record.order_previous) == (3, 9)


@pytest.mark.parametrize("command", [confirm, cancel])
def test_one_unit_more_than_a_line_reserves_is_refused(command: Command) -> None:
    more = a_line(WHITE, reserved=5)
    with pytest.raises(QuantityExceedsReserved) as refused:
        command(six_units(more), SettleOrder(ORDER, units((BLACK, 4), (WHITE, 5))), CONTEXT)
    assert refused.value.members == {"lines": [{"sku": BLACK, "asked": 4, "reserved": 3}]}


@pytest.mark.parametrize(
    ("command", "line", "refusal"),
    [
        (confirm, a_line(cancelled=5), OrderCancelled),
        (confirm, a_line(confirmed=5), QuantityExceedsReserved),
        (confirm, a_line(confirmed=3, cancelled=2), QuantityExceedsReserved),
        (cancel, a_line(cancelled=5), QuantityExceedsReserved),
        (cancel, a_line(confirmed=5), OrderConfirmed),
        (cancel, a_line(confirmed=3, cancelled=2), OrderConfirmed),
        (refund, a_line(confirmed=5, refunded=5), RefundExceedsConfirmed),
    ],
)
def test_no_part_of_a_settled_order_is_settled_again(
    command: Command, line: OrderLine, refusal: type[Exception]
) -> None:
    state = a_state(a_sku(current=50, reserved=20), order=an_order(line))
    with pytest.raises(refusal):
        command(state, SettleOrder(ORDER, units((BLACK, 1))), CONTEXT)


@pytest.mark.parametrize("command", [confirm, cancel, refund])
def test_skus_that_an_order_does_not_have_are_named(command: Command) -> None:
    red = f"SKU-{PRODUCT}-RED"
    with pytest.raises(SkuNotFound) as refused:
        command(six_units(), SettleOrder(ORDER, units((WHITE, 1), (BLACK, 1), (red, 1))), CONTEXT)
    assert refused.value.members == {"skus": [WHITE, red]}


@pytest.mark.parametrize("command", [confirm, cancel, refund])
def test_part_of_an_unknown_order_is_not_found(command: Command) -> None:
    with pytest.raises(OrderNotFound):
        command(a_state(), SettleOrder(ORDER, units((BLACK, 1))), CONTEXT)


# Whole commands after a part


@pytest.mark.parametrize("command", [confirm, cancel, refund])
def test_a_whole_command_on_an_order_settled_in_part_has_to_be_identified(command: Command) -> None:
    state = six_units()
    with pytest.raises(IdempotencyKeyRequired):
        command(state, SettleOrder(ORDER), CONTEXT)
    with pytest.raises(PreconditionFailed):
        command(state, SettleOrder(ORDER, if_match=IfMatch.read('"2"')), CONTEXT)
    for identified in (
        SettleOrder(ORDER, None, a_key()),
        SettleOrder(ORDER, if_match=IfMatch.read('"3"')),
    ):
        assert write_set_of(command(state, identified, CONTEXT))


@pytest.mark.parametrize(
    ("part", "rest", "late"),
    [(confirm, confirm, refund), (cancel, confirm, refund), (confirm, cancel, refund)],
)
def test_that_an_order_was_settled_in_part_is_kept_when_the_rest_is_settled(
    part: Command, rest: Command, late: Command
) -> None:
    state = a_state(a_sku(current=50, reserved=20), order=an_order(a_line(reserved=3)))
    order = order_of(part(state, SettleOrder(ORDER, units((BLACK, 1)), a_key("part")), CONTEXT))
    state = a_state(a_sku(current=50, reserved=20), order=order)
    order = order_of(rest(state, SettleOrder(ORDER, None, a_key("rest")), CONTEXT))
    assert order.was_settled_in_part
    with pytest.raises(IdempotencyKeyRequired):
        late(a_state(a_sku(current=50), order=order), SettleOrder(ORDER), CONTEXT)


@pytest.mark.parametrize(("command", "line"), [(confirm, a_line(reserved=3)), (refund, a_line(confirmed=3))])
def test_lines_that_name_everything_do_not_settle_an_order_in_part(command: Command, line: OrderLine) -> None:
    state = a_state(a_sku(current=50, reserved=20), order=an_order(line))
    settled = order_of(command(state, SettleOrder(ORDER, units((BLACK, 3)), a_key()), CONTEXT))
    assert not settled.was_settled_in_part
    assert command(a_state(order=settled), SettleOrder(ORDER), CONTEXT) == NOTHING_TO_WRITE


@pytest.mark.parametrize(("command", "line"), [(confirm, a_line(confirmed=3)), (cancel, a_line(cancelled=3))])
def test_a_stale_if_match_does_not_refuse_a_command_whose_result_stands(
    command: Command, line: OrderLine
) -> None:
    stale = SettleOrder(ORDER, if_match=IfMatch.read('"1"'))
    assert command(a_state(order=an_order(line, version=2)), stale, CONTEXT) == NOTHING_TO_WRITE


def test_a_cancel_with_if_match_of_an_unknown_order_leaves_no_tombstone() -> None:
    with pytest.raises(OrderNotFound):
        cancel(a_state(), SettleOrder(ORDER, if_match=IfMatch.read('"1"')), CONTEXT)
