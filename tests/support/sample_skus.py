"""A SKU of the tests and benchmarks, each of which names the attributes that matter to it."""

from __future__ import annotations

from typing import Any

from inventory_common.ids import StockKey
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku

__all__ = ["a_sku"]


def a_sku(sku: str = "SKU-PROD-E4F9A-BLK-L", **differences: Any) -> Sku:
    """Return a new SKU without stock, with these attributes in place of its own."""
    attributes: dict[str, Any] = {
        "product_id": StockKey.of(sku).product_id,
        "sku": sku,
        "vendor_id": "VENDOR-001",
        "variant_name": "Black - Large",
        "current_stock": 0,
        "reserved_stock": 0,
        "reorder_threshold": 10,
        "unit_price": 90,
        "last_updated": "2026-02-23T10:30:00.000000Z",
        "last_updated_by": "VENDOR-001",
        "is_active": True,
        "sequence": 0,
        "ledger_hash": FIRST_PREVIOUS_HASH,
        "version": 1,
        "product_is_active": True,
        "product_version": 1,
    }
    return Sku(**attributes | differences)
