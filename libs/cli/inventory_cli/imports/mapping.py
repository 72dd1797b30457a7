"""From the columns of any file to the attributes of an import, as a TOML file says.

::

    repeated = "first"                      # a product on several rows: the first counts; else "refuse"

    [columns]
    external_id = "{StockCode}"             # {column}, and Python's formats for texts: {supplier_id:0>3}
    vendor_id = "VENDOR-{supplier_id:0>3}"
    category = "Retail"

    [values.is_active]                      # what a text stands for, once it is made; "*" is any other
    "0" = "true"
    "1" = "false"

    [lookup.products]                       # a CSV file beside the imported one: its columns join in, where
    file = "products.csv"                   # `by` is the same in both
    by = "product_id"

    [leave_out]                             # rows whose column matches are no goods: straight to the rejects
    StockCode = "POST|DOT|M|D"
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from .files import FileError

__all__ = ["Found", "LeftOut", "Lookup", "RowMapping", "RowUnmappable", "read_mapping"]

_MEMBERS: Final = {"columns", "values", "lookup", "leave_out", "repeated"}
_ANY_OTHER: Final = "*"
_FORMATTER: Final = string.Formatter()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Columns from another file, of its row that has the same text in column `by`."""

    file: str
    by: str


Found = Callable[[Lookup, str], Mapping[str, Any] | None]
"""Returns the row of a lookup's file by the text of its column, or None."""


def _nothing(lookup: Lookup, text: str) -> None:
    return None


class LeftOut(Exception):
    """The row is none of those that are meant; the message says by which rule."""


class RowUnmappable(Exception):
    """The row does not have what the mapping needs."""


@dataclass(frozen=True, slots=True)
class RowMapping:
    """How a row's columns become attributes; without `columns` they are attributes already.

    `keeps_first`: of rows that speak of one thing and differ, the first counts.
    """

    columns: Mapping[str, str] | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lookups: Sequence[Lookup] = ()
    leave_out: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    keeps_first: bool = False

    def attributes(self, row: Mapping[str, Any], found: Found = _nothing) -> dict[str, Any]:
        """Return the attributes that a row stands for; `found` knows the rows of the lookups.

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
        made = {name: _filled(template, joined) for name, template in self.columns.items()}
        return {name: self._value(name, text) for name, text in made.items()}

    def _value(self, name: str, text: str) -> str:
        values = self.values.get(name, {})
        return values.get(text, values.get(_ANY_OTHER, text))

    def needs(self) -> set[str]:
        """Return the columns that a file must have, its own or by a lookup."""
        templates = (self.columns or {}).values()
        named = {name for template in templates for _, name, _, _ in _FORMATTER.parse(template) if name}
        return named | set(self.leave_out) | {lookup.by for lookup in self.lookups}


def read_mapping(path: Path) -> RowMapping:
    """Read a mapping.

    Raises
    ------
    FileError
        If it is no such file.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(f"{path} is no mapping: {error}.") from error
    if unknown := sorted(set(document) - _MEMBERS):
        raise FileError(f"{path} is no mapping: {', '.join(unknown)} means nothing in it.")
    columns = document.get("columns", {})
    for template in columns.values():
        _check_template(path, template)
    repeated = document.get("repeated", "refuse")
    if not columns or repeated not in ("first", "refuse"):
        raise FileError(f'{path} is no mapping: it needs [columns]; repeated is "first" or "refuse".')
    try:
        leave_out = {name: re.compile(pattern) for name, pattern in document.get("leave_out", {}).items()}
    except re.error as error:
        raise FileError(f"{path} is no mapping: {error}.") from error
    try:
        lookups = [Lookup(each["file"], each["by"]) for each in document.get("lookup", {}).values()]
    except (KeyError, TypeError) as error:
        raise FileError(f"{path} is no mapping: each lookup needs file and by.") from error
    return RowMapping(columns, document.get("values", {}), lookups, leave_out, repeated == "first")


def _check_template(path: Path, template: object) -> None:
    try:
        parsed = list(_FORMATTER.parse(template)) if isinstance(template, str) else None
    except ValueError:
        parsed = None
    # Plain names alone: "{0.__class__}" would look into Python's own things.
    if parsed is None or any(
        name is not None and (not name or re.search(r"[.\[\]!]", name) or conversion)
        for _, name, _, conversion in parsed
    ):
        raise FileError(f"{path} is no mapping: {template!r} is no template such as {{column}}.")


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
