"""The tables that are imported, and the rows of them that were rejected.

====================  ===============================================  =====================================
suffix                table                                            its rejects file
====================  ===============================================  =====================================
``.csv .tsv .txt``    texts with a separator (`delimited`)             the same, with the rows as they are
``.jsonl``            a JSON object in each line (`json_tables`)       the same, in UTF-8
``.json``             an array of JSON objects (`json_tables`)         ``.jsonl``, in UTF-8
``.xlsx``             a sheet of a workbook (`workbooks`)              ``.csv``, in UTF-8
====================  ===============================================  =====================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Final, NamedTuple

from inventory_common.errors import InvalidJson
from inventory_common.exact_json import dumps, loads

from .delimited import SEPARATORS, DelimitedTable, named_separator, written_row
from .encodings import Encoding, encoding_of
from .json_tables import JsonArrayTable, JsonLinesTable
from .sources import FileError, Open, SourceRow
from .workbooks import WorkbookTable

__all__ = [
    "SUFFIXES",
    "FileError",
    "RejectedRow",
    "RejectedRows",
    "SourceRow",
    "Table",
    "rejects_name",
    "suffix_of",
]

SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".jsonl", ".json")
"""The suffixes of the files that are tables."""
_REJECTS_SUFFIXES: Final = {".xlsx": ".csv", ".json": ".jsonl"}
_LINE: Final = "_line"
_REASON: Final = "_reason"
_TEXT: Final = "_text"
_UTF_8: Final = Encoding("utf-8")
_MARKED: Final = re.compile(rb'(?:sep=.\r?\n)?"?_line \(([\w.-]+)\)')


class Table:
    """The rows of a file, read one by one.

    Parameters
    ----------
    name
        The name of the file; its suffix is the format.
    content
        Opens the bytes of the file from their beginning; it is called once for each walk over the rows.
    encoding, separator, sheet
        What a person states of the file; None for what the file itself shows.

    Attributes
    ----------
    columns
        The columns as the file names them, without those that the import itself writes; None for JSON.
    notes
        What was found: the encoding, the separator, the sheet.

    Raises
    ------
    FileError
        If the file has another suffix or no usable header.
    """

    def __init__(
        self,
        name: str,
        content: Open,
        *,
        encoding: str | None = None,
        separator: str | None = None,
        sheet: str | None = None,
    ) -> None:
        self.name = name
        suffix = PurePath(name).suffix.lower()
        if suffix not in SUFFIXES:
            raise FileError(f"{name} should end with {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}.")
        is_text = suffix in (".csv", ".tsv", ".txt")
        for option, value, fits in (
            ("--encoding", encoding, suffix != ".xlsx"),
            ("--separator", separator, is_text),
            ("--sheet", sheet, suffix == ".xlsx"),
        ):
            if value is not None and not fits:
                raise FileError(f"{name} has no {option.removeprefix('--')}: remove {option}.")
        self._encoding = _UTF_8
        self._reader: DelimitedTable | JsonLinesTable | JsonArrayTable | WorkbookTable
        if suffix == ".xlsx":
            self._reader = WorkbookTable(name, content, sheet)
        else:
            with content() as opened:
                marked = _MARKED.match(opened.read(100))
            named = marked[1].decode() if marked else None
            self._encoding = encoding_of(name, content, stated=encoding, marked=named)
            if is_text:
                separator = None if separator is None else named_separator(separator)
                self._reader = DelimitedTable(name, content, self._encoding, separator)
            else:
                reader = JsonLinesTable if suffix == ".jsonl" else JsonArrayTable
                self._reader = reader(name, content, self._encoding)
        self.columns: tuple[str, ...] | None = self._reader.columns

    def __iter__(self) -> Iterator[SourceRow]:
        """Yield the rows, without blank ones.

        Raises
        ------
        FileError
            If the rows cannot be distinguished, as behind a quote that is not closed: read all rows before
            anything is done with one.
        """
        return self._reader.rows()

    @property
    def notes(self) -> list[str]:
        """What was found of the file, for people."""
        reader = self._reader
        if isinstance(reader, WorkbookTable):
            others = f" (others: {', '.join(reader.other_sheets)})" if reader.other_sheets else ""
            return [f"sheet {reader.sheet}{others}"]
        encoding = self._encoding.shown
        if self._encoding.is_assumed:
            sample = f": {self._encoding.sample}" if self._encoding.sample else ""
            encoding += f" (assumed{sample}; --encoding states another)"
        if not isinstance(reader, DelimitedTable):
            return [encoding]
        name = SEPARATORS.get(reader.separator, repr(reader.separator))
        return [encoding] if len(reader.columns) == 1 else [encoding, f"separated by {name}"]

    def rejects(self) -> RejectedRows:
        """Return the form of the file's rejected rows."""
        reader = self._reader
        if isinstance(reader, DelimitedTable):
            return RejectedRows(reader.columns, reader, self._encoding)
        return RejectedRows(self.columns)


