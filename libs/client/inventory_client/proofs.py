"""What the audit service answers beside records: of a log as a whole, of a moment, of who holds units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from inventory_common.transactions import TransactionRecord

from .documents import read

__all__ = [
    "Difference",
    "Finding",
    "Reservation",
    "Reservations",
    "StockAt",
    "Verification",
    "read_finding",
    "read_reservations",
    "read_stock_at",
    "read_verification",
]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it must be; `transaction_id` is None where it is about no record.

    `kind` is the attribute that is wrong, or what else is; `expected` and `found` are JSON values.
    """

    transaction_id: str | None
    kind: str
    expected: Any
    found: Any

    def document(self) -> dict[str, Any]:
        """Return it as it was answered."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a SKU's log is like: `checked` records, `head_hash` of the live SKU, and what is wrong."""

    checked: int
    head_hash: str | None
    findings: tuple[Difference, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class StockAt:
    """A SKU's stock at a moment, in units; `transaction` made it so, None before the first record."""

    time: str
    current_stock: int
    reserved_stock: int
    available_stock: int
    transaction: TransactionRecord | None

    def document(self) -> dict[str, Any]:
        """Return it as it was answered."""
        figures = {name: getattr(self, name) for name in self.__slots__}
        return {**figures, "transaction": self.transaction and self.transaction.document()}


@dataclass(frozen=True, slots=True)
class Reservation:
    """Units of a SKU that an order holds."""

    order_id: str
    quantity: int
    placed_at: str
    age_seconds: int
    expires_at: str | None

    def document(self) -> dict[str, Any]:
        """Return it as it was answered."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Reservations:
    """Which orders hold units of a SKU as of its record number `sequence`, oldest first.

    `unaccounted` are reserved units whose orders were placed before the records that the service reads.
    """

    sku: str
    sequence: int
    reserved_stock: int
    reservations: tuple[Reservation, ...]
    unaccounted: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was done to stock or log behind the services."""

    finding_id: str
    kind: str
    occurred_at: str
    vendor_id: str | None
    product_id: str | None
    sku: str | None
    transaction_id: str | None
    differences: tuple[Difference, ...]

    def document(self) -> dict[str, Any]:
        """Return it as it was answered."""
        return {**asdict(self), "differences": [each.document() for each in self.differences]}


def read_verification(body: Mapping[str, Any]) -> Verification:
    """Read what was found in a page of a log."""
    return read(Verification, {**body, "findings": _differences(body["findings"])})


def read_stock_at(body: Mapping[str, Any]) -> StockAt:
    """Read the stock at a moment."""
    last = body["transaction"]
    return read(StockAt, {**body, "transaction": None if last is None else read(TransactionRecord, last)})


def read_reservations(body: Mapping[str, Any]) -> Reservations:
    """Read who holds units of a SKU."""
    held = tuple(read(Reservation, each) for each in body["reservations"])
    return read(Reservations, {**body, "reservations": held})


def read_finding(body: Mapping[str, Any]) -> Finding:
    """Read a finding."""
    return read(Finding, {**body, "differences": _differences(body["differences"])})


def _differences(found: list[Mapping[str, Any]]) -> tuple[Difference, ...]:
    return tuple(read(Difference, each) for each in found)
