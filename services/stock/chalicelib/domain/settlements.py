"""Settling an order, that is, confirming, cancelling or refunding it: all of it, or named lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import (
    IdempotencyKeyRequired,
    InvalidInput,
    OrderCancelled,
    OrderConfirmed,
    OrderNotFound,
    QuantityExceedsReserved,
    RefundExceedsConfirmed,
    ReservationExpired,
    SkuNotFound,
)
from inventory_common.idempotency import IdempotencyKey, IdempotencyRecord, id_of
from inventory_common.ids import StockKey
from inventory_common.limits import TOMBSTONE_SECONDS
from inventory_common.timestamps import epoch_seconds
from inventory_common.transactions import Command, TransactionType
from inventory_common.values import value

from .commands import Explanation, SettleOrder
from .decisions import (
    NEEDS_SAGA,
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
    REQUESTED,
    LastCommand,
    Order,
    OrderCommand,
    OrderLine,
    SagaState,
    existing_order,
    order_in_progress,
    visible_order,
)
from .stock_rules import CommandContext, StockMovement, move_stock

__all__ = [
    "CANCEL",
    "CONFIRM",
    "REFUND",
    "RELEASE",
    "Quantities",
    "SettledOrder",
    "SettlementType",
    "cancel",
    "confirm",
    "idempotency_record_of",
    "is_saga_of",
    "quantities_to_settle",
    "refund",
]

Quantities = dict[StockKey, int]
"""Units by SKU."""


def _always(key: StockKey) -> bool:
    return True


@value
class SettledOrder:
    """An order after a settlement, and the stock movements of it."""

    movements: tuple[StockMovement, ...]
    order: Order


@value
class SettlementType:
    """One of the three ways to settle an order: confirm, cancel, refund.

    Attributes
    ----------
    saga_state
        The state of a saga that settles an order this way.
    transaction_type
        The type of its log records.
    order_command
        The command that settles an order this way.
    settle_line
        Returns a line with that many more units settled.
    is_settled
        Returns whether the whole order has already been settled this way; raises the error that forbids it.
    remaining_of_line
        Returns the units of a line that can still be settled this way.
    exceeds
        Returns the error to raise if more units are requested than remain.
    """

    saga_state: SagaState
    transaction_type: TransactionType
    order_command: OrderCommand
    settle_line: Callable[[OrderLine, int], OrderLine]
    already_settled: Callable[[Order, SettleOrder], bool]
    remaining_of_line: Callable[[OrderLine], int]
    excess_error: Callable[[Order, Quantities], QuantityExceedsReserved | RefundExceedsConfirmed | None]

    def remaining(self, order: Order) -> Quantities:
        """Return the units of each SKU that can still be settled this way; without SKUs that have none."""
        units = {key: self.remaining_of_line(line) for key, line in order.lines.items()}
        return {key: quantity for key, quantity in units.items() if quantity}

    def apply(
        self,
        state: CurrentState,
        order: Order,
        quantities: Quantities,
        context: CommandContext,
        *,
        command: Command | None = None,
        restocks: Callable[[StockKey], bool] = _always,
        cancel_reason: str | None = None,
        explanation: Explanation | None = None,
    ) -> SettledOrder | NeedsSkus:
        """Return the settlement of these units; `NeedsSkus` if the SKUs do not match the order.

        The log records the `command`, if it is another one than the settlement's own.  Records and lines have
        the `explanation` of a client's cancel or refund, without which lines keep the one that they have.
        The lines of a cancellation keep what it released: a saga is one that began at the order's
        `last_release`.
        """
        if not self._fits(state, order, quantities):
            return NeedsSkus(list(quantities))
        if explanation is not None:
            context = replace(context, reason=explanation.reason, notes=explanation.notes)
        movements: list[StockMovement] = []
        lines: dict[StockKey, OrderLine] = {}
        release = order.version + 1 if order.saga is None else order.last_release
        for key, quantity in quantities.items():
            line = order.lines[key]
            movement = move_stock(
                state.skus[key],
                self.transaction_type,
                quantity,
                context,
                command=command,
                step=line.next_step,
                restock=restocks(key),
            )
            movements.append(movement)
            settled = self.settle_line(line, quantity).after_record(movement.record.sequence)
            if self is CANCEL and release is not None:
                settled = settled.released(quantity, release)
            lines[key] = settled if explanation is None else settled.explained(explanation)
        after = order.with_lines(lines, cancel_reason=cancel_reason)
        if self is CANCEL:
            after = replace(after, last_release=release)
        return SettledOrder(tuple(movements), after)

    def _fits(self, state: CurrentState, order: Order, quantities: Quantities) -> bool:
        """Return whether the SKUs were read and are consistent with the order.

        `reserved_stock` is the sum over a SKU's open orders: if it is less than this order's share, SKU and
        order were read at different times.  An inconsistency that does not show here makes the commit fail.
        """
        if any(key not in state.skus for key in quantities):
            return False
        return self is REFUND or all(
            state.skus[key].reserved_stock >= order.lines[key].reserved for key in quantities
        )


def confirm(state: CurrentState, command: SettleOrder, context: CommandContext) -> Decision:
    """Confirm reserved units: they leave the stock.

    Raises
    ------
    IdempotencyKeyRequired, InvalidInput, PreconditionFailed, OrderNotFound, OrderCancelled,
    ReservationExpired, SkuNotFound, QuantityExceedsReserved, OrderInProgress, IdempotencyKeyReused
    """
    return _settle(CONFIRM, state, command, context)


def cancel(state: CurrentState, command: SettleOrder, context: CommandContext) -> Decision:
    """Release reserved units.

    Cancelling an unknown order leaves a tombstone, so that a late `PlaceOrder` is refused.  A command with
    If-Match knows the order.

    Raises
    ------
    IdempotencyKeyRequired, InvalidInput, PreconditionFailed, OrderNotFound, OrderCancelled, OrderConfirmed,
    SkuNotFound, QuantityExceedsReserved, OrderInProgress, IdempotencyKeyReused
    """
    is_whole = command.lines is None and command.if_match.versions is None
    if is_whole and existing_order(state.order, context.now) is None:
        if _is_replay(state, command, context):
            return NOTHING_TO_WRITE
        return WriteSet(
            movements=(),
            order=_tombstone(command.order_id, context),
            idempotency_record=idempotency_record_of(command.idempotency_key, command.order_id, context),
        )
    return _settle(CANCEL, state, command, context)


def refund(state: CurrentState, command: SettleOrder, context: CommandContext) -> Decision:
    """Refund confirmed units and, unless the command's `restock` is false, return them to the stock.

    Raises
    ------
    IdempotencyKeyRequired, InvalidInput, PreconditionFailed, OrderNotFound, OrderCancelled, SkuNotFound,
    RefundExceedsConfirmed, StockLimitExceeded, OrderInProgress, IdempotencyKeyReused
    """
    return _settle(REFUND, state, command, context)


def quantities_to_settle(
    settlement: SettlementType, state: CurrentState, command: SettleOrder, context: CommandContext
) -> Quantities | NothingToWrite | NeedsSaga:
    """Return the units of each SKU that a command settles, or that it needs no settlement or a saga.

    Raises an error if the command is refused.
    """
    order = visible_order(state.order, context.now, context.actor.owners, command.scope)
    if order is None or state.order is None:
        raise OrderNotFound(f"{command.order_id} was not found.")
    joins_saga = is_saga_of(state.order, settlement, command)
    if _is_replay(state, command, context):
        return NeedsSaga(running=state.order) if joins_saga else NOTHING_TO_WRITE
    if command.lines is None and order.is_settled_in_part and not command.is_identified:
        raise IdempotencyKeyRequired(
            f"{order.order_id} was settled in part or changed: a late duplicate of this command could settle "
            "more. "
            "Repeat it with an Idempotency-Key, or with the order's ETag as If-Match."
        )
    if joins_saga:
        return NeedsSaga(running=state.order)
    if command.lines is not None or settlement.remaining(order):
        # If nothing remains, the result already stands, and a lost answer is no failed precondition.
        command.if_match.require(order.version)
    if state.order.saga is not None:
        raise order_in_progress(order)
    if settlement.already_settled(order, command):
        return NOTHING_TO_WRITE
    if order.is_tombstone and command.lines is not None:
        raise OrderCancelled(f"{order.order_id} was cancelled before it was placed.")
    quantities = settlement.remaining(order) if command.lines is None else dict(command.lines)
    unknown = [key.sku for key in quantities if key not in order.lines]
    if unknown:
        raise SkuNotFound(f"{order.order_id} has no line of {', '.join(unknown)}.", skus=unknown)
    _require_as_read(order, command)
    excess_error = settlement.excess_error(order, quantities)
    if excess_error is not None:
        raise excess_error
    return quantities


def is_saga_of(order: Order, settlement: SettlementType, command: SettleOrder) -> bool:
    """Return whether the saga in progress is that of a command, which continues it; others wait for its end.

    A command on the whole order joins any saga that settles all of it the same way; one on named lines only
    its own, which has its Idempotency-Key.
    """
    if order.saga is None or order.saga.state is not settlement.saga_state:
        return False
    if command.lines is None:
        return not order.saga.settles_named_lines
    return order.saga.settles_named_lines and order.saga.idempotency_id == id_of(command.idempotency_key)


def idempotency_record_of(
    idempotency_key: IdempotencyKey | None, order_id: str, context: CommandContext
) -> IdempotencyRecord | None:
    """Return the idempotency record of a command on an order; None if it has no Idempotency-Key."""
    if idempotency_key is None:
        return None
    return idempotency_key.record([{"order_id": order_id}], context.now)


def _settle(
    settlement: SettlementType, state: CurrentState, command: SettleOrder, context: CommandContext
) -> Decision:
    quantities = quantities_to_settle(settlement, state, command, context)
    if isinstance(quantities, NothingToWrite | NeedsSaga):
        return quantities
    order = state.order
    assert order is not None, "an unknown order is refused"
    if not _is_one_transaction(order, quantities):
        return NEEDS_SAGA
    settled = settlement.apply(
        state,
        order,
        quantities,
        context,
        restocks=command.restocks,
        cancel_reason=REQUESTED if settlement is CANCEL else None,
        explanation=None if settlement is CONFIRM else command.explanation,
    )
    if isinstance(settled, NeedsSkus):
        return settled
    in_part = order.is_settled_in_part or settled.order.is_settled_in_part
    last_command = LastCommand(settlement.order_command, context.command_id(settled.order.version))
    return WriteSet(
        movements=settled.movements,
        order=replace(settled.order, was_settled_in_part=in_part, last_command=last_command),
        replaced_order=order,
        idempotency_record=idempotency_record_of(command.idempotency_key, command.order_id, context),
    )


def _is_replay(state: CurrentState, command: SettleOrder, context: CommandContext) -> bool:
    key = command.idempotency_key
    return key is not None and key.replayed_record(state.idempotency_record, context.now) is not None


def _require_as_read(order: Order, command: SettleOrder) -> None:
    """Raise `InvalidInput` if a line that was sent back as it had been read has changed since."""
    differences = [
        (f"{line.path}.{name}", f"should be {current}, as it is in the order now")
        for line in command.lines_as_read
        for name, member in line.members.items()
        if (current := getattr(order.lines[line.key], name)) != member
    ]
    if differences:
        raise InvalidInput(differences)


def _is_one_transaction(order: Order, quantities: Quantities) -> bool:
    # An order without parts has few enough lines.  Per line: the SKU's update and its log record; then the
    # parts, the order and an idempotency record.
    parts = {order.lines[key].part for key in quantities}
    return not order.parts or 2 * len(quantities) + len(parts) + 2 <= TRANSACTION_ITEMS_MAX


def _tombstone(order_id: str, context: CommandContext) -> Order:
    tombstone = Order(
        order_id=order_id,
        lines={},
        created_at=context.now,
        cancel_reason=REQUESTED,
        ttl=epoch_seconds(context.now) + TOMBSTONE_SECONDS,
        owner=context.actor.owners.own,
    )
    command_id = context.command_id(tombstone.version)
    return replace(tombstone, last_command=LastCommand(OrderCommand.CANCEL, command_id))


def _already_confirmed(order: Order, command: SettleOrder) -> bool:
    if not order.reserved and order.cancel_reason == EXPIRED:
        raise ReservationExpired(f"The hold of {order.order_id} expired at {order.expires_at}.")
    if command.lines is None and not order.reserved and order.confirmed:
        return True
    if not order.reserved and not order.confirmed:
        raise OrderCancelled(f"{order.order_id} was cancelled.")
    return False


def _already_cancelled(order: Order, command: SettleOrder) -> bool:
    if command.lines is None and not order.reserved and (order.cancelled or order.is_tombstone):
        return True
    if not order.reserved and order.confirmed:
        # None was cancelled, so all of them were confirmed.
        raise OrderConfirmed(f"{order.order_id} is confirmed: its units have left the stock. Use refund.")
    return False


def _already_refunded(order: Order, command: SettleOrder) -> bool:
    return command.lines is None and order.refunded > 0 and not REFUND.remaining(order)


def _excess_over_reserved(order: Order, quantities: Mapping[StockKey, int]) -> QuantityExceedsReserved | None:
    excessive = [
        {"sku": key.sku, "asked": quantity, "reserved": order.lines[key].reserved}
        for key, quantity in quantities.items()
        if quantity > order.lines[key].reserved
    ]
    if not excessive:
        return None
    return QuantityExceedsReserved(
        f"{order.order_id} has fewer units reserved than requested.", lines=excessive
    )


def _excess_over_confirmed(order: Order, quantities: Mapping[StockKey, int]) -> RefundExceedsConfirmed | None:
    excessive = [
        {"sku": key.sku, "asked": quantity, "refundable": _refundable(order.lines[key])}
        for key, quantity in quantities.items()
        if quantity > _refundable(order.lines[key])
    ]
    if quantities and not excessive:
        return None  # without quantities, nothing of the order is left to refund
    return RefundExceedsConfirmed(f"{order.order_id} has fewer units left to refund.", lines=excessive)


def _reserved(line: OrderLine) -> int:
    return line.reserved


def _refundable(line: OrderLine) -> int:
    return line.confirmed - line.refunded


CONFIRM: Final = SettlementType(
    SagaState.CONFIRMING,
    TransactionType.ORDER_CONFIRMED,
    OrderCommand.CONFIRM,
    OrderLine.confirm,
    _already_confirmed,
    _reserved,
    _excess_over_reserved,
)
CANCEL: Final = SettlementType(
    SagaState.CANCELLING,
    TransactionType.ORDER_CANCELLED,
    OrderCommand.CANCEL,
    OrderLine.cancel,
    _already_cancelled,
    _reserved,
    _excess_over_reserved,
)
REFUND: Final = SettlementType(
    SagaState.REFUNDING,
    TransactionType.REFUND,
    OrderCommand.REFUND,
    OrderLine.refund,
    _already_refunded,
    _refundable,
    _excess_over_confirmed,
)
RELEASE: Final = SettlementType(
    SagaState.RELEASING,
    TransactionType.ORDER_CANCELLED,
    OrderCommand.REFUSE,
    OrderLine.release,
    _already_cancelled,
    _reserved,
    _excess_over_reserved,
)
"""Undoes the place of an order that cannot be reserved as a whole."""
