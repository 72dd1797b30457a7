"""Rows of SKUs, which are recognized by their ids, made of product and variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .plans import Action, Existing, Plan, Rejected, left_by_undo_key, plan_of, shown_plan, sku_of
from .resources import ACTIVE_FLAG, SKU
from .rows import SKU_ROW

__all__ = ["SKU_COLUMNS", "SkuRules", "key_of_sku_row", "resolved_sku_key"]

SKU_COLUMNS: Final = frozenset({"sku", "product_id", "external_id", "variant"})
"""The columns that name a SKU, in one of several ways."""


def key_of_sku_row(row: Mapping[str, Any]) -> str:
    """Return what identifies the SKU of a row, from the columns that the row has."""
    if row.get("sku"):
        return f"sku {row['sku']}"
    if row.get("external_id"):
        return f"sku of {row.get('vendor_id', '')} {row.get('variant', '')} {row['external_id']}"
    return f"sku SKU-{row.get('product_id', '')}-{row.get('variant', '')}"


def resolved_sku_key(row: Mapping[str, Any], existing: Existing) -> str:
    """Return the key of the SKU's id, or what identifies the row if its product does not exist."""
    try:
        return key_of_sku_row({"sku": sku_of(row, existing)})
    except Rejected:
        return key_of_sku_row(row)


class SkuRules:
    """The rules for SKUs of any number of vendors."""

    name = "skus"
    row_type = SKU_ROW
    is_atomic = False
    has_parts = False
    identity = SKU_COLUMNS
    ignored: frozenset[str] = frozenset()

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the SKU."""
        return key_of_sku_row(row)

    def resolved_key(self, row: Mapping[str, Any], existing: Existing) -> str:
        """Return the key of the SKU's id."""
        return resolved_sku_key(row, existing)

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Compare a row with its SKU.

        `existing` has the `details_version` in which an undo left a SKU, under `left_by_undo_key`.
        """
        row = rows[0]
        sku = sku_of(row, existing)
        found = existing(sku)
        if found is not None and found["vendor_id"] != row["vendor_id"]:
            raise Rejected(f"vendor_id: {sku} belongs to {found['vendor_id']}")
        left = existing(left_by_undo_key(sku))
        is_left_by_undo = found is not None and left is not None and left == found["details_version"]
        target = {"sku": sku} | ({} if found is None else {"details_version": found["details_version"]})
        return plan_of(row, found, SKU.changed, target, is_left_by_undo=is_left_by_undo)

    def values(self, rows: Sequence[Mapping[str, Any]], plan: Plan) -> dict[str, Any]:
        """Return the attributes of a new SKU."""
        if plan.action is not Action.CREATE:
            return {}
        return {name: rows[0][name] for name in (*SKU.created, ACTIVE_FLAG) if name in rows[0]}

    def shown(self, rows: Sequence[Mapping[str, Any]], plan: Plan) -> str:
        """Return the attributes or differences."""
        return shown_plan(self.values(rows, plan), plan)
