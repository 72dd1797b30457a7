"""What every reader of a table returns: its rows, or why the whole file cannot be imported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Protocol

__all__ = [
    "CELL_MAX_CHARACTERS",
    "COLUMNS_MAX",
    "ROW_MAX_CHARACTERS",
    "FileError",
    "Open",
    "SourceRow",
    "SourceRows",
    "folded",
    "is_own",
    "places_of",
]

CELL_MAX_CHARACTERS: Final = 100_000
"""Characters of one cell; the row of a longer one is rejected."""
ROW_MAX_CHARACTERS: Final = 1_000_000
"""Characters of one row; a file with a longer one is refused, as a quote is not closed or it is no table."""
COLUMNS_MAX: Final = 16_384
"""Columns of a table: those of a workbook."""

Open = Callable[[], BinaryIO]
"""Opens the bytes of a file from their beginning; it is called once for each walk over them."""


class FileError(Exception):
    """The file cannot be imported; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of the file.

    Attributes
    ----------
    line
        The line on which it begins, from 1; the number of the row in a workbook or a JSON array.
    source
        What a rejects file repeats: the text of a row, or the cells of a workbook's row.
    values
        The values by column; None if the row cannot be read.
    error
        Why it cannot be read.
    """

    line: int
    source: list[str] | str
    values: Mapping[str, Any] | None
    error: str | None = None


class SourceRows(Protocol):
    """The rows of a table, as often as they are read."""

    @property
    def columns(self) -> Sequence[str] | None:
        """The columns as the file names them; None for JSON."""

    def __iter__(self) -> Iterator[SourceRow]:
        """Yield the rows."""


_BLANKS: Final = " \t\r\n\u00a0\u200b\ufeff"
_OWN: Final = re.compile(r"_line( \([\w.-]+\))?|_reason|_text")
"""Columns that the import itself writes: line and reason in a rejects file."""


def is_own(column: str) -> bool:
    """Return whether a column is one that the import itself writes into a rejects file."""
    return _OWN.fullmatch(column) is not None


def folded(name: str) -> str:
    """Return the name of a column as it is compared: without case and surrounding blanks."""
    return name.strip(_BLANKS).casefold()


def places_of(name: str, header: Sequence[str]) -> dict[str, int]:
    """Return the place of each column of a header, without empty cells and the import's own columns.

    Raises
    ------
    FileError
        If there is none, or a column is named twice.
    """
    places: dict[str, int] = {}
    by_folded: dict[str, int] = {}
    for place, cell in enumerate(header):
        column = cell.strip(_BLANKS)
        if not column or is_own(column):
            continue
        first = by_folded.setdefault(folded(column), place)
        if first != place:
            raise FileError(f"{name} names a column twice: {column!r} is column {first + 1} and {place + 1}.")
        places[column] = place
    if not places:
        raise FileError(f"{name} has no header line.")
    if len(header) > COLUMNS_MAX:
        raise FileError(f"{name} has {len(header):,} columns; at most {COLUMNS_MAX:,} are read.")
    return places
