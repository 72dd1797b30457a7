"""Decisions about orders: from what stands now to what is to be committed, or a refusal.  No I/O."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from inventory_common.dynamodb_limits import SINGLE_ITEM_ORDER_LINES_MAX, TRANSACTION_ITEMS_MAX
from inventory_common.errors import (
    InsufficientStock,
    InvalidInput,
    OrderCancelled,
    OrderConfirmed,
    OrderExists,
    OrderInProgress,
    OrderNotFound,
    QuantityExceedsReserved,
    RefundExceedsConfirmed,
    ReservationExpired,
    SkuNotFound,
)
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.limits import ORDER_LINES_MAX, QUANTITY_MAX, TOMBSTONE_SECONDS
from inventory_common.skus import Sku
from inventory_common.timestamps import epoch_seconds, plus_seconds
from inventory_common.transactions import TransactionType
from inventory_common.values import value

from .commands import ExtendHold, OrderLineRequest, PlaceOrder, SettleOrder
from .orders import EXPIRED, Order, OrderLine, Phase
from .snapshot import Commit, IncompleteSnapshot, NeedsSteps, Snapshot
from .stock_rules import Movement, Occasion, move, require_active

__all__ = [
    "CANCEL",
    "CONFIRM",
    "REFUND",
    "REQUESTED",
    "Settlement",
    "cancel",
    "confirm",
    "idempotency_record_of",
    "in_progress",
    "place",
    "refund",
    "require_on_offer",
    "require_same_lines",
    "reserve",
    "standing",
    "sum_lines",
    "sum_settled",
]

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
        If there are more distinct SKUs than one transaction takes.
    """
    if lines is None:
        return None
    quantities: dict[str, int] = {}
    for sku, quantity in lines:
        quantities[sku] = quantities.get(sku, 0) + quantity
    if len(quantities) > SINGLE_ITEM_ORDER_LINES_MAX:
        raise InvalidInput(
            [("body.lines", f"should name at most {SINGLE_ITEM_ORDER_LINES_MAX} distinct SKUs")]
        )
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
        if existing.phase in (Phase.PLACING, Phase.RELEASING):
            raise NeedsSteps  # which also tell whether it is the same order
        require_same_lines(existing, command)
        return None
    movements, lines = reserve(snapshot, command.lines, occasion)
    order = Order(
        order_id=command.order_id,
        lines=lines,
        created_at=occasion.now,
        expires_at=plus_seconds(occasion.now, command.hold_seconds),
    )
    return Commit(movements=movements, order=order)


def reserve(
    snapshot: Snapshot, lines: Sequence[OrderLineRequest], occasion: Occasion
) -> tuple[tuple[Movement, ...], dict[str, OrderLine]]:
    """Return the movements that reserve units for lines, and the order's lines by SKU.

    Raises
    ------
    SkuNotFound, SkuInactive, ProductInactive, InsufficientStock
    """
    require_on_offer(lines, snapshot.skus)
    movements = tuple(
        move(snapshot.skus[line.sku], TransactionType.ORDER_PLACED, line.quantity, occasion) for line in lines
    )
    return movements, {
        line.sku: OrderLine(
            product_id=line.product_id,
            sku=line.sku,
            vendor_id=snapshot.skus[line.sku].vendor_id,
            placed=line.quantity,
            reserved=line.quantity,
        )
        for line in lines
    }


def require_on_offer(lines: Sequence[OrderLineRequest], skus: Mapping[str, Sku]) -> None:
    """Raise what keeps lines from being reserved, if anything does.

    Raises
    ------
    SkuNotFound, SkuInactive, ProductInactive, InsufficientStock
    """
    missing = [line.sku for line in lines if line.sku not in skus]
    if missing:
        raise SkuNotFound(f"There is no {', no '.join(missing)}.", skus=missing)
    for line in lines:
        require_active(skus[line.sku])
    short = [
        {
            "product_id": line.product_id,
            "sku": line.sku,
            "asked": line.quantity,
            "available": skus[line.sku].available_stock,
        }
        for line in lines
        if skus[line.sku].available_stock < line.quantity
    ]
    if short:
        raise InsufficientStock(short)


