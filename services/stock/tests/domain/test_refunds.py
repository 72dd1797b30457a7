"""Confirmed units are refunded, into the stock unless they cannot be sold again."""

from __future__ import annotations

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.orders import OrderLine
from chalicelib.domain.settlements import CANCEL, CONFIRM, REFUND, SettledOrder, refund
from inventory_common.errors import OrderNotFound, RefundExceedsConfirmed, SkuNotFound

from ..shop import (
    BLACK,
    ORDER,
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

CONTEXT = a_context(order_id=ORDER)


def test_confirm_and_cancel_settle_reserved_units_and_a_refund_settles_confirmed_ones() -> None:
    order = an_order(a_line(reserved=3, confirmed=5, refunded=1))
    assert CONFIRM.remaining(order) == CANCEL.remaining(order) == units((BLACK, 3))
    assert REFUND.remaining(order) == units((BLACK, 4))
    state = a_state(a_sku(current=9, reserved=0))
    settled = REFUND.apply(state, order, units((BLACK, 4)), a_context())
    assert isinstance(settled, SettledOrder)
    [movement] = settled.movements
    assert movement.after.current_stock == 13, "refunded units are restocked by default"


@pytest.mark.parametrize("restock", [True, False])
def test_a_refund_restocks_all_of_its_lines_or_none(restock: bool) -> None:
    order = an_order(a_line(BLACK, confirmed=2), a_line(WHITE, confirmed=3))
    state = a_state(a_sku(BLACK, 50), a_sku(WHITE, 7), order=order)
    write_set = write_set_of(refund(state, SettleOrder(ORDER, restock=restock), CONTEXT))
    moved = [(m.after.sku, m.after.current_stock, m.record.quantity) for m in write_set.movements]
    assert moved == ([(BLACK, 52, 2), (WHITE, 10, 3)] if restock else [(BLACK, 50, 2), (WHITE, 7, 3)])
    assert write_set.order is not None
    assert write_set.order.status == "refunded"


def test_the_refund_of_a_whole_order_refunds_the_units_that_remain() -> None:
    order = an_order(a_line(BLACK, confirmed=5, refunded=5), a_line(WHITE, confirmed=5, refunded=2))
    state = a_state(a_sku(BLACK, 50), a_sku(WHITE, 50), order=order)
    write_set = write_set_of(refund(state, a_whole_settlement(), CONTEXT))
    assert [(moved.after.sku, moved.record.quantity) for moved in write_set.movements] == [(WHITE, 3)]


def test_one_unit_more_than_remains_to_refund_is_refused() -> None:
    order = an_order(a_line(BLACK, confirmed=5, refunded=2), a_line(WHITE, confirmed=5))
    state = a_state(a_sku(BLACK, 50), a_sku(WHITE, 50), order=order)
    with pytest.raises(RefundExceedsConfirmed) as refused:
        refund(state, SettleOrder(ORDER, units((BLACK, 4), (WHITE, 5))), CONTEXT)
    assert refused.value.members == {"lines": [{"sku": BLACK, "asked": 4, "refundable": 3}]}
    assert write_set_of(refund(state, SettleOrder(ORDER, units((BLACK, 3), (WHITE, 5))), CONTEXT))


@pytest.mark.parametrize("line", [a_line(reserved=5), a_line(cancelled=5)], ids=["reserved", "cancelled"])
def test_an_order_without_confirmed_units_is_not_refunded(line: OrderLine) -> None:
    with pytest.raises(RefundExceedsConfirmed) as refused:
        refund(a_state(order=an_order(line)), SettleOrder(ORDER), CONTEXT)
    assert refused.value.members == {"lines": []}


def test_an_unknown_order_is_not_refunded() -> None:
    with pytest.raises(OrderNotFound):
        refund(a_state(), SettleOrder(ORDER), CONTEXT)


def test_units_that_an_order_does_not_have_or_has_not_confirmed_are_not_refunded() -> None:
    with pytest.raises(SkuNotFound) as refused:
        refund(a_state(order=an_order(a_line(confirmed=1))), SettleOrder(ORDER, units((WHITE, 1))), CONTEXT)
    assert refused.value.members == {"skus": [WHITE]}
    with pytest.raises(RefundExceedsConfirmed):
        refund(a_state(order=an_order(a_line(reserved=1))), SettleOrder(ORDER, units((BLACK, 1))), CONTEXT)
