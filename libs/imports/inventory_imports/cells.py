"""The values of CSV files and options, both ways: an import reads what an export writes as the same value.

A list is written with ``|`` between its members, a map as ``color=Black|size=L``, an absent value as an empty
cell.  A backslash escapes ``|``, ``=`` and itself.  Texts of CSV files are written so that no spreadsheet
evaluates them (`inventory_common.spreadsheets`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, get_args, get_origin

from inventory_common.attributes import Flag, Money, WholeNumber, type_of
from inventory_common.spreadsheets import neutralized, unambiguous

__all__ = [
    "cell_of",
    "container_of",
    "csv_cell_of",
    "parse_bool",
    "parse_int",
    "parse_list",
    "parse_map",
    "parse_money",
    "parser_of",
]

_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})


def cell_of(value: Any) -> str:
    """Return the text of a value."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return "|".join(_escaped(str(member)) for member in value)
        case Mapping():
            return "|".join(f"{_escaped(str(k))}={_escaped(str(v))}" for k, v in value.items())
        case _:
            return str(value)


def csv_cell_of(value: Any, *, raw: bool = False) -> str:
    """Return the text of a value in a CSV file: no spreadsheet evaluates it, unless it is `raw`.

    Numbers stay numbers, also negative ones.
    """
    text = cell_of(value)
    if value is None or isinstance(value, bool | int | float | Decimal):
        return text
    return unambiguous(text) if raw else neutralized(text)


def parse_bool(text: str) -> bool:
    """Return the boolean that ``true``, ``false``, ``yes``, ``no``, ``1`` or ``0`` means."""
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError("should be true or false")


def parse_int(text: str) -> int:
    """Return an integer."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError("should be an integer")
    return int(text)


def parse_money(text: str) -> Decimal:
    """Return a decimal number."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        raise ValueError("should be a number such as 89.99")
    return Decimal(text)


def parse_list(text: str) -> list[str]:
    """Return a list."""
    return [_unescaped(member) for member in _split(text, "|")]


def parse_map(text: str) -> dict[str, str]:
    """Return a map."""
    members = {}
    for member in _split(text, "|"):
        name, *values = _split(member, "=")
        if len(values) != 1:
            raise ValueError("should look like color=Black|size=L")
        members[_unescaped(name)] = _unescaped(values[0])
    return members


def parser_of(annotation: Any) -> Callable[[str], Any] | None:
    """Return the function that reads the text of an attribute with this annotation; None if it is a text."""
    container = container_of(annotation)
    if container is not None:
        return parse_list if get_origin(container) is list else parse_map
    match type_of(annotation):
        case Money():
            return parse_money
        case WholeNumber():
            return parse_int
        case Flag():
            return parse_bool
        case _:
            return None


def container_of(annotation: Any) -> Any:
    """Return the ``list[…]`` or ``dict[…]`` of an annotation, also where it may be null; None for others."""
    if get_origin(annotation) in (list, dict):
        return annotation
    parts = get_args(annotation)
    inner = parts[:1] if get_origin(annotation) is Annotated else parts
    return next((container for part in inner if (container := container_of(part)) is not None), None)


def _escaped(text: str) -> str:
    return re.sub(r"([\\|=])", r"\\\1", text)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _split(text: str, separator: str) -> list[str]:
    """Split at unescaped separators; the parts stay escaped."""
    parts, begin, position = [], 0, 0
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] == separator:
            parts.append(text[begin:position])
            begin = position + 1
        position += 1
    return [*parts, text[begin:]]
