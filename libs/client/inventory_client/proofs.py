"""The documents of the audit service beside log records: verifications, reservations, findings, …."""

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
    """A difference between what was expected and what was found, in one record or in none.

    `kind` names the attribute that differs, or what else does; `expected` and `found` are JSON values.
    """

    transaction_id: str | None
    kind: str
    expected: Any
    found: Any

    def document(self) -> dict[str, Any]:
        """Return the JSON object of the response."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verification:
    """The verification of a SKU's log: records checked, `head_hash` of the SKU, and the differences found."""

    checked: int
    head_hash: str | None
    findings: tuple[Difference, ...]

    @property
    def is_sound(self) -> bool:
        """Whether there is no difference."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class StockAt:
    """A SKU's stock at a point in time, in units; `transaction` is the last record before it, if any."""

    time: str
    current_stock: int
    reserved_stock: int
    available_stock: int
    transaction: TransactionRecord | None

    def document(self) -> dict[str, Any]:
        """Return the JSON object of the response."""
        figures = {name: getattr(self, name) for name in self.__slots__}
        return {**figures, "transaction": self.transaction and self.transaction.document()}


@dataclass(frozen=True, slots=True)
class Reservation:
    """Units of a SKU that an order has reserved."""

    order_id: str
    quantity: int
    placed_at: str
    age_seconds: int
    expires_at: str | None

    def document(self) -> dict[str, Any]:
        """Return the JSON object of the response."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Reservations:
    """The orders that reserve units of a SKU as of its record number `sequence`, oldest first.

    `unaccounted` units are reserved by orders that are older than the records that the service reads.
    """

    sku: str
    sequence: int
    reserved_stock: int
    reservations: tuple[Reservation, ...]
    unaccounted: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A change of stock or log that was not made by the services."""

    finding_id: str
    kind: str
    occurred_at: str
    vendor_id: str | None
    product_id: str | None
    sku: str | None
    transaction_id: str | None
    differences: tuple[Difference, ...]

    def document(self) -> dict[str, Any]:
        """Return the JSON object of the response."""
        return {**asdict(self), "differences": [each.document() for each in self.differences]}


def read_verification(body: Mapping[str, Any]) -> Verification:
    """Read a page of a verification."""
    return read(Verification, {**body, "findings": _differences(body["findings"])})


def read_stock_at(body: Mapping[str, Any]) -> StockAt:
    """Read the stock at a point in time."""
    last = body["transaction"]
    return read(StockAt, {**body, "transaction": None if last is None else read(TransactionRecord, last)})


def read_reservations(body: Mapping[str, Any]) -> Reservations:
    """Read the reservations of a SKU."""
    held = tuple(read(Reservation, each) for each in body["reservations"])
    return read(Reservations, {**body, "reservations": held})


def read_finding(body: Mapping[str, Any]) -> Finding:
    """Read a finding."""
    return read(Finding, {**body, "differences": _differences(body["differences"])})


def _differences(found: list[Mapping[str, Any]]) -> tuple[Difference, ...]:
    return tuple(read(Difference, each) for each in found)
