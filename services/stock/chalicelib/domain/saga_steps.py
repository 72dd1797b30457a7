"""The steps of sagas: commands on an order that take several DynamoDB transactions.

::

              place                                   confirm, cancel, refund
    no order ────────► placing ──────────► no saga ◄────────────────────────► confirming, …
                          │ a line cannot be reserved, or the process died
                          ▼
                      releasing ─► no order; a tombstone if the place was acknowledged

A place is acknowledged by a write of its own, after time has run out: from then on it is not undone by
itself, so that its client can be answered 202.  That write also stores the lines that are still to be
reserved.

Each step is decided independently, on the current state, and is one transaction that also writes the order's
main item on condition of its version: any process that finds an order between two steps can take the next
one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from inventory_common.dynamodb_limits import ORDER_PART_LINES_MAX, SINGLE_ITEM_ORDER_LINES_MAX
from inventory_common.errors import IdempotencyKeyRequired, OrderExists
from inventory_common.idempotency import id_of
from inventory_common.ids import StockKey
from inventory_common.limits import TOMBSTONE_SECONDS
from inventory_common.skus import Sku
from inventory_common.timestamps import epoch_seconds, plus_seconds
from inventory_common.transactions import Command
from inventory_common.tuning import SAGA_LEASE_SECONDS

from .commands import (
    NO_EXPLANATION,
    Actor,
    Explanation,
    LineRequest,
    PlaceOrder,
    SettleOrder,
)
from .decisions import (
    NOTHING_TO_WRITE,
    CurrentState,
    Decision,
    NeedsSaga,
    NeedsSkus,
    NothingToWrite,
    WriteSet,
)
from .orders import (
    EXPIRED,
    INSUFFICIENT_STOCK,
    REQUESTED,
    LastCommand,
    Order,
    OrderCommand,
    OrderLine,
    Saga,
    SagaState,
    existing_order,
    order_in_progress,
    visible_order,
)
from .placing import is_hidden_tombstone, lines_hash, order_of_place, require_repeat_of, reserve
from .settlements import (
    CANCEL,
    CONFIRM,
    REFUND,
    RELEASE,
    Quantities,
    SettlementType,
    idempotency_record_of,
    is_saga_of,
    quantities_to_settle,
)
from .stock_rules import CommandContext

__all__ = [
    "PERFORMED_BY",
    "SETTLEMENTS",
    "acknowledge_place",
    "begin_expiry",
    "begin_refusal",
    "begin_release",
    "begin_release_of_abandoned",
    "begin_settlement",
    "continue_place_step",
    "end_release",
    "is_acknowledged_place_of",
    "is_placing",
    "is_releasing",
    "lines_to_place",
    "part_of",
    "place_step",
    "release_step",
    "settle_step",
    "units_to_settle",
]

PERFORMED_BY: Final = "system:saga"
"""Who releases the units of an order that cannot be placed, in the log."""

_NOTHING_PENDING: Final[Mapping[StockKey, int]] = {}

SETTLEMENTS: Final = {settlement.saga_state: settlement for settlement in (CONFIRM, CANCEL, REFUND)}
_COMMANDS: Final = {
    SagaState.PLACING: OrderCommand.PLACE,
    **{each.saga_state: each.order_command for each in (*SETTLEMENTS.values(), RELEASE)},
}


def part_of(position: int, line_count: int) -> int:
    """Return the number of the part that stores the line at a position of an order; 0 is the main item."""
    return 0 if line_count <= SINGLE_ITEM_ORDER_LINES_MAX else position // ORDER_PART_LINES_MAX + 1


def place_step(
    state: CurrentState, command: PlaceOrder, lines: Sequence[LineRequest], context: CommandContext
) -> Decision:
    """Reserve some lines of an order that a saga places.

    The first step creates the order; the step that reserves its last line ends the saga.

    Raises
    ------
    OrderExists, OrderCancelled, OrderInProgress
    SkuNotFound, SkuInactive, ProductInactive, InsufficientStock
    """
    existing = order_of_place(state, command, context)
    is_new = existing is None or is_hidden_tombstone(existing, command, context)
    if existing is not None and not is_new and existing.saga_state is not SagaState.PLACING:
        require_repeat_of(existing, command)
        return NOTHING_TO_WRITE
    order = _new_order(command, context, existing) if existing is None or is_new else existing
    if order.saga is None or order.saga.lines_hash != lines_hash(command.lines):
        raise OrderExists(f"{command.order_id} is being placed with other lines.")
    if order.saga.acknowledged:
        return continue_place_step(state, [line.key for line in lines], context)
    unplaced = [line for line in lines if line.key not in order.lines]
    if not unplaced:
        return NOTHING_TO_WRITE
    reservation = reserve(state, unplaced, context)
    positions = {line.key: position for position, line in enumerate(command.lines)}
    count = len(command.lines)
    new_lines = {
        key: replace(line, part=part_of(positions[key], count)) for key, line in reservation.lines.items()
    }
    is_last = len(order.lines) + len(new_lines) == count
    placed = replace(order, lines={**order.lines, **new_lines})
    return WriteSet(
        movements=reservation.movements,
        order=_after_place_step(order, placed, context, is_last=is_last),
        replaced_order=existing,
    )


def acknowledge_place(
    state: CurrentState, command: PlaceOrder, skus: Mapping[StockKey, Sku], context: CommandContext
) -> Decision:
    """Store the lines that the saga of a place has still to reserve: it continues without its client.

    `skus` are those of these lines.  The lease ends at once: any process may take the next step.  Nothing is
    written if another process has placed the order.

    Raises
    ------
    OrderExists, OrderCancelled, ReservationExpired, OrderInProgress
        If it has been placed with other lines, released or settled.
    """
    order = order_of_place(state, command, context)
    if order is None or is_hidden_tombstone(order, command, context):
        return NOTHING_TO_WRITE
    saga = order.saga
    if saga is None or saga.state is not SagaState.PLACING:
        require_repeat_of(order, command)
        return NOTHING_TO_WRITE
    if not _is_placed_by(saga, command) or saga.acknowledged:
        return NOTHING_TO_WRITE
    if any(line.key not in skus for line in command.lines if line.key not in order.lines):
        return NOTHING_TO_WRITE  # other processes have released it meanwhile, and begun again
    count = len(command.lines)
    to_place = {
        line.key: OrderLine(
            product_id=line.key.product_id,
            sku=line.key.sku,
            vendor_id=skus[line.key].vendor_id,
            placed=0,
            reserved=0,
            part=part_of(position, count),
            pending=line.quantity,
        )
        for position, line in enumerate(command.lines)
        if line.key not in order.lines
    }
    acknowledged = replace(
        order,
        lines={**order.lines, **to_place},
        saga=replace(saga, acknowledged=True, lease_until=context.now),
        version=order.version + 1,
    )
    return WriteSet(movements=(), order=acknowledged, replaced_order=order)


def is_placing(order: Order, command: PlaceOrder) -> bool:
    """Return whether an order of exactly these lines is being placed."""
    return order.owner == command.owner and order.saga is not None and _is_placed_by(order.saga, command)


def is_acknowledged_place_of(order: Order, command: PlaceOrder) -> bool:
    """Return whether an order of exactly these lines is being placed, and its client knows that."""
    return order.is_acknowledged_place and is_placing(order, command)


def lines_to_place(order: Order) -> list[LineRequest]:
    """Return the lines that an acknowledged place has still to reserve."""
    return [LineRequest(key, line.pending) for key, line in order.lines.items() if line.pending]


def continue_place_step(state: CurrentState, keys: Collection[StockKey], context: CommandContext) -> Decision:
    """Reserve some of the lines that an acknowledged place has still to reserve.

    The log records the actor of the command, even if another process takes the step.

    Raises
    ------
    SkuNotFound, SkuInactive, ProductInactive, InsufficientStock
    """
    order = state.order
    if order is None or order.saga is None or not order.is_acknowledged_place:
        return NOTHING_TO_WRITE
    to_place = lines_to_place(order)
    lines = [line for line in to_place if line.key in keys]
    if not lines:
        return NOTHING_TO_WRITE
    actor = Actor(order.saga.performed_by, order.saga.request_id)
    reservation = reserve(state, lines, replace(context, actor=actor))
    placed = {key: replace(line, part=order.lines[key].part) for key, line in reservation.lines.items()}
    after = replace(order, lines={**order.lines, **placed})
    is_last = len(lines) == len(to_place)
    return WriteSet(
        movements=reservation.movements,
        order=_after_place_step(order, after, context, is_last=is_last),
        replaced_order=order,
    )


def begin_refusal(
    state: CurrentState, short_lines: Sequence[Mapping[str, Any]], context: CommandContext
) -> Decision:
    """Begin to release an order that was acknowledged, and cannot be placed for want of some lines."""
    order = state.order
    if order is None or order.saga is None or not order.is_acknowledged_place:
        return NOTHING_TO_WRITE
    return _begin_release(replace(order, short_lines=tuple(short_lines)), order, INSUFFICIENT_STOCK, context)


def begin_release(state: CurrentState, command: PlaceOrder, context: CommandContext) -> Decision:
    """Begin to release an order that this command cannot place."""
    order = visible_order(state.order, context.now, context.actor.owners)
    saga = None if order is None else order.saga
    if order is None or saga is None or not _is_placed_by(saga, command) or saga.acknowledged:
        return NOTHING_TO_WRITE
    return _begin_release(order, order, None, context)


def begin_release_of_abandoned(state: CurrentState, context: CommandContext) -> Decision:
    """Begin to release an order whose placing was abandoned: the lease of its saga has expired.

    One that was acknowledged is continued instead.
    """
    order = existing_order(state.order, context.now)
    saga = None if order is None else order.saga
    if order is None or saga is None or saga.state is not SagaState.PLACING or saga.acknowledged:
        return NOTHING_TO_WRITE
    if saga.lease_until > context.now:
        return NOTHING_TO_WRITE
    return _begin_release(order, order, None, context)


def _begin_release(
    order: Order, replaced: Order, cancel_reason: str | None, context: CommandContext
) -> WriteSet:
    """Return the first write of a release; with a `cancel_reason`, a tombstone is left in the end."""
    assert order.saga is not None, "an order in placing has a saga"
    saga = Saga(
        state=SagaState.RELEASING,
        performed_by=PERFORMED_BY,
        request_id=context.actor.request_id,
        lease_until=_new_lease_until(context),
        lines_hash=order.saga.lines_hash,
        cancel_reason=cancel_reason,
        command_id=context.command_id(order.version + 1),
    )
    begun = replace(order, saga=saga, version=order.version + 1)
    return WriteSet(movements=(), order=begun, replaced_order=replaced)


def is_releasing(order: Order, command: PlaceOrder) -> bool:
    """Return whether an order of exactly these lines, which could not be placed, is being released."""
    return (
        order.owner == command.owner
        and order.saga is not None
        and order.saga.state is SagaState.RELEASING
        and order.saga.lines_hash == lines_hash(command.lines)
    )


def release_step(state: CurrentState, keys: Collection[StockKey], context: CommandContext) -> Decision:
    """Release some lines of an order that is being released."""
    order = state.order
    if order is None or order.saga_state is not SagaState.RELEASING:
        return NOTHING_TO_WRITE
    # Lines may be absent: the order may have been removed and partly placed again since.
    quantities = _only(keys, RELEASE.remaining(order))
    if not quantities:
        return NOTHING_TO_WRITE
    released = RELEASE.apply(state, order, quantities, context, command=Command.RELEASE)
    if isinstance(released, NeedsSkus):
        return released
    return WriteSet(
        movements=released.movements,
        order=_after_step(order, released.order, context, is_last=False),
        replaced_order=order,
    )


def end_release(state: CurrentState, context: CommandContext) -> Decision:
    """Remove an order that has released all its units, as if it had never been placed.

    Of one that was acknowledged, a tombstone says why it could not be placed.
    """
    order = state.order
    if order is None or order.saga is None or order.reserved:
        return NOTHING_TO_WRITE
    if order.saga.state is not SagaState.RELEASING:
        return NOTHING_TO_WRITE
    if order.saga.cancel_reason is None:
        return WriteSet(movements=(), order=None, replaced_order=order)
    tombstone = replace(
        order,
        lines={},
        parts=0,
        version=order.version + 1,
        cancel_reason=order.saga.cancel_reason,
        expires_at=None,
        ttl=epoch_seconds(context.now) + TOMBSTONE_SECONDS,
        saga=None,
        last_command=_last_command(order, context),
    )
    return WriteSet(movements=(), order=tombstone, replaced_order=order)


def begin_settlement(
    state: CurrentState, settlement: SettlementType, command: SettleOrder, context: CommandContext
) -> Decision:
    """Begin to settle all of an order, or named lines: these then have the units as `pending`.

    Raises
    ------
    InventoryError
        The errors of the command in one transaction.
    IdempotencyKeyRequired
        If a command on named lines cannot be recognised when it is sent again.
    """
    order = visible_order(state.order, context.now, context.actor.owners)
    if order is not None and is_saga_of(order, settlement, command):
        assert order.saga is not None, "it has a saga"
        if not order.saga.settles_named_lines and not _is_as_asked(order.saga, settlement, command):
            raise order_in_progress(order)
        return NOTHING_TO_WRITE
    quantities = quantities_to_settle(settlement, state, command, context)
    if isinstance(quantities, NothingToWrite | NeedsSaga):
        return NOTHING_TO_WRITE
    assert order is not None, "an unknown order is refused"
    if command.lines is not None and command.idempotency_key is None:
        raise IdempotencyKeyRequired("Send an Idempotency-Key header: so many lines take several steps.")
    begun = _begin(
        order,
        settlement,
        context,
        # Of named lines, each says so itself.
        restock=command.restock or command.lines is not None,
        cancel_reason=REQUESTED if settlement is CANCEL else None,
        idempotency_id=None if command.lines is None else id_of(command.idempotency_key),
        pending={} if command.lines is None else quantities,
        without_restock={key for key in quantities if not command.restocks(key)},
        explanation=_explanation_of(settlement, command),
    )
    record = idempotency_record_of(command.idempotency_key, order.order_id, context)
    return replace(begun, idempotency_record=record)


def _is_as_asked(saga: Saga, settlement: SettlementType, command: SettleOrder) -> bool:
    """Return whether the saga of a whole order settles it as a command on the whole order asks."""
    asked = (command.restock, _explanation_of(settlement, command))
    return (saga.restock, saga.explanation) == asked


def _explanation_of(settlement: SettlementType, command: SettleOrder) -> Explanation:
    return NO_EXPLANATION if settlement is CONFIRM else command.explanation


def units_to_settle(order: Order, settlement: SettlementType) -> Quantities:
    """Return the units of each SKU that the saga of an order has still to settle."""
    assert order.saga is not None, "it has a saga"
    if order.saga.settles_named_lines:
        return {key: line.pending for key, line in order.lines.items() if line.pending}
    return settlement.remaining(order)


def begin_expiry(state: CurrentState, context: CommandContext) -> Decision:
    """Begin to release the units that an order still reserves after its hold has ended."""
    order = state.order
    if order is None or not order.is_expired(context.now):
        return NOTHING_TO_WRITE
    return _begin(order, CANCEL, context, cancel_reason=EXPIRED)


def settle_step(
    state: CurrentState,
    settlement: SettlementType,
    keys: Collection[StockKey],
    context: CommandContext,
    idempotency_id: str | None = None,
) -> Decision:
    """Settle some lines of an order that a saga settles, that of the whole order or of an Idempotency-Key.

    The log records the actor of the command, even if another process takes the step.
    """
    order = state.order
    if order is None or order.saga is None or order.saga.state is not settlement.saga_state:
        return NOTHING_TO_WRITE
    if order.saga.idempotency_id != idempotency_id:
        return NOTHING_TO_WRITE
    remaining = units_to_settle(order, settlement)
    quantities = _only(keys, remaining)
    if remaining and not quantities:
        return NOTHING_TO_WRITE  # another process has taken this step; if nothing remains, the saga ends
    saga = order.saga
    settled = settlement.apply(
        state,
        order,
        quantities,
        replace(context, actor=Actor(saga.performed_by, saga.request_id)),
        command=Command.EXPIRE if saga.cancel_reason == EXPIRED else None,
        restocks=lambda key: saga.restock and not order.lines[key].without_restock,
        cancel_reason=saga.cancel_reason,
        explanation=None if settlement is CONFIRM or saga.cancel_reason == EXPIRED else saga.explanation,
    )
    if isinstance(settled, NeedsSkus):
        return settled
    is_last = len(quantities) == len(remaining)
    after = _after_step(order, settled.order, context, is_last=is_last)
    if saga.settles_named_lines:
        lines = {key: replace(after.lines[key], pending=0, without_restock=False) for key in quantities}
        after = replace(after, lines={**after.lines, **lines})
        if is_last:
            after = replace(after, was_settled_in_part=after.is_settled_in_part)
    return WriteSet(movements=settled.movements, order=after, replaced_order=order)


def _new_order(command: PlaceOrder, context: CommandContext, replaced: Order | None) -> Order:
    return Order(
        order_id=command.order_id,
        lines={},
        created_at=context.now,
        # One more after the first step, which also takes the lease.
        version=0 if replaced is None else replaced.version,
        saga=Saga(
            state=SagaState.PLACING,
            performed_by=context.actor.performed_by,
            request_id=context.actor.request_id,
            lease_until=context.now,
            lines_hash=lines_hash(command.lines),
            hold_seconds=command.hold_seconds,
            command_id=context.command_id(1 if replaced is None else replaced.version + 1),
        ),
        parts=part_of(len(command.lines) - 1, len(command.lines)),
        owner=command.owner,
    )


def _begin(
    order: Order,
    settlement: SettlementType,
    context: CommandContext,
    *,
    restock: bool = True,
    cancel_reason: str | None = None,
    idempotency_id: str | None = None,
    pending: Mapping[StockKey, int] = _NOTHING_PENDING,
    without_restock: Collection[StockKey] = (),
    explanation: Explanation = NO_EXPLANATION,
) -> WriteSet:
    saga = Saga(
        state=settlement.saga_state,
        performed_by=context.actor.performed_by,
        request_id=context.actor.request_id,
        lease_until=_new_lease_until(context),
        restock=restock,
        cancel_reason=cancel_reason,
        idempotency_id=idempotency_id,
        command_id=context.command_id(order.version + 1),
        explanation=explanation,
    )
    lines = {
        key: replace(order.lines[key], pending=quantity, without_restock=key in without_restock)
        for key, quantity in pending.items()
    }
    begun = replace(
        order,
        lines={**order.lines, **lines},
        saga=saga,
        version=order.version + 1,
        # Asked of the order before its saga: the lines between two steps do not show it.
        was_settled_in_part=order.is_settled_in_part,
        last_release=order.version + 1 if settlement is CANCEL else order.last_release,
    )
    return WriteSet(movements=(), order=begun, replaced_order=order)


def _after_step(before: Order, after: Order, context: CommandContext, *, is_last: bool) -> Order:
    """Return the order's next version: without its saga after the last step, else with a new lease."""
    assert before.saga is not None, "a step belongs to a saga"
    next_version = replace(after, version=before.version + 1)
    if is_last:
        return replace(next_version, saga=None, last_command=_last_command(before, context))
    return replace(next_version, saga=replace(before.saga, lease_until=_new_lease_until(context)))


