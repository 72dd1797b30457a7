"""A SKU's stock at a point in time."""

from __future__ import annotations

from typing import Any

from inventory_common.transactions import TransactionRecord
from inventory_common.values import value

__all__ = ["StockAt"]


@value
class StockAt:
    """A SKU's stock at `time`; `record` is its last record until then, None before the first."""

    time: str
    record: TransactionRecord | None

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves."""
        record = self.record
        stock = record.stock_after if record else 0
        reserved = record.reserved_after if record else 0
        return {
            "time": self.time,
            "current_stock": stock,
            "reserved_stock": reserved,
            "available_stock": stock - reserved,
            "transaction": record and record.document(),
        }
