"""Decisions about orders: from what stands now to what is to be committed, or a refusal.  No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from inventory_common.errors import (
    InsufficientStock,
    InvalidInput,
    OrderCancelled,
    OrderConfirmed,
    OrderExists,
    OrderNotFound,
    QuantityExceedsReserved,
    RefundExceedsConfirmed,
    ReservationExpired,
    SkuNotFound,
)
from inventory_common.limits import ORDER_LINES_MAX, QUANTITY_MAX, TOMBSTONE_SECONDS
from inventory_common.skus import Sku
from inventory_common.timestamps import epoch_seconds, plus_seconds
from inventory_common.transactions import TransactionType

from .commands import OrderLineRequest, PlaceOrder, SettleOrder
from .orders import EXPIRED, Order, OrderLine
from .snapshot import Commit, IncompleteSnapshot, Snapshot
from .stock_rules import Movement, Occasion, move, require_active

__all__ = ["cancel", "confirm", "place", "refund", "standing", "sum_lines", "sum_settled"]

REQUESTED = "requested"
"""The `cancel_reason` of an order that its client cancelled."""


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


def sum_settled(lines: Iterable[tuple[str, int]] | None) -> dict[str, int] | None:
    """Sum the units of one SKU, of ``(sku, quantity)``; None, for all of an order, stays None.

    Raises
    ------
    InvalidInput
        If there are more distinct SKUs than an order has.
    """
    if lines is None:
        return None
    quantities: dict[str, int] = {}
    for sku, quantity in lines:
        quantities[sku] = quantities.get(sku, 0) + quantity
    if len(quantities) > ORDER_LINES_MAX:
        raise InvalidInput([("body.lines", f"should name at most {ORDER_LINES_MAX} distinct SKUs")])
    return quantities


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


def confirm(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> Commit | None:
    """Settle what an order holds, all or part: the units leave the stock; None if that was done before.

    Raises
    ------
    OrderNotFound, OrderCancelled, ReservationExpired, SkuNotFound, QuantityExceedsReserved,
    IdempotencyKeyReused
    """
    order = _known(snapshot, command, occasion)
    if _is_repeated(snapshot, command, occasion) or (
        command.lines is None and not order.reserved and order.confirmed
    ):
        return None
    if not order.reserved and not order.confirmed:
        if order.cancel_reason == EXPIRED:
            raise ReservationExpired(f"The hold of {order.order_id} ended at {order.expires_at}.")
        raise OrderCancelled(f"{order.order_id} was cancelled.")
    quantities = _reserved_quantities(order, command)
    settled = {sku: order.lines[sku].confirm(quantity) for sku, quantity in quantities.items()}
    movements = _move_reserved(snapshot, order, TransactionType.ORDER_CONFIRMED, quantities, occasion)
    return _commit(movements, order, order.with_lines(settled), command, occasion)


def cancel(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> Commit | None:
    """Release what an order holds, all or part; None if that was done before.

    The cancel of an unknown order is remembered, so that a place which comes late is refused.

    Raises
    ------
    OrderNotFound, OrderConfirmed, SkuNotFound, QuantityExceedsReserved, IdempotencyKeyReused
    """
    if _is_repeated(snapshot, command, occasion):
        return None
    if command.lines is None and standing(snapshot.order, occasion.now) is None:
        return _commit((), None, _tombstone(command.order_id, occasion.now), command, occasion)
    order = _known(snapshot, command, occasion)
    if command.lines is None and not order.reserved and (order.cancelled or order.is_tombstone):
        return None
    if not order.reserved and order.confirmed:
        raise OrderConfirmed(f"{order.order_id} is confirmed: its units have left the stock. Use refund.")
    if order.is_tombstone:
        raise OrderCancelled(f"{order.order_id} was cancelled before it was placed.")
    quantities = _reserved_quantities(order, command)
    released = {sku: order.lines[sku].cancel(quantity) for sku, quantity in quantities.items()}
    movements = _move_reserved(snapshot, order, TransactionType.ORDER_CANCELLED, quantities, occasion)
    return _commit(movements, order, order.with_lines(released, cancel_reason=REQUESTED), command, occasion)


def refund(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> Commit | None:
    """Take back what has left for an order, all or part; None if that was done before.

    Units come back into stock unless the command says that they cannot be sold again.

    Raises
    ------
    OrderNotFound, SkuNotFound, RefundExceedsConfirmed, StockLimitExceeded, IdempotencyKeyReused
    """
    order = _known(snapshot, command, occasion)
    refundable = {sku: line.confirmed - line.refunded for sku, line in order.lines.items()}
    if _is_repeated(snapshot, command, occasion) or (
        command.lines is None and order.refunded and not any(refundable.values())
    ):
        return None
    quantities = _quantities(order, command, refundable)
    excessive = [
        {"sku": sku, "asked": quantity, "refundable": refundable[sku]}
        for sku, quantity in quantities.items()
        if quantity > refundable[sku]
    ]
    if excessive or not quantities:
        raise RefundExceedsConfirmed(
            f"Fewer units have left for {order.order_id} than are to come back.", lines=excessive
        )
    returned = {sku: order.lines[sku].refund(quantity) for sku, quantity in quantities.items()}
    skus = _skus_of_order(snapshot, order, quantities)
    movements = tuple(
        move(skus[sku], TransactionType.REFUND, quantity, occasion, restock=command.restock)
        for sku, quantity in quantities.items()
    )
    return _commit(movements, order, order.with_lines(returned), command, occasion)


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


def _known(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> Order:
    order = standing(snapshot.order, occasion.now)
    if order is None:
        raise OrderNotFound(f"There is no {command.order_id}.")
    return order


def _is_repeated(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> bool:
    intent = command.intent
    return intent is not None and intent.already_done(snapshot.marker, occasion.now) is not None


def _quantities(order: Order, command: SettleOrder, whole: Mapping[str, int]) -> dict[str, int]:
    """Return the units of each SKU that a command concerns: those named, or the whole."""
    if command.lines is None:
        return {sku: quantity for sku, quantity in whole.items() if quantity}
    unknown = [sku for sku in command.lines if sku not in order.lines]
    if unknown:
        raise SkuNotFound(f"{order.order_id} has no {', no '.join(unknown)}.", skus=unknown)
    return dict(command.lines)


def _reserved_quantities(order: Order, command: SettleOrder) -> dict[str, int]:
    reserved = {sku: line.reserved for sku, line in order.lines.items()}
    quantities = _quantities(order, command, reserved)
    excessive = [
        {"sku": sku, "asked": quantity, "reserved": reserved[sku]}
        for sku, quantity in quantities.items()
        if quantity > reserved[sku]
    ]
    if excessive:
        raise QuantityExceedsReserved(
            f"{order.order_id} holds fewer units than are to be settled.", lines=excessive
        )
    return quantities


def _move_reserved(
    snapshot: Snapshot,
    order: Order,
    kind: TransactionType,
    quantities: Mapping[str, int],
    occasion: Occasion,
) -> tuple[Movement, ...]:
    skus = _skus_of_order(snapshot, order, quantities)
    # reserved_stock is the sum over a SKU's open orders: less than one order's share is of another moment.
    # What is torn without showing it here fails on a condition when it is to be committed.
    if any(skus[sku].reserved_stock < order.lines[sku].reserved for sku in quantities):
        raise IncompleteSnapshot(_keys(order, quantities))
    return tuple(move(skus[sku], kind, quantity, occasion) for sku, quantity in quantities.items())


def _skus_of_order(snapshot: Snapshot, order: Order, wanted: Collection[str]) -> Mapping[str, Sku]:
    if any(sku not in snapshot.skus for sku in wanted):
        raise IncompleteSnapshot(_keys(order, wanted))
    return snapshot.skus


def _keys(order: Order, wanted: Collection[str]) -> list[tuple[str, str]]:
    return [(order.lines[sku].product_id, sku) for sku in wanted]


def _commit(
    movements: tuple[Movement, ...],
    replaced: Order | None,
    order: Order,
    command: SettleOrder,
    occasion: Occasion,
) -> Commit:
    done = [{"order_id": order.order_id}]
    marker = None if command.intent is None else command.intent.marker(done, occasion.now)
    return Commit(movements=movements, order=order, replaced_order=replaced, marker=marker)
