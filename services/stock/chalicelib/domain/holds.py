"""Holds: how long an order keeps its units reserved."""

from __future__ import annotations

from dataclasses import replace

from inventory_common.errors import OrderCancelled, OrderConfirmed, OrderNotFound, ReservationExpired
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import Command

from .commands import ExtendHold
from .decisions import NEEDS_SAGA, NOTHING_TO_WRITE, CurrentState, Decision, NeedsSkus, WriteSet
from .orders import EXPIRED, LastCommand, OrderCommand, existing_order, order_in_progress, visible_order
from .settlements import CANCEL, idempotency_record_of
from .stock_rules import CommandContext

__all__ = ["expire", "extend"]


def expire(state: CurrentState, context: CommandContext) -> Decision:
    """Release the units that an order still reserves after its hold has ended.

    Until this is committed, the order can still be confirmed or extended.
    """
    order = existing_order(state.order, context.now)
    if order is None or not order.is_expired(context.now):
        return NOTHING_TO_WRITE
    if order.parts:
        return NEEDS_SAGA  # too many lines for one transaction
    released = CANCEL.apply(
        state, order, CANCEL.remaining(order), context, command=Command.EXPIRE, cancel_reason=EXPIRED
    )
    if isinstance(released, NeedsSkus):
        return released
    last_command = LastCommand(OrderCommand.EXPIRE, context.command_id(released.order.version))
    expired = replace(released.order, last_command=last_command)
    return WriteSet(movements=released.movements, order=expired, replaced_order=order)


def extend(state: CurrentState, command: ExtendHold, context: CommandContext) -> Decision:
    """Extend the hold of an order; a hold that is already long enough stays as it is.

    Raises
    ------
    OrderNotFound, OrderInProgress, IdempotencyKeyReused
    OrderConfirmed, OrderCancelled, ReservationExpired
        If the order reserves nothing.
    """
    order = visible_order(state.order, context.now, context.actor.owners)
    if order is None:
        raise OrderNotFound(f"{command.order_id} was not found.")
    key = command.idempotency_key
    if key is not None and key.replayed_record(state.idempotency_record, context.now):
        return NOTHING_TO_WRITE
    if order.saga is not None:
        raise order_in_progress(order)
    if not order.reserved:
        if order.cancel_reason == EXPIRED:
            raise ReservationExpired(f"The hold of {order.order_id} expired at {order.expires_at}.")
        if order.confirmed:
            raise OrderConfirmed(f"{order.order_id} is confirmed and has no reserved units.")
        raise OrderCancelled(f"{order.order_id} was cancelled.")
    expires_at = plus_seconds(context.now, command.hold_seconds)
    if order.expires_at is not None and order.expires_at >= expires_at:
        if key is None:
            return NOTHING_TO_WRITE
        # The record is written even so: a late retry would extend the hold from its own time.
        expires_at = order.expires_at
    extended = replace(order, expires_at=expires_at, version=order.version + 1)
    return WriteSet(
        movements=(),
        order=extended,
        replaced_order=order,
        idempotency_record=idempotency_record_of(key, order.order_id, context),
    )
