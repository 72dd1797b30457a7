"""Decisions about how long an order holds its units.  No I/O."""

from __future__ import annotations

from dataclasses import replace

from inventory_common.errors import OrderCancelled, OrderConfirmed, OrderNotFound, ReservationExpired
from inventory_common.timestamps import plus_seconds

from .commands import ExtendHold
from .orders import EXPIRED, Phase
from .reservations import CANCEL, idempotency_record_of, in_progress, standing
from .snapshot import Commit, NeedsSteps, Snapshot
from .stock_rules import Occasion

__all__ = ["expire", "extend"]


def expire(snapshot: Snapshot, occasion: Occasion) -> Commit | None:
    """Release what an order still holds after its hold has ended; None if it holds nothing, or holds on.

    Until this commits, a confirm or an extension still wins.
    """
    order = standing(snapshot.order, occasion.now)
    if order is None or not order.is_expired(occasion.now):
        return None
    quantities = {sku: line.reserved for sku, line in order.lines.items() if line.reserved}
    if order.parts:
        raise NeedsSteps
    movements, released = CANCEL.carry_out(snapshot, order, quantities, occasion, cancel_reason=EXPIRED)
    return Commit(movements=movements, order=released, replaced_order=order)


def extend(snapshot: Snapshot, command: ExtendHold, occasion: Occasion) -> Commit | None:
    """Let an order hold its units until so many seconds from now; None if it does so anyway.

    With a key it is remembered that this was done, also where the order holds on for longer.

    Raises
    ------
    OrderNotFound, OrderInProgress, IdempotencyKeyReused
    OrderConfirmed, OrderCancelled, ReservationExpired
        If it holds nothing any more.
    """
    order = standing(snapshot.order, occasion.now)
    if order is None:
        raise OrderNotFound(f"There is no {command.order_id}.")
    if command.idempotency_key is not None and command.idempotency_key.replayed_record(
        snapshot.idempotency_record, occasion.now
    ):
        return None
    if order.phase is not Phase.IDLE:
        raise in_progress(order)
    if not order.reserved:
        if order.cancel_reason == EXPIRED:
            raise ReservationExpired(f"The hold of {order.order_id} ended at {order.expires_at}.")
        if order.confirmed:
            raise OrderConfirmed(f"{order.order_id} is confirmed: it holds nothing any more.")
        raise OrderCancelled(f"{order.order_id} was cancelled.")
    expires_at = plus_seconds(occasion.now, command.hold_seconds)
    if order.expires_at is not None and order.expires_at >= expires_at:
        if command.idempotency_key is None:
            return None
        expires_at = order.expires_at
    extended = replace(order, expires_at=expires_at, version=order.version + 1)
    return Commit(
        movements=(),
        order=extended,
        replaced_order=order,
        idempotency_record=idempotency_record_of(command, occasion),
    )
