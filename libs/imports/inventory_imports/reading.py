"""Reads the rows of a table: mapped to the columns of the import, and checked each by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from .cells import Formats, cell_of, parse_list, separators_in
from .mapping import Found, LeftOut, RowMapping, RowUnmappable
from .plans import Rules
from .rows import RowError
from .sources import SourceRow, SourceRows

__all__ = ["ReadRow", "detected_list_separators", "read_rows"]

_ANY_FORMAT: Final = Formats()


class ReadRow(NamedTuple):
    """A row of a table: its import unit and its values, or why it is rejected.

    Attributes
    ----------
    line
        The line on which it begins, from 1.
    source
        The row as it is in the table.
    key
        Its import unit; None if the row is rejected and no other row with it.
    row
        Its values; None if it is rejected.  A rejected row with a key rejects its whole import unit.
    reason
        Why it is rejected.
    """

    line: int
    source: list[str] | str
    key: str | None = None
    row: Mapping[str, Any] | None = None
    reason: str | None = None


def read_rows(
    rules: Rules,
    table: SourceRows,
    mapping: RowMapping,
    found: Found,
    defaults: Mapping[str, str],
    formats: Formats = _ANY_FORMAT,
) -> Iterator[ReadRow]:
    """Yield the rows of a table, checked.

    Parameters
    ----------
    found
        Returns the rows of the mapping's lookups.
    defaults
        The values of columns that a row does not have, such as the vendor.
    formats
        How numbers and lists are written.
    """
    for source in table:
        yield _read_row(rules, source, mapping, found, defaults, formats)


def detected_list_separators(
    rules: Rules, table: SourceRows, mapping: RowMapping, found: Found
) -> dict[str, str]:
    """Return what separates the members of the lists of each column, from all rows of a table.

    It is the separator that most cells have.  A column without any, or with as many of another, is left out.
    """
    names = [name for name, each in rules.row_type.columns.items() if each.parse is parse_list]
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    if not names or not _may_have(names, table, mapping):
        return {}
    for source in table:
        if source.values is None:
            continue
        try:
            attributes = mapping.attributes(source.values, found)
        except (LeftOut, RowUnmappable):
            continue
        for name in names:
            if isinstance(text := attributes.get(name), str):
                counts[name].update(separators_in(text))
    detected = {}
    for name, count in counts.items():
        (best, most), (_, second) = [*count.most_common(2), ("", 0), ("", 0)][:2]
        if most > second:
            detected[name] = best
    return detected


def _may_have(names: list[str], table: SourceRows, mapping: RowMapping) -> bool:
    """Return whether a table can have any of some columns of the import."""
    if mapping.columns is not None:
        return any(name in mapping.columns for name in names)
    return table.columns is None or any(column.strip().casefold() in names for column in table.columns)


def _read_row(
    rules: Rules,
    source: SourceRow,
    mapping: RowMapping,
    found: Found,
    defaults: Mapping[str, str],
    formats: Formats,
) -> ReadRow:
    if source.values is None:
        return ReadRow(source.line, source.source, reason=source.error)
    try:
        attributes = mapping.attributes(source.values, found)
    except (LeftOut, RowUnmappable) as error:
        return ReadRow(source.line, source.source, reason=str(error))
    given = {name: value for name, value in attributes.items() if name not in rules.ignored}
    for name, value in defaults.items():
        if name in rules.row_type.columns and not given.get(name):
            given[name] = value
    try:
        row = rules.row_type.check(given, formats)
    except RowError as error:
        texts = {name: cell_of(value).strip() for name, value in given.items()}
        key = rules.key(texts) if rules.is_atomic else None
        return ReadRow(source.line, source.source, key, reason=str(error))
    return ReadRow(source.line, source.source, rules.key(row), row)
