"""The files that are imported, and the files of rows that were rejected."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from inventory_imports.mapping import RowMapping, read_mapping
from inventory_imports.tables import FileError, RejectedRow, Table, rejects_name, suffix_of

__all__ = ["STANDARD_INPUT", "open_mapping", "open_table", "rejects_file", "write_rejected"]

STANDARD_INPUT: Final = Path("-")
"""The file that stands for standard input."""
_HEAD_BYTES: Final = 4096


def open_table(
    path: Path, *, encoding: str | None = None, separator: str | None = None, sheet: str | None = None
) -> Table:
    """Return the table of a file, or of standard input.

    What can be read only once is copied to a temporary file.  The table of standard input is called ``stdin``
    with the suffix of its form.

    Raises
    ------
    FileError
        If the file cannot be read, or is no table.
    """
    name, opened = str(path), path
    if path == STANDARD_INPUT or path.is_fifo():
        try:
            if path == STANDARD_INPUT:
                spooled = _spooled(sys.stdin.buffer)
            else:
                with path.open("rb") as source:
                    spooled = _spooled(source)
            opened = Path(spooled.name)
            with opened.open("rb") as head:
                suffix = suffix_of(head.read(_HEAD_BYTES))
        except OSError as error:
            raise FileError(f"{path} cannot be read: {error.strerror or error}.") from error
        name = f"{'stdin' if path == STANDARD_INPUT else path}{suffix}"
    else:
        spooled = None

    def content() -> BinaryIO:
        try:
            # The temporary file is removed with the last reference to it.
            return (opened if spooled is None else Path(spooled.name)).open("rb")
        except OSError as error:
            raise FileError(f"{path} cannot be read: {error.strerror or error}.") from error

    return Table(name, content, encoding=encoding, separator=separator, sheet=sheet)


def open_mapping(path: Path) -> RowMapping:
    """Return the mapping of a file, or raise `FileError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise FileError(f"{path} is not a mapping: it is not UTF-8.") from error
    return read_mapping(text, str(path))


def rejects_file(path: Path, kind: str) -> Path:
    """Return the file of rejected rows beside the imported file."""
    return path.with_name(rejects_name(path.name, kind))


def write_rejected(path: Path, table: Table, rows: Iterable[RejectedRow]) -> None:
    """Write rejected rows in the format of their table."""
    rejected = table.rejects()
    with path.open("wb") as opened:
        opened.write(rejected.header())
        for row in rows:
            opened.write(rejected.line(row))


def _spooled(source: BinaryIO) -> tempfile._TemporaryFileWrapper[bytes]:
    spooled = tempfile.NamedTemporaryFile(prefix="inventory-import-")  # noqa: SIM115 - closed with its table
    shutil.copyfileobj(source, spooled)
    spooled.flush()
    return spooled
