"""Reopening an order: reserving again what its last cancellation or expiry released, in one transaction.

The records have the type ``order_placed`` and the command ``reopen``: units return from cancelled to
reserved, and what was placed stays.  What earlier commands had released stays cancelled.
"""

from __future__ import annotations

from dataclasses import replace

from inventory_common.errors import NotReopenable, OrderNotFound
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import Command

from .amendments import require_one_transaction
from .commands import LineRequest, ReopenOrder
from .decisions import NOTHING_TO_WRITE, CurrentState, Decision, NeedsSkus, WriteSet
from .orders import LastCommand, Order, OrderCommand, order_in_progress, visible_order
from .placing import require_available, reserve_more
from .settlements import idempotency_record_of
from .stock_rules import CommandContext

__all__ = ["reopen"]


def reopen(state: CurrentState, command: ReopenOrder, context: CommandContext) -> Decision:
    """Reserve again what the last cancellation or expiry of an order released; a new hold begins.

    Raises
    ------
    OrderNotFound, PreconditionFailed, OrderInProgress, IdempotencyKeyReused
    NotReopenable
        If the order reserves units, or nothing was released.
    TooManyChanges
        If the lines do not fit into one transaction.
    SkuInactive, ProductInactive, InsufficientStock
        If a line cannot be reserved.
    """
    order = visible_order(state.order, context.now, context.actor.owners)
    if order is None:
        raise OrderNotFound(f"{command.order_id} was not found.")
    if command.idempotency_key.replayed_record(state.idempotency_record, context.now):
        return NOTHING_TO_WRITE
    command.if_match.require(order.version)
    if order.saga is not None:
        raise order_in_progress(order)
    released = order.last_released
    _require_reopenable(order)
    require_one_transaction(order, [order.lines[key].part for key in released])
    if any(key not in state.skus for key in released):
        return NeedsSkus(list(released))
    require_available([LineRequest(key, units) for key, units in released.items()], state.skus)
    lines = [order.lines[key] for key in released]
    reserved = reserve_more(state, ((line, line.reopen()) for line in lines), Command.REOPEN, context)
    version = order.version + 1
    reopened = replace(
        order,
        lines={**order.lines, **reserved.lines},
        version=version,
        expires_at=plus_seconds(context.now, command.hold_seconds),
        cancel_reason=None,
        was_settled_in_part=True,
        last_release=None,
        last_command=LastCommand(OrderCommand.REOPEN, context.command_id(version)),
    )
    return WriteSet(
        movements=reserved.movements,
        order=reopened,
        replaced_order=order,
        idempotency_record=idempotency_record_of(command.idempotency_key, order.order_id, context),
    )


def _require_reopenable(order: Order) -> None:
    if order.reserved:
        raise NotReopenable(f"{order.order_id} reserves units: amend it instead.")
    if order.is_tombstone:
        raise NotReopenable(f"{order.order_id} has no lines: place an order with another id.")
    if not order.last_released:
        raise NotReopenable(f"No cancellation or expiry has released units of {order.order_id}.")
