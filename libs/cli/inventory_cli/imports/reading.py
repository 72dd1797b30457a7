"""Reads a file into the journal: each row is checked by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from inventory_imports.cells import LIST_SEPARATORS, Formats
from inventory_imports.mapping import Lookup, RowMapping
from inventory_imports.reading import detected_list_separators, read_rows
from inventory_imports.sources import SourceRows, folded

from .files import open_table
from .importer import Importer
from .journal import Journal

__all__ = ["read_file"]


def read_file(
    importer: Importer,
    path: Path,
    table: SourceRows,
    journal: Journal,
    *,
    mapping: RowMapping,
    defaults: Mapping[str, str],
    formats: Formats | None = None,
) -> list[str]:
    """Check each row of a table by itself and write it into the journal; return what was found of its lists.

    Parameters
    ----------
    path
        The file of the table; the files of the mapping's lookups are beside it.
    defaults
        The values of columns that a row does not have, such as the vendor.
    formats
        How numbers and lists are written, where it is stated; else as the mapping says.
    """
    for lookup in mapping.lookups:
        others = open_table(path.parent / lookup.file)
        journal.add_existing(
            (_lookup_key(lookup, str(row[folded(lookup.by)]).strip()), row)
            for other in others
            if other.values is not None
            and folded(lookup.by) in (row := {folded(name): value for name, value in other.values.items()})
        )

    def found(lookup: Lookup, text: str) -> Any:
        return journal.existing(_lookup_key(lookup, text))

    formats = mapping.formats if formats is None else formats
    notes = []
    if formats.list_separator is None:
        detected = detected_list_separators(importer.rules, table, mapping, found)
        formats = replace(formats, detected=detected)
        notes = [f"{name} separated by {LIST_SEPARATORS[each]}" for name, each in detected.items()]
    journal.add_rows(read_rows(importer.rules, table, mapping, found, defaults, formats))
    return notes


def _lookup_key(lookup: Lookup, text: str) -> str:
    return f"lookup {lookup.file} {lookup.by} {text}"
