"""Which orders hold units of a SKU, from the records of its log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from inventory_common.limits import RESERVATION_RECORDS_MAX
from inventory_common.transactions import TransactionRecord, TransactionType
from inventory_common.values import value

__all__ = ["OpenOrders", "Reservation", "Reservations"]


@value
class Reservation:
    """Units of a SKU that an order holds; `expires_at` is None if the order's item does not exist."""

    order_id: str
    quantity: int
    placed_at: str
    age_seconds: int
    expires_at: str | None


@value
class Reservations:
    """The orders that hold units of a SKU as of its record number `sequence`, oldest first.

    `unaccounted` are reserved units whose orders were placed before the records that were read.
    """

    sku: str
    sequence: int
    reserved_stock: int
    reservations: list[Reservation]
    unaccounted: int

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves."""
        return {
            "sku": self.sku,
            "sequence": self.sequence,
            "reserved_stock": self.reserved_stock,
            "reservations": [asdict(reservation) for reservation in self.reservations],
            "unaccounted": self.unaccounted,
        }


class OpenOrders:
    """Finds the orders that hold a SKU's reserved units, from its records, newest first.

    Units that an order has confirmed or cancelled are known by the time its placement is read.  Once the
    orders found hold all reserved units, no older order holds any: the records to read follow the age of the
    oldest open order, not the length of the log.

    Attributes
    ----------
    unaccounted
        The reserved units that none of the orders found holds.
    """

    def __init__(self, reserved_stock: int) -> None:
        self.unaccounted = reserved_stock
        self._records = 0
        self._settled: Counter[str] = Counter()
        self._held: dict[str, tuple[int, str]] = {}

    @property
    def order_ids(self) -> list[str]:
        """The orders found, newest first."""
        return list(self._held)

    @property
    def needs_records(self) -> bool:
        """Whether older records are needed, and may still be read."""
        return self.unaccounted > 0 and self._records < RESERVATION_RECORDS_MAX

    def add(self, record: TransactionRecord) -> None:
        """Take the next older record into account."""
        self._records += 1
        order_id = record.order_id or ""
        match record.transaction_type:
            case TransactionType.ORDER_CONFIRMED | TransactionType.ORDER_CANCELLED:
                self._settled[order_id] += record.quantity
            case TransactionType.ORDER_PLACED:
                units = record.quantity - self._settled.pop(order_id, 0)
                if units > 0:
                    self._held[order_id] = (units, record.timestamp)
                    self.unaccounted -= units

    def reservations(self, expires_at: Mapping[str, str | None], now: str) -> list[Reservation]:
        """Return what each order holds, oldest first; `expires_at` has the end of its hold by order id."""
        return [
            Reservation(order_id, units, placed_at, _seconds(placed_at, now), expires_at.get(order_id))
            for order_id, (units, placed_at) in reversed(self._held.items())
        ]


def _seconds(earlier: str, later: str) -> int:
    return max(0, int((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()))
