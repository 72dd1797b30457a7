"""Amending an order: changing what it reserves, in one transaction.

===========================  ================  =======================  =====================================
a line's reserved units      placed, reserved  record                   requires
===========================  ================  =======================  =====================================
more than before, by q       +q                ``order_placed``         SKU and product active, available >= q
fewer than before, by q      -q                ``order_cancelled``
===========================  ================  =======================  =====================================

Confirmed, cancelled and refunded units stay, and so does a line of which nothing is reserved any more.  The
records have the command ``amend``.  An amend that leaves the order nothing reserved and nothing confirmed is
a cancel of the whole order instead, and is logged as one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from inventory_common.dynamodb_limits import (
    ORDER_PART_LINES_MAX,
    SINGLE_ITEM_ORDER_LINES_MAX,
    TRANSACTION_ITEMS_MAX,
)
from inventory_common.errors import (
    InvalidInput,
    OrderCancelled,
    OrderConfirmed,
    OrderNotFound,
    ReservationExpired,
    SkuNotFound,
    TooManyChanges,
)
from inventory_common.ids import StockKey
from inventory_common.limits import ORDER_LINES_MAX, QUANTITY_MAX
from inventory_common.skus import Sku
from inventory_common.transactions import Command

from .commands import AmendOrder, LineRequest
from .decisions import NOTHING_TO_WRITE, CurrentState, Decision, NeedsSkus, WriteSet
from .orders import (
    EXPIRED,
    REQUESTED,
    LastCommand,
    Order,
    OrderCommand,
    OrderLine,
    order_in_progress,
    visible_order,
)
from .placing import lines_hash, require_available, reserve_more
from .settlements import CANCEL, RELEASE, Quantities, SettledOrder, idempotency_record_of
from .stock_rules import CommandContext

__all__ = ["amend", "changes_of", "require_one_transaction"]


def amend(
    state: CurrentState, command: AmendOrder, sought: Collection[StockKey], context: CommandContext
) -> Decision:
    """Change what an order reserves; its hold ends when it would have ended.

    `sought` are the SKUs that were read before: one of them that `state` lacks does not exist.

    Raises
    ------
    OrderNotFound, PreconditionFailed, OrderInProgress, IdempotencyKeyReused
    OrderConfirmed, OrderCancelled, ReservationExpired
        If the order reserves nothing.
    InvalidInput, TooManyChanges
        If a line would have too many units, the order too many lines, or the transaction too many actions.
    SkuNotFound, SkuInactive, ProductInactive, InsufficientStock
        If a line cannot be reserved, or is to reserve nothing and the order does not have it.
    """
    order = visible_order(state.order, context.now, context.actor.owners)
    if order is None:
        raise OrderNotFound(f"{command.order_id} was not found.")
    if command.idempotency_key.replayed_record(state.idempotency_record, context.now):
        return NOTHING_TO_WRITE
    if order.saga is None:  # else it need not have all its lines yet
        _require_lines(state, order, command, sought)
    command.if_match.require(order.version)
    if order.saga is not None:
        raise order_in_progress(order)
    _require_reserved(order)
    changes = changes_of(order, command)
    parts = _parts_of(order, changes)
    require_one_transaction(order, parts.values())
    _require_units(order, changes)
    unread = [key for key in changes if key not in state.skus and (key in order.lines or key not in sought)]
    if unread:
        return NeedsSkus(unread)
    amended = _apply(state, order, changes, parts, context)
    if isinstance(amended, NeedsSkus):
        return amended
    is_cancel = not amended.order.reserved and not amended.order.confirmed
    last_command = LastCommand(
        OrderCommand.CANCEL if is_cancel else OrderCommand.AMEND, context.command_id(amended.order.version)
    )
    return WriteSet(
        movements=amended.movements,
        order=replace(
            amended.order,
            was_settled_in_part=True,
            placed_as=order.placed_as or _placed_as(order),
            last_command=last_command,
        ),
        replaced_order=order,
        idempotency_record=idempotency_record_of(command.idempotency_key, order.order_id, context),
    )


def changes_of(order: Order, command: AmendOrder) -> Quantities:
    """Return by how many units what the order reserves of each SKU changes; without SKUs that stay."""
    reserved = {key: line.reserved for key, line in order.lines.items()}
    changes = {key: units - reserved.get(key, 0) for key, units in command.lines.items()}
    return {key: units for key, units in changes.items() if units}


def require_one_transaction(order: Order, parts: Collection[int]) -> None:
    """Raise `TooManyChanges` if lines, given the part of each, do not fit into one transaction."""
    # Per line: the SKU's update and its log record; then the parts, the order and the idempotency record.
    actions = 2 * len(parts) + len({part for part in parts if part}) + 2
    if actions > TRANSACTION_ITEMS_MAX:
        raise TooManyChanges(
            f"The lines of {order.order_id} that change take {actions} writes, and one transaction has "
            f"{TRANSACTION_ITEMS_MAX} at most: change fewer lines at once."
        )


def _require_reserved(order: Order) -> None:
    if order.reserved:
        return
    if order.confirmed:
        raise OrderConfirmed(f"{order.order_id} is confirmed: its units have left the stock.")
    if order.cancel_reason == EXPIRED:
        raise ReservationExpired(f"The hold of {order.order_id} expired at {order.expires_at}.")
    raise OrderCancelled(f"{order.order_id} was cancelled.")


def _require_lines(
    state: CurrentState, order: Order, command: AmendOrder, sought: Collection[StockKey]
) -> None:
    """Raise `SkuNotFound` for SKUs that are no lines, if they do not exist or are to reserve nothing."""
    unknown = [
        key.sku
        for key, units in command.lines.items()
        if key not in order.lines and (not units or (key in sought and key not in state.skus))
    ]
    if unknown:
        raise SkuNotFound(f"{order.order_id} has no line of {', '.join(unknown)}.", skus=unknown)


def _parts_of(order: Order, changes: Quantities) -> dict[StockKey, int]:
    """Return the number of the part that stores each line that changes; 0 is the main item.

    New lines of an order in parts fill the last part, and then further ones.

    Raises
    ------
    TooManyChanges
        If the order would have too many lines.
    """
    new = [key for key in changes if key not in order.lines]
    count = len(order.lines) + len(new)
    lines_max = ORDER_LINES_MAX if order.parts else SINGLE_ITEM_ORDER_LINES_MAX
    if new and count > lines_max:
        raise TooManyChanges(
            f"{order.order_id} would have {count} lines. An order that was placed with "
            f"{SINGLE_ITEM_ORDER_LINES_MAX} lines at most keeps to that, and any to {ORDER_LINES_MAX}."
        )
    parts = {key: order.lines[key].part for key in changes if key in order.lines}
    in_last = sum(line.part == order.parts for line in order.lines.values())
    for position, key in enumerate(new):
        further = (in_last + position) // ORDER_PART_LINES_MAX
        parts[key] = order.parts + further if order.parts else 0
    return parts


def _require_units(order: Order, changes: Quantities) -> None:
    excessive = [
        key.sku
        for key, units in changes.items()
        if key in order.lines and order.lines[key].placed + units > QUANTITY_MAX
    ]
    if excessive:
        message = f"should place at most {QUANTITY_MAX} units of a SKU in total, as of {', '.join(excessive)}"
        raise InvalidInput([("body.lines", message)])


def _apply(
    state: CurrentState,
    order: Order,
    changes: Quantities,
    parts: Mapping[StockKey, int],
    context: CommandContext,
) -> SettledOrder | NeedsSkus:
    """Return the order after the changes, and the stock movements of them."""
    more = [LineRequest(key, units) for key, units in changes.items() if units > 0]
    fewer = {key: -units for key, units in changes.items() if units < 0}
    require_available(more, state.skus)
    if not order.confirmed and not more and sum(fewer.values()) == order.reserved:
        return CANCEL.apply(state, order, fewer, context, cancel_reason=REQUESTED)
    released = RELEASE.apply(state, order, fewer, context, command=Command.AMEND)
    if isinstance(released, NeedsSkus):
        return released
    grown: list[tuple[OrderLine, OrderLine]] = []
    for request in more:
        line = order.lines.get(request.key) or _new_line(state.skus[request.key], parts[request.key])
        grown.append((line, line.place(request.quantity)))
    reserved = reserve_more(state, grown, Command.AMEND, context)
    changed = replace(
        released.order,
        lines={**released.order.lines, **reserved.lines},
        parts=max(order.parts, *parts.values()) if parts else order.parts,
    )
    return SettledOrder((*released.movements, *reserved.movements), changed)


def _new_line(sku: Sku, part: int) -> OrderLine:
    return OrderLine(
        product_id=sku.product_id, sku=sku.sku, vendor_id=sku.vendor_id, placed=0, reserved=0, part=part
    )


def _placed_as(order: Order) -> str:
    """Return the hash of the lines of an order that was never amended: nothing else changes `placed`."""
    return lines_hash(LineRequest(key, line.placed) for key, line in order.lines.items())
