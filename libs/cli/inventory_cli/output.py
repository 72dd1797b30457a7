"""Tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from inventory_common.exact_json import dumps

from .cells import cell_of

__all__ = ["Format", "print_documents", "print_one", "say"]

TABLE_ROWS_DEFAULT: Final = 100
"""Rows of a table if no limit is given: a person reads no more; JSON and CSV have no limit of their own."""
_WIDTH_ELSEWHERE: Final = 180
_IDS: Final = frozenset(
    {"product_id", "sku", "vendor_id", "order_id", "import_id", "timestamp", "transaction_type"}
)
"""Columns that stay on one line, to be copied."""


class Format(StrEnum):
    """How a command prints what it found."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def print_documents(
    documents: Iterable[Mapping[str, Any]],
    shape: Format,
    columns: Sequence[str],
    *,
    limit: int | None = None,
    title: str | None = None,
    csv_columns: Sequence[str] | None = None,
) -> None:
    """Print a list: a table of some columns, or one JSON object a line, or CSV, as it comes.

    Parameters
    ----------
    columns
        What the table shows.
    limit
        How many at most.
    csv_columns
        What CSV shows, if not all that the first document has.
    """
    if shape is Format.TABLE:
        _print_table(documents, columns, TABLE_ROWS_DEFAULT if limit is None else limit, title)
        return
    found = documents if limit is None else islice(documents, limit)
    if shape is Format.JSON:
        for document in found:
            print(dumps(document))
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for number, document in enumerate(found):
        shown = csv_columns or tuple(document)
        if number == 0:
            writer.writerow(shown)
        writer.writerow([cell_of(document.get(column)) for column in shown])


def print_one(document: Mapping[str, Any], shape: Format, *, title: str | None = None) -> None:
    """Print one thing: name and value line by line, or as JSON or CSV."""
    if shape is not Format.TABLE:
        print_documents([document], shape, ())
        return
    table = _table(title)
    table.show_header = False
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, value in document.items():
        if not (isinstance(value, list) and value and isinstance(value[0], Mapping)):
            table.add_row(name, Text(cell_of(value)))
    _console().print(table)


def say(text: str, *, style: str | None = None) -> None:
    """Tell a person something beside the output."""
    Console(stderr=True, soft_wrap=True).print(text, style=style, markup=False, highlight=False)


def _print_table(
    documents: Iterable[Mapping[str, Any]], columns: Sequence[str], limit: int, title: str | None
) -> None:
    found = iter(documents)
    rows = list(islice(found, limit))
    table = _table(title)
    for column in columns:
        numbers = bool(rows) and all(_is_number(row.get(column)) for row in rows)
        title_of_column = column.replace("_", " ")
        is_id = column in _IDS
        table.add_column(
            title_of_column, justify="right" if numbers else "left", overflow="fold", no_wrap=is_id
        )
    for row in rows:
        table.add_row(*(Text(cell_of(row.get(column))) for column in columns))
    _console().print(table)
    if next(found, None) is not None:
        say(f"There are more than these {limit}; --limit shows more, --json and --csv all.")


def _console() -> Console:
    # A pipe or file has no width of its own; rich would take 80 columns and fold what programs look for.
    console = Console()
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(width=_WIDTH_ELSEWHERE)


def _table(title: str | None) -> Table:
    return Table(title=title, title_justify="left")


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool | str | list | dict) and value is not None
