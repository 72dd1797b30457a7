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
from inventory_imports.cells import cell_of

__all__ = ["Format", "print_documents", "print_one", "say"]

TABLE_ROWS_DEFAULT: Final = 100
"""Rows of a table if no limit is given; JSON and CSV have none by default."""
_WIDTH_ELSEWHERE: Final = 180
_IDS: Final = frozenset(
    {"product_id", "sku", "vendor_id", "order_id", "import_id", "timestamp", "transaction_type"}
)
"""Columns that are not wrapped, so that they can be copied."""


class Format(StrEnum):
    """The format of a command's output."""

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
    """Print a list as a table, as one JSON object per line, or as CSV.

    Parameters
    ----------
    columns
        The columns of the table.
    limit
        The maximum number of rows.
    csv_columns
        The columns of CSV; by default all members of the first document.
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
    """Print one document: a line per member, or as JSON or CSV."""
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
    """Print a message to standard error."""
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
        say(f"Only the first {limit} are shown; --limit shows more, --json and --csv all.")


def _console() -> Console:
    # A pipe or file has no width: rich would assume 80 columns and wrap texts that programs search for.
    console = Console()
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(width=_WIDTH_ELSEWHERE)


def _table(title: str | None) -> Table:
    return Table(title=title, title_justify="left")


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool | str | list | dict) and value is not None
