"""The shapes of what the audit service answers beside records: for its document alone."""

from typing import Annotated, Any, TypedDict

from inventory_common.transactions import TransactionRecord

__all__ = ["FindingAnswer", "ReservationsAnswer", "StockAtAnswer", "VerificationAnswer"]


class DifferenceAnswer(TypedDict):
    """One thing that is not as it must be."""

    transaction_id: Annotated[str | None, "The record's, of whatever form; null where it is about none."]
    kind: Annotated[str, "The attribute that is wrong, or what else is."]
    expected: Annotated[Any, "What it must be."]
    found: Annotated[Any, "What it is."]


class VerificationAnswer(TypedDict):
    """What part of a SKU's log is like, record by record."""

    checked: Annotated[int, "Records that were looked at."]
    head_hash: Annotated[str | None, "The live SKU's `ledger_hash`; null where there is no SKU."]
    findings: Annotated[list[DifferenceAnswer], "What is not as it must be; empty if all is."]
    next_cursor: str | None


class StockAtAnswer(TypedDict):
    """A SKU's stock at a moment, and the record that made it so."""

    time: Annotated[str, "The moment that was asked about."]
    current_stock: int
    reserved_stock: int
    available_stock: int
    transaction: TransactionRecord | None


class ReservationAnswer(TypedDict):
    """Units of a SKU that an order holds."""

    order_id: str
    quantity: int
    placed_at: Annotated[str, "When the order was placed."]
    age_seconds: Annotated[int, "How long it has held them."]
    expires_at: str | None


class ReservationsAnswer(TypedDict):
    """Which orders hold units of a SKU now, oldest first."""

    sku: str
    sequence: int
    reserved_stock: int
    reservations: Annotated[list[ReservationAnswer], "Order by order."]
    unaccounted: Annotated[int, "Reserved units whose orders were placed before the records that were read."]


class FindingAnswer(TypedDict):
    """One thing that was done to stock or log behind the services."""

    finding_id: Annotated[str, "Its name."]
    kind: Annotated[str, "What was done."]
    occurred_at: Annotated[str, "When it was done."]
    vendor_id: str | None
    product_id: str | None
    sku: str | None
    transaction_id: str | None
    differences: Annotated[list[DifferenceAnswer], "What is not as it must be."]
