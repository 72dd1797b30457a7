"""Rows of deliveries and counts, which are recognized by their references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .plans import Action, Existing, Plan, sku_of
from .rows import STOCK_ROW
from .skus import key_of_sku_row

__all__ = ["StockRules", "reference_key"]


class StockRules:
    """The rules for deliveries, and for counts that correct the stock."""

    name = "stock"
    row_type = STOCK_ROW
    is_atomic = False
    ignored: frozenset[str] = frozenset({"current_stock", "reserved_stock", "available_stock"})

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the SKU and the reference."""
        return f"{key_of_sku_row(row)} [{row.get('reference', '')}]"

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Plan the row unless the log has its reference."""
        row = rows[0]
        sku = sku_of(row, existing)
        counts = existing(reference_key(sku, row["reference"])) or {"done": 0}
        undone = counts.get("undone", 0)
        target = {"sku": sku, "undone": undone}
        return Plan(Action.NONE if counts.get("done", 0) > undone else Action.CREATE, target=target)


def reference_key(sku: str, reference: str) -> str:
    """Return the key of what the log has of a reference."""
    return f"event {sku} [{reference}]"
