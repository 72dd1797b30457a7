r"""Mappings: a TOML file that describes how the columns of a file become the columns of an import.

::

    repeated = "first"                      # several rows of a product: the first one counts; else "refuse"
    decimal = ","                           # numbers are written 1.234,50; the option --decimal states it too
    list_separator = ";"                    # lists are written a;b; the option --list-separator states it too

    [columns]
    external_id = "{StockCode}"             # {column}, and Python's formats for texts: {supplier_id:0>3}
    vendor_id = "VENDOR-{supplier_id:0>3}"
    category = "Retail"
    base_price = "{[Price: EUR]}"           # a column with a colon, a brace or a bracket; ] is written ]]

    [columns.variant]                       # instead of a template, a table with its steps, in this order:
    first_of = ["{Option}", "{Title}"]      # the first template whose text is not empty, or: from = "{Title}"
    split = ">"                             # parts of the text, without blanks around them: the list itself,
    part = -1                               #   or one of them: 1 is the first, -1 the last
    apply = ["strip_html", "slug", "upper"] # text of HTML; red-wine of Red Wine; capitals; also "lower"
    decimal = "."                           # how this column's numbers are written

    [values.is_active]                      # replacements of the resulting texts; "*" is any other text
    "0" = "true"
    "1" = "false"

    [lookup.products]                       # a file beside the imported one, whose columns are added to the
    file = "products.csv"                   # rows with the same text in the column `by`
    by = "product_id"

    [leave_out]                             # rows whose column matches are rejected: they are no products
    StockCode = "POST|DOT|M|D"

Columns are found without regard to case and surrounding blanks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from .cells import Formats, Unreadable, cell_of, parse_money
from .html_text import plain_text
from .sources import FileError, folded
from .texts import slug

__all__ = [
    "ColumnMapping",
    "Found",
    "LeftOut",
    "Lookup",
    "RowMapping",
    "RowUnmappable",
    "Template",
    "mapping_of_columns",
    "read_mapping",
]

_MEMBERS: Final = ("repeated", "decimal", "list_separator", "columns", "values", "lookup", "leave_out")
_STEPS: Final = ("from", "first_of", "split", "part", "apply", "decimal")
_ANY_OTHER: Final = "*"
_DECIMALS: Final = (".", ",")
_TRANSFORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "slug": slug,
    "strip_html": plain_text,
    "upper": str.upper,
    "lower": str.lower,
}
_FIELD: Final = re.compile(
    r"\{\[(?P<quoted>(?:[^\]]|\]\])+)\](?::(?P<quoted_form>[^{}]*))?\}"
    r"|\{(?P<plain>[^{}\[\]:]+)(?::(?P<plain_form>[^{}]*))?\}"
    r"|(?P<brace>\{\{|\}\})|(?P<text>[^{}]+)"
)
_FORM: Final = re.compile(r"(?:.?[<>^])?0?[0-9]{0,3}(?:\.[0-9]{1,3})?s?")

_ANY_FORMAT: Final = Formats()
_folded = lru_cache(maxsize=10_000)(folded)


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
class Template:
    """A text with columns in it.

    Attributes
    ----------
    pieces
        The texts, and the columns with their formats.
    """

    pieces: Sequence[str | tuple[str, str]]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Return the template of a text, or raise ValueError."""
        pieces: list[str | tuple[str, str]] = []
        position = 0
        while position < len(text):
            match = _FIELD.match(text, position)
            form = "" if match is None else match["quoted_form"] or match["plain_form"] or ""
            if match is None or not _FORM.fullmatch(form):
                raise ValueError(f"{text!r} is not a template such as {{column}}")
            if match["quoted"] is not None or match["plain"] is not None:
                name = match["plain"] or match["quoted"].replace("]]", "]")
                pieces.append((name, form))
            else:
                pieces.append(match["text"] or match["brace"][0])
            position = match.end()
        return cls(pieces)

    @property
    def columns(self) -> list[str]:
        """The columns that a row must have."""
        return [piece[0] for piece in self.pieces if not isinstance(piece, str)]

    def filled(self, row: Mapping[str, Any]) -> Any:
        """Return the text for a row of folded names, or the value of a column that stands alone.

        Raises
        ------
        RowUnmappable
            If the row has no such column, or a cell whose value cannot be used.
        """
        if len(self.pieces) == 1 and not isinstance(piece := self.pieces[0], str) and not piece[1]:
            return _cell(row, piece[0])
        return "".join(
            piece if isinstance(piece, str) else format(_text(_cell(row, piece[0])).strip(), piece[1])
            for piece in self.pieces
        )


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How a column of the import is made: the first template with a text, and what is done with it."""

    templates: Sequence[Template]
    split: str | None = None
    part: int | None = None
    apply: Sequence[str] = ()
    decimal: str | None = None

    def value(self, row: Mapping[str, Any]) -> Any:
        """Return the value for a row of folded names.

        Raises
        ------
        RowUnmappable
        """
        value: Any = ""
        for template in self.templates:
            value = template.filled(row)
            if value is not None and (not isinstance(value, str) or value.strip()):
                break
        if self.split is None and not self.apply and (self.decimal is None or not isinstance(value, str)):
            return value
        texts = [_text(value)]
        if self.split is not None:
            texts = [part for each in texts[0].split(self.split) if (part := each.strip())]
            if self.part is not None:
                at = self.part - 1 if self.part > 0 else self.part
                texts = texts[at:][:1] if -len(texts) <= at else []
        for name in self.apply:
            texts = [_TRANSFORMS[name](text) for text in texts]
        if self.split is not None and self.part is None:
            return [text for text in texts if text]
        text = texts[0].strip() if texts else ""
        if self.decimal is None or not text:
            return text
        try:
            return parse_money(text, Formats(self.decimal))
        except ValueError as error:
            raise RowUnmappable(f"{error}, not {text[:60]!r}") from error


@dataclass(frozen=True, slots=True)
class RowMapping:
    """How the columns of a file become those of an import; without `columns` they are the same.

    With `keeps_first`, the first of several rows with the same key counts, even if the others differ.
    """

    columns: Mapping[str, ColumnMapping] | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lookups: Sequence[Lookup] = ()
    leave_out: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    keeps_first: bool = False
    formats: Formats = _ANY_FORMAT

    def attributes(self, row: Mapping[str, Any], found: Found = _no_row) -> dict[str, Any]:
        """Return the columns of the import for a row; `found` returns the rows of lookups.

        Raises
        ------
        LeftOut, RowUnmappable
        """
        joined = {_folded(name): value for name, value in row.items()}
        for column, pattern in self.leave_out.items():
            text = _text(joined.get(_folded(column), ""))
            if pattern.fullmatch(text) or pattern.fullmatch(text.strip()):
                raise LeftOut(f"is left out by the mapping: {column} is {text}")
        if self.columns is None:
            return joined
        for lookup in self.lookups:
            text = _text(joined.get(_folded(lookup.by), "")).strip()
            other = found(lookup, text)
            if other is None:
                raise RowUnmappable(f"{lookup.by}: {text!r} is not in {lookup.file}")
            joined = {_folded(name): value for name, value in other.items()} | joined
        return {name: self._value(name, each, joined) for name, each in self.columns.items()}

    def _value(self, name: str, column: ColumnMapping, row: Mapping[str, Any]) -> Any:
        try:
            value = column.value(row)
        except RowUnmappable as error:
            raise RowUnmappable(f"{name}: {error}") from error
        values = self.values.get(name)
        if not values or isinstance(value, list | dict | Unreadable):
            return value
        text = _text(value)
        for each in (text, text.strip(), _ANY_OTHER):
            if each in values:
                return values[each]
        return value

    def required_columns(self) -> set[str]:
        """Return the columns that the file and its lookups must have."""
        templates = (each for column in (self.columns or {}).values() for each in column.templates)
        named = {name for template in templates for name in template.columns}
        return named | set(self.leave_out) | {lookup.by for lookup in self.lookups}

    def missing_columns(self, columns: Iterable[str]) -> list[str]:
        """Return the required columns that are not among those of the file and its lookups."""
        present = {folded(column) for column in columns}
        return sorted(name for name in self.required_columns() if folded(name) not in present)


def _cell(row: Mapping[str, Any], name: str) -> Any:
    try:
        value = row[_folded(name)]
    except KeyError:
        raise RowUnmappable(f"the row has no {name}") from None
    if isinstance(value, Unreadable):
        raise RowUnmappable(value.reason)
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if isinstance(value, Unreadable) else cell_of(value)


# Reading a mapping


def read_mapping(text: str, path: str) -> RowMapping:
    """Read a mapping from its text; `path` is the file's name in messages.

    Raises
    ------
    FileError
        If the file is not a mapping.
    """
    try:
        return _mapping_of(tomllib.loads(text.removeprefix("\ufeff")))
    except (ValueError, re.error, RecursionError) as error:
        raise FileError(f"{path} is not a mapping: {str(error).rstrip('.')}.") from error


def mapping_of_columns(columns: Mapping[str, str]) -> RowMapping:
    """Return the mapping in which columns of the import are columns of the file, by the names of both."""
    return RowMapping({name: ColumnMapping([Template([(column, "")])]) for name, column in columns.items()})


def _mapping_of(document: Mapping[str, Any]) -> RowMapping:
    _check_names("the mapping", document, _MEMBERS)
    columns = _table("columns", document.get("columns", {}))
    repeated = document.get("repeated", "refuse")
    if not columns or repeated not in ("first", "refuse"):
        raise ValueError('it requires [columns]; repeated is "first" or "refuse"')
    values = {
        name: {text: _text_of(f"values.{name}.{text}", value) for text, value in _table(name, table).items()}
        for name, table in _table("values", document.get("values", {})).items()
    }
    leave_out = {
        name: re.compile(_text_of(f"leave_out.{name}", pattern))
        for name, pattern in _table("leave_out", document.get("leave_out", {})).items()
    }
    lookups = []
    for each in _table("lookup", document.get("lookup", {})).values():
        if not isinstance(each, dict) or not all(isinstance(each.get(name), str) for name in ("file", "by")):
            raise ValueError("each lookup requires file and by, which are texts")
        _check_names("a lookup", each, ("file", "by"))
        lookups.append(Lookup(each["file"], each["by"]))
    list_separator = document.get("list_separator")
    if list_separator is not None and (not isinstance(list_separator, str) or len(list_separator) != 1):
        raise ValueError("list_separator should be one character")
    return RowMapping(
        {name: _column_of(name, column) for name, column in columns.items()},
        values,
        lookups,
        leave_out,
        repeated == "first",
        Formats(_decimal_of(document), list_separator),
    )


def _column_of(name: str, column: Any) -> ColumnMapping:
    if isinstance(column, str):
        return ColumnMapping([Template.parse(column)])
    if not isinstance(column, dict):
        raise ValueError(f"columns.{name}: {column!r} is not a template such as {{column}}")
    where = f"columns.{name}"
    _check_names(where, column, _STEPS)
    templates = column.get("first_of", [column["from"]] if "from" in column else None)
    if ("from" in column) == ("first_of" in column) or not isinstance(templates, list) or not templates:
        raise ValueError(f'{where} requires from = "{{column}}" or first_of = ["{{column}}", …]')
    split, part, apply = column.get("split"), column.get("part"), column.get("apply", [])
    if split is not None and (not isinstance(split, str) or not split):
        raise ValueError(f"{where}.split should be the text between the parts")
    if part is not None and (split is None or type(part) is not int or part == 0):
        raise ValueError(
            f"{where}.part should be the number of a part, beside split: 1, 2 … or -1 for the last"
        )
    apply = [apply] if isinstance(apply, str) else apply
    if not isinstance(apply, list) or any(
        not isinstance(each, str) or each not in _TRANSFORMS for each in apply
    ):
        raise ValueError(f"{where}.apply should be a list of {', '.join(_TRANSFORMS)}")
    return ColumnMapping(
        [Template.parse(_text_of(where, each)) for each in templates],
        split,
        part,
        apply,
        _decimal_of(column),
    )


def _decimal_of(table: Mapping[str, Any]) -> str | None:
    decimal = table.get("decimal")
    if decimal is not None and decimal not in _DECIMALS:
        raise ValueError('decimal should be "." or ","')
    return None if decimal is None else str(decimal)


def _check_names(where: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    if unknown := sorted(set(table) - set(known)):
        raise ValueError(f"{where} has the unknown {', '.join(unknown)}; known are {', '.join(known)}")


def _table(where: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} should be a table, such as [{where}]")
    return value


def _text_of(where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where} should be a text in quotes")
    return value
