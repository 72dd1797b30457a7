"""The values of CSV files, both ways: what an export writes, an import reads as the same.

A list is written with ``|`` between its members, a map as ``color=Black|size=L``, an absent value as an empty
cell.  A backslash before ``|``, ``=`` or itself takes their meaning away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

__all__ = ["PARSERS", "cell_of", "parse_bool", "parse_int", "parse_list", "parse_map", "parse_money"]

_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})


def cell_of(value: Any) -> str:
    """Write a value."""
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


def parse_bool(text: str) -> bool:
    """Read ``true``, ``false``, ``yes``, ``no``, ``1`` or ``0``."""
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError("should be true or false")


def parse_int(text: str) -> int:
    """Read an integer."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError("should be an integer")
    return int(text)


def parse_money(text: str) -> Decimal:
    """Read a decimal number."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        raise ValueError("should be a number such as 89.99")
    try:
        return Decimal(text)
    except InvalidOperation as error:  # pragma: no cover
        raise ValueError("should be a number such as 89.99") from error


def parse_list(text: str) -> list[str]:
    """Read a list."""
    return [_plain(member) for member in _split(text, "|")]


def parse_map(text: str) -> dict[str, str]:
    """Read a map."""
    found = {}
    for member in _split(text, "|"):
        name, *values = _split(member, "=")
        if len(values) != 1:
            raise ValueError("should look like color=Black|size=L")
        found[_plain(name)] = _plain(values[0])
    return found


PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "base_price": parse_money,
    "unit_price": parse_money,
    "images": parse_list,
    "tags": parse_list,
    "variant_attributes": parse_map,
    "is_active": parse_bool,
    "reorder_threshold": parse_int,
    "quantity": parse_int,
    "counted_stock": parse_int,
    "hold_seconds": parse_int,
}
"""How the text of a column is read; columns that are not here are texts."""


def _escaped(text: str) -> str:
    return re.sub(r"([\\|=])", r"\\\1", text)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _split(text: str, separator: str) -> list[str]:
    """Split at separators that no backslash precedes; what is between them stays escaped."""
    parts, begin, position = [], 0, 0
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] == separator:
            parts.append(text[begin:position])
            begin = position + 1
        position += 1
    return [*parts, text[begin:]]
