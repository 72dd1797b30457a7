"""Low stock: when a SKU raises an alert, and the bound that keeps listing a vendor's low SKUs cheap.

The list reads the index only up to the vendor's *bound*: no SKU of the vendor has a higher reorder threshold.
A request raises the bound first, if necessary, and then writes the SKU, so the bound must not fall between
the two.  It is therefore lowered in two runs: the first stores a plan; a request that needs a higher bound
deletes the plan; a later run applies it, after every request has ended that could have read the bound without
the plan.
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
    """No reorder threshold of the vendor exceeds `bound`.

    A plan lowers it to `lowering_to`, and was made at `lowering_at`.
    """

    vendor_id: str
    bound: int
    lowering_to: int | None = None
    lowering_at: str | None = None

    @property
    def threshold_max(self) -> int:
        """The highest reorder threshold that neither the bound nor its plan excludes."""
        return self.bound if self.lowering_to is None else self.lowering_to


def low_stock_alert(before: Sku, after: Sku) -> Alert | None:
    """Return the alert to send if this change took an active SKU to its reorder threshold or below it.

    Raising the threshold to the current stock counts too.  A deactivated SKU and one that has just been
    reactivated raise no alert.
    """
    if not (before.is_active and after.is_active) or before.low_stock_flag or not after.low_stock_flag:
        return None
    return Alert(
        # The version is unique to the change: a change that is delivered twice gets the same id twice.
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

    `highest_threshold` is the vendor's, from a consistent read that began after `now`: otherwise a SKU that
    was written in between could be missed.
    """
    if bound.lowering_to is None or bound.lowering_at is None:
        if highest_threshold >= bound.bound:
            return bound
        return replace(bound, lowering_to=highest_threshold, lowering_at=now)
    if highest_threshold > bound.lowering_to:
        return LowStockBound(bound.vendor_id, bound.bound)  # the plan is outdated
    if plus_seconds(bound.lowering_at, BOUND_PLAN_SECONDS) > now:
        return bound  # requests from before the plan may still be running
    return LowStockBound(bound.vendor_id, bound.lowering_to)
