"""Orders compared with the log: the records of a SKU say what each order has of it.

The comparison is with the SKUs' logs, never with what an order says of its own records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from inventory_common.items import Item, from_item
from inventory_common.order_fold import LineFold, Units

from .reconciliation import FigureDifference

__all__ = [
    "LineSums",
    "compare_line",
    "compare_versions",
    "line_of",
    "lines_in_log",
    "lines_of",
    "without_seal",
]


def lines_in_log(records: Iterable[Mapping[str, Any]]) -> dict[str, LineFold]:
    """Return what each order has of a SKU by the SKU's records, without orders whose place was undone."""
    lines: dict[str, LineFold] = {}
    for record in records:
        order_id = record.get("order_id")
        if isinstance(order_id, str):
            lines[order_id] = lines.get(order_id, LineFold()).after(record)
    return {order_id: line for order_id, line in lines.items() if line.units.placed}


def lines_of(item: Item) -> Iterator[tuple[str, LineFold]]:
    """Yield the readable lines of an order, or of a part of one, by SKU, without those that place nothing."""
    for sku, stored in item.get("lines", {}).get("M", {}).items():
        line = _line(stored.get("M", {}))
        if line is not None and line.units.placed:
            yield sku, line


def line_of(items: Iterable[Item], sku: str) -> LineFold:
    """Return what an order has of a SKU, by its own item and its parts."""
    for item in items:
        for each, line in lines_of(item):
            if each == sku:
                return line
    return LineFold()


def compare_line(order_id: str, sku: str, in_log: LineFold, stored: LineFold) -> list[FigureDifference]:
    """Compare an order's line with the log."""
    figures = {
        **{name: (getattr(in_log.units, name), getattr(stored.units, name)) for name in Units._fields},
        "records": (in_log.steps, stored.steps),
        "last_record": (in_log.last_record, stored.last_record),
    }
    return [
        FigureDifference(order_id, f"{sku} {name}", found, "log", expected)
        for name, (expected, found) in figures.items()
        if expected != found
    ]


def without_seal(item: Item) -> FigureDifference:
    """Return the difference of an order, or of a part of one, that has no genuine seal."""
    return FigureDifference(
        item["product_id"]["S"], "seal", item["sku"]["S"], "ledger keys", "a genuine seal"
    )


def compare_versions(before: Item, after: Item) -> list[FigureDifference]:
    """Compare an order, or a part of one, with its former state: each change makes its version higher.

    An order that was placed anew under the id of a former one has a later `created_at`.
    """
    if _age(after) > _age(before):
        return []
    order_id, found = after["product_id"]["S"], f"{after['sku']['S']} {_age(after)[1]}"
    return [FigureDifference(order_id, "version", found, "former version", f"more than {_age(before)[1]}")]


def _age(item: Item) -> tuple[str, int]:
    version = item.get("version", {}).get("N", "")
    return item.get("created_at", {}).get("S", ""), int(version) if version.isdecimal() else 0


class LineSums:
    """What orders have of each SKU, as a sum of keyed hashes: some bytes, however many orders there are.

    Equal sums are equal sets of lines.  The key is drawn for each comparison: nobody can choose lines whose
    sums are equal before it is known.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._sums: defaultdict[str, int] = defaultdict(int)

    def add(self, order_id: str, sku: str, line: LineFold) -> None:
        """Add a line of an order."""
        self._sums[sku] += self._hash(order_id, line)

    def equals(self, sku: str, lines: Mapping[str, LineFold]) -> bool:
        """Return whether the lines that were added of a SKU are these, by order."""
        return self._sums.get(sku, 0) == sum(self._hash(*line) for line in lines.items())

    def _hash(self, order_id: str, line: LineFold) -> int:
        text = f"{order_id} {tuple(line.units)} {line.steps} {line.last_record}"
        return int.from_bytes(blake2b(text.encode(), key=self._key, digest_size=24).digest(), "big")


def _line(stored: Item) -> LineFold | None:
    try:
        figures = from_item(stored)
        units = Units(*(int(figures.get(name, 0)) for name in Units._fields))
        return LineFold(units, int(figures.get("records", 0)), figures.get("last_record"))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None  # reported as malformed