def confirm(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> Commit | None:
    """Settle what an order holds, all or part: the units leave the stock; None if that was done before.

    Raises
    ------
    OrderNotFound, OrderCancelled, ReservationExpired, SkuNotFound, QuantityExceedsReserved,
    OrderInProgress, IdempotencyKeyReused
    """
    quantities = to_confirm(snapshot, command, occasion)
    return None if quantities is None else _settled(CONFIRM, snapshot, command, quantities, occasion)


def to_confirm(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> dict[str, int] | None:
    """Return the units of each SKU that a confirm concerns; None if it was done before."""
    order = _known(snapshot, command, occasion)
    if _is_repeated(snapshot, command, occasion, CONFIRM):
        return None
    _require_idle(order, command, CONFIRM)
    if not order.reserved and order.cancel_reason == EXPIRED:
        raise ReservationExpired(f"The hold of {order.order_id} ended at {order.expires_at}.")
    if command.lines is None and not order.reserved and order.confirmed:
        return None
    if not order.reserved and not order.confirmed:
        raise OrderCancelled(f"{order.order_id} was cancelled.")
    return _reserved_quantities(order, command)


def cancel(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> Commit | None:
    """Release what an order holds, all or part; None if that was done before.

    The cancel of an unknown order is remembered, so that a place which comes late is refused.

    Raises
    ------
    OrderNotFound, OrderConfirmed, SkuNotFound, QuantityExceedsReserved, OrderInProgress,
    IdempotencyKeyReused
    """
    if command.lines is None and standing(snapshot.order, occasion.now) is None:
        if _is_repeated(snapshot, command, occasion, CANCEL):
            return None
        return _commit((), None, _tombstone(command.order_id, occasion.now), command, occasion)
    quantities = to_cancel(snapshot, command, occasion)
    return None if quantities is None else _settled(CANCEL, snapshot, command, quantities, occasion)


def to_cancel(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> dict[str, int] | None:
    """Return the units of each SKU that a cancel concerns; None if it was done before."""
    if _is_repeated(snapshot, command, occasion, CANCEL):
        return None
    order = _known(snapshot, command, occasion)
    _require_idle(order, command, CANCEL)
    if command.lines is None and not order.reserved and (order.cancelled or order.is_tombstone):
        return None
    if not order.reserved and order.confirmed:
        raise OrderConfirmed(f"{order.order_id} is confirmed: its units have left the stock. Use refund.")
    if order.is_tombstone:
        raise OrderCancelled(f"{order.order_id} was cancelled before it was placed.")
    return _reserved_quantities(order, command)


def refund(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> Commit | None:
    """Take back what has left for an order, all or part; None if that was done before.

    Units come back into stock unless the command says that they cannot be sold again.

    Raises
    ------
    OrderNotFound, SkuNotFound, RefundExceedsConfirmed, StockLimitExceeded, OrderInProgress,
    IdempotencyKeyReused
    """
    quantities = to_refund(snapshot, command, occasion)
    return None if quantities is None else _settled(REFUND, snapshot, command, quantities, occasion)


def to_refund(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> dict[str, int] | None:
    """Return the units of each SKU that a refund concerns; None if it was done before."""
    order = _known(snapshot, command, occasion)
    if _is_repeated(snapshot, command, occasion, REFUND):
        return None
    _require_idle(order, command, REFUND)
    refundable = REFUND.remaining(order)
    if command.lines is None and order.refunded and not any(refundable.values()):
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
    return quantities


@value
class Settlement:
    """A way to settle an order: what it is called while under way, in the log, and of a line."""

    phase: Phase
    kind: TransactionType
    of_line: Callable[[OrderLine, int], OrderLine]
    asks: Callable[[Snapshot, SettleOrder, Occasion], dict[str, int] | None]

    def remaining(self, order: Order) -> dict[str, int]:
        """Return the units of each SKU that it could still concern."""
        if self.kind is TransactionType.REFUND:
            return {sku: line.confirmed - line.refunded for sku, line in order.lines.items()}
        return {sku: line.reserved for sku, line in order.lines.items()}

    def carry_out(
        self,
        snapshot: Snapshot,
        order: Order,
        quantities: Mapping[str, int],
        occasion: Occasion,
        *,
        restock: bool = True,
        cancel_reason: str | None = None,
    ) -> tuple[tuple[Movement, ...], Order]:
        """Return the movements of these units, and the order after them."""
        skus = _skus_of_order(snapshot, order, quantities)
        if self.kind is not TransactionType.REFUND and any(
            # reserved_stock is the sum over a SKU's open orders: less than one order's share is of another
            # moment.  What is torn without showing it here fails on a condition when it is to be committed.
            skus[sku].reserved_stock < order.lines[sku].reserved
            for sku in quantities
        ):
            raise IncompleteSnapshot(_keys(order, quantities))
        movements = tuple(
            move(skus[sku], self.kind, quantity, occasion, restock=restock)
            for sku, quantity in quantities.items()
        )
        lines = {sku: self.of_line(order.lines[sku], quantity) for sku, quantity in quantities.items()}
        return movements, order.with_lines(lines, cancel_reason=cancel_reason)


CONFIRM: Final = Settlement(Phase.CONFIRMING, TransactionType.ORDER_CONFIRMED, OrderLine.confirm, to_confirm)
CANCEL: Final = Settlement(Phase.CANCELLING, TransactionType.ORDER_CANCELLED, OrderLine.cancel, to_cancel)
REFUND: Final = Settlement(Phase.REFUNDING, TransactionType.REFUND, OrderLine.refund, to_refund)


def standing(order: Order | None, now: str) -> Order | None:
    """Return the order, but None for a tombstone that has lapsed and that DynamoDB still keeps."""
    if order is not None and order.ttl is not None and order.ttl <= epoch_seconds(now):
        return None
    return order


def _tombstone(order_id: str, now: str) -> Order:
    return Order(
        order_id=order_id,
        lines={},
        created_at=now,
        cancel_reason=REQUESTED,
        ttl=epoch_seconds(now) + TOMBSTONE_SECONDS,
    )


def require_same_lines(order: Order, command: PlaceOrder) -> None:
    """Raise what tells a client that an order is not the one that it places again, if it is not.

    Raises
    ------
    OrderExists, OrderCancelled, OrderInProgress
    """
    if order.is_tombstone:
        raise OrderCancelled(f"{order.order_id} was cancelled before it was placed.")
    if order.phase is Phase.RELEASING:
        raise in_progress(order)
    placed = {(line.product_id, line.sku): line.placed for line in order.lines.values()}
    if placed != {(line.product_id, line.sku): line.quantity for line in command.lines}:
        raise OrderExists(f"{order.order_id} was placed at {order.created_at} with other lines.")


def in_progress(order: Order) -> OrderInProgress:
    """Return the refusal of a command while another is under way."""
    return OrderInProgress(f"{order.order_id} is {order.phase.value}; please try again.")


def _known(snapshot: Snapshot, command: SettleOrder, occasion: Occasion) -> Order:
    order = standing(snapshot.order, occasion.now)
    if order is None:
        raise OrderNotFound(f"There is no {command.order_id}.")
    return order


def _is_repeated(
    snapshot: Snapshot, command: SettleOrder, occasion: Occasion, settlement: Settlement
) -> bool:
    """Tell whether the command's key says that it was done; one that has only begun is brought to its end."""
    idempotency_key = command.idempotency_key
    if (
        idempotency_key is None
        or idempotency_key.replayed_record(snapshot.idempotency_record, occasion.now) is None
    ):
        return False
    if snapshot.order is not None and snapshot.order.phase is settlement.phase and command.lines is None:
        raise NeedsSteps
    return True


def _require_idle(order: Order, command: SettleOrder, settlement: Settlement) -> None:
    """Let a whole command that is under way be brought to its end, and refuse any other meanwhile."""
    if order.phase is Phase.IDLE:
        return
    if order.phase is settlement.phase and command.lines is None:
        raise NeedsSteps
    raise in_progress(order)


def _settled(
    settlement: Settlement,
    snapshot: Snapshot,
    command: SettleOrder,
    quantities: Mapping[str, int],
    occasion: Occasion,
) -> Commit:
    order = _known(snapshot, command, occasion)
    if order.parts:
        _require_one_transaction(order, command, quantities)
    reason = REQUESTED if settlement is CANCEL else None
    movements, settled = settlement.carry_out(
        snapshot, order, quantities, occasion, restock=command.restock, cancel_reason=reason
    )
    return _commit(movements, order, settled, command, occasion)


def _require_one_transaction(order: Order, command: SettleOrder, quantities: Mapping[str, int]) -> None:
    parts = {order.lines[sku].part for sku in quantities}
    # Two actions a line, the parts, the order, a marker.
    if 2 * len(quantities) + len(parts) + 2 <= TRANSACTION_ITEMS_MAX:
        return
    if command.lines is None:
        raise NeedsSteps
    message = (
        f"names {len(quantities)} of {len(order.lines)} lines of an order that is kept in parts, more than "
        "one transaction takes; please settle them by fewer at a time"
    )
    raise InvalidInput([("body.lines", message)])


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
    idempotency_record = idempotency_record_of(command, occasion)
    return Commit(
        movements=movements, order=order, replaced_order=replaced, idempotency_record=idempotency_record
    )


def idempotency_record_of(command: SettleOrder | ExtendHold, occasion: Occasion) -> IdempotencyRecord | None:
    """Return the marker that says the command was done; None if it has no Idempotency-Key."""
    if command.idempotency_key is None:
        return None
    return command.idempotency_key.idempotency_record([{"order_id": command.order_id}], occasion.now)
