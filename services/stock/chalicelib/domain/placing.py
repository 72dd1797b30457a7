"""Placing an order: reserving its lines, all or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from inventory_common.errors import (
    InsufficientStock,
    OrderCancelled,
    OrderExists,
    ReservationExpired,
    SkuNotFound,
)
from inventory_common.exact_json import dumps
from inventory_common.ids import StockKey
from inventory_common.settings import ALL_OWNERS
from inventory_common.skus import Sku
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import Command, TransactionType
from inventory_common.values import value

from .commands import LineRequest, PlaceOrder
from .decisions import NEEDS_SAGA, NOTHING_TO_WRITE, CurrentState, Decision, WriteSet
from .orders import (
    EXPIRED,
    INSUFFICIENT_STOCK,
    LastCommand,
    Order,
    OrderCommand,
    OrderLine,
    SagaState,
    existing_order,
    order_in_progress,
)
from .stock_rules import FIRST_STEP, CommandContext, StockMovement, move_stock, require_active

__all__ = [
    "Reservation",
    "is_hidden_tombstone",
    "lines_hash",
    "order_in_progress",
    "order_of_place",
    "originally_placed",
    "place",
    "require_available",
    "require_repeat_of",
    "reserve",
    "reserve_more",
    "short_lines",
]


@value
class Reservation:
    """Order lines that are reserved, and the movements that reserve them."""

    movements: tuple[StockMovement, ...]
    lines: Mapping[StockKey, OrderLine]


def place(state: CurrentState, command: PlaceOrder, context: CommandContext) -> Decision:
    """Reserve all lines of a new order.

    Raises
    ------
    OrderExists, OrderCancelled, ReservationExpired
        If the order was placed with other lines, or has been wholly cancelled, or has expired.
    SkuNotFound, SkuInactive, ProductInactive, InsufficientStock
        If a line cannot be reserved.
    """
    existing = order_of_place(state, command, context)
    if existing is not None and not is_hidden_tombstone(existing, command, context):
        if existing.saga_state in (SagaState.PLACING, SagaState.RELEASING):
            return NEEDS_SAGA  # the saga checks whether the lines are the same
        require_repeat_of(existing, command)
        return NOTHING_TO_WRITE
    reservation = reserve(state, command.lines, context)
    order = Order(
        order_id=command.order_id,
        lines=reservation.lines,
        created_at=context.now,
        version=1 if existing is None else existing.version + 1,
        expires_at=plus_seconds(context.now, command.hold_seconds),
        owner=command.owner,
    )
    placed = replace(order, last_command=LastCommand(OrderCommand.PLACE, context.command_id(order.version)))
    return WriteSet(movements=reservation.movements, order=placed, replaced_order=existing)


def order_of_place(state: CurrentState, command: PlaceOrder, context: CommandContext) -> Order | None:
    """Return the order that has the id of an order to be placed; None if there is none.

    Raises
    ------
    OrderExists
        If it belongs to another owner.  A tombstone of another owner is returned: it is replaced.
    """
    existing = existing_order(state.order, context.now)
    if existing is None or existing.is_tombstone:
        return existing
    if _is_of_another_owner(existing, command, context):
        raise OrderExists(f"{command.order_id} exists.")
    return existing


def is_hidden_tombstone(order: Order, command: PlaceOrder, context: CommandContext) -> bool:
    """Return whether an order is a tombstone of another owner than the place: it holds for its own."""
    return order.is_tombstone and _is_of_another_owner(order, command, context)


def _is_of_another_owner(order: Order, command: PlaceOrder, context: CommandContext) -> bool:
    owners = context.actor.owners
    if owners.sees_all:
        return order.owner not in (command.owner, ALL_OWNERS)
    return not owners.cover(order.owner)


def reserve(state: CurrentState, lines: Sequence[LineRequest], context: CommandContext) -> Reservation:
    """Return the movements and order lines that reserve these lines.

    Raises
    ------
    SkuNotFound, SkuInactive, ProductInactive, InsufficientStock
    """
    require_available(lines, state.skus)
    movements = tuple(
        move_stock(
            state.skus[line.key], TransactionType.ORDER_PLACED, line.quantity, context, step=FIRST_STEP
        )
        for line in lines
    )
    order_lines = {
        line.key: OrderLine(
            product_id=line.key.product_id,
            sku=line.key.sku,
            vendor_id=movement.record.vendor_id,
            placed=line.quantity,
            reserved=line.quantity,
        ).after_record(movement.record.sequence)
        for line, movement in zip(lines, movements, strict=True)
    }
    return Reservation(movements, order_lines)


def reserve_more(
    state: CurrentState,
    lines: Iterable[tuple[OrderLine, OrderLine]],
    command: Command,
    context: CommandContext,
) -> Reservation:
    """Return the movements by which lines of an order, each given before and after, reserve more units.

    The units are available (`require_available`).
    """
    movements: list[StockMovement] = []
    reserved: dict[StockKey, OrderLine] = {}
    for before, after in lines:
        movement = move_stock(
            state.skus[before.key],
            TransactionType.ORDER_PLACED,
            after.reserved - before.reserved,
            context,
            command=command,
            step=before.next_step,
        )
        movements.append(movement)
        reserved[before.key] = after.after_record(movement.record.sequence)
    return Reservation(tuple(movements), reserved)


def require_available(lines: Sequence[LineRequest], skus: Mapping[StockKey, Sku]) -> None:
    """Raise an error unless every line can be reserved.

    Raises
    ------
    SkuNotFound, SkuInactive, ProductInactive, InsufficientStock
    """
    unknown = [line.key.sku for line in lines if line.key not in skus]
    if unknown:
        were = "was" if len(unknown) == 1 else "were"
        raise SkuNotFound(f"{', '.join(unknown)} {were} not found.", skus=unknown)
    for line in lines:
        require_active(skus[line.key])
    short = short_lines(lines, skus)
    if short:
        raise InsufficientStock(short)


def short_lines(lines: Sequence[LineRequest], skus: Mapping[StockKey, Sku]) -> list[dict[str, Any]]:
    """Return the lines that cannot be reserved, with the units that are available of each.

    These are none of a SKU that does not exist or is inactive.
    """
    available = {line.key: _available(skus.get(line.key)) for line in lines}
    return [
        {
            "product_id": line.key.product_id,
            "sku": line.key.sku,
            "asked": line.quantity,
            "available": available[line.key],
        }
        for line in lines
        if available[line.key] < line.quantity
    ]


def _available(sku: Sku | None) -> int:
    is_sold = sku is not None and sku.is_active and sku.product_is_active
    return sku.available_stock if sku is not None and is_sold else 0


def require_repeat_of(order: Order, command: PlaceOrder) -> None:
    """Raise an error unless the command repeats the one that placed the order.

    Raises
    ------
    OrderExists
        If it was placed with other lines.
    OrderCancelled, ReservationExpired
        If it was cancelled before it was placed, was accepted and could not be reserved, or has been wholly
        cancelled or has expired since: the order reserves nothing any more.  It is a member of the error.
    OrderInProgress
        If it is being released, or another command on it is in progress.
    """
    if order.cancel_reason == INSUFFICIENT_STOCK:
        raise OrderCancelled(_could_not_be_reserved(order), order=order.document())
    if order.is_tombstone:
        raise OrderCancelled(f"{order.order_id} was cancelled before it was placed.", order=order.document())
    if order.saga_state is SagaState.RELEASING:
        raise order_in_progress(order)
    if not originally_placed(order, command.lines):
        raise OrderExists(f"{order.order_id} was placed at {order.created_at} with other lines.")
    if order.saga is not None:
        raise order_in_progress(order)
    if not order.reserved and not order.confirmed:
        if order.cancel_reason == EXPIRED:
            raise ReservationExpired(
                f"The hold of {order.order_id} expired at {order.expires_at}.", order=order.document()
            )
        raise OrderCancelled(f"{order.order_id} was cancelled.", order=order.document())


def originally_placed(order: Order, lines: Iterable[LineRequest]) -> bool:
    """Return whether an order was placed with these lines, in any sequence, whatever it has now."""
    if order.placed_as is not None:
        return order.placed_as == lines_hash(lines)
    return {line.key: line.placed for line in order.lines.values()} == {
        line.key: line.quantity for line in lines
    }


def lines_hash(lines: Iterable[LineRequest]) -> str:
    """Return a hash of the lines of a place that does not depend on their sequence."""
    return sha256(dumps(sorted((*line.key, line.quantity) for line in lines)).encode()).hexdigest()


def _could_not_be_reserved(order: Order) -> str:
    skus = ", ".join(line["sku"] for line in order.short_lines[:3])
    others = len(order.short_lines) - 3
    more = f" and {others} more" if others > 0 else ""
    return f"{order.order_id} was cancelled, as too few units were available of {skus}{more}."
