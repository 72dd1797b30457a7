"""Rows of products, which are recognized by vendor and external id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .plans import Action, Existing, Plan, Rejected, left_by_undo_key, plan_of, product_key, shown_plan
from .resources import ACTIVE_FLAG, PRODUCT
from .rows import PRODUCT_ROW

__all__ = ["ProductRules", "target_of_product"]


class ProductRules:
    """The rules for products of any number of vendors."""

    name = "products"
    row_type = PRODUCT_ROW
    is_atomic = False
    has_parts = False
    identity: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()

    def key(self, row: Mapping[str, Any]) -> str:
        """Return vendor and external id."""
        return product_key(row.get("vendor_id", ""), row.get("external_id") or row.get("product_id", ""))

    def resolved_key(self, row: Mapping[str, Any], existing: Existing) -> str:
        """Return the same key: a product has one."""
        return self.key(row)

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Compare a row with the product of its external id.

        `existing` has the version in which an undo left a product, under `left_by_undo_key`.
        """
        row = rows[0]
        product = existing(self.key(row))
        if product is None and row.get("external_id") is None:
            raise Rejected(
                f"product_id: {row['vendor_id']} has no {row['product_id']} without an external id"
            )
        if product is None:
            return plan_of(row, None, PRODUCT.changed, {})
        left = existing(left_by_undo_key(product["product_id"]))
        is_left_by_undo = left is not None and left == product["version"]
        target = target_of_product(product)
        return plan_of(row, product, PRODUCT.changed, target, is_left_by_undo=is_left_by_undo)

    def values(self, rows: Sequence[Mapping[str, Any]], plan: Plan) -> dict[str, Any]:
        """Return the attributes of a new product."""
        if plan.action is not Action.CREATE:
            return {}
        return {name: rows[0][name] for name in (*PRODUCT.created, ACTIVE_FLAG) if name in rows[0]}

    def shown(self, rows: Sequence[Mapping[str, Any]], plan: Plan) -> str:
        """Return the attributes or differences."""
        return shown_plan(self.values(rows, plan), plan)


def target_of_product(product: Mapping[str, Any]) -> dict[str, Any]:
    """Return the id and version of a product, which changing or undoing requires."""
    return {"product_id": product["product_id"], "version": product["version"]}
