"""Low stock: when a SKU raises an alert, and the bound that keeps the list of a vendor's low SKUs cheap.

The list reads the index up to the vendor's bound, which no reorder threshold exceeds.  A SKU is written after
its bound was found to be high enough, so the bound must not fall between the two: it is lowered in two runs.
The first stores a plan, which a SKU that needs a higher bound withdraws; a later run executes the plan, when
every request that read the bound before it has ended.
"""

from __future__ import annotations

from dataclasses import replace

from inventory_common.alerts import Alert
from inventory_common.skus import Sku
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import BOUND_PLAN_SECONDS
from inventory_common.values import value

__all__ = ["LowStockBound", "low_stock_alert", "next_bound"]


@value
class LowStockBound:
    """No reorder threshold of the vendor exceeds `bound`; a plan to lower it is stored for a while first."""

    vendor_id: str
    bound: int
    lowering_to: int | None = None
    lowering_at: str | None = None

    @property
    def threshold_max(self) -> int:
        """The highest threshold that a SKU may have without a change of the bound."""
        return self.bound if self.lowering_to is None else self.lowering_to


def low_stock_alert(before: Sku, after: Sku) -> Alert | None:
    """Return the alert if this change took the SKU to its threshold or below, else None.

    Raising the threshold to the stock counts: the SKU needs a restock that it did not need before.  A
    deactivated SKU is not restocked, and reactivating one is not a fall.
    """
    if not (before.is_active and after.is_active) or before.low_stock_flag or not after.low_stock_flag:
        return None
    return Alert(
        # Each change has a version of its own.
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


def next_bound(bound: LowStockBound, highest_threshold: int, now: str) -> LowStockBound:
    """Return the bound's next state: lowered, planned to be lowered, or unchanged.

    `highest_threshold` was read consistently, after `now`.
    """
    if bound.lowering_to is None or bound.lowering_at is None:
        if highest_threshold >= bound.bound:
            return bound
        return replace(bound, lowering_to=highest_threshold, lowering_at=now)
    if highest_threshold > bound.lowering_to:
        return LowStockBound(bound.vendor_id, bound.bound)
    if plus_seconds(bound.lowering_at, BOUND_PLAN_SECONDS) > now:
        return bound
    return LowStockBound(bound.vendor_id, bound.lowering_to)
