"""Tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from inventory_common.exact_json import dumps
from inventory_imports.cells import cell_of, csv_cell_of

from .columns import GAP_CHARACTERS, column_of, fit

__all__ = ["Format", "Rows", "print_documents", "print_line", "print_one", "say"]

TABLE_ROWS_DEFAULT: Final = 100
"""Rows of a table if no limit is given; JSON and CSV have none by default."""
_WIDTH_ELSEWHERE: Final = 180

Rows = Sequence[Mapping[str, Any]]
"""The documents of a table."""


class Format(StrEnum):
    """The format of a command's output; in raw CSV a spreadsheet may evaluate texts as formulas."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    RAW_CSV = "raw csv"

    @property
    def is_csv(self) -> bool:
        """Whether it is CSV of either kind."""
        return self in (Format.CSV, Format.RAW_CSV)


def print_documents(
    documents: Iterable[Mapping[str, Any]],
    shape: Format,
    columns: Sequence[str],
    *,
    limit: int | None = None,
    title: str | None = None,
    csv_columns: Sequence[str] | None = None,
    completed: Callable[[Rows], Rows] | None = None,
    all_columns: bool = False,
) -> None:
    """Print a list as a table, as one JSON object per line, or as CSV.

    Parameters
    ----------
    columns
        The columns of the table; empty ones are left out, and those for which there is no room.
    limit
        The maximum number of rows.
    csv_columns
        The columns of CSV; by default all members of the first document.
    completed
        Adds to the rows of a table what only people need, such as names.
    all_columns
        Whether the table has all columns in any case.
    """
    if shape is Format.TABLE:
        rows_max = TABLE_ROWS_DEFAULT if limit is None else limit
        found = iter(documents)
        rows: Rows = list(islice(found, rows_max))
        has_more = next(found, None) is not None
        rows = rows if completed is None else completed(rows)
        _print_table(rows, columns, title, all_columns=all_columns)
        if has_more:
            say(f"Only the first {rows_max} are shown; --limit shows more, --json and --csv all.")
        return
    listed = documents if limit is None else islice(documents, limit)
    if shape is Format.JSON:
        for document in listed:
            print(dumps(document))
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    is_raw = shape is Format.RAW_CSV
    for number, document in enumerate(listed):
        shown = csv_columns or tuple(document)
        if number == 0:
            writer.writerow(shown)
        writer.writerow([csv_cell_of(document.get(column), raw=is_raw) for column in shown])


def print_one(document: Mapping[str, Any], shape: Format, *, title: str | None = None) -> None:
    """Print one document: a line per member, or as JSON or CSV."""
    if shape is not Format.TABLE:
        print_documents([document], shape, ())
        return
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, value in document.items():
        if not (isinstance(value, list) and value and isinstance(value[0], Mapping)):
            table.add_row(name, Text(cell_of(value)))
    _console().print(table)


def print_line(text: str) -> None:
    """Print a result for people that is one line."""
    _console().print(Text(text), soft_wrap=True)


def say(text: str, *, style: str | None = None) -> None:
    """Print a message to standard error."""
    Console(stderr=True, soft_wrap=True).print(text, style=style, markup=False, highlight=False)


def _print_table(rows: Rows, names: Sequence[str], title: str | None, *, all_columns: bool) -> None:
    console = _console()
    columns = {name: column_of(name) for name in names}
    cells = {name: [column.show(row.get(name)) for row in rows] for name, column in columns.items()}
    if rows and not all_columns:
        columns = {name: column for name, column in columns.items() if any(cells[name])}
    widths = fit(columns, cells, console.width, all_columns=all_columns)
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, GAP_CHARACTERS - 1, 0, 0),
    )
    for name, width in widths.items():
        column = columns[name]
        numbers = bool(rows) and all(_is_number(row.get(name)) for row in rows)
        table.add_column(
            column.header,
            justify="right" if numbers else "left",
            overflow="fold",
            width=width,
        )
    for number in range(len(rows)):
        table.add_row(*(Text(cells[name][number]) for name in widths))
    # A table of ids alone may be wider than the terminal, which then continues its lines: no id is broken.
    total = sum(widths.values()) + GAP_CHARACTERS * len(widths)
    console.width = max(console.width, total)
    console.print(table)
    if left_out := [columns[name].header for name in columns if name not in widths]:
        say(f"Not shown for want of room: {', '.join(left_out)}; --json and --csv have all.", style="dim")


def _console() -> Console:
    # A pipe or file has no width: rich would assume 80 columns and wrap texts that programs search for.
    console = Console()
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(width=_WIDTH_ELSEWHERE)


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool | str | list | dict) and value is not None
