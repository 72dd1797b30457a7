"""Low stock: when a SKU raises an alert, and the bound that keeps listing a vendor's low SKUs cheap.

The list reads the index only up to the vendor's *bound*: no SKU of the vendor has a higher reorder threshold.
A request raises the bound first, if necessary, and then writes the SKU, so the bound must not fall between
the two.  It is therefore lowered in two runs: the first stores a plan; a request that needs a higher bound
deletes the plan; a later run applies it, after every request has ended that could have read the bound without
the plan.

A bound that is lower than a threshold, as after a restore or a change by hand, hides SKUs: it is raised.
"""

from __future__ import annotations

from dataclasses import replace

from inventory_common.alerts import Alert
from inventory_common.limits import NAME_MAX_CHARACTERS
from inventory_common.skus import Sku
from inventory_common.timestamps import is_stored_moment, plus_seconds
from inventory_common.tuning import BOUND_PLAN_SECONDS
from inventory_common.values import value

__all__ = ["LowStockBound", "is_listed", "low_stock_alert", "next_bound"]


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


def is_listed(sku: Sku) -> bool:
    """Return whether the low-stock list contains a SKU: it is low, and both it and its product are active."""
    return sku.low_stock_flag and sku.is_active and sku.product_is_active


def low_stock_alert(before: Sku | None, after: Sku, happened_at: str) -> Alert | None:
    """Return the alert to send if this change put a SKU into the low-stock list.

    It does not matter how: less stock, a higher threshold, or the reactivation of the SKU or its product.  A
    new SKU is low because nothing has ever been in stock; its alert comes if its first units leave it low.

    Parameters
    ----------
    before, after
        The SKU before and after the change; no list had it if it could not be read before.
    happened_at
        When the stream says it happened, for changes that set no `last_updated`.
    """
    was_listed = before is not None and is_listed(before)
    has_first_units = before is not None and before.sequence == 0 < after.sequence
    if not is_listed(after) or (was_listed and not has_first_units):
        return None
    is_dated = before is not None and after.last_updated != before.last_updated
    return Alert(
        # The version is unique to the change: a change that is delivered twice gets the same id twice.
        alert_id=f"low_stock:{after.sku}:{after.version}",
        kind="low_stock",
        vendor_id=after.vendor_id,
        details={
            "product_id": after.product_id,
            "sku": after.sku,
            # No service writes a longer one.  SNS would refuse the alert, and the stream would not go on.
            "variant_name": after.variant_name[:NAME_MAX_CHARACTERS],
            "current_stock": after.current_stock,
            "reserved_stock": after.reserved_stock,
            "available_stock": after.available_stock,
            "reorder_threshold": after.reorder_threshold,
            "occurred_at": after.last_updated if is_dated else happened_at,
        },
    )


def next_bound(bound: LowStockBound, highest_threshold: int, now: str) -> LowStockBound:
    """Return the bound's next state: lowered, planned to be lowered, raised if it is too low, or unchanged.

    `highest_threshold` is the vendor's, from a consistent read that began after `now`: otherwise a SKU that
    was written in between could be missed.
    """
    if highest_threshold > bound.bound:
        return LowStockBound(bound.vendor_id, highest_threshold)
    if bound.lowering_to is None or bound.lowering_at is None or not is_stored_moment(bound.lowering_at):
        if highest_threshold == bound.bound:
            return bound
        return replace(bound, lowering_to=highest_threshold, lowering_at=now)
    if highest_threshold > bound.lowering_to:
        return LowStockBound(bound.vendor_id, bound.bound)  # the plan is outdated
    if plus_seconds(bound.lowering_at, BOUND_PLAN_SECONDS) > now:
        return bound  # requests from before the plan may still be running
    return LowStockBound(bound.vendor_id, bound.lowering_to)
