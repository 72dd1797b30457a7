"""Decisions about orders: from what stands now to what is to be committed, or a refusal.  No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inventory_common.errors import (
    InsufficientStock,
    InvalidInput,
    OrderCancelled,
    OrderConfirmed,
    OrderExists,
    OrderNotFound,
    ReservationExpired,
    SkuNotFound,
)
from inventory_common.idempotency import Marker
from inventory_common.limits import ORDER_LINES_MAX, QUANTITY_MAX, TOMBSTONE_SECONDS
from inventory_common.skus import Sku
from inventory_common.timestamps import epoch_seconds, plus_seconds
from inventory_common.transactions import TransactionType

from .commands import OrderLineRequest, PlaceOrder, Restock
from .orders import EXPIRED, Order, OrderLine
from .stock_rules import Movement, Occasion, move, require_active

__all__ = [
    "Commit",
    "Snapshot",
    "TornSnapshot",
    "cancel",
    "confirm",
    "place",
    "restock",
    "standing",
    "sum_lines",
]

REQUESTED = "requested"
"""The `cancel_reason` of an order that its client cancelled."""


class TornSnapshot(Exception):
    """The order and its SKUs were read at different moments: between them, another command settled it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was read after the request arrived, each item consistently: SKUs by id, the order, the marker."""

    skus: Mapping[str, Sku] = field(default_factory=dict)
    order: Order | None = None
    marker: Marker | None = None

    def updated(self, found: Snapshot) -> Snapshot:
        """Return this snapshot with newer images in the place of older ones."""
        return Snapshot(
            skus={**self.skus, **found.skus},
            order=found.order or self.order,
            marker=found.marker or self.marker,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What is to be written, all or nothing.

    `order` takes the place of `replaced_order`; None for that means there is none yet, or a lapsed one.
    """

    movements: tuple[Movement, ...]
    order: Order | None = None
    replaced_order: Order | None = None
    marker: Marker | None = None


def restock(snapshot: Snapshot, command: Restock, occasion: Occasion) -> Commit | None:
    """Take units into stock; None if the command was done before.

    Raises
    ------
    SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded, IdempotencyKeyReused
    """
    sku = snapshot.skus.get(command.sku)
    if sku is None or not command.scope.covers(sku.vendor_id):
        raise SkuNotFound(f"There is no {command.sku}.")
    if command.intent.already_done(snapshot.marker, occasion.now):
        return None
    movement = move(sku, TransactionType.RESTOCK, command.quantity, occasion)
    record = movement.record
    done = [{"transaction_id": record.transaction_id, "timestamp": record.timestamp}]
    return Commit(movements=(movement,), marker=command.intent.marker(done, occasion.now))


def sum_lines(lines: Iterable[OrderLineRequest]) -> tuple[OrderLineRequest, ...]:
    """Sum the lines of one SKU into one.

    Raises
    ------
    InvalidInput
        If a sum is over `QUANTITY_MAX`, or there are more than `ORDER_LINES_MAX` distinct SKUs.
    """
    quantities: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.product_id, line.sku)
        quantities[key] = quantities.get(key, 0) + line.quantity
    if len(quantities) > ORDER_LINES_MAX:
        raise InvalidInput([("body.lines", f"should name at most {ORDER_LINES_MAX} distinct SKUs")])
    if max(quantities.values()) > QUANTITY_MAX:
        raise InvalidInput([("body.lines", f"should ask for at most {QUANTITY_MAX} units of a SKU in all")])
    return tuple(OrderLineRequest(*key, quantity) for key, quantity in quantities.items())


def place(snapshot: Snapshot, command: PlaceOrder, occasion: Occasion) -> Commit | None:
    """Reserve all lines of a new order; None if the same order was placed before.

    Raises
    ------
    OrderExists, OrderCancelled
        If the order was placed with other lines, or cancelled before it was placed.
    SkuNotFound, SkuInactive, ProductInactive, InsufficientStock
        If a line cannot be had.
    """
    existing = standing(snapshot.order, occasion.now)
    if existing is not None:
        _require_same_lines(existing, command)
        return None
    skus = _skus_of(command, snapshot)
    for line in command.lines:
        require_active(skus[line.sku])
    _require_available(command, skus)
    movements = tuple(
        move(skus[line.sku], TransactionType.ORDER_PLACED, line.quantity, occasion) for line in command.lines
    )
    order = Order(
        order_id=command.order_id,
        lines={
            line.sku: OrderLine(
                product_id=line.product_id,
                sku=line.sku,
                vendor_id=skus[line.sku].vendor_id,
                placed=line.quantity,
                reserved=line.quantity,
            )
            for line in command.lines
        },
        created_at=occasion.now,
        expires_at=plus_seconds(occasion.now, command.hold_seconds),
    )
    return Commit(movements=movements, order=order)