def suffix_of(head: bytes) -> str:
    """Return the suffix of a table without a name, from its first bytes."""
    if head.startswith(b"PK\x03\x04"):
        return ".xlsx"
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if text.startswith(b"["):
        return ".json"
    return ".jsonl" if text.startswith(b"{") else ".csv"


def rejects_name(name: str, kind: str) -> str:
    """Return the name of the file of rejected rows: for orders in ``day.csv``, ``day.orders-rejects.csv``."""
    path = PurePath(name)
    suffix = _REJECTS_SUFFIXES.get(path.suffix.lower(), path.suffix)
    return str(path.with_name(f"{path.stem}.{kind}-rejects{suffix}"))


class RejectedRow(NamedTuple):
    """A row that was not imported."""

    line: int
    reason: str
    source: list[str] | str


class RejectedRows:
    """Rejected rows as bytes in the format of their file, each with its line and the reason.

    A corrected file of them can be imported itself: the columns ``_line`` and ``_reason`` are ignored.  Rows
    of texts stay as they are, byte by byte; where a file of few rows would not show its encoding any more,
    the header names it: ``_line (cp1250)``.

    Parameters
    ----------
    columns
        The columns of a table; None for JSON.
    delimited, encoding
        The table of texts that the rows are from, and its encoding.
    """

    def __init__(
        self,
        columns: Sequence[str] | None,
        delimited: DelimitedTable | None = None,
        encoding: Encoding = _UTF_8,
    ) -> None:
        self._columns = columns
        self._delimited = delimited
        self._encoding = encoding

    def header(self) -> bytes:
        """Return the header line of a table, with a byte order mark if the file had one; nothing for JSON."""
        if self._columns is None:
            return b""
        if self._delimited is None:
            return f"{_LINE},{_REASON},{written_row(self._columns, ',')}\n".encode()
        line = _LINE if self._encoding.is_utf else f"{_LINE} ({self._encoding.name})"
        own = written_row([line, _REASON], self._delimited.separator)
        return self._encoding.mark + self._encoded(own, self._delimited.header)

    def line(self, row: RejectedRow) -> bytes:
        """Return the line of a row."""
        if self._delimited is not None:
            assert isinstance(row.source, str)
            return self._encoded(
                written_row([str(row.line), row.reason], self._delimited.separator), row.source
            )
        if self._columns is not None:
            return f"{written_row([str(row.line), row.reason, *row.source], ',')}\n".encode()
        assert isinstance(row.source, str)
        try:
            document = loads(row.source.encode())
        except (InvalidJson, UnicodeEncodeError):
            document = None
        content = document if isinstance(document, dict) else {_TEXT: row.source}
        own = {_LINE: row.line, _REASON: row.reason}
        kept = {name: value for name, value in content.items() if name == _TEXT or name not in own}
        # JSON can hold half a surrogate pair as an escape, which UTF-8 cannot.
        text = re.sub("[\ud800-\udfff]", lambda match: f"\\u{ord(match.group()):04x}", dumps(own | kept))
        return f"{text}\n".encode()

    def _encoded(self, own: str, text: str) -> bytes:
        assert self._delimited is not None
        name, errors = self._encoding.name, self._encoding.errors
        separator, line_break = self._delimited.separator, self._delimited.line_break
        reason = own.encode(name, errors="backslashreplace")
        return reason + (separator + text + line_break).encode(name, errors=errors)
