"""The order aggregate: units reserved, confirmed, cancelled and refunded, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple

from inventory_common.errors import OrderDamaged, OrderInProgress
from inventory_common.identity import EVERYTHING, Scope
from inventory_common.ids import StockKey
from inventory_common.owners import Owners
from inventory_common.settings import DEFAULT_OWNER
from inventory_common.timestamps import epoch_seconds
from inventory_common.values import value

from .commands import NO_EXPLANATION, Explanation
from .stock_rules import OrderStep

__all__ = [
    "EXPIRED",
    "INSUFFICIENT_STOCK",
    "REQUESTED",
    "LastCommand",
    "Order",
    "OrderCommand",
    "OrderLine",
    "OrderOutcome",
    "OrderStatus",
    "Saga",
    "SagaState",
    "existing_order",
    "order_damaged",
    "order_in_progress",
    "visible_order",
]

REQUESTED: Final = "requested"
"""The `cancel_reason` of an order that its client cancelled."""
EXPIRED: Final = "expired"
"""The `cancel_reason` of an order whose hold expired."""
INSUFFICIENT_STOCK: Final = "insufficient_stock"
"""The `cancel_reason` of an order that was accepted, and then could not be reserved."""


class OrderCommand(StrEnum):
    """The commands that change what an order holds; an extended hold is none of them."""

    PLACE = "place"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    EXPIRE = "expire"
    REFUND = "refund"
    AMEND = "amend"
    REOPEN = "reopen"
    REFUSE = "refuse"
    """The service itself: the order was accepted, and could not be reserved in the end."""


@value
class LastCommand:
    """The command that last changed what an order holds; no two commands have the same `id`.

    Other systems hear of an order when this id changes, so a saga sets it in its last step.
    """

    type: OrderCommand
    id: str


class SagaState(StrEnum):
    """What the saga of an order is doing."""

    PLACING = "placing"
    RELEASING = "releasing"
    CONFIRMING = "confirming"
    CANCELLING = "cancelling"
    REFUNDING = "refunding"


@value(kw_only=True)
class Saga:
    """A command in progress that takes several DynamoDB transactions, stored with its order.

    Any process can continue it; until `lease_until` that is expected of the process that took the last step.
    `lines_hash` identifies the lines of an order that is being placed, `hold_seconds` is how long it is held
    then.  A place that is `acknowledged` was answered with 202: it is not undone by itself, and the lines
    that it has still to reserve are stored as `pending`.  `restock` belongs to refunds, `cancel_reason` to
    cancellations.  A settlement of named lines has the `idempotency_id` of its command, and settles the
    `pending` units of the lines; one of the whole order has none, and settles what remains.  The
    `explanation` of a cancel or refund is that of its command.  `command_id` is the id of the order's
    `last_command` once it is done; sagas that were stored before there were such ids have none.
    """

    state: SagaState
    performed_by: str
    request_id: str
    lease_until: str
    lines_hash: str | None = None
    restock: bool = True
    cancel_reason: str | None = None
    idempotency_id: str | None = None
    hold_seconds: int | None = None
    acknowledged: bool = False
    command_id: str | None = None
    explanation: Explanation = NO_EXPLANATION

    @property
    def settles_named_lines(self) -> bool:
        """Whether it settles the `pending` units of the lines."""
        return self.idempotency_id is not None


class OrderStatus(StrEnum):
    """The status of an order; derived from its lines and its saga, never stored.

    While a saga is in progress, the status is its state: the lines between two steps show no result.
    """

    PLACING = "placing"
    RELEASING = "releasing"
    CONFIRMING = "confirming"
    CANCELLING = "cancelling"
    REFUNDING = "refunding"
    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    PARTIALLY_CONFIRMED = "partially_confirmed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"


@value(kw_only=True)
class OrderLine:
    """One SKU of an order, in units; `part` is the number of the part item that stores it, 0 the main item.

    `pending` units are still to be settled by the order's saga, if that settles named lines, or to be placed
    by it, if that was acknowledged; refunded `without_restock`, they do not return to the stock.  The line
    has so many `records` in the log, the last with the sequence `last_record`.  Its last cancellation or
    expiry released `last_released` units, and is that of the order's version `released_by`; a reopened line
    has none.  `reason` and `notes` are those of its last cancel or refund by a client.
    Always ``placed = reserved + confirmed + cancelled`` and ``0 <= refunded <= confirmed``.
    """

    product_id: str
    sku: str
    vendor_id: str
    placed: int
    reserved: int
    confirmed: int = 0
    cancelled: int = 0
    refunded: int = 0
    reason: str | None = None
    notes: str | None = None
    part: int = 0
    pending: int = 0
    without_restock: bool = False
    records: int = 0
    last_record: int | None = None
    last_released: int = 0
    released_by: int | None = None

    def __post_init__(self) -> None:
        assert self.placed == self.reserved + self.confirmed + self.cancelled, self
        assert min(self.reserved, self.confirmed, self.cancelled) >= 0, self
        assert 0 <= self.refunded <= self.confirmed, self
        assert self.pending >= 0, self
        assert (self.records == 0) == (self.last_record is None), self
        assert 0 <= self.last_released <= self.cancelled, self
        assert (self.last_released == 0) == (self.released_by is None), self

    @property
    def key(self) -> StockKey:
        """The SKU's key."""
        return StockKey(self.product_id, self.sku)

    @property
    def next_step(self) -> OrderStep:
        """The place of the line's next record in the log."""
        return OrderStep(self.records + 1, self.last_record)

    def after_record(self, sequence: int) -> OrderLine:
        """Return the line with one more record in the log, that of this sequence."""
        return replace(self, records=self.records + 1, last_record=sequence)

    def explained(self, explanation: Explanation) -> OrderLine:
        """Return the line with the reason and notes of a cancel or refund of its units."""
        return replace(self, reason=explanation.reason, notes=explanation.notes)

    def document(self) -> dict[str, Any]:
        """Return the line as the API returns it."""
        return {name: getattr(self, name) for name in _SERVED}

    def confirm(self, quantity: int) -> OrderLine:
        """Return the line with `quantity` more units confirmed: they have left the stock."""
        return replace(self, reserved=self.reserved - quantity, confirmed=self.confirmed + quantity)

    def cancel(self, quantity: int) -> OrderLine:
        """Return the line with `quantity` more units cancelled: they are no longer reserved."""
        return replace(self, reserved=self.reserved - quantity, cancelled=self.cancelled + quantity)

    def place(self, quantity: int) -> OrderLine:
        """Return the line with `quantity` more units placed and reserved."""
        return replace(self, placed=self.placed + quantity, reserved=self.reserved + quantity)

    def release(self, quantity: int) -> OrderLine:
        """Return the line with `quantity` units fewer, as if they had never been placed."""
        return replace(self, placed=self.placed - quantity, reserved=self.reserved - quantity)

    def released(self, quantity: int, release: int) -> OrderLine:
        """Return the line, of which a cancellation or expiry has just released units."""
        return replace(self, last_released=quantity, released_by=release)

    def reopen(self) -> OrderLine:
        """Return the line with the units reserved again that were released last."""
        units = self.last_released
        return replace(
            self,
            reserved=self.reserved + units,
            cancelled=self.cancelled - units,
            last_released=0,
            released_by=None,
        )

    def refund(self, quantity: int) -> OrderLine:
        """Return the line with `quantity` more units refunded."""
        return replace(self, refunded=self.refunded + quantity)


