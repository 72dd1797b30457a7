"""Mappings: a TOML file that describes how the columns of a file become the columns of an import.

::

    repeated = "first"                      # several rows of a product: the first one counts; else "refuse"

    [columns]
    external_id = "{StockCode}"             # {column}, and Python's formats for texts: {supplier_id:0>3}
    vendor_id = "VENDOR-{supplier_id:0>3}"
    category = "Retail"

    [values.is_active]                      # replacements of the resulting texts; "*" is any other text
    "0" = "true"
    "1" = "false"

    [lookup.products]                       # a CSV file beside the imported one, whose columns are added to
    file = "products.csv"                   # the rows with the same text in the column `by`
    by = "product_id"

    [leave_out]                             # rows whose column matches are rejected: they are no products
    StockCode = "POST|DOT|M|D"
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from .tables import FileError

__all__ = ["Found", "LeftOut", "Lookup", "RowMapping", "RowUnmappable", "read_mapping"]

_MEMBERS: Final = {"columns", "values", "lookup", "leave_out", "repeated"}
_ANY_OTHER: Final = "*"
_FORMATTER: Final = string.Formatter()


@dataclass(frozen=True, slots=True)
class Lookup:
    """A file whose columns are added to the rows with the same text in column `by`."""

    file: str
    by: str


Found = Callable[[Lookup, str], Mapping[str, Any] | None]
"""Returns the row of a lookup's file by the text in its column, or None."""


def _no_row(lookup: Lookup, text: str) -> None:
    return None


class LeftOut(Exception):
    """The mapping excludes the row; the message names the rule."""


class RowUnmappable(Exception):
    """The row lacks what the mapping requires."""


@dataclass(frozen=True, slots=True)
class RowMapping:
    """How the columns of a file become those of an import; without `columns` they are the same.

    With `keeps_first`, the first of several rows with the same key counts, even if the others differ.
    """

    columns: Mapping[str, str] | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lookups: Sequence[Lookup] = ()
    leave_out: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    keeps_first: bool = False

    def attributes(self, row: Mapping[str, Any], found: Found = _no_row) -> dict[str, Any]:
        """Return the columns of the import for a row; `found` returns the rows of lookups.

        Raises
        ------
        LeftOut, RowUnmappable
        """
        for column, pattern in self.leave_out.items():
            if pattern.fullmatch(str(row.get(column, ""))):
                raise LeftOut(f"is left out by the mapping: {column} is {row.get(column, '')}")
        if self.columns is None:
            return dict(row)
        joined = dict(row)
        for lookup in self.lookups:
            text = str(joined.get(lookup.by, ""))
            other = found(lookup, text)
            if other is None:
                raise RowUnmappable(f"{lookup.by}: {text!r} is not in {lookup.file}")
            joined = {**other, **joined}
        texts = {name: _filled(template, joined) for name, template in self.columns.items()}
        return {name: self._value(name, text) for name, text in texts.items()}

    def _value(self, name: str, text: str) -> str:
        values = self.values.get(name, {})
        return values.get(text, values.get(_ANY_OTHER, text))

    def required_columns(self) -> set[str]:
        """Return the columns that the file and its lookups must have."""
        templates = (self.columns or {}).values()
        named = {name for template in templates for _, name, _, _ in _FORMATTER.parse(template) if name}
        return named | set(self.leave_out) | {lookup.by for lookup in self.lookups}


def read_mapping(text: str, path: str) -> RowMapping:
    """Read a mapping from its text; `path` is the file's name in messages.

    Raises
    ------
    FileError
        If the file is not a mapping.
    """
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        raise FileError(f"{path} is not a mapping: {error}.") from error
    if unknown := sorted(set(document) - _MEMBERS):
        raise FileError(f"{path} is not a mapping: unknown {', '.join(unknown)}.")
    columns = document.get("columns", {})
    for template in columns.values():
        _check_template(path, template)
    repeated = document.get("repeated", "refuse")
    if not columns or repeated not in ("first", "refuse"):
        raise FileError(f'{path} is not a mapping: it requires [columns]; repeated is "first" or "refuse".')
    try:
        leave_out = {name: re.compile(pattern) for name, pattern in document.get("leave_out", {}).items()}
    except re.error as error:
        raise FileError(f"{path} is not a mapping: {error}.") from error
    try:
        lookups = [Lookup(each["file"], each["by"]) for each in document.get("lookup", {}).values()]
    except (KeyError, TypeError) as error:
        raise FileError(f"{path} is not a mapping: each lookup requires file and by.") from error
    return RowMapping(columns, document.get("values", {}), lookups, leave_out, repeated == "first")


def _check_template(path: str, template: object) -> None:
    try:
        parsed = list(_FORMATTER.parse(template)) if isinstance(template, str) else None
    except ValueError:
        parsed = None
    # Plain names only: "{0.__class__}" would read attributes of Python objects.
    if parsed is None or any(
        name is not None and (not name or re.search(r"[.\[\]!]", name) or conversion)
        for _, name, _, conversion in parsed
    ):
        raise FileError(f"{path} is not a mapping: {template!r} is not a template such as {{column}}.")


def _filled(template: str, row: Mapping[str, Any]) -> str:
    pieces = []
    for text, name, form, _ in _FORMATTER.parse(template):
        pieces.append(text)
        if name is None:
            continue
        if name not in row:
            raise RowUnmappable(f"has no {name}")
        try:
            pieces.append(format(str(row[name]), form or ""))
        except ValueError as error:
            raise RowUnmappable(f"{name}: {error}") from error
    return "".join(pieces)
