"""The tables that are imported, and the rows of them that were rejected."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO, Final, NamedTuple

from inventory_common.errors import InvalidJson
from inventory_common.exact_json import dumps, loads
from inventory_common.spreadsheets import original

__all__ = ["FileError", "RejectedRow", "RejectedRows", "SourceRow", "Table", "rejects_name"]

_OWN: Final = "_"
"""The prefix of columns that the import itself writes: line and reason in a rejects file."""
_LINE: Final = "_line"
_REASON: Final = "_reason"
_TEXT: Final = "_text"


class FileError(Exception):
    """The file cannot be imported; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of the file.

    Attributes
    ----------
    line
        The line on which it begins, from 1.
    source
        What a rejects file repeats: the cells of a CSV row, or the text of a JSON line.
    values
        The values by column; None if the row cannot be read.
    error
        Why it cannot be read.
    """

    line: int
    source: list[str] | str
    values: Mapping[str, Any] | None
    error: str | None = None


class Table:
    """The rows of a ``.csv`` or ``.jsonl`` file, read one by one.

    Parameters
    ----------
    name
        The name of the file; its suffix is the format.
    content
        Opens the bytes of the file from their beginning; it is called once for each walk over the rows.

    Attributes
    ----------
    columns
        The columns of a CSV file, without those that the import itself writes; None for JSON Lines.

    Raises
    ------
    FileError
        If the file has another suffix or no usable header.
    """

    def __init__(self, name: str, content: Callable[[], BinaryIO]) -> None:
        self.name = name
        self._content = content
        suffix = PurePath(name).suffix
        if suffix not in (".csv", ".jsonl"):
            raise FileError(f"{name} should end with .csv or .jsonl.")
        self.is_csv = suffix == ".csv"
        self.columns = self._header() if self.is_csv else None

    def __iter__(self) -> Iterator[SourceRow]:
        """Yield the rows, without blank lines."""
        with self._open() as opened:
            yield from self._csv_rows(opened) if self.is_csv else self._json_rows(opened)

    def _open(self) -> io.TextIOWrapper:
        # A byte that is not UTF-8 becomes a lone surrogate, so that only its row is rejected.
        return io.TextIOWrapper(self._content(), encoding="utf-8-sig", errors="surrogateescape", newline="")

    def _header(self) -> tuple[str, ...]:
        with self._open() as opened:
            try:
                header = next(csv.reader(opened), [])
            except csv.Error as error:
                raise FileError(f"{self.name} has no header line: {error}.") from error
        columns = tuple(column for column in header if not column.startswith(_OWN))
        if not any(columns):
            raise FileError(f"{self.name} has no header line.")
        if len(set(columns)) != len(columns):
            raise FileError(f"{self.name} names a column twice.")
        return columns

    def _csv_rows(self, opened: io.TextIOWrapper) -> Iterator[SourceRow]:
        reader = csv.reader(opened)
        header = next(reader)
        kept = [place for place, column in enumerate(header) if not column.startswith(_OWN)]
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield SourceRow(line, [], None, f"is not CSV: {error}")
                continue
            if not cells:
                continue
            if len(cells) != len(header):
                reason = f"has {len(cells)} columns instead of {len(header)}"
                yield SourceRow(line, [_printable(cell) for cell in cells], None, reason)
                continue
            values = {header[place]: original(cells[place]) for place in kept}
            yield _checked(line, [cells[place] for place in kept], values)

    def _json_rows(self, opened: io.TextIOWrapper) -> Iterator[SourceRow]:
        for line, text in enumerate(opened, start=1):
            text = text.strip("\r\n")
            if not text.strip():
                continue
            try:
                document = loads(text.encode(errors="surrogateescape"))
            except InvalidJson as error:
                yield SourceRow(line, _printable(text), None, str(error))
                continue
            if not isinstance(document, dict):
                yield SourceRow(line, text, None, "is not a JSON object")
                continue
            values = {name: value for name, value in document.items() if not name.startswith(_OWN)}
            yield _checked(line, text, values)


def _checked(line: int, source: list[str] | str, values: Mapping[str, Any]) -> SourceRow:
    try:
        json.dumps(values, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        printable = _printable(source) if isinstance(source, str) else [_printable(cell) for cell in source]
        return SourceRow(line, printable, None, "is not UTF-8")
    return SourceRow(line, source, values)


def _printable(text: str) -> str:
    return text.encode(errors="surrogateescape").decode(errors="replace")


def rejects_name(name: str, kind: str) -> str:
    """Return the name of the file of rejected rows: for orders in ``day.csv``, ``day.orders-rejects.csv``."""
    path = PurePath(name)
    return str(path.with_name(f"{path.stem}.{kind}-rejects{path.suffix}"))


class RejectedRow(NamedTuple):
    """A row that was not imported."""

    line: int
    reason: str
    source: list[str] | str


class RejectedRows:
    """Rejected rows as texts in the format of their file, each with its line and the reason.

    A corrected file of them can be imported itself: the columns ``_line`` and ``_reason`` are ignored.

    Parameters
    ----------
    columns
        The columns of a CSV file; None for JSON Lines.
    """

    def __init__(self, columns: Sequence[str] | None) -> None:
        self._columns = columns

    def header(self) -> str:
        """Return the header line of CSV; an empty text for JSON Lines."""
        return "" if self._columns is None else _csv_line([_LINE, _REASON, *self._columns])

    def text(self, row: RejectedRow) -> str:
        """Return the line of a row."""
        if self._columns is not None:
            return _csv_line([row.line, row.reason, *row.source])
        assert isinstance(row.source, str)
        try:
            document = loads(row.source.encode())
        except InvalidJson:
            document = None
        content = document if isinstance(document, dict) else {_TEXT: row.source}
        own = {_LINE: row.line, _REASON: row.reason}
        kept = {name: value for name, value in content.items() if name == _TEXT or name not in own}
        return dumps(own | kept) + "\n"


def _csv_line(cells: Sequence[object]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
