"""Lowers low-stock bounds that are higher than any reorder threshold of the vendor."""

from __future__ import annotations

from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.low_stock import next_bound
from ..storage.bounds import BoundStore

__all__ = ["LowStockBounds"]


@value
class LowStockBounds:
    """Lowers bounds, each in two runs (`domain.low_stock`)."""

    bounds: BoundStore
    clock: Clock

    def lower(self) -> dict[str, int]:
        """Plan to lower bounds, and lower those that were planned long enough ago; return the counts."""
        now = self.clock()
        bounds, highest_thresholds = self.bounds.all()
        planned = lowered = 0
        for bound in bounds:
            after = next_bound(bound, highest_thresholds.get(bound.vendor_id, 0), now)
            if after != bound and self.bounds.compare_and_set(bound, after):
                planned += after.lowering_to is not None
                lowered += after.bound < bound.bound
        return {"bounds": len(bounds), "planned": planned, "lowered": lowered}
