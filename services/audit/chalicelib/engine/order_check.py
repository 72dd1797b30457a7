"""Checks that the stock service itself has written every order, and that its lines are those of the log.

A Scan adds up the lines of all orders by SKU, and a SKU's log is added up in the same way: only where the
sums differ are orders compared one by one.  As orders change meanwhile, a difference counts if it is found
again while the SKU does not change: every change of an order's line changes its SKU.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from inventory_common.items import Item
from inventory_common.ledger_keys import PublishedKeys
from inventory_common.order_fold import LineFold
from inventory_common.order_items import ORDER_SORT, PART_SORT
from inventory_common.seals import has_genuine_seal
from inventory_common.values import value

from ..domain.order_proofs import LineSums, compare_line, line_of, lines_in_log, lines_of
from ..domain.reconciliation import ReconciliationReport
from ..domain.stored_items import read_balance
from ..storage.inventory_stores import InventoryScan, OrderStore, SkuStore
from .check_findings import CheckFindings

__all__ = ["OrderCheck", "OrdersSeen"]

_READS_MAX: Final = 5
"""Reads of a SKU and its orders while they change, before the check leaves the SKU undecided."""

RecordsOf = Callable[[Mapping[str, Any]], list[dict[str, Any]]]
"""Returns all records of a live SKU, oldest first."""


@dataclass(slots=True)
class OrdersSeen:
    """What one run has seen: sums of the orders' lines, items without a genuine seal, SKUs that differ.

    `unsealed` has the sort keys of the items by order: also those of parts that the order does not name.
    """

    sums: LineSums = field(default_factory=lambda: LineSums(secrets.token_bytes(32)))
    unsealed: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    differing: dict[str, dict[str, LineFold]] = field(default_factory=dict)


@value
class OrderCheck:
    """Compares orders with the log; `bootstrap` makes it."""

    skus: SkuStore
    orders: OrderStore
    inventory: InventoryScan
    keys: PublishedKeys
    findings: CheckFindings

    def see(self, item: Item, seen: OrdersSeen) -> None:
        """Take an order, or a part of one, of the Scan into account."""
        order_id = item["product_id"]["S"]
        if not has_genuine_seal(item, self.keys.all().get):
            seen.unsealed[order_id].add(item["sku"]["S"])
        for sku, line in lines_of(item):
            seen.sums.add(order_id, sku, line)

    def compare(self, sku: str, records: Iterable[Mapping[str, Any]], seen: OrdersSeen) -> None:
        """Compare the orders of a SKU with its records, which were read after the Scan."""
        lines = lines_in_log(records)
        if not seen.sums.equals(sku, lines):
            seen.differing[sku] = lines

    def finish(self, seen: OrdersSeen, records_of: RecordsOf, report: ReconciliationReport) -> None:
        """Report the orders without a genuine seal, and those whose lines are not those of the log."""
        for order_id in sorted(seen.unsealed):
            self._check_seals(order_id, sorted(seen.unsealed[order_id]), report)
        if seen.differing:
            for sku, order_ids in sorted(self._suspects(seen.differing).items()):
                self._read_again(sku, order_ids, records_of, report)

    def _check_seals(self, order_id: str, sort_keys: Iterable[str], report: ReconciliationReport) -> None:
        """Read items of an order again, and report those that still have no genuine seal."""
        again = (self.orders.item(order_id, sort_key) for sort_key in sort_keys)
        keys = self.keys.all()
        unsealed = [item for item in again if item is not None and not has_genuine_seal(item, keys.get)]
        report.differences += self.findings.orders_without_seal(
            unsealed, str([item.get("version") for item in unsealed])
        )

    def _suspects(self, differing: Mapping[str, Mapping[str, LineFold]]) -> dict[str, set[str]]:
        """Return the orders that differ from the log of one of these SKUs, by SKU, from another Scan."""
        left = {sku: dict(lines) for sku, lines in differing.items()}
        suspects: dict[str, set[str]] = {sku: set() for sku in differing}
        for item in self.inventory.items():
            sort_key = item["sku"]["S"]
            if sort_key != ORDER_SORT and not sort_key.startswith(PART_SORT):
                continue
            order_id = item["product_id"]["S"]
            for sku, line in lines_of(item):
                if sku in left and left[sku].pop(order_id, None) != line:
                    suspects[sku].add(order_id)
        for sku, without_order in left.items():
            suspects[sku] |= without_order.keys()
        return suspects

    def _read_again(
        self, sku: str, order_ids: Iterable[str], records_of: RecordsOf, report: ReconciliationReport
    ) -> None:
        """Compare orders with the log of a SKU that does not change meanwhile."""
        suspects = sorted(order_ids)
        for _ in range(_READS_MAX):
            before = self.skus.sku_item(sku)
            if before is None or not suspects:
                return  # removed SKUs are reported as such
            balance = read_balance(before)
            in_log = lines_in_log(records_of(balance))
            found = {
                order_id: compare_line(
                    order_id, sku, in_log.get(order_id, LineFold()), line_of(self.orders.items(order_id), sku)
                )
                for order_id in suspects
            }
            after = self.skus.sku_item(sku)
            if after is not None and read_balance(after).get("sequence") == balance.get("sequence"):
                for differences in filter(None, found.values()):
                    of = {name: balance.get(name) for name in ("sku", "product_id", "vendor_id")}
                    report.differences += self.findings.differences("order_differs", of, differences)
                return
        report.undecided.append(sku)
