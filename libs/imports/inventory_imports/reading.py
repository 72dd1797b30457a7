"""Reads the rows of a table: mapped to the columns of the import, and checked each by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .mapping import Found, LeftOut, RowMapping, RowUnmappable
from .plans import Rules
from .rows import RowError
from .tables import SourceRow

__all__ = ["ReadRow", "read_rows"]


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
    table: Iterable[SourceRow],
    mapping: RowMapping,
    found: Found,
    defaults: Mapping[str, str],
) -> Iterator[ReadRow]:
    """Yield the rows of a table, checked.

    Parameters
    ----------
    found
        Returns the rows of the mapping's lookups.
    defaults
        The values of columns that a row does not have, such as the vendor.
    """
    for source in table:
        yield _read_row(rules, source, mapping, found, defaults)


def _read_row(
    rules: Rules, source: SourceRow, mapping: RowMapping, found: Found, defaults: Mapping[str, str]
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
        row = rules.row_type.check(given)
    except RowError as error:
        key = rules.key(given) if rules.is_atomic else None
        return ReadRow(source.line, source.source, key, reason=str(error))
    return ReadRow(source.line, source.source, rules.key(row), row)
