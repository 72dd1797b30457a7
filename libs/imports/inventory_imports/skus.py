"""Rows of SKUs, which are recognized by their ids, made of product and variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .plans import Existing, Plan, Rejected, plan_of, sku_of
from .resources import SKU
from .rows import SKU_ROW

__all__ = ["SkuRules", "key_of_sku_row"]


def key_of_sku_row(row: Mapping[str, Any]) -> str:
    """Return what identifies the SKU of a row, from the columns that the row has."""
    if row.get("sku"):
        return f"sku {row['sku']}"
    if row.get("external_id"):
        return f"sku of {row.get('vendor_id', '')} {row.get('variant', '')} {row['external_id']}"
    return f"sku SKU-{row.get('product_id', '')}-{row.get('variant', '')}"


class SkuRules:
    """The rules for SKUs of any number of vendors."""

    name = "skus"
    row_type = SKU_ROW
    is_atomic = False
    ignored: frozenset[str] = frozenset()

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the SKU."""
        return key_of_sku_row(row)

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Compare a row with its SKU."""
        row = rows[0]
        sku = sku_of(row, existing)
        found = existing(sku)
        if found is not None and found["vendor_id"] != row["vendor_id"]:
            raise Rejected(f"vendor_id: {sku} belongs to {found['vendor_id']}")
        version = {} if found is None else {"version": found["version"]}
        return plan_of(row, found, SKU.changed, {"sku": sku} | version)
