"""The files of exports: CSV or JSON Lines, each complete under its name or not there at all."""

from __future__ import annotations

import csv
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from inventory_common.exact_json import dumps
from inventory_imports.cells import csv_cell_of
from inventory_imports.tables import FileError

__all__ = ["SUFFIXES", "ExportFile", "written_together"]

SUFFIXES: Final = (".csv", ".jsonl")


class ExportFile:
    """An export that is being written.

    Parameters
    ----------
    opened
        The text file.
    is_csv
        Whether it is CSV rather than JSON Lines.
    raw
        Whether texts of CSV that a spreadsheet would evaluate are written as they are.
    """

    def __init__(self, opened: IO[str], columns: Sequence[str], *, is_csv: bool, raw: bool) -> None:
        self._opened = opened
        self._columns = columns
        self._writer = csv.writer(opened, lineterminator="\n") if is_csv else None
        self._raw = raw
        self.rows = 0
        if self._writer is not None:
            self._writer.writerow(columns)

    def write(self, document: Mapping[str, Any]) -> None:
        """Write a row."""
        self.rows += 1
        if self._writer is not None:
            self._writer.writerow([csv_cell_of(document[name], raw=self._raw) for name in self._columns])
        else:
            self._opened.write(dumps({name: document[name] for name in self._columns}) + "\n")


@contextmanager
def written_together(
    files: Mapping[Path, Sequence[str]], *, raw: bool = False
) -> Iterator[Mapping[Path, ExportFile]]:
    """Open exports with their columns, which appear under their names when all of them are complete.

    Raises
    ------
    FileError
        If one cannot be written; earlier files of these names are then still there.
    """
    parts = {file: file.with_name(f"{file.name}.{secrets.token_hex(3)}.part") for file in files}
    try:
        with ExitStack() as stack:
            exports = {}
            for file, columns in files.items():
                with _reported(file):
                    if file.is_dir():
                        raise IsADirectoryError(None, "it is a folder")
                    opened = stack.enter_context(_complete(file, parts[file]))
                exports[file] = ExportFile(opened, columns, is_csv=file.suffix == ".csv", raw=raw)
            yield exports
        for file, part in parts.items():
            with _reported(file):
                part.replace(file)
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


@contextmanager
def _complete(file: Path, part: Path) -> Iterator[IO[str]]:
    """Open a new file, and have it on the disk at the end."""
    with _reported(file), part.open("x", encoding="utf-8", newline="") as opened:
        yield opened
        opened.flush()
        os.fsync(opened.fileno())


@contextmanager
def _reported(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"{file} cannot be written: {error.strerror or error}.") from error
