"""The files that are imported, and the files of rows that were rejected."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from inventory_common.errors import InvalidJson
from inventory_common.exact_json import dumps, loads

__all__ = ["FileError", "RejectsWriter", "SourceFile", "SourceRow", "rejects_file"]

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


class SourceFile:
    """A ``.csv`` or ``.jsonl`` file, read row by row.

    Attributes
    ----------
    columns
        The columns of a CSV file, without those that the import itself writes; None for JSON Lines.

    Raises
    ------
    FileError
        If the file has another suffix, cannot be opened, or has no usable header.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_csv = path.suffix == ".csv"
        if path.suffix not in (".csv", ".jsonl"):
            raise FileError(f"{path} should end with .csv or .jsonl.")
        self.columns = self._header() if self.is_csv else None

    def __iter__(self) -> Iterator[SourceRow]:
        """Yield the rows, without blank lines."""
        with self._open() as opened:
            yield from self._csv_rows(opened) if self.is_csv else self._json_rows(opened)

    def _open(self) -> IO[str]:
        try:
            # A byte that is not UTF-8 becomes a lone surrogate, so that only its row is rejected.
            return self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
        except OSError as error:
            raise FileError(f"{self.path} cannot be read: {error.strerror or error}.") from error

    def _header(self) -> tuple[str, ...]:
        with self._open() as opened:
            try:
                header = next(csv.reader(opened), [])
            except csv.Error as error:
                raise FileError(f"{self.path} has no header line: {error}.") from error
        columns = tuple(column for column in header if not column.startswith(_OWN))
        if not any(columns):
            raise FileError(f"{self.path} has no header line.")
        if len(set(columns)) != len(columns):
            raise FileError(f"{self.path} names a column twice.")
        return columns

    def _csv_rows(self, opened: IO[str]) -> Iterator[SourceRow]:
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
            values = {header[place]: cells[place] for place in kept}
            yield _checked(line, [values[column] for column in values], values)

    def _json_rows(self, opened: IO[str]) -> Iterator[SourceRow]:
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


def rejects_file(path: Path, name: str) -> Path:
    """Return the file of rejected rows: for ``day.csv``, imported as orders, ``day.orders-rejects.csv``."""
    return path.with_name(f"{path.stem}.{name}-rejects{path.suffix}")


class RejectsWriter:
    """Writes rejected rows in the format of their file, each with its line and the reason.

    A corrected rejects file can be imported itself: the columns ``_line`` and ``_reason`` are ignored.
    """

    def __init__(self, path: Path, columns: Sequence[str] | None) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._csv = None if columns is None else csv.writer(self._file, lineterminator="\n")
        if self._csv is not None:
            self._csv.writerow([_LINE, _REASON, *(columns or ())])

    def write(self, line: int, reason: str, source: list[str] | str) -> None:
        """Write one row."""
        if self._csv is not None:
            self._csv.writerow([line, reason, *source])
            return
        assert isinstance(source, str)
        try:
            document = loads(source.encode())
        except InvalidJson:
            document = None
        content = document if isinstance(document, dict) else {_TEXT: source}
        own = {_LINE: line, _REASON: reason}
        kept = {name: value for name, value in content.items() if name == _TEXT or name not in own}
        self._file.write(dumps(own | kept) + "\n")

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()
