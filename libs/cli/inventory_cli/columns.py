"""The columns of tables: their headers, what they show, and which of them fit into a width.

Ids, times and numbers are never broken: where the width does not suffice, columns are left out, those of the
highest rank first.  Texts are wrapped between words.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from rich.cells import cell_len

from inventory_imports.cells import cell_of

__all__ = ["GAP_CHARACTERS", "Column", "column_of", "fit"]

GAP_CHARACTERS: Final = 2
"""Between two columns."""
_TEXT_MIN_CHARACTERS: Final = 10
_HEADER_MAX_CHARACTERS: Final = 8
"""Longer headers may be wrapped."""
_WORD_MAX_CHARACTERS: Final = 16
"""Longer words of a text may be broken, except where a column says otherwise."""
_LEFT_OUT_FIRST: Final = 9
_UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    header
        Its title; it may be wrapped between words.
    rank
        0 for a column that is always shown; of the others, the highest is left out first.
    show
        Returns the text of a value.
    is_text
        Whether its cells may be wrapped.
    word_max
        The characters of a word up to which it is not broken.
    """

    header: str
    rank: int = _LEFT_OUT_FIRST
    show: Callable[[Any], str] = cell_of
    is_text: bool = False
    word_max: int = _WORD_MAX_CHARACTERS

    def width_min(self, cells: Sequence[str]) -> int:
        """Return the characters that it needs for these cells."""
        words = self.header.split() if cell_len(self.header) > _HEADER_MAX_CHARACTERS else [self.header]
        header = max(map(cell_len, words), default=0)
        if not self.is_text:
            return max([header, *map(cell_len, cells)])
        longest = max((cell_len(word) for cell in cells for word in cell.split()), default=0)
        word = min(longest, self.word_max)
        return max(header, word, min(self.width_max(cells), _TEXT_MIN_CHARACTERS))

    def width_max(self, cells: Sequence[str]) -> int:
        """Return the characters with which nothing is wrapped."""
        lines = [cell_len(line) for cell in cells for line in cell.split("\n")]
        return max([cell_len(self.header), *lines])


def _signed(value: Any) -> str:
    return f"{value:+d}" if isinstance(value, int) and value else cell_of(value)


def _seconds(value: Any) -> str:
    """Return a timestamp without the fraction of its second."""
    text = cell_of(value)
    return f"{text[:19]}Z" if text[19:20] == "." and text.endswith("Z") else text


def _actor(value: Any) -> str:
    """Return an actor, a user without a prefix; of a UUID, its beginning."""
    text = cell_of(value).removeprefix("user:")
    return f"{text[:8]}…" if _UUID.fullmatch(text) else text


def _yes_no(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, cell_of(value))


def _money(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, int | float | Decimal) else cell_of(value)


def _words(value: Any) -> str:
    return cell_of(value).replace("_", " ")


_COLUMNS: Final[Mapping[str, Column]] = {
    "product_id": Column("product id", 0),
    "vendor_id": Column("vendor", 5),
    "sku": Column("SKU", 0),
    "order_id": Column("order", 4),
    "import_id": Column("import", 0),
    "transaction_id": Column("transaction", 6),
    "external_id": Column("own id", 2),
    "item": Column("SKU and product", 0, is_text=True, word_max=sys.maxsize),
    "product_name": Column("product", 1, is_text=True),
    "variant_name": Column("variant", 2, is_text=True),
    "category": Column("category", 4, is_text=True),
    "base_price": Column("price", 3, _money),
    "unit_price": Column("price", 6, _money),
    "is_active": Column("active", 7, _yes_no),
    "current_stock": Column("stock", 3),
    "reserved_stock": Column("reserved", 5),
    "available_stock": Column("available", 2),
    "reorder_threshold": Column("reorder at", 4),
    "to_order": Column("to order", 0),
    "timestamp": Column("time", 0, _seconds),
    "occurred_at": Column("time", 0, _seconds),
    "placed_at": Column("placed at", 2, _seconds),
    "created_at": Column("created at", 5, _seconds),
    "expires_at": Column("held until", 2, _seconds),
    "transaction_type": Column("type", 1, _words, is_text=True),
    "kind": Column("finding", 1),
    "quantity_change": Column("change", 1, _signed),
    "reserved_change": Column("reserved", 3, _signed),
    "stock_after": Column("stock", 3),
    "reserved_after": Column("reserved after", 8),
    "performed_by": Column("by", 2, _actor, is_text=True, word_max=12),
    "notes": Column("notes", 5, is_text=True),
    "status": Column("status", 1, _words, is_text=True),
    "quantity": Column("units", 1),
    "age_seconds": Column("age in seconds", 4),
    "lines": Column("lines", 4),
    "placed": Column("placed", 1),
    "reserved": Column("reserved", 1),
    "confirmed": Column("confirmed", 2),
    "cancelled": Column("cancelled", 3),
    "refunded": Column("refunded", 4),
    "file": Column("file", 1, is_text=True),
    "done": Column("done", 2),
    "undone": Column("undone", 4),
    "rejected": Column("rejected", 3),
}


def column_of(name: str) -> Column:
    """Return the column of a member of documents; one that is not declared shows it as a text."""
    return _COLUMNS.get(name) or Column(name.replace("_", " "), is_text=True)


def fit(
    columns: Mapping[str, Column],
    cells: Mapping[str, Sequence[str]],
    width: int,
    *,
    all_columns: bool = False,
) -> dict[str, int]:
    """Return the columns that fit into a width, and how many characters each has.

    Those of rank 0 stay, even where they are wider, and so does every column if `all_columns`.
    """
    least = {name: column.width_min(cells[name]) for name, column in columns.items()}
    shown = list(columns)
    while not all_columns and _total([least[name] for name in shown]) > width:
        others = [name for name in shown if columns[name].rank]
        if not others:
            break
        shown.remove(max(reversed(others), key=lambda name: columns[name].rank))
    widths = {name: least[name] for name in shown}
    # What is left goes to the texts, to those first that need least.
    texts = sorted(
        (name for name in shown if columns[name].is_text),
        key=lambda name: columns[name].width_max(cells[name]) - widths[name],
    )
    for place, name in enumerate(texts):
        left = max(0, width - _total(list(widths.values())))
        share = left // (len(texts) - place)
        widths[name] += min(share, columns[name].width_max(cells[name]) - widths[name])
    return widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP_CHARACTERS * max(0, len(widths) - 1)
