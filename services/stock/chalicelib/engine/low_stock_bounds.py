"""Corrects low-stock bounds: lowers those that no SKU needs, raises those that are too low."""

from __future__ import annotations

from typing import Any, Final

from inventory_common.limits import STOCK_MAX
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.low_stock import LowStockBound, next_bound
from ..storage.bounds import BoundStore

__all__ = ["LowStockBounds"]

_NAMED_VENDORS_MAX: Final = 100
"""Vendors that a run names in the log."""


@value
class LowStockBounds:
    """Corrects bounds; lowering one takes two runs (`domain.low_stock`)."""

    bounds: BoundStore
    clock: Clock

    def correct(self) -> dict[str, Any]:
        """Raise bounds, plan to lower bounds, and lower those that were planned long enough ago.

        Returns
        -------
        dict[str, Any]
            How many `bounds` there are, and how many were `planned` to be lowered, `lowered`, `raised`, and
            `added` because they were missing or could not be read; the `vendors` of those raised and added.
            No service makes a bound that has to be raised or added.
        """
        now = self.clock()
        bounds, highest_thresholds = self.bounds.all()
        planned = lowered = raised = added = 0
        vendors: list[str] = []
        for bound in bounds:
            after = next_bound(bound, highest_thresholds.get(bound.vendor_id, 0), now)
            if after != bound and self.bounds.compare_and_set(bound, after):
                planned += after.lowering_to is not None
                lowered += after.bound < bound.bound
                if after.bound > bound.bound:
                    raised += 1
                    vendors.append(bound.vendor_id)
        for vendor_id in sorted(highest_thresholds.keys() - {bound.vendor_id for bound in bounds}):
            # The highest bound first, and a plan: a request may have taken an unreadable bound for that.
            bound = next_bound(LowStockBound(vendor_id, STOCK_MAX), highest_thresholds[vendor_id], now)
            if self.bounds.add_missing(bound):
                added += 1
                vendors.append(vendor_id)
        return {
            "bounds": len(bounds),
            "planned": planned,
            "lowered": lowered,
            "raised": raised,
            "added": added,
            **({"vendors": vendors[:_NAMED_VENDORS_MAX]} if vendors else {}),
        }
