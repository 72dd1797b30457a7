"""Compares log, balance, open orders and lookup items of every SKU; it reports differences, repairs nothing.

They are read one after another while the services write, so a difference counts only if a second read
finds it too, with one version of the SKU from beginning to end: every change of the SKU's stock, and of the
units that an order holds of it, changes that version.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from inventory_common.barcode_lookups import LOOKUP_SORT_PREFIX
from inventory_common.ids import is_id, transaction_id
from inventory_common.items import Item
from inventory_common.ledger import Difference
from inventory_common.order_items import ORDER_SORT, PART_SORT, held_units
from inventory_common.timestamps import moment_of, timestamp
from inventory_common.values import value

from ..domain.findings import Finding, finding_id, id_in
from ..domain.reconciliation import (
    FigureDifference,
    LogTotals,
    ReconciliationReport,
    compare,
    compare_lookups,
    integer,
    lookups_of,
    totals_of,
)
from ..domain.stored_items import read_balance, read_record
from ..storage.inventory_stores import InventoryScan, OrderStore, SkuStore
from ..storage.log_store import LogStore
from .findings_log import FindingsLog

__all__ = ["Reconciler"]

_SECOND_READS_MAX: Final = 5
"""Reads of a SKU whose version changes meanwhile, before the reconciliation leaves it undecided."""
_READS_BY_ID_MAX: Final = 1_000
"""Records of a SKU that a reconciliation reads by their ids, because the index does not show them."""


@value
class Reconciler:
    """Reconciles every SKU; `bootstrap` makes it."""

    log: LogStore
    skus: SkuStore
    orders: OrderStore
    inventory: InventoryScan
    findings: FindingsLog

    def run(self) -> ReconciliationReport:
        """Compare every SKU, and report the differences that a second read confirms.

        A SKU has a lookup item for its barcode, and no other.  An order, or a part of one, that cannot be
        read is a finding; its readable lines count.
        """
        report = ReconciliationReport()
        balances, held, lookups = self._first_read(report)
        for sku in sorted(balances):
            report.checked += 1
            balance = balances[sku]
            if compare(balance, self._totals(sku, balance), held[sku].total()):
                self._read_again(sku, held[sku].keys(), report)
        for sku in sorted(balances.keys() | lookups.keys()):
            if lookups[sku] != balances.get(sku, {}).get("lookups", frozenset()):
                self._read_lookups_again(sku, lookups[sku], report)
        return report

    def _first_read(
        self, report: ReconciliationReport
    ) -> tuple[dict[str, dict[str, Any]], Mapping[str, Counter[str]], Mapping[str, set[str]]]:
        """Return every SKU's balance, what each order holds of it, and its lookup items' partitions."""
        balances: dict[str, dict[str, Any]] = {}
        held: defaultdict[str, Counter[str]] = defaultdict(Counter)
        lookups: defaultdict[str, set[str]] = defaultdict(set)
        created_at: dict[str, Any] = {}  # of the last order, whose parts follow it in a Scan
        for item in self.inventory.items():
            sort_key = item["sku"]["S"]
            if sort_key.startswith("SKU-"):
                balances[sort_key] = _compared_attributes(item)
            elif sort_key.startswith(LOOKUP_SORT_PREFIX):
                if is_id("sku", sku := sort_key.removeprefix("#")):
                    lookups[sku].add(item["product_id"]["S"])
            elif sort_key == ORDER_SORT or sort_key.startswith(PART_SORT):
                order_id, in_item = item["product_id"]["S"], held_units(item)
                if sort_key == ORDER_SORT:
                    created_at = {order_id: item.get("created_at", {}).get("S")}
                for sku, units in in_item.units.items():
                    if units:
                        held[sku][order_id] += units
                if in_item.malformed:
                    self._report_order(order_id, sort_key, in_item.malformed, created_at.get(order_id))
                    report.malformed.append(order_id)
        return balances, held, lookups

    def _read_again(self, sku: str, order_ids: Iterable[str], report: ReconciliationReport) -> None:
        """Read a SKU again until its version does not change meanwhile, and report its differences."""
        known = set(order_ids)
        for _ in range(_SECOND_READS_MAX):
            before = self.skus.sku_item(sku)
            if before is None:
                return  # the stream auditor reports removed SKUs
            balance = read_balance(before)
            totals = self._totals(sku, balance)
            known |= totals.held.keys()
            units = sum(self.orders.held_units(order_id, sku) for order_id in sorted(known))
            after = self.skus.sku_item(sku)
            if after is not None and read_balance(after).get("version") == balance.get("version"):
                if differences := compare(balance, totals, units):
                    report.differences += self._reported(sku, balance, differences)
                return
        report.undecided.append(sku)

    def _read_lookups_again(self, sku: str, partitions: Iterable[str], report: ReconciliationReport) -> None:
        """Read the lookup items of a SKU again until its details do not change meanwhile."""
        known = set(partitions)
        for _ in range(_SECOND_READS_MAX):
            balance = read_balance(self.skus.sku_item(sku) or {})
            known |= lookups_of(balance)
            found = [partition for partition in sorted(known) if self.skus.has_lookup(partition, sku)]
            after = read_balance(self.skus.sku_item(sku) or {})
            if (after.get("details_version"), lookups_of(after)) == (
                balance.get("details_version"),
                lookups_of(balance),
            ):
                if differences := compare_lookups(sku, balance, found):
                    report.differences += self._reported(sku, balance, differences)
                return
        report.undecided.append(sku)

    def _report_order(
        self, order_id: str, sort_key: str, malformed: list[str], created_at: str | None
    ) -> None:
        """Report an item of an order that cannot be read; the damage and its place identify the finding."""
        expected = "an order as the stock service writes it"
        self.findings.report(
            Finding(
                finding_id=finding_id("malformed_item", order_id, sort_key, *malformed),
                kind="malformed_item",
                # Part of the finding's key, so it must not differ from day to day.
                occurred_at=_timestamp(created_at) or moment_of(0),
                vendor_id=None,
                differences=[
                    Difference(None, f"{order_id} {sort_key}", expected, each) for each in malformed
                ],
            )
        )

    def _reported(
        self, sku: str, balance: Mapping[str, Any], differences: list[FigureDifference]
    ) -> list[FigureDifference]:
        """Report the differences of a SKU as a finding, and return them with its id."""
        # The version is part of the id: a difference that persists for days is reported once.  Lookup items
        # have no version.
        lookups = [f"{each.balance} {each.expected}" for each in differences if each.source == "lookup"]
        named = finding_id("reconciliation", sku, str(balance.get("version")), *lookups)
        self.findings.report(
            Finding(
                finding_id=named,
                kind="reconciliation",
                occurred_at=_timestamp(balance.get("last_updated")) or moment_of(0),
                vendor_id=id_in(balance, "vendor_id"),
                product_id=id_in(balance, "product_id"),
                sku=sku,
                differences=[each.difference() for each in differences],
            )
        )
        return [replace(each, finding_id=named) for each in differences]

    def _totals(self, sku: str, balance: Mapping[str, Any]) -> LogTotals:
        """Add up a log up to the SKU's own sequence; records that the index lacks are read by their ids."""
        length = integer(balance.get("sequence"))
        documents: dict[int, dict[str, Any]] = {}
        for item in self.log.all_items_of_sku(sku):
            document = read_record(item).document
            sequence = document.get("sequence")
            if type(sequence) is int and sequence <= length:
                documents[sequence] = document
        missing = (sequence for sequence in range(length, 0, -1) if sequence not in documents)
        # An index never lags this far behind: of more records, some are missing in the table too.
        for sequence in islice(missing, _READS_BY_ID_MAX):
            for item in self.log.items_of_id(transaction_id(sku, sequence))[:1]:
                documents[sequence] = read_record(item).document
        return totals_of(documents[sequence] for sequence in sorted(documents))


def _compared_attributes(item: Item) -> dict[str, Any]:
    """Return only what is compared, as the balances of all SKUs are kept in memory."""
    balance = read_balance(item)
    names = ("sku", "sequence", "current_stock", "reserved_stock", "available_stock")
    compared = {name: balance.get(name) for name in names}
    lookups = lookups_of(balance)
    return {**compared, "lookups": lookups} if lookups else compared


def _timestamp(stored: Any) -> str | None:
    """Return a stored time, None if it is not one."""
    try:
        return stored if isinstance(stored, str) and timestamp(stored) == stored else None
    except ValueError:
        return None
