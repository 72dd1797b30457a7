"""Lowers the low-stock bounds that are higher than a vendor's highest threshold, in two runs.

A SKU is written after its bound was found high enough, so a bound may not fall between the two.  A run first
writes down to what it means to lower; from then on a SKU that needs more takes the plan back.  A later run
carries it out, when everybody who looked before the plan has written or given up, and if no SKU needs more.
"""

from __future__ import annotations

from dataclasses import replace

from inventory_common.timestamps import Clock, plus_seconds
from inventory_common.tuning import BOUND_PLAN_SECONDS
from inventory_common.values import value

from .inventory_gateway import InventoryGateway
from .inventory_items import LowStockBound

__all__ = ["BoundLowering", "next_state"]


def next_state(bound: LowStockBound, highest_threshold: int, now: str) -> LowStockBound:
    """Return what a bound should be next: lowered, planned to be, or as it is.

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


@value
class BoundLowering:
    """The lowering of all bounds; `bootstrap` makes it."""

    gateway: InventoryGateway
    clock: Clock

    def run(self) -> dict[str, int]:
        """Plan what can be lowered, and lower what was planned long enough ago."""
        now = self.clock()
        bounds, thresholds = self.gateway.bounds_and_thresholds()
        planned = lowered = 0
        for bound in bounds:
            state = next_state(bound, thresholds.get(bound.vendor_id, 0), now)
            if state != bound and self.gateway.replace_bound(bound, state):
                planned += state.lowering_to is not None
                lowered += state.bound < bound.bound
        return {"bounds": len(bounds), "planned": planned, "lowered": lowered}
