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

__all__ = ["STANDARD_INPUT", "SourceFile", "open_mapping", "open_table", "rejects_file", "write_rejected"]

STANDARD_INPUT: Final = Path("-")
"""The file that stands for standard input."""
_HEAD_BYTES: Final = 4096


class SourceFile:
    """The bytes of a file, or of standard input, as often as they are read.

    What can be read only once is copied to a temporary file.

    Attributes
    ----------
    name
        The name of its table.  That of standard input is ``stdin`` with the suffix of its form.

    Raises
    ------
    FileError
        If what can be read only once cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spooled = None
        self.name = str(path)
        if path != STANDARD_INPUT and not path.is_fifo():
            return
        try:
            if path == STANDARD_INPUT:
                self._spooled = _spooled(sys.stdin.buffer)
            else:
                with path.open("rb") as source:
                    self._spooled = _spooled(source)
        except OSError as error:
            raise self._unreadable(error) from error
        with self.open() as head:
            suffix = suffix_of(head.read(_HEAD_BYTES))
        self.name = f"{'stdin' if path == STANDARD_INPUT else path}{suffix}"

    def open(self, above_bytes: int = 0) -> BinaryIO:
        """Open the bytes behind the first ones, or raise `FileError`."""
        # The temporary file is removed with this object.
        path = self._path if self._spooled is None else Path(self._spooled.name)
        try:
            opened = path.open("rb")
        except OSError as error:
            raise self._unreadable(error) from error
        opened.seek(above_bytes)
        return opened

    def _unreadable(self, error: OSError) -> FileError:
        return FileError(f"{self._path} cannot be read: {error.strerror or error}.")


def open_table(
    path: Path, *, encoding: str | None = None, separator: str | None = None, sheet: str | None = None
) -> Table:
    """Return the table of a file, or of standard input.

    Raises
    ------
    FileError
        If the file cannot be read, or is no table.
    """
    source = SourceFile(path)
    return Table(source.name, source.open, encoding=encoding, separator=separator, sheet=sheet)


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
