"""When a SKU has become low, and the alert about it."""

from __future__ import annotations

from inventory_common.alerts import Alert
from inventory_common.skus import Sku

__all__ = ["low_stock_alert"]


def low_stock_alert(before: Sku, after: Sku) -> Alert | None:
    """Return the alert if this change took the SKU down to its threshold or below, else None.

    Raising the threshold to the stock counts: the SKU needs a restock that it did not need before.  Nobody
    restocks a deactivated SKU, and bringing one back is no fall.
    """
    if not (before.is_active and after.is_active) or before.low_stock_flag or not after.low_stock_flag:
        return None
    return Alert(
        # A version is of one change alone.
        alert_id=f"low_stock:{after.sku}:{after.version}",
        kind="low_stock",
        vendor_id=after.vendor_id,
        details={
            "product_id": after.product_id,
            "sku": after.sku,
            "variant_name": after.variant_name,
            "current_stock": after.current_stock,
            "reserved_stock": after.reserved_stock,
            "available_stock": after.available_stock,
            "reorder_threshold": after.reorder_threshold,
            "occurred_at": after.last_updated,
        },
    )
