"""The values of cells and options, both ways: an import reads what an export writes as the same value.

A list is written with ``|`` between its members, a map as ``color=Black|size=L``, an absent value as an empty
cell.  A backslash escapes ``|``, ``=`` and itself, and a comma or semicolon in a list of one member.

Nothing is assumed: ``1.500`` and ``1,5`` are different numbers in different countries, and are refused until
`Formats` states which character separates the decimals.

Texts of CSV files are written so that no spreadsheet evaluates them (`inventory_common.spreadsheets`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Final, get_args, get_origin

from inventory_common.attributes import Flag, Money, WholeNumber, type_of
from inventory_common.spreadsheets import neutralized, unambiguous

__all__ = [
    "LIST_SEPARATORS",
    "OWN_FORMATS",
    "PRESET_FORMATS",
    "SPREADSHEET_ERRORS",
    "Formats",
    "Unreadable",
    "cell_of",
    "container_of",
    "csv_cell_of",
    "parse_bool",
    "parse_int",
    "parse_list",
    "parse_map",
    "parse_money",
    "parser_of",
    "separators_in",
]

_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})
LIST_SEPARATORS: Final = {"|": "bar", ",": "comma", ";": "semicolon", "\n": "line break"}
"""The separators of lists that are recognized, and their names."""
_DIGITS_MAX: Final = 18
_PLAIN: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_THREE_DECIMALS: Final = re.compile(r"[+-]?[0-9]+[.,][0-9]{3}")
_SPACES: Final = " \u00a0\u2009\u202f"
_APOSTROPHES: Final = "'\u2019"
_MINUS: Final = "\u2212"
_NUMERIC: Final = re.compile(rf"[+-]?[0-9]+(?:[.,{_SPACES}{_APOSTROPHES}][0-9]+)*")
_CURRENCY: Final = (
    r"(?:[$\u00a2-\u00a5\u058f\u060b\u09f2\u09f3\u0e3f\u17db\u20a0-\u20cf]|[A-Z]{3}|(?:US|CA|C|AU|A|NZ|HK|S|R|NT)\$"
    r"|kr\.?|z\u0142|K\u010d|Ft|lei|Fr\.?|Rs\.?|Rp|RM|TL|R)"
)
_CURRENCY_BEFORE: Final = re.compile(rf"{_CURRENCY}[{_SPACES}]*([-+{_MINUS}]?[0-9].*)")
_CURRENCY_BEHIND: Final = re.compile(rf"(.*[0-9])[{_SPACES}]*{_CURRENCY}")


@dataclass(frozen=True, slots=True)
class Formats:
    """How the texts of cells are written.

    Attributes
    ----------
    decimal
        What separates the decimals of numbers: ``.`` or ``,``; None if nobody has stated it.
    list_separator
        What separates the members of lists; None if nobody has stated it.
    detected
        The separator that was found in a column's lists, by column, where none is stated.
    may_be_stated
        Whether the user can state them by options, which errors then name.
    """

    decimal: str | None = None
    list_separator: str | None = None
    detected: Mapping[str, str] = field(default_factory=dict)
    may_be_stated: bool = True


SPREADSHEET_ERRORS: Final = frozenset(
    {"#DIV/0!", "#GETTING_DATA", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
)
"""What a spreadsheet shows, and exports, for a formula that failed."""

OWN_FORMATS: Final = Formats(list_separator="|")
"""What an export writes."""
PRESET_FORMATS: Final = Formats(list_separator="|", may_be_stated=False)
"""What presets make of the files of shops, whose forms they know."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell whose value cannot be used: its row is rejected where the cell is needed.

    Attributes
    ----------
    reason
        Why it cannot be used.
    text
        What a rejects file has in its place.
    """

    reason: str
    text: str = ""


def cell_of(value: Any) -> str:
    """Return the text of a value."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case [member]:
            return re.sub(r"([,;])", r"\\\1", _escaped(cell_of(member)))
        case list() | tuple():
            return "|".join(_escaped(cell_of(member)) for member in value)
        case Mapping():
            return "|".join(f"{_escaped(str(k))}={_escaped(cell_of(v))}" for k, v in value.items())
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


def parse_bool(text: str, formats: Formats = OWN_FORMATS) -> bool:
    """Return the boolean that ``true``, ``false``, ``yes``, ``no``, ``1`` or ``0`` means."""
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError("should be true or false")


def parse_int(text: str, formats: Formats = OWN_FORMATS) -> int:
    """Return an integer, also from decimals that are all zero, such as ``2.00``."""
    try:
        number = parse_money(text, formats)
    except ValueError as error:
        if str(error).startswith("should"):
            raise ValueError("should be an integer") from None
        raise
    if number != number.to_integral_value():
        raise ValueError("should be an integer")
    return int(number)


