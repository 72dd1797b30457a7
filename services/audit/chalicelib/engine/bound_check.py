"""Checks that no vendor's low-stock bound is below the threshold of one of its SKUs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from inventory_common.values import value

from ..domain.bounds import Threshold, bound_of, compare_bound
from ..domain.reconciliation import ReconciliationReport
from ..domain.stored_items import read_balance
from ..storage.inventory_stores import SkuStore
from .check_findings import CheckFindings

__all__ = ["BoundCheck"]

_READS_MAX: Final = 5
"""Reads of a SKU that changes meanwhile, before the check leaves its vendor undecided."""


@value
class BoundCheck:
    """Compares bounds and thresholds; nothing is raised here, the stock service does that once a day."""

    skus: SkuStore
    findings: CheckFindings

    def check(
        self,
        bounds: Mapping[str, int | None],
        thresholds: Mapping[str, Threshold],
        report: ReconciliationReport,
    ) -> None:
        """Report the bounds that are too low or missing, by vendor."""
        for vendor_id, threshold in sorted(thresholds.items()):
            if compare_bound(vendor_id, bounds.get(vendor_id), threshold):
                self._read_again(vendor_id, threshold.sku, report)

    def _read_again(self, vendor_id: str, sku: str, report: ReconciliationReport) -> None:
        """Read SKU, bound and SKU again: a bound is raised before the SKU is written that needs it."""
        for _ in range(_READS_MAX):
            before = read_balance(self.skus.sku_item(sku) or {})
            bound = bound_of(self.skus.bound_item(vendor_id))
            after = read_balance(self.skus.sku_item(sku) or {})
            units, owner = after.get("reorder_threshold"), after.get("vendor_id")
            if (before.get("reorder_threshold"), before.get("vendor_id")) != (units, owner):
                continue
            if type(units) is int and owner == vendor_id:
                differences = compare_bound(vendor_id, bound, Threshold(units, sku))
                if differences:
                    found = self.findings.differences("low_stock_bound", after, differences)
                    report.differences += found
            return
        report.undecided.append(vendor_id)
