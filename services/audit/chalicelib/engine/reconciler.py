"""Compares log, balance, open orders and lookup items of every SKU; it reports differences, repairs nothing.

They are read one after another while the services write, so a difference counts only if a second read
finds it too, with one version of the SKU from beginning to end: every change of the SKU's stock, and of the
units that an order holds of it, changes that version.

The same read of the table serves further checks, each in a module of its own: of owners and products
(`owner_check`), orders as the log has them (`order_check`), the index of due orders (`due_check`), and
low-stock bounds (`bound_check`).  Items that no
service could have written are reported, and stop no check.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from inventory_common.barcode_lookups import LOOKUP_SORT_PREFIX
from inventory_common.bound_items import BOUND_SORT
from inventory_common.ids import is_id, transaction_id
from inventory_common.items import Item
from inventory_common.order_items import ORDER_SORT, PART_SORT, held_units, malformed_attributes
from inventory_common.schema import STOCK_TRANSACTIONS, VENDOR_INVENTORY
from inventory_common.timestamps import Clock, moment_of, now, plus_seconds, timestamp
from inventory_common.values import value

from ..domain.bounds import Threshold, bound_of, malformed_bound
from ..domain.due_orders import DueSuspects
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
from ..domain.repairs import is_repair
from ..domain.stored_items import StoredRecord, malformed_record, malformed_sku, read_balance, read_record
from ..storage.inventory_stores import InventoryScan, OrderStore, SkuStore
from ..storage.log_store import LogStore
from .bound_check import BoundCheck
from .check_findings import CheckFindings
from .due_check import DueCheck
from .findings_log import FindingsLog
from .order_check import OrderCheck, OrdersSeen
from .owner_check import OwnerCheck

__all__ = ["Reconciler"]

_SECOND_READS_MAX: Final = 5
"""Reads of a SKU whose version changes meanwhile, before the reconciliation leaves it undecided."""
_SETTLED_SECONDS: Final = 60
"""The age from which on a change is in the table: no command takes longer than 29 seconds."""
_NEVER: Final = ""
_READS_BY_ID_MAX: Final = 1_000
"""Records of a SKU that a reconciliation reads by their ids, because the index does not show them."""


@dataclass(slots=True)
class _FirstRead:
    """What the Scan of VendorInventory has found.

    Attributes
    ----------
    balances
        What is compared of every SKU.
    held
        What each order holds of each SKU.
    lookups
        The partitions of each SKU's lookup items.
    suspects
        Orders that the index of due orders may not list as it should.
    bounds, thresholds
        Each vendor's low-stock bound, and the highest threshold of its SKUs.
    orders
        What is compared of orders with the log.
    malformed_skus
        What cannot be read of SKUs.
    """

    balances: dict[str, dict[str, Any]] = field(default_factory=dict)
    held: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lookups: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    suspects: DueSuspects = field(default_factory=DueSuspects)
    bounds: dict[str, int | None] = field(default_factory=dict)
    thresholds: dict[str, Threshold] = field(default_factory=dict)
    orders: OrdersSeen = field(default_factory=OrdersSeen)
    malformed_skus: dict[str, str] = field(default_factory=dict)


@value
class _Log:
    """The records of a SKU up to its own sequence, oldest first, and how many there are beyond it.

    Nothing that the services do leaves some beyond it: tables that were restored to one second may.
    """

    records: list[StoredRecord]
    beyond: int

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The records as the API serves them."""
        return [record.document for record in self.records]