def confirm(snapshot: Snapshot, order_id: str, occasion: Occasion) -> Commit | None:
    """Settle all that an order holds: the units leave the stock; None if that was done before.

    Raises
    ------
    OrderNotFound, OrderCancelled, ReservationExpired
    """
    order = standing(snapshot.order, occasion.now)
    if order is None:
        raise OrderNotFound(f"There is no {order_id}.")
    if order.reserved:
        settled = {line.sku: line.confirm(line.reserved) for line in order.lines.values()}
        movements = _move_reserved(snapshot, order, TransactionType.ORDER_CONFIRMED, occasion)
        return Commit(movements=movements, order=order.with_lines(settled), replaced_order=order)
    if order.confirmed:
        return None
    if order.cancel_reason == EXPIRED:
        raise ReservationExpired(f"The hold of {order_id} ended at {order.expires_at}.")
    raise OrderCancelled(f"{order_id} was cancelled.")


def cancel(snapshot: Snapshot, order_id: str, occasion: Occasion) -> Commit | None:
    """Release all that an order holds; None if that was done before.

    The cancel of an unknown order is remembered, so that a place which comes late is refused.

    Raises
    ------
    OrderConfirmed
    """
    order = standing(snapshot.order, occasion.now)
    if order is None:
        return Commit(movements=(), order=_tombstone(order_id, occasion.now))
    if order.reserved:
        released = {line.sku: line.cancel(line.reserved) for line in order.lines.values()}
        movements = _move_reserved(snapshot, order, TransactionType.ORDER_CANCELLED, occasion)
        return Commit(
            movements=movements,
            order=order.with_lines(released, cancel_reason=REQUESTED),
            replaced_order=order,
        )
    if order.cancelled or order.is_tombstone:
        return None
    raise OrderConfirmed(f"{order_id} is confirmed: its units have left the stock. Use refund.")


def standing(order: Order | None, now: str) -> Order | None:
    """Return the order, but None for a tombstone that has lapsed and that DynamoDB still keeps."""
    if order is not None and order.lapses_at is not None and order.lapses_at <= epoch_seconds(now):
        return None
    return order


def _tombstone(order_id: str, now: str) -> Order:
    return Order(
        order_id=order_id,
        lines={},
        created_at=now,
        cancel_reason=REQUESTED,
        lapses_at=epoch_seconds(now) + TOMBSTONE_SECONDS,
    )


def _require_same_lines(order: Order, command: PlaceOrder) -> None:
    if order.is_tombstone:
        raise OrderCancelled(f"{order.order_id} was cancelled before it was placed.")
    placed = {(line.product_id, line.sku): line.placed for line in order.lines.values()}
    if placed != {(line.product_id, line.sku): line.quantity for line in command.lines}:
        raise OrderExists(f"{order.order_id} was placed at {order.created_at} with other lines.")


def _skus_of(command: PlaceOrder, snapshot: Snapshot) -> Mapping[str, Sku]:
    missing = [line.sku for line in command.lines if line.sku not in snapshot.skus]
    if missing:
        raise SkuNotFound(f"There is no {', no '.join(missing)}.", skus=missing)
    return snapshot.skus


def _require_available(command: PlaceOrder, skus: Mapping[str, Sku]) -> None:
    short = [
        {
            "product_id": line.product_id,
            "sku": line.sku,
            "asked": line.quantity,
            "available": skus[line.sku].available_stock,
        }
        for line in command.lines
        if skus[line.sku].available_stock < line.quantity
    ]
    if short:
        raise InsufficientStock(short)


def _move_reserved(
    snapshot: Snapshot, order: Order, kind: TransactionType, occasion: Occasion
) -> tuple[Movement, ...]:
    held = [line for line in order.lines.values() if line.reserved]
    # reserved_stock is the sum over a SKU's open orders: less than one order's share is of another moment.
    # What is torn without showing it here fails on a condition when it is to be committed.
    if any(snapshot.skus[line.sku].reserved_stock < line.reserved for line in held):
        raise TornSnapshot
    return tuple(move(snapshot.skus[line.sku], kind, line.reserved, occasion) for line in held)
