"""Decisions about orders that take several transactions: each step alone, on what stands then.  No I/O.

::

              place                                   confirm, cancel, refund
    (none) ──────────► placing ──────────► idle ◄───────────────────────────► confirming, …
                          │ cannot be had, or nobody goes on
                          ▼
                      releasing ─► (none)

Each step is one transaction and changes the order's own item, whose version guards it; whoever finds an order
between two steps can take the next one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

from inventory_common.dynamodb_limits import ORDER_PART_LINES_MAX, SINGLE_ITEM_ORDER_LINES_MAX
from inventory_common.errors import OrderExists
from inventory_common.exact_json import dumps
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import SAGA_LEASE_SECONDS

from .commands import OrderLineRequest, PlaceOrder, SettleOrder
from .orders import EXPIRED, Errand, Order, Phase
from .reservations import (
    CANCEL,
    CONFIRM,
    REFUND,
    REQUESTED,
    Settlement,
    idempotency_record_of,
    in_progress,
    require_same_lines,
    reserve,
    standing,
)
from .snapshot import Commit, Snapshot
from .stock_rules import Occasion

__all__ = [
    "PERFORMED_BY",
    "SETTLEMENTS",
    "begin_expiry",
    "begin_release",
    "begin_settlement",
    "is_given_up",
    "part_of",
    "place_some",
    "release_some",
    "remove",
    "settle_some",
]

PERFORMED_BY: Final = "system:saga"
"""Who gives back what a place had reserved before it turned out that not all of it can be had."""

SETTLEMENTS: Final = {settlement.phase: settlement for settlement in (CONFIRM, CANCEL, REFUND)}


def part_of(position: int, line_count: int) -> int:
    """Return the part that keeps an order's line, by its position among all; 0 is the order's own item."""
    return 0 if line_count <= SINGLE_ITEM_ORDER_LINES_MAX else position // ORDER_PART_LINES_MAX + 1


def place_some(
    snapshot: Snapshot, command: PlaceOrder, some: Sequence[OrderLineRequest], occasion: Occasion
) -> Commit | None:
    """Reserve some of an order's lines; None if that was done before.

    The first such step makes the order, the one after which no line is left makes it an idle one.

    Raises
    ------
    OrderExists, OrderCancelled, OrderInProgress
    SkuNotFound, SkuInactive, ProductInactive, InsufficientStock
    """
    asked = _fingerprint(command)
    standing_order = standing(snapshot.order, occasion.now)
    if standing_order is None:
        order = Order(
            order_id=command.order_id,
            lines={},
            created_at=occasion.now,
            version=0,
            expires_at=plus_seconds(occasion.now, command.hold_seconds),
            phase=Phase.PLACING,
            errand=Errand(
                performed_by=occasion.performed_by,
                request_id=occasion.request_id,
                lease_until=occasion.now,
                asked=asked,
            ),
            parts=part_of(len(command.lines) - 1, len(command.lines)),
        )
    elif standing_order.phase is not Phase.PLACING:
        require_same_lines(standing_order, command)
        return None
    elif standing_order.errand is None or standing_order.errand.asked != asked:
        raise OrderExists(f"{command.order_id} is being placed with other lines.")
    else:
        order = standing_order
    some = [line for line in some if line.sku not in order.lines]
    if not some:
        return None
    movements, lines = reserve(snapshot, some, occasion)
    positions = {line.sku: position for position, line in enumerate(command.lines)}
    count = len(command.lines)
    lines = {sku: replace(line, part=part_of(positions[sku], count)) for sku, line in lines.items()}
    is_last = len(order.lines) + len(lines) == count
    return Commit(
        movements=movements,
        order=_after_step(order, replace(order, lines={**order.lines, **lines}), occasion, is_last=is_last),
        replaced_order=standing_order,
    )


def begin_release(
    snapshot: Snapshot, occasion: Occasion, *, command: PlaceOrder | None = None
) -> Commit | None:
    """Turn an order that cannot be placed to giving back what it holds; None if there is nothing to turn.

    Without the `command` that cannot be carried out, only an order whose lease has run out.
    """
    order = standing(snapshot.order, occasion.now)
    if order is None or order.phase is not Phase.PLACING or order.errand is None:
        return None
    if command is None:
        is_turning = order.errand.lease_until <= occasion.now
    else:
        is_turning = order.errand.asked == _fingerprint(command)
    if not is_turning:
        return None
    errand = Errand(
        performed_by=PERFORMED_BY,
        request_id=occasion.request_id,
        lease_until=_lease(occasion),
        asked=order.errand.asked,
    )
    turned = replace(order, phase=Phase.RELEASING, errand=errand, version=order.version + 1)
    return Commit(movements=(), order=turned, replaced_order=order)


def is_given_up(order: Order, command: PlaceOrder) -> bool:
    """Tell whether an order is giving back what had been placed of these very lines."""
    return (
        order.phase is Phase.RELEASING
        and order.errand is not None
        and order.errand.asked == _fingerprint(command)
    )


def release_some(snapshot: Snapshot, some: Collection[str], occasion: Occasion) -> Commit | None:
    """Give back some of the lines of an order that is releasing; None if that was done before."""
    order = snapshot.order
    if order is None or order.phase is not Phase.RELEASING:
        return None
    # Not each needs be there: the order may have been given back, and placed in part again, meanwhile.
    quantities = {sku: line.reserved for sku, line in order.lines.items() if sku in some and line.reserved}
    if not quantities:
        return None
    movements, released = CANCEL.carry_out(snapshot, order, quantities, occasion)
    after = _after_step(order, released, occasion, is_last=False)
    return Commit(movements=movements, order=after, replaced_order=order)


def remove(snapshot: Snapshot) -> Commit | None:
    """Remove an order that has given back all, as if it had not been placed; None if there is nothing to."""
    order = snapshot.order
    if order is None or order.phase is not Phase.RELEASING or order.reserved:
        return None
    return Commit(movements=(), order=None, replaced_order=order)


def begin_settlement(
    snapshot: Snapshot, settlement: Settlement, command: SettleOrder, occasion: Occasion
) -> Commit | None:
    """Begin to confirm, cancel or refund all of an order; None if that was begun, or done, before.

    Raises
    ------
    InventoryError
        What the command is refused with if it is done at once.
    """
    order = standing(snapshot.order, occasion.now)
    if order is not None and order.errand is not None and order.phase is settlement.phase:
        if order.errand.restock is not command.restock:
            raise in_progress(order)
        return None
    if settlement.asks(snapshot, command, occasion) is None:
        return None
    assert order is not None, "an unknown order is refused"
    return _begun(
        order,
        settlement,
        occasion,
        restock=command.restock,
        cancel_reason=REQUESTED if settlement is CANCEL else None,
        idempotency_record=idempotency_record_of(command, occasion),
    )


def begin_expiry(snapshot: Snapshot, occasion: Occasion) -> Commit | None:
    """Begin to give back all that an order holds after its hold has ended; None if that is not so."""
    order = snapshot.order
    if order is None or not order.is_expired(occasion.now):
        return None
    return _begun(order, CANCEL, occasion, cancel_reason=EXPIRED)


def settle_some(
    snapshot: Snapshot, settlement: Settlement, some: Collection[str], occasion: Occasion
) -> Commit | None:
    """Settle some of the lines of an order that is in the middle of it; None if that was done before.

    The log names who gave the command, whoever takes the step.
    """
    order = snapshot.order
    if order is None or order.phase is not settlement.phase or order.errand is None:
        return None
    remaining = {sku: quantity for sku, quantity in settlement.remaining(order).items() if quantity}
    quantities = {sku: remaining[sku] for sku in some if sku in remaining}
    if remaining and not quantities:
        return None
    errand = order.errand
    movements, settled = settlement.carry_out(
        snapshot,
        order,
        quantities,
        replace(occasion, performed_by=errand.performed_by, request_id=errand.request_id),
        restock=errand.restock,
        cancel_reason=errand.cancel_reason,
    )
    after = _after_step(order, settled, occasion, is_last=len(quantities) == len(remaining))
    return Commit(movements=movements, order=after, replaced_order=order)


def _begun(
    order: Order,
    settlement: Settlement,
    occasion: Occasion,
    *,
    restock: bool = True,
    cancel_reason: str | None = None,
    idempotency_record: IdempotencyRecord | None = None,
) -> Commit:
    errand = Errand(
        performed_by=occasion.performed_by,
        request_id=occasion.request_id,
        lease_until=_lease(occasion),
        restock=restock,
        cancel_reason=cancel_reason,
    )
    begun = replace(order, phase=settlement.phase, errand=errand, version=order.version + 1)
    return Commit(movements=(), order=begun, replaced_order=order, idempotency_record=idempotency_record)


def _after_step(before: Order, after: Order, occasion: Occasion, *, is_last: bool) -> Order:
    """Return the order's next version: idle after its last step, else with a new lease."""
    assert before.errand is not None
    if is_last:
        return replace(after, version=before.version + 1, phase=Phase.IDLE, errand=None)
    errand = replace(before.errand, lease_until=_lease(occasion))
    return replace(after, version=before.version + 1, errand=errand)


def _lease(occasion: Occasion) -> str:
    return plus_seconds(occasion.now, SAGA_LEASE_SECONDS)


def _fingerprint(command: PlaceOrder) -> str:
    """Return what stands for the lines of an order, in whatever sequence they are sent."""
    lines = sorted((line.product_id, line.sku, line.quantity) for line in command.lines)
    return sha256(dumps(lines).encode()).hexdigest()
