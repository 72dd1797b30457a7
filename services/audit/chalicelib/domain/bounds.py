"""Low-stock bounds: one below a SKU's threshold hides the SKU from its vendor's low-stock list."""

from __future__ import annotations

from typing import NamedTuple

from inventory_common.items import Item
from inventory_common.stored_types import is_exact_integer
from inventory_common.timestamps import is_stored_moment

from .reconciliation import FigureDifference
from .stored_items import read_balance

__all__ = ["Threshold", "bound_of", "compare_bound", "malformed_bound"]


class Threshold(NamedTuple):
    """The highest threshold of a vendor's SKUs, and a SKU that has it."""

    units: int
    sku: str


def bound_of(item: Item | None) -> int | None:
    """Return the bound of an item; None if there is none, or it is no integer."""
    bound = None if item is None else read_balance(item).get("bound")
    return bound if type(bound) is int else None


def malformed_bound(item: Item) -> list[str]:
    """Return the attributes of a bound that the stock service could not have written."""
    bound = read_balance(item)
    checks = {"bound": is_exact_integer, "lowering_to": is_exact_integer, "lowering_at": is_stored_moment}
    return [
        name
        for name, is_well_formed in checks.items()
        if (name in bound or name == "bound") and not is_well_formed(bound.get(name))
    ]


def compare_bound(vendor_id: str, bound: int | None, threshold: Threshold) -> list[FigureDifference]:
    """Compare a vendor's bound with the highest threshold of its SKUs."""
    if bound is not None and bound >= threshold.units:
        return []
    return [FigureDifference(vendor_id, "bound", bound, threshold.sku, threshold.units)]