@value
class Reconciler:
    """Reconciles every SKU; `bootstrap` makes it."""

    log: LogStore
    skus: SkuStore
    orders: OrderStore
    inventory: InventoryScan
    findings: FindingsLog
    reported: CheckFindings
    owners: OwnerCheck
    due: DueCheck
    bounds: BoundCheck
    order_check: OrderCheck
    clock: Clock = now

    def run(self) -> ReconciliationReport:
        """Compare every SKU, and report the differences that a second read confirms.

        A SKU has a lookup item for its barcode, and no other.  An item that cannot be read is a finding;
        what can be read of it counts.
        """
        report = ReconciliationReport()
        settled_at = plus_seconds(self.clock(), -_SETTLED_SECONDS)
        first = self._first_read(report)
        balances, held, lookups = first.balances, first.held, first.lookups
        product_ids = {str(balance.get("product_id")) for balance in balances.values()}
        products = self.owners.owners(product_ids, report)
        for sku in sorted(balances):
            report.checked += 1
            balance = balances[sku]
            log = self._checked_log(sku, balance, settled_at, report)
            records = log.documents
            differs = bool(compare(balance, self._totals(log), held[sku].total()))
            is_reported = differs and self._read_again(sku, held[sku].keys(), settled_at, report)
            if sku in first.malformed_skus and not is_reported:
                key = (str(balance.get("product_id")), sku)
                self._report_malformed(key, [first.malformed_skus[sku]], sku, report)
            product = products.get(str(balance.get("product_id")))
            self.owners.check(balance, records, product, self._records, report)
            self.order_check.compare(sku, records, first.orders)
        for sku in sorted(held.keys() - balances.keys()):
            if held[sku].total():
                self._read_missing_again(sku, held[sku], report)
        for sku in sorted(balances.keys() | lookups.keys()):
            if lookups[sku] != balances.get(sku, {}).get("lookups", frozenset()):
                self._read_lookups_again(sku, lookups[sku], report)
        self.order_check.finish(first.orders, self._records, report)
        self.due.check(first.suspects.order_ids, report)
        self.bounds.check(first.bounds, first.thresholds, report)
        return report

    def _first_read(self, report: ReconciliationReport) -> _FirstRead:
        """Read the table, and report the items that cannot be read, apart from SKUs."""
        first = _FirstRead()
        created_at: dict[str, Any] = {}  # of the last order, whose parts follow it in a Scan
        for item in self.inventory.items():
            partition, sort_key = item["product_id"]["S"], item["sku"]["S"]
            if sort_key.startswith("SKU-"):
                if malformed := self._add_sku(item, first):
                    self._report_malformed((partition, sort_key), malformed, sort_key, report)
            elif sort_key.startswith(LOOKUP_SORT_PREFIX):
                if is_id("sku", sku := sort_key.removeprefix("#")):
                    first.lookups[sku].add(partition)
                else:
                    self._report_malformed((partition, sort_key), ["sku"], sort_key, report)
            elif sort_key == BOUND_SORT:
                first.bounds[partition] = bound_of(item)
                malformed = malformed_bound(item) if is_id("vendor_id", partition) else ["product_id"]
                if malformed:
                    self._report_malformed((partition, sort_key), malformed, partition, report)
            elif sort_key == ORDER_SORT or sort_key.startswith(PART_SORT):
                self.order_check.see(item, first.orders)
                if sort_key == ORDER_SORT:
                    created_at = {partition: item.get("created_at", {}).get("S")}
                for sku, units in held_units(item).units.items():
                    if units and is_id("sku", sku):
                        first.held[sku][partition] += units
                if malformed := malformed_attributes(item):
                    # The time is part of the finding's key, so it must not differ from day to day.
                    occurred_at = _timestamp(created_at.get(partition)) or moment_of(0)
                    self._report_malformed((partition, sort_key), malformed, partition, report, occurred_at)
                else:
                    first.suspects.see(item)
        return first

    def _add_sku(self, item: Item, first: _FirstRead) -> list[str]:
        """Take a SKU into account; one under another key than its own is none, and is malformed."""
        sku = item["sku"]["S"]
        malformed = malformed_sku(item)
        if malformed.is_misplaced:
            return [*malformed.reasons]
        balance = _compared_attributes(item)
        first.balances[sku] = balance
        if malformed.reasons:
            [first.malformed_skus[sku]] = malformed.reasons
        vendor_id, units = balance.get("vendor_id"), item.get("reorder_threshold", {}).get("N", "")
        if isinstance(vendor_id, str) and is_id("vendor_id", vendor_id) and units.isdecimal():
            threshold = Threshold(int(units), sku)
            first.thresholds[vendor_id] = max(threshold, first.thresholds.get(vendor_id, threshold))
        return []

    def _read_missing_again(self, sku: str, held: Counter[str], report: ReconciliationReport) -> None:
        """Read a SKU again of which orders hold units though it does not exist."""
        if self.skus.sku_item(sku) is None:
            units = sum(self.orders.held_units(order_id, sku) for order_id in sorted(held))
            if units:
                difference = FigureDifference(sku, "reserved_stock", None, "orders", units)
                report.differences += self.reported.differences("reconciliation", {"sku": sku}, [difference])

    def _read_again(
        self, sku: str, order_ids: Iterable[str], settled_at: str, report: ReconciliationReport
    ) -> bool:
        """Read a SKU again until its version does not change meanwhile, and report its differences.

        Returns whether there were some.
        """
        known = set(order_ids)
        for _ in range(_SECOND_READS_MAX):
            before = self.skus.sku_item(sku)
            if before is None:
                return False  # the stream auditor reports removed SKUs
            balance = read_balance(before)
            totals = self._totals(self._stored_log(sku, balance, settled_at))
            known |= totals.held.keys()
            units = sum(self.orders.held_units(order_id, sku) for order_id in sorted(known))
            after = self.skus.sku_item(sku)
            if after is not None and read_balance(after).get("version") == balance.get("version"):
                differences = compare(balance, totals, units)
                if differences:
                    report.differences += self._reported(sku, balance, differences)
                return bool(differences)
        report.undecided.append(sku)
        return False

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

    def _report_malformed(
        self,
        key: tuple[str, str],
        malformed: list[str],
        subject: str,
        report: ReconciliationReport,
        occurred_at: str | None = None,
    ) -> None:
        """Report an item of VendorInventory that no service could have written."""
        self.reported.malformed(VENDOR_INVENTORY, key, malformed, occurred_at=occurred_at)
        report.malformed.append(subject)

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

    def _totals(self, log: _Log) -> LogTotals:
        totals = totals_of(log.documents, lambda record: is_repair(record, self.findings.kept))
        totals.records += log.beyond
        return totals

    def _checked_log(
        self, sku: str, balance: Mapping[str, Any], settled_at: str, report: ReconciliationReport
    ) -> _Log:
        """Return the log of a SKU, and report the records that no service could have written."""
        log = self._stored_log(sku, balance, settled_at)
        for record in log.records:
            if malformed := malformed_record(record):
                key = [str(record.document.get(name)) for name in STOCK_TRANSACTIONS.key]
                self.reported.malformed(STOCK_TRANSACTIONS, key, malformed)
                report.malformed.append(key[0])
        return log

    def _records(self, balance: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the records of a live SKU, oldest first."""
        return self._stored_log(str(balance.get("sku")), balance, _NEVER).documents

    def _stored_log(self, sku: str, balance: Mapping[str, Any], settled_at: str) -> _Log:
        """Read a log up to the SKU's own sequence; records that the index lacks are read by their ids.

        Records beyond it count if they are older than `settled_at`: later ones are those of commands that
        were executed after the SKU had been read.
        """
        length = integer(balance.get("sequence"))
        records: dict[int, StoredRecord] = {}
        beyond: set[int] = set()
        for item in self.log.all_items_of_sku(sku):
            record = read_record(item)
            sequence = record.document.get("sequence")
            if type(sequence) is not int:
                continue
            if sequence <= length:
                records[sequence] = record
            elif str(record.document.get("timestamp")) < settled_at:
                beyond.add(sequence)
        missing = (sequence for sequence in range(length, 0, -1) if sequence not in records)
        # An index never lags this far behind: of more records, some are missing in the table too.
        for sequence in islice(missing, _READS_BY_ID_MAX):
            for item in self.log.items_of_id(transaction_id(sku, sequence))[:1]:
                records[sequence] = read_record(item)
        return _Log([records[sequence] for sequence in sorted(records)], len(beyond))


def _compared_attributes(item: Item) -> dict[str, Any]:
    """Return only what is compared, as the balances of all SKUs are kept in memory."""
    balance = read_balance(item)
    names = (
        "product_id",
        "sku",
        "vendor_id",
        "sequence",
        "current_stock",
        "reserved_stock",
        "available_stock",
    )
    compared = {name: balance.get(name) for name in names}
    lookups = lookups_of(balance)
    return {**compared, "lookups": lookups} if lookups else compared


def _timestamp(stored: Any) -> str | None:
    """Return a stored time, None if it is not one."""
    try:
        return stored if isinstance(stored, str) and timestamp(stored) == stored else None
    except ValueError:
        return None
