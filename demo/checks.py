"""The invariants between a SKU, its log and its orders; pure functions of what was read back."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from inventory_client import Order, Sku, TransactionRecord

RESERVES: Final = {"order_placed": +1, "order_confirmed": -1, "order_cancelled": -1}
"""The effect of one unit of a record on the reserved units; other types have none."""


@dataclass(frozen=True)
class Balance:
    """The sum of a SKU's log: units in stock, units reserved, and the number of records."""

    current_stock: int = 0
    reserved_stock: int = 0
    records: int = 0


@dataclass(frozen=True)
class Mismatch:
    """A figure of a SKU that differs from the one that `source` gives."""

    sku: str
    figure: str
    found: int
    source: str
    expected: int

    def __str__(self) -> str:
        """Return it as a sentence."""
        return f"{self.sku}: {self.figure} is {self.found}, but {self.source} {self.expected}"


def fold(records: Iterable[TransactionRecord]) -> Balance:
    """Add up the records of one SKU, in any order, beginning with nothing."""
    current_stock = reserved_stock = 0
    sequences = set()
    for record in records:
        current_stock += record.quantity_change
        reserved_stock += RESERVES.get(record.transaction_type, 0) * record.quantity
        sequences.add(record.sequence)
    return Balance(current_stock, reserved_stock, len(sequences))


def reserved_units(orders: Iterable[Order]) -> Counter[str]:
    """Return the units that orders reserve, by SKU."""
    units: Counter[str] = Counter()
    for order in orders:
        for line in order.lines:
            units[line.sku] += line.reserved
    return units


def check_sku(sku: Sku, log: Balance, order_units: int) -> list[Mismatch]:
    """Compare a SKU with the sum of its log and with the units that orders reserve of it."""
    comparisons = [
        ("sequence", sku.sequence, "the records in its log are", log.records),
        ("current_stock", sku.current_stock, "its log adds up to", log.current_stock),
        ("reserved_stock", sku.reserved_stock, "its log adds up to", log.reserved_stock),
        ("reserved_stock", sku.reserved_stock, "its open orders reserve", order_units),
    ]
    return [
        Mismatch(sku.sku, figure, found, source, expected)
        for figure, found, source, expected in comparisons
        if found != expected
    ]


def check(
    expected_skus: Iterable[str],
    skus: Mapping[str, Sku],
    records: Iterable[TransactionRecord],
    orders: Iterable[Order],
) -> list[Mismatch]:
    """Check every SKU that was expected, found, or named in the log; return all mismatches."""
    log: defaultdict[str, list[TransactionRecord]] = defaultdict(list)
    for record in records:
        log[record.sku].append(record)
    reserved = reserved_units(orders)

    mismatches = []
    for name in sorted({*expected_skus, *skus, *log, *reserved}):
        if name in skus:
            mismatches += check_sku(skus[name], fold(log[name]), reserved[name])
        else:
            mismatches.append(Mismatch(name, "its count in the inventory", 0, "it should be", 1))
    return mismatches
