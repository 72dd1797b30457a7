"""The order aggregate: what an order has reserved, confirmed, cancelled and refunded, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple

from inventory_common.values import value

__all__ = ["EXPIRED", "Errand", "Order", "OrderLine", "OrderStatus", "Phase", "SettledOrder"]

EXPIRED: Final = "expired"
"""The `cancel_reason` of an order whose hold ended."""


class Phase(StrEnum):
    """What an order is in the middle of, where a command takes it more than one transaction."""

    IDLE = "idle"
    PLACING = "placing"
    RELEASING = "releasing"
    CONFIRMING = "confirming"
    CANCELLING = "cancelling"
    REFUNDING = "refunding"


@value(kw_only=True)
class Errand:
    """The command that an order is in the middle of, so that anybody can bring it to its end.

    `asked` stands for the lines that are to be placed; `restock` is a refund's, `cancel_reason` a cancel's.
    """

    performed_by: str
    request_id: str
    lease_until: str
    asked: str | None = None
    restock: bool = True
    cancel_reason: str | None = None


class OrderStatus(StrEnum):
    """Where an order stands; derived from its lines and its phase, never stored."""

    PLACING = "placing"
    RELEASING = "releasing"
    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    PARTIALLY_CONFIRMED = "partially_confirmed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"


@value(kw_only=True)
class OrderLine:
    """One SKU of an order, in units; `part` is the order's part that keeps it, 0 the order's own item.

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
    part: int = 0

    def __post_init__(self) -> None:
        assert self.placed == self.reserved + self.confirmed + self.cancelled, self
        assert min(self.reserved, self.confirmed, self.cancelled) >= 0, self
        assert 0 <= self.refunded <= self.confirmed, self

    def document(self) -> dict[str, Any]:
        """Return the line as the API serves it."""
        return {name: getattr(self, name) for name in _SHOWN_OF_LINE}

    def confirm(self, quantity: int) -> OrderLine:
        """Settle reserved units: they leave the stock."""
        return replace(self, reserved=self.reserved - quantity, confirmed=self.confirmed + quantity)

    def cancel(self, quantity: int) -> OrderLine:
        """Release reserved units: they are for sale again."""
        return replace(self, reserved=self.reserved - quantity, cancelled=self.cancelled + quantity)

    def refund(self, quantity: int) -> OrderLine:
        """Take confirmed units back."""
        return replace(self, refunded=self.refunded + quantity)


_SHOWN_OF_LINE: Final = tuple(field.name for field in fields(OrderLine) if field.name != "part")


@value(kw_only=True)
class Order:
    """An order, its lines by SKU.

    `version` counts its changes and is its lock and ETag; `expires_at` is when its hold ends.  An order
    without lines is a tombstone: it was cancelled before it was placed, and is remembered until `ttl`
    (epoch seconds).

    An order of many lines is kept in `parts` beside its own item, which changes with each of them, so that
    its version guards them all; `is_whole` is false while they have not been read.
    """

    order_id: str
    lines: Mapping[str, OrderLine]
    created_at: str
    version: int = 1
    expires_at: str | None = None
    cancel_reason: str | None = None
    ttl: int | None = None
    phase: Phase = Phase.IDLE
    errand: Errand | None = None
    parts: int = 0
    is_whole: bool = True

    @property
    def is_tombstone(self) -> bool:
        """Whether it was cancelled before it was placed."""
        return not self.lines and not self.parts

    @property
    def reserved(self) -> int:
        """Units that the order holds now."""
        return sum(line.reserved for line in self.lines.values())

    @property
    def confirmed(self) -> int:
        """Units that have left the stock for it."""
        return sum(line.confirmed for line in self.lines.values())

    @property
    def cancelled(self) -> int:
        """Units that it gave back before they left."""
        return sum(line.cancelled for line in self.lines.values())

    @property
    def refunded(self) -> int:
        """Units that came back after they had left."""
        return sum(line.refunded for line in self.lines.values())

    @property
    def status(self) -> OrderStatus:
        """Where the order stands (design 3)."""
        if self.phase in (Phase.PLACING, Phase.RELEASING):
            return OrderStatus(self.phase.value)
        if self.refunded:
            wholly = self.refunded == self.confirmed and not self.reserved
            return OrderStatus.REFUNDED if wholly else OrderStatus.PARTIALLY_REFUNDED
        if self.confirmed:
            wholly = not self.reserved and not self.cancelled
            return OrderStatus.CONFIRMED if wholly else OrderStatus.PARTIALLY_CONFIRMED
        return OrderStatus.RESERVED if self.reserved else OrderStatus.CANCELLED

    @property
    def due_at(self) -> str | None:
        """When somebody should look after it: the end of its hold, or of the lease of its errand."""
        if self.errand is not None:
            return self.errand.lease_until
        return self.expires_at if self.reserved else None

    def is_expired(self, now: str) -> bool:
        """Tell whether it still holds units after its hold has ended, with no command under way."""
        return (
            self.phase is Phase.IDLE
            and self.reserved > 0
            and self.expires_at is not None
            and self.expires_at <= now
        )

    def document(self) -> dict[str, Any]:
        """Return the order as the API serves it, lines in the order of their SKUs."""
        return {
            "order_id": self.order_id,
            "status": self.status.value,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "cancel_reason": self.cancel_reason,
            "lines": [self.lines[sku].document() for sku in sorted(self.lines)],
        }

    def with_lines(self, lines: Mapping[str, OrderLine], *, cancel_reason: str | None = None) -> Order:
        """Return the order's next version, with these lines in the place of their former selves."""
        return replace(
            self,
            lines={**self.lines, **lines},
            version=self.version + 1,
            cancel_reason=cancel_reason or self.cancel_reason,
        )


class SettledOrder(NamedTuple):
    """An order as it stands, and whether the command on it had been done before."""

    order: Order
    replayed: bool
