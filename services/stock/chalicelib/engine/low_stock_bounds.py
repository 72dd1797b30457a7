"""Corrects low-stock bounds: lowers those that no SKU needs, raises those that are too low."""

from __future__ import annotations

from inventory_common.limits import STOCK_MAX
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.low_stock import LowStockBound, next_bound
from ..storage.bounds import BoundStore

__all__ = ["LowStockBounds"]


@value
class LowStockBounds:
    """Corrects bounds; lowering one takes two runs (`domain.low_stock`)."""

    bounds: BoundStore
    clock: Clock

    def correct(self) -> dict[str, int]:
        """Raise bounds, plan to lower bounds, and lower those that were planned long enough ago.

        Returns
        -------
        dict[str, int]
            How many `bounds` there are, and how many were `planned` to be lowered, `lowered`, `raised`, and
            `added` because they were missing or could not be read.
        """
        now = self.clock()
        bounds, highest_thresholds = self.bounds.all()
        planned = lowered = raised = added = 0
        for bound in bounds:
            after = next_bound(bound, highest_thresholds.get(bound.vendor_id, 0), now)
            if after != bound and self.bounds.compare_and_set(bound, after):
                planned += after.lowering_to is not None
                lowered += after.bound < bound.bound
                raised += after.bound > bound.bound
        for vendor_id in sorted(highest_thresholds.keys() - {bound.vendor_id for bound in bounds}):
            # The highest bound first, and a plan: a request may have taken an unreadable bound for that.
            bound = next_bound(LowStockBound(vendor_id, STOCK_MAX), highest_thresholds[vendor_id], now)
            added += self.bounds.add_missing(bound)
        return {
            "bounds": len(bounds),
            "planned": planned,
            "lowered": lowered,
            "raised": raised,
            "added": added,
        }
