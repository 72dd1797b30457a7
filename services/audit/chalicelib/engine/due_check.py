"""Checks that the index of due orders lists every order that holds units, when it is due."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from inventory_common.items import Item
from inventory_common.values import value

from ..domain.due_orders import compare_due
from ..domain.reconciliation import ReconciliationReport
from ..storage.inventory_stores import OrderStore
from .check_findings import CheckFindings

__all__ = ["DueCheck"]

_READS_MAX: Final = 5
"""Reads of an order that changes meanwhile, before the check leaves it undecided."""


@value
class DueCheck:
    """Reads orders again that a Scan made suspects; `bootstrap` makes it."""

    orders: OrderStore
    findings: CheckFindings

    def check(self, order_ids: Iterable[str], report: ReconciliationReport) -> None:
        """Report the orders that the index does not list as it should."""
        for order_id in sorted(order_ids):
            self._check_one(order_id, report)

    def _check_one(self, order_id: str, report: ReconciliationReport) -> None:
        for _ in range(_READS_MAX):
            items = self.orders.items(order_id)
            version = _version_of(items)
            if version == _version_of(self.orders.items(order_id)):
                if differences := compare_due(order_id, items):
                    found = self.findings.of_order("order_not_due", differences, version)
                    report.differences += found
                return
        report.undecided.append(order_id)


def _version_of(items: list[Item]) -> str:
    """Return what changes with every change of an order: the version of its own item, and its time."""
    return "" if not items else str([items[0].get(name) for name in ("sku", "version", "created_at")])
