"""A whole order is confirmed or cancelled, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.decisions import NOTHING_TO_WRITE, CurrentState, Decision
from chalicelib.domain.orders import OrderCommand, OrderLine
from chalicelib.domain.settlements import cancel, confirm, refund
from chalicelib.domain.stock_rules import CommandContext
from inventory_common.errors import OrderCancelled, OrderConfirmed, OrderNotFound, ReservationExpired
from inventory_common.ids import StockKey
from inventory_common.timestamps import plus_seconds

from ..shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    WHITE,
    a_context,
    a_key,
    a_line,
    a_sku,
    a_state,
    a_whole_settlement,
    an_order,
    order_of,
    units,
    write_set_of,
)

Command = Callable[[CurrentState, SettleOrder, CommandContext], Decision]

CONTEXT = a_context(order_id=ORDER)


def test_the_units_of_a_confirmed_order_leave_the_stock() -> None:
    order = an_order(
        a_line(BLACK, reserved=5, records=[4]), a_line(WHITE, reserved=1, records=[1]), version=3
    )
    state = a_state(a_sku(BLACK, 50, 7, sequence=6), a_sku(WHITE, 1, 1, sequence=1), order=order)
    write_set = write_set_of(confirm(state, SettleOrder(ORDER), CONTEXT))
    assert write_set.order == an_order(
        a_line(BLACK, confirmed=5, records=[4, 7]),
        a_line(WHITE, confirmed=1, records=[1, 2]),
        version=4,
        after=OrderCommand.CONFIRM,
    )
    assert write_set.replaced_order == order
    assert [(m.after.current_stock, m.after.reserved_stock) for m in write_set.movements] == [
        (45, 2),
        (0, 0),
    ]
    assert {m.record.transaction_type for m in write_set.movements} == {"order_confirmed"}
    assert {m.record.command for m in write_set.movements} == {"confirm"}
    assert [(m.record.order_step, m.record.order_previous) for m in write_set.movements] == [(2, 4), (2, 1)]


def test_a_cancelled_order_returns_its_units_to_the_available_stock() -> None:
    order = an_order(
        a_line(BLACK, reserved=5, records=[4]), a_line(WHITE, reserved=1, records=[1]), version=3
    )
    state = a_state(a_sku(BLACK, 50, 7, sequence=6), a_sku(WHITE, 1, 1, sequence=1), order=order)
    write_set = write_set_of(cancel(state, SettleOrder(ORDER), CONTEXT))
    assert write_set.order == an_order(
        a_line(BLACK, cancelled=5, records=[4, 7], released=(5, 4)),
        a_line(WHITE, cancelled=1, records=[1, 2], released=(1, 4)),
        version=4,
        cancel_reason="requested",
        last_release=4,
        after=OrderCommand.CANCEL,
    )
    assert write_set.replaced_order == order
    assert [(m.after.current_stock, m.after.reserved_stock) for m in write_set.movements] == [
        (50, 2),
        (1, 0),
    ]
    assert {m.record.transaction_type for m in write_set.movements} == {"order_cancelled"}


@pytest.mark.parametrize("command", [confirm, cancel])
def test_a_line_that_reserves_nothing_is_not_settled_again(command: Command) -> None:
    settled = a_line(WHITE, confirmed=1, cancelled=1)
    order = an_order(a_line(BLACK, reserved=5), settled)
    write_set = write_set_of(command(a_state(a_sku(BLACK, 5, 5), order=order), a_whole_settlement(), CONTEXT))
    assert [m.after.sku for m in write_set.movements] == [BLACK]
    assert write_set.order is not None
    assert write_set.order.lines[StockKey(PRODUCT, WHITE)] == settled


@pytest.mark.parametrize("command", [confirm, cancel])
@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_an_order_for_a_deactivated_sku_can_be_settled(command: Command, flag: str) -> None:
    state = a_state(a_sku(BLACK, 5, 5, **{flag: False}), order=an_order(a_line(reserved=5)))
    assert order_of(command(state, SettleOrder(ORDER), CONTEXT)).reserved == 0


def test_an_order_whose_partly_settled_line_still_reserves_units_can_be_settled() -> None:
    state = a_state(
        a_sku(current=50, reserved=20),
        order=an_order(a_line(BLACK, reserved=3, confirmed=2, cancelled=1), version=3),
    )
    for command in (confirm, cancel):
        assert order_of(command(state, a_whole_settlement(), CONTEXT)).reserved == 0


# Repeated commands


def test_a_repeated_confirm_changes_nothing() -> None:
    state = a_state(order=an_order(a_line(confirmed=5)))
    assert confirm(state, SettleOrder(ORDER), CONTEXT) == NOTHING_TO_WRITE


@pytest.mark.parametrize("reason", ["requested", "expired"])
def test_a_repeated_cancel_changes_nothing(reason: str) -> None:
    state = a_state(order=an_order(a_line(cancelled=5), cancel_reason=reason))
    assert cancel(state, SettleOrder(ORDER), CONTEXT) == NOTHING_TO_WRITE


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (confirm, a_line(confirmed=5)),
        (confirm, a_line(confirmed=5, refunded=5)),
        (confirm, a_line(confirmed=3, cancelled=2)),
        (cancel, a_line(cancelled=5)),
        (cancel, a_line(confirmed=3, cancelled=2)),
        (refund, a_line(confirmed=5, refunded=5)),
        (refund, a_line(reserved=2, confirmed=5, refunded=5)),
    ],
)
def test_a_whole_order_is_settled_once(command: Command, line: OrderLine) -> None:
    assert command(a_state(order=an_order(line)), a_whole_settlement(), CONTEXT) == NOTHING_TO_WRITE


# Refusals


def test_a_cancelled_order_cannot_be_confirmed() -> None:
    state = a_state(order=an_order(a_line(cancelled=5), cancel_reason="requested"))
    with pytest.raises(OrderCancelled):
        confirm(state, SettleOrder(ORDER), CONTEXT)


@pytest.mark.parametrize("refunded", [0, 2, 5])
def test_a_confirmed_order_cannot_be_cancelled(refunded: int) -> None:
    with pytest.raises(OrderConfirmed):
        cancel(a_state(order=an_order(a_line(confirmed=5, refunded=refunded))), a_whole_settlement(), CONTEXT)


def test_an_unknown_order_cannot_be_confirmed() -> None:
    with pytest.raises(OrderNotFound):
        confirm(a_state(), SettleOrder(ORDER), CONTEXT)


# Expired holds


def test_an_order_whose_hold_has_expired_can_be_confirmed_until_it_is_released() -> None:
    order = an_order(a_line(reserved=5), expires_at=NOW)
    late = a_context(plus_seconds(NOW, 3600), order_id=ORDER)
    confirmed = order_of(confirm(a_state(a_sku(BLACK, 5, 5), order=order), SettleOrder(ORDER), late))
    assert confirmed.status == "confirmed"


def test_a_released_order_cannot_be_confirmed() -> None:
    state = a_state(order=an_order(a_line(cancelled=5), cancel_reason="expired"))
    with pytest.raises(ReservationExpired):
        confirm(state, SettleOrder(ORDER), CONTEXT)


def test_a_confirm_of_a_released_order_or_of_part_of_it_reports_the_expired_reservation() -> None:
    released = an_order(a_line(cancelled=5), cancel_reason="expired")
    for lines in (None, units((BLACK, 1))):
        with pytest.raises(ReservationExpired):
            confirm(a_state(order=released), SettleOrder(ORDER, lines), CONTEXT)


@pytest.mark.parametrize("lines", [None, units((BLACK, 2))], ids=["whole", "part"])
def test_units_that_are_still_reserved_after_an_expiry_can_be_confirmed(
    lines: dict[StockKey, int] | None,
) -> None:
    order = an_order(a_line(reserved=2, cancelled=3), cancel_reason="expired")
    state = a_state(a_sku(current=50, reserved=20), order=order)
    assert order_of(confirm(state, SettleOrder(ORDER, lines, a_key()), CONTEXT)).confirmed == 2