def parse_money(text: str, formats: Formats = OWN_FORMATS) -> Decimal:
    """Return a decimal number.

    Without a stated format it is written as ``89.99``, and three decimals are refused: ``1.500`` may be
    fifteen hundred.  With one, thousands are separated by the other of point and comma, by spaces or by
    apostrophes, and a currency may stand before or behind the number.
    """
    if formats.decimal is None:
        option = ": state --decimal . or --decimal ," if formats.may_be_stated else ""
        if _THREE_DECIMALS.fullmatch(text):
            raise ValueError(f"may have thousands or decimals{option}")
        if _PLAIN.fullmatch(text):
            return Decimal(text)
        is_numeric = len(text) <= 3 * _DIGITS_MAX and _NUMERIC.fullmatch(_without_currency(text))
        raise ValueError(
            f"has another number format{option}" if is_numeric else "should be a number such as 89.99"
        )
    match = _number_pattern(formats.decimal).fullmatch(_without_currency(text))
    if match is None:
        raise ValueError(f"should be a number such as {'1.234,50' if formats.decimal == ',' else '1,234.50'}")
    whole, decimals = re.sub("[^0-9]", "", match["whole"]), match["decimals"]
    if len(whole) > _DIGITS_MAX or len(decimals or "") > _DIGITS_MAX:
        raise ValueError("should be a number of fewer digits")
    sign = "-" if match["sign"] in ("-", _MINUS) else ""
    return Decimal(f"{sign}{whole}" if decimals is None else f"{sign}{whole}.{decimals}")


@lru_cache(maxsize=2)
def _number_pattern(decimal: str) -> re.Pattern[str]:
    thousands = rf"[{'.' if decimal == ',' else ','}{_SPACES}{_APOSTROPHES}]"
    whole = rf"[0-9]{{1,3}}(?P<by>{thousands})[0-9]{{3}}(?:(?P=by)[0-9]{{3}})*|[0-9]+"
    return re.compile(
        rf"(?P<sign>[+\-{_MINUS}]?)(?P<whole>{whole})(?:{re.escape(decimal)}(?P<decimals>[0-9]+))?"
    )


def _without_currency(text: str) -> str:
    """Return the text without one currency sign or code at either end, and without blanks beside it."""
    sign, number = (text[0], text[1:]) if text.startswith(("+", "-", _MINUS)) else ("", text)
    match = _CURRENCY_BEFORE.fullmatch(number) or _CURRENCY_BEHIND.fullmatch(number)
    return sign + match[1] if match else text


def parse_list(text: str, formats: Formats = OWN_FORMATS, column: str = "") -> list[str]:
    """Return a list, with the blanks around its members removed and empty members left out.

    Without a stated separator, ``|`` separates wherever it is, else what was detected in the column; another
    separator in the same cell is refused, as it could be meant.
    """
    stated = formats.list_separator
    if stated is not None:
        return _members(text, stated)
    found = separators_in(text)
    if not found or "|" in found:
        return _members(text, "|")
    detected = formats.detected.get(column)
    if detected is None or found != {detected}:
        names = " and ".join(LIST_SEPARATORS[each] for each in LIST_SEPARATORS if each in found)
        raise ValueError(f"has {names}, which may separate members: state --list-separator")
    members = _members(text, detected)
    if len({"://" in member for member in members}) > 1:
        raise ValueError(f"has {LIST_SEPARATORS[detected]}s within addresses: state --list-separator")
    return members


def separators_in(text: str) -> set[str]:
    """Return the separators of `LIST_SEPARATORS` that a cell has between members, not within addresses."""
    found = set()
    for separator in LIST_SEPARATORS:
        if separator not in text:
            continue
        members = _members(text, separator)
        is_address = members and "://" in members[0] and not any("://" in member for member in members[1:])
        if len(members) > 1 and not (is_address and separator in ",;"):
            found.add(separator)
    return found


def _members(text: str, separator: str) -> list[str]:
    members = (_unescaped(member).strip() for member in _split(text, separator))
    return [member for member in members if member]


def parse_map(text: str, formats: Formats = OWN_FORMATS) -> dict[str, str]:
    """Return a map, with the blanks around names and values removed."""
    members = {}
    for member in _split(text, "|"):
        name, *values = _split(member, "=")
        if len(values) != 1:
            raise ValueError("should look like color=Black|size=L")
        key = _unescaped(name).strip()
        if key in members:
            raise ValueError(f"should have {key} once")
        members[key] = _unescaped(values[0]).strip()
    return members


def parser_of(annotation: Any) -> Callable[..., Any] | None:
    """Return the function that reads the text of an attribute with this annotation; None if it is a text.

    It takes the text, and optionally the `Formats` of the file.
    """
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
