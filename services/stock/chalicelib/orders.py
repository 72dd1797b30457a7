"""The order aggregate: what an order has reserved, confirmed, cancelled and refunded, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

__all__ = ["EXPIRED", "Order", "OrderLine", "OrderStatus"]

EXPIRED: Final = "expired"
"""The `cancel_reason` of an order whose hold ended."""


class OrderStatus(StrEnum):
    """Where an order stands; derived from its lines, never stored."""

    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    PARTIALLY_CONFIRMED = "partially_confirmed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One SKU of an order, in units.

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

    def __post_init__(self) -> None:
        assert self.placed == self.reserved + self.confirmed + self.cancelled, self
        assert min(self.reserved, self.confirmed, self.cancelled) >= 0, self
        assert 0 <= self.refunded <= self.confirmed, self

    def document(self) -> dict[str, Any]:
        """Return the line as the API serves it."""
        return {name: getattr(self, name) for name in OrderLine.__slots__}

    def confirm(self, quantity: int) -> OrderLine:
        """Settle reserved units: they leave the stock."""
        return replace(self, reserved=self.reserved - quantity, confirmed=self.confirmed + quantity)

    def cancel(self, quantity: int) -> OrderLine:
        """Release reserved units: they are for sale again."""
        return replace(self, reserved=self.reserved - quantity, cancelled=self.cancelled + quantity)

    def refund(self, quantity: int) -> OrderLine:
        """Take confirmed units back."""
        return replace(self, refunded=self.refunded + quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order, its lines by SKU.

    `version` counts its changes and is its lock and ETag; `expires_at` is when its hold ends.  An order
    without lines is a tombstone: it was cancelled before it was placed, and is remembered until `lapses_at`
    (epoch seconds).
    """

    order_id: str
    lines: Mapping[str, OrderLine]
    created_at: str
    version: int = 1
    expires_at: str | None = None
    cancel_reason: str | None = None
    lapses_at: int | None = None

    @property
    def is_tombstone(self) -> bool:
        """Whether it was cancelled before it was placed."""
        return not self.lines

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
        if self.refunded:
            wholly = self.refunded == self.confirmed and not self.reserved
            return OrderStatus.REFUNDED if wholly else OrderStatus.PARTIALLY_REFUNDED
        if self.confirmed:
            wholly = not self.reserved and not self.cancelled
            return OrderStatus.CONFIRMED if wholly else OrderStatus.PARTIALLY_CONFIRMED
        return OrderStatus.RESERVED if self.reserved else OrderStatus.CANCELLED

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
