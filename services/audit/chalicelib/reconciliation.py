"""Whether log, balance and open orders agree, for every SKU; what does not is told, and nothing is repaired.

The three are read one after another while writers are at work, so a difference counts only if it stands on a
second read, with a version of the SKU that has not changed from its beginning to its end: every change of
the SKU's stock, and of what an order holds of it, changes that version.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from inventory_common.ids import transaction_id
from inventory_common.items import Item
from inventory_common.order_items import ORDER_SORT, PART_SORT, held_units
from inventory_common.timestamps import Clock
from inventory_common.transactions import EFFECTS, TransactionType
from inventory_common.values import value

from .documents import balance_of, read_record
from .findings import FindingLog, LedgerFinding, finding_id
from .log_gateway import InventoryScan, LogGateway

__all__ = ["Difference", "Fold", "Reconciliation", "Report", "compare", "fold"]

_SECOND_READS: Final = 5
_READ_BY_ID_MAX: Final = 1_000
"""Records of a SKU that a reconciliation asks for by their ids, as the index does not show them."""
_NAMED_FINDING: Final = re.compile(r"FIND-[0-9a-f]{32}")


@dataclass(slots=True)
class Fold:
    """What a SKU's log adds up to, in units; `held` is what each order holds."""

    records: int = 0
    current_stock: int = 0
    reserved_stock: int = 0
    held: Counter[str] = field(default_factory=Counter)


@value
class Difference:
    """A figure of a SKU that is not what `source` says: the log, the open orders, its own other figures."""

    sku: str
    figure: str
    balance: Any
    source: str
    expected: int
    finding_id: str = ""


@dataclass(slots=True)
class Report:
    """What a reconciliation found; `undecided` are SKUs that changed during every second read."""

    checked: int = 0
    differences: list[Difference] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    def fields(self) -> dict[str, int]:
        """Return it as fields of a log line."""
        return {
            "checked": self.checked,
            "differences": len(self.differences),
            "undecided": len(self.undecided),
        }


def fold(documents: Iterable[Mapping[str, Any]]) -> Fold:
    """Add up a SKU's records, in their order; it began with nothing.

    An adjustment that names a finding in its notes repairs it: from there on its own figures count.
    """
    folded = Fold()
    for document in documents:
        folded.records += 1
        kind, quantity = document.get("transaction_type"), _whole(document.get("quantity"))
        folded.current_stock += _whole(document.get("quantity_change"))
        effect = EFFECTS[TransactionType(kind)].reserved_stock if kind in EFFECTS else 0
        folded.reserved_stock += effect * quantity
        folded.held[str(document.get("order_id"))] += effect * quantity
        if kind == TransactionType.MANUAL_ADJUSTMENT and _NAMED_FINDING.search(str(document.get("notes"))):
            folded.current_stock = _whole(document.get("stock_after"))
    folded.held = +folded.held
    return folded


def compare(balance: Mapping[str, Any], log: Fold, order_units: int) -> list[Difference]:
    """Compare a SKU with its log and with the units that open orders hold of it."""
    current, reserved = _whole(balance.get("current_stock")), _whole(balance.get("reserved_stock"))
    comparisons = [
        ("sequence", "log", log.records),
        ("current_stock", "log", log.current_stock),
        ("reserved_stock", "log", log.reserved_stock),
        ("reserved_stock", "orders", order_units),
        ("available_stock", "balance", current - reserved),
    ]
    return [
        Difference(str(balance.get("sku")), figure, balance.get(figure), source, expected)
        for figure, source, expected in comparisons
        if type(balance.get(figure)) is not int or balance[figure] != expected
    ]


@value
class Reconciliation:
    """Compares every SKU; `bootstrap` makes it."""

    gateway: LogGateway
    scan: InventoryScan
    findings: FindingLog
    clock: Clock

    def run(self) -> Report:
        """Compare every SKU, and tell the differences that stand."""
        report = Report()
        skus, held = self._first_read()
        for sku in sorted(skus):
            report.checked += 1
            balance = skus[sku]
            if not compare(balance, self._fold(sku, balance), sum(held[sku].values())):
                continue
            self._read_again(sku, held[sku].keys(), report)
        return report

    def _first_read(self) -> tuple[dict[str, dict[str, Any]], Mapping[str, Counter[str]]]:
        skus: dict[str, dict[str, Any]] = {}
        held: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for item in self.scan.items():
            sort = item["sku"]["S"]
            if sort.startswith("SKU-"):
                skus[sort] = _needed(item)
            elif sort == ORDER_SORT or sort.startswith(PART_SORT):
                for sku, units in held_units(item).items():
                    if units:
                        held[sku][item["product_id"]["S"]] += units
        return skus, held

    def _read_again(self, sku: str, orders: Iterable[str], report: Report) -> None:
        known = set(orders)
        for _ in range(_SECOND_READS):
            before = self.gateway.sku_item(sku)
            if before is None:
                return  # the stream auditor tells of SKUs that were removed
            balance = balance_of(before)
            log = self._fold(sku, balance)
            known |= log.held.keys()
            units = sum(self.scan.held_by(order_id, sku) for order_id in sorted(known))
            after = self.gateway.sku_item(sku)
            if after is not None and balance_of(after).get("version") == balance.get("version"):
                differences = compare(balance, log, units)
                if differences:
                    self._tell(sku, balance, differences, report)
                return
        report.undecided.append(sku)

    def _tell(
        self, sku: str, balance: Mapping[str, Any], differences: list[Difference], report: Report
    ) -> None:
        # Of this version once, however many days it stands.
        named = finding_id("reconciliation", sku, str(balance.get("version")))
        found = [replace(each, finding_id=named) for each in differences]
        report.differences += found
        self.findings.tell(
            LedgerFinding(
                finding_id=named,
                kind="reconciliation",
                occurred_at=str(balance.get("last_updated") or self.clock()),
                vendor_id=balance.get("vendor_id"),
                product_id=balance.get("product_id"),
                sku=sku,
                differences=[
                    {
                        "transaction_id": None,
                        "kind": f"{each.figure} ({each.source})",
                        "expected": each.expected,
                        "found": each.balance,
                    }
                    for each in found
                ],
            )
        )

    def _fold(self, sku: str, balance: Mapping[str, Any]) -> Fold:
        """Fold a log up to the SKU's own sequence; what the index does not show is read by its id."""
        due = _whole(balance.get("sequence"))
        shown: dict[int, dict[str, Any]] = {}
        for item in self.gateway.walk_sku(sku):
            document = read_record(item).document
            sequence = document.get("sequence")
            if type(sequence) is int and sequence <= due:
                shown[sequence] = document
        missing = (sequence for sequence in range(due, 0, -1) if sequence not in shown)
        # No more than an index can be behind: if they are missing in earnest, some are enough to tell.
        for sequence in islice(missing, _READ_BY_ID_MAX):
            for item in self.gateway.items_of_id(transaction_id(sku, sequence))[:1]:
                shown[sequence] = read_record(item).document
        return fold(shown[sequence] for sequence in sorted(shown))


def _needed(item: Item) -> dict[str, Any]:
    """Return what is compared: an inventory of many SKUs is kept in memory."""
    balance = balance_of(item)
    names = ("sku", "sequence", "current_stock", "reserved_stock", "available_stock")
    return {name: balance.get(name) for name in names}


def _whole(value: Any) -> int:
    return value if type(value) is int else 0
