"""An order that is cancelled before it is placed leaves a tombstone for thirty days."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.decisions import NOTHING_TO_WRITE, CurrentState
from chalicelib.domain.orders import Order, OrderCommand
from chalicelib.domain.placing import place
from chalicelib.domain.settlements import cancel, confirm, refund
from inventory_common.errors import OrderCancelled, OrderNotFound, RefundExceedsConfirmed
from inventory_common.limits import TOMBSTONE_SECONDS
from inventory_common.timestamps import epoch_seconds, plus_seconds

from ..shop import (
    BLACK,
    NOW,
    ORDER,
    a_context,
    a_sku,
    a_state,
    an_order,
    an_order_of,
    order_of,
    units,
    write_set_of,
)

CONTEXT = a_context(order_id=ORDER)
LAST_SECOND = a_context(plus_seconds(NOW, TOMBSTONE_SECONDS - 1), order_id=ORDER)
EXPIRED = a_context(plus_seconds(NOW, TOMBSTONE_SECONDS), order_id=ORDER)


@pytest.fixture
def state() -> CurrentState:
    """A SKU, and the tombstone of an order."""
    tombstone = order_of(cancel(a_state(), SettleOrder(ORDER), CONTEXT))
    return a_state(a_sku(BLACK, 5), order=tombstone)


def a_tombstone() -> Order:
    return an_order(expires_at=None, cancel_reason="requested", ttl=epoch_seconds(NOW) + 1)


def test_the_cancel_of_an_unknown_order_leaves_a_tombstone_for_thirty_days() -> None:
    write_set = write_set_of(cancel(a_state(), SettleOrder(ORDER), CONTEXT))
    ttl = epoch_seconds(NOW) + 30 * 24 * 3600
    assert write_set.order == an_order(
        expires_at=None, cancel_reason="requested", ttl=ttl, owner="*", after=OrderCommand.CANCEL
    )
    assert (write_set.movements, write_set.replaced_order, write_set.idempotency_record) == ((), None, None)


def test_a_place_that_arrives_after_the_cancel_is_refused(state: CurrentState) -> None:
    with pytest.raises(OrderCancelled):
        place(state, an_order_of((BLACK, 1)), LAST_SECOND)


def test_a_confirm_that_arrives_after_the_cancel_is_refused(state: CurrentState) -> None:
    with pytest.raises(OrderCancelled):
        confirm(state, SettleOrder(ORDER), LAST_SECOND)


def test_a_repeated_cancel_does_not_change_the_tombstone(state: CurrentState) -> None:
    assert cancel(state, SettleOrder(ORDER), LAST_SECOND) == NOTHING_TO_WRITE


@pytest.mark.parametrize("command", [confirm, cancel, refund])
def test_a_settlement_of_part_of_a_tombstone_is_refused_because_it_is_cancelled(command: Any) -> None:
    with pytest.raises(OrderCancelled):
        command(a_state(order=a_tombstone()), SettleOrder(ORDER, units((BLACK, 1))), CONTEXT)


def test_a_tombstone_has_nothing_to_refund() -> None:
    with pytest.raises(RefundExceedsConfirmed):
        refund(a_state(order=a_tombstone()), SettleOrder(ORDER), CONTEXT)


def test_an_expired_tombstone_counts_as_absent(state: CurrentState) -> None:
    placed = write_set_of(place(state, an_order_of((BLACK, 1)), EXPIRED))
    assert placed.order is not None
    assert placed.order.status == "reserved"
    assert placed.replaced_order is None
    cancelled = write_set_of(cancel(state, SettleOrder(ORDER), EXPIRED))
    assert cancelled.order is not None
    assert cancelled.order.created_at == EXPIRED.now
    assert cancelled.replaced_order is None
    with pytest.raises(OrderNotFound):
        confirm(state, SettleOrder(ORDER), EXPIRED)