_INTERNAL: Final = frozenset(
    {"part", "pending", "without_restock", "records", "last_record", "last_released", "released_by"}
)
_SERVED: Final = tuple(field.name for field in fields(OrderLine) if field.name not in _INTERNAL)


@value(kw_only=True)
class Order:
    """An order and its lines by SKU.

    `version` increases with every change; it is the optimistic lock and the ETag.  `expires_at` is when the
    hold ends.  An order without lines is a tombstone, and is kept until `ttl` (epoch seconds): it was
    cancelled before it was placed, or was accepted and could not be reserved, for want of `short_lines`.

    The lines of a large order are stored in a number of `parts`, items beside its main item.  Every write of
    a part also writes the main item, so the main item's version protects all parts.  `has_all_lines` is false
    while the parts have not been read.  `was_settled_in_part` is stored, because the lines no longer show it
    once the rest has been settled the same way; an amend and a reopen set it too.
    `placed_as` identifies the lines that were placed first, once an amend has changed them.  `last_release`
    is the version at which its last cancellation or expiry began, until the order is reopened.

    `owner` is fixed when the order is placed.  That of a tombstone is who cancelled: `ALL_OWNERS` if it holds
    for everyone.

    `last_command` is None while it is placed for the first time, and of orders that were stored before this
    attribute existed.
    """

    order_id: str
    lines: Mapping[StockKey, OrderLine]
    created_at: str
    version: int = 1
    expires_at: str | None = None
    cancel_reason: str | None = None
    ttl: int | None = None
    saga: Saga | None = None
    parts: int = 0
    has_all_lines: bool = True
    owner: str = DEFAULT_OWNER
    was_settled_in_part: bool = False
    placed_as: str | None = None
    last_release: int | None = None
    short_lines: Sequence[Mapping[str, Any]] = ()
    last_command: LastCommand | None = None

    @property
    def is_settled_in_part(self) -> bool:
        """Whether it is, or has ever been, settled in part, amended or reopened: a late duplicate of a whole
        command could settle more than the command did, so that whole commands have to be identified.

        Between two steps of a saga, the lines do not show it.
        """
        if self.was_settled_in_part or self.saga is not None:
            return self.was_settled_in_part
        kept = self.confirmed - self.refunded
        return sum(units > 0 for units in (self.reserved, kept, self.cancelled, self.refunded)) > 1

    @property
    def is_tombstone(self) -> bool:
        """Whether it was cancelled before it was placed, or could not be reserved."""
        return not self.lines and not self.parts

    @property
    def is_acknowledged_place(self) -> bool:
        """Whether it is being placed, and its client knows that this will end without it."""
        return self.saga_state is SagaState.PLACING and self.saga is not None and self.saga.acknowledged

    def has_saga_of(self, earlier: Order) -> bool:
        """Whether the command that was in progress at an earlier version of the order still is."""
        if self.saga is None or earlier.saga is None:
            return False
        return (self.saga.state, self.saga.idempotency_id) == (
            earlier.saga.state,
            earlier.saga.idempotency_id,
        )

    @property
    def saga_state(self) -> SagaState | None:
        """The state of its saga, None if no command is in progress."""
        return None if self.saga is None else self.saga.state

    @property
    def reserved(self) -> int:
        """Units that it reserves now."""
        return sum(line.reserved for line in self.lines.values())

    @property
    def confirmed(self) -> int:
        """Units that have left the stock."""
        return sum(line.confirmed for line in self.lines.values())

    @property
    def cancelled(self) -> int:
        """Units that were released before they left the stock."""
        return sum(line.cancelled for line in self.lines.values())

    @property
    def refunded(self) -> int:
        """Units that were refunded after they had left the stock."""
        return sum(line.refunded for line in self.lines.values())

    @property
    def last_released(self) -> dict[StockKey, int]:
        """Units by SKU that its last cancellation or expiry released, unless it was reopened since."""
        if self.last_release is None:
            return {}
        return {
            key: line.last_released
            for key, line in self.lines.items()
            if line.released_by == self.last_release
        }

    @property
    def status(self) -> OrderStatus:
        """Its status: refunds count before confirmations, and these before reservations."""
        if self.saga_state is not None:
            return OrderStatus(self.saga_state.value)
        if self.refunded:
            fully = self.refunded == self.confirmed and not self.reserved
            return OrderStatus.REFUNDED if fully else OrderStatus.PARTIALLY_REFUNDED
        if self.confirmed:
            fully = not self.reserved and not self.cancelled
            return OrderStatus.CONFIRMED if fully else OrderStatus.PARTIALLY_CONFIRMED
        return OrderStatus.RESERVED if self.reserved else OrderStatus.CANCELLED

    @property
    def due_at(self) -> str | None:
        """When the sweeper should process it: at the end of its saga's lease, or of its hold; None: never."""
        if self.saga is not None:
            return self.saga.lease_until
        return self.expires_at if self.reserved else None

    def is_expired(self, now: str) -> bool:
        """Return whether its hold has ended while units are still reserved, and no saga is in progress."""
        return (
            self.saga is None and self.reserved > 0 and self.expires_at is not None and self.expires_at <= now
        )

    def seen_by(self, scope: Scope) -> Order | None:
        """Return what a scope sees of the order; None if a vendor has no line in it.  Not to be written.

        A vendor sees nothing that depends on the lines of others: its own lines, whose records its version
        counts, a saga that settles them, and why units of them were cancelled.
        """
        if scope.vendor_id is None:
            return self
        lines = {key: line for key, line in self.lines.items() if scope.covers(line.vendor_id)}
        if not lines:
            return None
        saga = self.saga
        if saga is not None and saga.settles_named_lines and not any(line.pending for line in lines.values()):
            saga = None
        return replace(
            self,
            lines=lines,
            parts=0,
            saga=saga,
            version=sum(line.records for line in lines.values()),
            cancel_reason=self._cancel_reason_of(lines.values()),
            short_lines=(),
        )

    def _cancel_reason_of(self, lines: Iterable[OrderLine]) -> str | None:
        """Return why units of these lines were cancelled.

        The order's reason is that of its last release.  What was released before was released by a client: an
        expiry leaves nothing reserved, and so is the last release until a reopen, which clears the reason.
        """
        cancelled = [line for line in lines if line.cancelled]
        if self.cancel_reason is None or not cancelled:
            return None
        is_of_last = any(line.released_by == self.last_release for line in cancelled)
        return self.cancel_reason if is_of_last else REQUESTED

    def document(self) -> dict[str, Any]:
        """Return the order as the API returns it, its lines sorted by SKU."""
        short = {"short_lines": [dict(line) for line in self.short_lines]} if self.short_lines else {}
        return {
            "order_id": self.order_id,
            "status": self.status.value,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "cancel_reason": self.cancel_reason,
            "lines": [self.lines[key].document() for key in sorted(self.lines)],
            **short,
        }

    def with_lines(self, lines: Mapping[StockKey, OrderLine], *, cancel_reason: str | None = None) -> Order:
        """Return the order's next version, with these lines in place of its own."""
        return replace(
            self,
            lines={**self.lines, **lines},
            version=self.version + 1,
            cancel_reason=cancel_reason or self.cancel_reason,
        )


