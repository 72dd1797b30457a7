"""What a SKU's log adds up to, and where log, balance and open orders differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inventory_common.barcode_lookups import barcode_partition
from inventory_common.ids import is_id
from inventory_common.ledger import Difference
from inventory_common.transactions import RULES, TransactionType
from inventory_common.values import value

__all__ = [
    "FigureDifference",
    "LogTotals",
    "ReconciliationReport",
    "compare",
    "compare_lookups",
    "integer",
    "lookups_of",
    "totals_of",
]


@dataclass(slots=True)
class LogTotals:
    """The sum of a SKU's records, in units; `held` has the units that each order holds."""

    records: int = 0
    current_stock: int = 0
    reserved_stock: int = 0
    held: Counter[str] = field(default_factory=Counter)


@value
class FigureDifference:
    """A figure of a SKU's balance that differs from what `source` says it should be.

    `source` is the log, the open orders, or the balance's own other figures; or the lookup items of a SKU,
    whose figure is its barcode's partition.  It is the product for a SKU's vendor and its product's
    existence.  The `sku` is an order for its place in the due index, and a vendor for a low-stock bound,
    whose source is a SKU with a higher threshold.
    """

    sku: str
    figure: str
    balance: Any
    source: str
    expected: int | str | None
    finding_id: str = ""

    def difference(self) -> Difference:
        """Return it as a difference of a finding, which names what is no SKU: a finding has no order's id."""
        subject = "" if is_id("sku", self.sku) else f"{self.sku} "
        return Difference(None, f"{subject}{self.figure} ({self.source})", self.expected, self.balance)


@dataclass(slots=True)
class ReconciliationReport:
    """The result of a reconciliation.

    `undecided` are SKUs, orders and vendors that changed during every second read, `malformed` the ids of
    items that no service could have written.
    """

    checked: int = 0
    differences: list[FigureDifference] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)

    def fields(self) -> dict[str, int]:
        """Return it as fields of a log line."""
        return {
            "checked": self.checked,
            "differences": len(self.differences),
            "undecided": len(self.undecided),
            "malformed": len(self.malformed),
        }

    @property
    def is_clean(self) -> bool:
        """Whether everything agrees, and could be read."""
        return not (self.differences or self.undecided or self.malformed)

    def lines(self) -> Iterator[str]:
        """Yield a table of the differences, a summary, and what was not compared, for people."""
        if self.differences:
            head = ("SKU", "figure", "balance", "expected", "by", "finding")
            yield from _table([head, *map(_row, self.differences)])
        yield (
            f"{self.checked} SKUs checked: {len(self.differences)} differences"
            f", {len(self.undecided)} undecided as they kept changing."
        )
        for sku in self.undecided:
            yield f"  {sku}"
        for order_id in self.malformed:
            yield f"{order_id} is stored in a form that cannot be read; GET /findings has the details."


def _row(difference: FigureDifference) -> tuple[str, ...]:
    return (
        difference.sku,
        difference.figure,
        str(difference.balance),
        str(difference.expected),
        difference.source,
        difference.finding_id,
    )


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines with aligned columns; the first row is the header."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def totals_of(
    documents: Iterable[Mapping[str, Any]],
    is_repair: Callable[[Mapping[str, Any]], bool] = lambda document: False,
) -> LogTotals:
    """Add up a SKU's records in their order, from a stock of 0.

    A record that `is_repair` repairs the stock: the totals continue from its `stock_after`.
    """
    totals = LogTotals()
    for document in documents:
        transaction_type, quantity = document.get("transaction_type"), integer(document.get("quantity"))
        reserved = _reserved_per_unit(transaction_type) * quantity
        totals.records += 1
        totals.current_stock += integer(document.get("quantity_change"))
        totals.reserved_stock += reserved
        totals.held[str(document.get("order_id"))] += reserved
        if is_repair(document):
            totals.current_stock = integer(document.get("stock_after"))
    totals.held = +totals.held
    return totals


def compare(balance: Mapping[str, Any], log: LogTotals, order_units: int) -> list[FigureDifference]:
    """Compare a SKU's balance with its log and with the units that open orders hold of it."""
    current, reserved = integer(balance.get("current_stock")), integer(balance.get("reserved_stock"))
    comparisons = [
        ("sequence", "log", log.records),
        ("current_stock", "log", log.current_stock),
        ("reserved_stock", "log", log.reserved_stock),
        ("reserved_stock", "orders", order_units),
        ("available_stock", "balance", current - reserved),
    ]
    return [
        FigureDifference(str(balance.get("sku")), figure, balance.get(figure), source, expected)
        for figure, source, expected in comparisons
        if type(balance.get(figure)) is not int or balance[figure] != expected
    ]


def lookups_of(balance: Mapping[str, Any]) -> frozenset[str]:
    """Return the partitions in which a SKU should have a lookup item: that of its barcode, if it has one."""
    barcode = balance.get("barcode")
    return frozenset(
        () if barcode is None else (barcode_partition(str(balance.get("vendor_id")), str(barcode)),)
    )


def compare_lookups(sku: str, balance: Mapping[str, Any], found: Collection[str]) -> list[FigureDifference]:
    """Compare the barcode of a SKU, which is {} if it does not exist, with its lookup items' partitions."""
    expected = lookups_of(balance)
    missing = [FigureDifference(sku, "barcode", each, "lookup", None) for each in sorted(expected - {*found})]
    return missing + [
        FigureDifference(sku, "barcode", None, "lookup", each) for each in sorted({*found} - expected)
    ]


def integer(value: Any) -> int:
    """Return a stored figure, 0 if it is not an integer."""
    return value if type(value) is int else 0


def _reserved_per_unit(transaction_type: Any) -> int:
    """Return what one unit adds to the reserved stock, 0 for an unknown type."""
    if not isinstance(transaction_type, str) or transaction_type not in RULES:
        return 0
    return RULES[TransactionType(transaction_type)].effect.reserved_stock