def _last_command(order: Order, context: CommandContext) -> LastCommand:
    """Return the command whose saga takes its last step on an order."""
    assert order.saga is not None, "a step belongs to a saga"
    command_id = order.saga.command_id or context.command_id(order.version + 1)
    if order.saga.cancel_reason == EXPIRED:
        return LastCommand(OrderCommand.EXPIRE, command_id)
    return LastCommand(_COMMANDS[order.saga.state], command_id)


def _after_place_step(before: Order, after: Order, context: CommandContext, *, is_last: bool) -> Order:
    """Return the order's next version; its hold begins with the last step."""
    assert before.saga is not None, "a step belongs to a saga"
    next_version = _after_step(before, after, context, is_last=is_last)
    # Sagas that were stored before this attribute existed have set the end of the hold already.
    hold_seconds = before.saga.hold_seconds
    if not is_last or hold_seconds is None:
        return next_version
    return replace(next_version, expires_at=plus_seconds(context.now, hold_seconds))


def _is_placed_by(saga: Saga, command: PlaceOrder) -> bool:
    return saga.state is SagaState.PLACING and saga.lines_hash == lines_hash(command.lines)


def _only(keys: Collection[StockKey], quantities: Quantities) -> Quantities:
    return {key: quantities[key] for key in keys if key in quantities}


def _new_lease_until(context: CommandContext) -> str:
    return plus_seconds(context.now, SAGA_LEASE_SECONDS)
