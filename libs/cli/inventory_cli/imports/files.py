"""The files that are imported, and the files of rows that were rejected."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from inventory_imports.mapping import RowMapping, read_mapping
from inventory_imports.tables import FileError, RejectedRow, RejectedRows, Table, rejects_name

__all__ = ["open_mapping", "open_table", "rejects_file", "write_rejected"]


def open_table(path: Path, above_bytes: int = 0) -> Table:
    """Return the table of a file, which begins after some bytes.

    Raises
    ------
    FileError
        If the file cannot be read, or is no table.
    """

    def content() -> BinaryIO:
        try:
            opened = path.open("rb")
        except OSError as error:
            raise FileError(f"{path} cannot be read: {error.strerror or error}.") from error
        opened.seek(above_bytes)
        return opened

    return Table(str(path), content)


def open_mapping(path: Path) -> RowMapping:
    """Return the mapping of a file, or raise `FileError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise FileError(f"{path} is not a mapping: {error}.") from error
    return read_mapping(text, str(path))


def rejects_file(path: Path, kind: str) -> Path:
    """Return the file of rejected rows beside the imported file."""
    return path.with_name(rejects_name(path.name, kind))


def write_rejected(path: Path, table: Table, rows: Iterable[RejectedRow]) -> None:
    """Write rejected rows in the format of their table."""
    rejected = RejectedRows(table.columns)
    with path.open("w", encoding="utf-8", newline="") as opened:
        opened.write(rejected.header())
        for row in rows:
            opened.write(rejected.text(row))