class OrderOutcome(NamedTuple):
    """An order after a command, and whether the command had already been executed.

    A command that `finishes_later` has begun, and its saga is still in progress.
    """

    order: Order
    replayed: bool
    finishes_later: bool = False


def order_in_progress(order: Order) -> OrderInProgress:
    """Return the error for a command while the saga of another one is in progress."""
    doing = order.saga_state or "being changed"  # a vendor does not see what happens to lines of others
    return OrderInProgress(f"{order.order_id} is {doing} at the moment; please try again.")


def order_damaged(order_id: str) -> OrderDamaged:
    """Return the error for a command on an order that the service has not written as it is stored."""
    return OrderDamaged(
        f"What is stored of {order_id} was not written by the service; GET /findings has the details."
    )


def existing_order(order: Order | None, now: str) -> Order | None:
    """Return the order, or None if it is a tombstone past its `ttl` that DynamoDB has not deleted yet."""
    if order is not None and order.ttl is not None and order.ttl <= epoch_seconds(now):
        return None
    return order


def visible_order(order: Order | None, now: str, owners: Owners, scope: Scope = EVERYTHING) -> Order | None:
    """Return what the caller sees of the existing order (`Order.seen_by`).

    None if it belongs to an owner whose orders the caller does not see, or has no line in the scope.
    """
    existing = existing_order(order, now)
    return existing.seen_by(scope) if existing is not None and owners.cover(existing.owner) else None
