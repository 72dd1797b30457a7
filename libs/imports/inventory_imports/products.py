"""Rows of products, which are recognized by vendor and external id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .plans import Existing, Plan, Rejected, plan_of, product_key
from .resources import PRODUCT
from .rows import PRODUCT_ROW

__all__ = ["ProductRules", "target_of_product"]


class ProductRules:
    """The rules for products of any number of vendors."""

    name = "products"
    row_type = PRODUCT_ROW
    is_atomic = False
    ignored: frozenset[str] = frozenset()

    def key(self, row: Mapping[str, Any]) -> str:
        """Return vendor and external id."""
        return product_key(row.get("vendor_id", ""), row.get("external_id") or row.get("product_id", ""))

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Compare a row with the product of its external id."""
        row = rows[0]
        product = existing(self.key(row))
        if product is None and row.get("external_id") is None:
            raise Rejected(
                f"product_id: {row['vendor_id']} has no {row['product_id']} without an external id"
            )
        return plan_of(row, product, PRODUCT.changed, {} if product is None else target_of_product(product))


def target_of_product(product: Mapping[str, Any]) -> dict[str, Any]:
    """Return the id and version of a product, which changing or undoing requires."""
    return {"product_id": product["product_id"], "version": product["version"]}
