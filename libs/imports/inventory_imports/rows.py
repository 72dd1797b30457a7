"""The rows of each import, checked as the services would check them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, get_args, get_origin

from inventory_common.attributes import (
    AttributeType,
    Items,
    Name,
    Notes,
    OneOf,
    OrderId,
    ProductId,
    Quantity,
    SkuId,
    VendorId,
    WholeNumber,
    type_of,
)
from inventory_common.ids import StockKey, is_id
from inventory_common.limits import (
    HOLD_MAX_SECONDS,
    HOLD_MIN_SECONDS,
    NOTES_MAX_BYTES,
    SKU_VARIANT_MAX_CHARACTERS,
    STOCK_MAX,
)

from .cells import (
    SPREADSHEET_ERRORS,
    Formats,
    Unreadable,
    cell_of,
    container_of,
    parse_int,
    parse_list,
    parse_money,
    parser_of,
)
from .resources import ACTIVE_FLAG, PRODUCT, SKU, Resource

__all__ = ["ORDER_ROW", "PRODUCT_ROW", "SKU_ROW", "STOCK_ROW", "RowError", "RowType"]

Row = Mapping[str, Any]
Rule = Callable[[Row], None]
"""Raises ValueError if the columns of a row do not fit together."""
Check = Callable[[Any, str], tuple[Any, list[str]]]
"""Takes a value and its path, and returns the value as it is stored and the errors."""

_ERRORS_MAX: Final = 3
_SHOWN_MAX_CHARACTERS: Final = 60
_REFERENCE: Final = re.compile(r"[^\[\]\x00-\x1f\x7f-\x9f]{1,100}")
_UNDO_PREFIX: Final = "undo "
_ANY_FORMAT: Final = Formats()
_REPLACEMENT: Final = "\ufffd"
_IDENTIFIERS: Final = frozenset(
    {"external_id", "order_id", "product_id", "reference", "sku", "variant", "vendor_id"}
)
"""Columns whose texts name things: two that look the same must be the same."""
_INVISIBLE_CATEGORIES: Final = frozenset({"Cf", "Zl", "Zp", "Zs"})
_INVISIBLE_OTHERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
"""Letters and marks that show nothing."""


class RowError(Exception):
    """A row is wrong; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `column` makes it from the annotation of its values.

    Attributes
    ----------
    parse
        Reads the text of a cell; None for texts.
    check
        Returns a value in the form in which it is stored, and what is wrong with it.
    is_required
        Whether a row must have it.
    default
        The value of a row without it.
    """

    parse: Callable[..., Any] | None
    check: Check
    is_required: bool
    default: Any


def column(annotation: Any, *, is_required: bool = False, default: Any = None) -> Column:
    """Return a column whose values have an annotation."""
    return Column(parser_of(annotation), _check_of(annotation), is_required, default)


@dataclass(frozen=True, slots=True)
class RowType:
    """The columns of a row, and the rules for several columns together."""

    columns: Mapping[str, Column]
    rules: Sequence[Rule] = ()

    def check(self, attributes: Mapping[str, Any], formats: Formats = _ANY_FORMAT) -> dict[str, Any]:
        """Return a row without its empty columns; the texts of numbers, lists and so on are read.

        Blanks around texts are removed, also the no-break space.

        Raises
        ------
        RowError
            With the first three errors.
        """
        trimmed = {name: _trimmed(value) for name, value in attributes.items()}
        given = {name: value for name, value in trimmed.items() if value is not None and value != ""}
        if unknown := sorted(set(given) - set(self.columns)):
            raise RowError(f"{unknown[0]}: unknown column")
        values, errors = self._read(given, formats)
        if not errors:
            values, errors = self._checked(values)
        if not errors:
            errors = self._broken_rule(values)
        if errors:
            raise RowError("; ".join(errors[:_ERRORS_MAX]))
        return values

    def _read(self, given: Mapping[str, Any], formats: Formats) -> tuple[dict[str, Any], list[str]]:
        """Return the columns in their order, read from their texts, and what cannot be read."""
        values: dict[str, Any] = {}
        errors = []
        for name, each in self.columns.items():
            value = given.get(name, each.default)
            if value is None:
                continue
            try:
                values[name] = _value_of(name, value, each.parse, formats)
            except ValueError as error:
                shown = str(value)[:_SHOWN_MAX_CHARACTERS]
                if isinstance(value, Unreadable) or _NAMES_CHARACTER.search(str(error)):
                    errors.append(f"{name}: {error}")
                elif str(error).startswith("should"):
                    errors.append(f"{name}: {error}, not {shown!r}")
                else:
                    errors.append(f"{name}: {shown!r} {error}")
        return values, errors

    def _checked(self, values: Row) -> tuple[dict[str, Any], list[str]]:
        """Return the values in the form in which they are stored, and what is wrong."""
        row: dict[str, Any] = {}
        errors: list[str] = []
        for name, each in self.columns.items():
            if name in values:
                row[name], found = each.check(values[name], name)
                errors += found
            elif each.is_required:
                errors.append(f"{name}: is required")
        return row, errors

    def _broken_rule(self, row: Row) -> list[str]:
        try:
            for rule in self.rules:
                rule(row)
        except ValueError as error:
            return [str(error)]
        return []


def _value_of(name: str, value: Any, parse: Callable[..., Any] | None, formats: Formats) -> Any:
    """Return the value of a cell, or raise ValueError."""
    if isinstance(value, Unreadable):
        raise ValueError(value.reason)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        # A number of JSON or a workbook is exact, whatever the format of texts.
        if parse is parse_int and isinstance(value, Decimal) and value == value.to_integral_value():
            return int(value)
        if parse in (parse_int, parse_money):
            return value
        value = cell_of(value)
    if not isinstance(value, str):
        if _REPLACEMENT in cell_of(value):
            raise ValueError(_character_error(_REPLACEMENT))
        return value
    if value[0] == "#" and value in SPREADSHEET_ERRORS:
        raise ValueError("is the error of a formula")
    if not value.isascii():
        if _REPLACEMENT in value:
            raise ValueError(_character_error(_REPLACEMENT))
        if name in _IDENTIFIERS:
            _check_visible(value)
    if parse is None:
        return value
    return parse(value, formats, name) if parse is parse_list else parse(value, formats)


def _trimmed(value: Any) -> Any:
    """Return a value without the blanks around its texts."""
    match value:
        case str():
            return value.strip()
        case list():
            return [_trimmed(member) for member in value]
        case dict():
            return {_trimmed(name): _trimmed(member) for name, member in value.items()}
        case _:
            return value


def _check_visible(text: str) -> None:
    for character in text:
        if character == " ":
            continue
        if unicodedata.category(character) in _INVISIBLE_CATEGORIES or character in _INVISIBLE_OTHERS:
            raise ValueError(_character_error(character))


def _character_error(character: str) -> str:
    code = f"U+{ord(character):04X}"
    if character == _REPLACEMENT:
        return f"has {code}, which stands for a character that was lost earlier: write the right one"
    name = unicodedata.name(character, "a character without a name").lower()
    return f"has the invisible character {code} ({name}): ids that look the same must be the same"


_NAMES_CHARACTER: Final = re.compile(r"has (the invisible character )?U\+")


def _check_of(annotation: Any) -> Check:
    """Return the check of values with an annotation; it is made once, as it is used for each row."""
    container = container_of(annotation)
    if container is None:
        return _single_check(type_of(annotation))
    bounds = _bounds_of(annotation)
    checks = [_check_of(part) for part in get_args(container)]
    return _list_check(bounds, *checks) if get_origin(container) is list else _map_check(bounds, *checks)


def _single_check(value_type: AttributeType | None) -> Check:
    def check(value: Any, path: str) -> tuple[Any, list[str]]:
        try:
            return value if value_type is None else value_type.check(value), []
        except ValueError as error:
            return value, [_error(path, error, value)]

    return check


def _list_check(bounds: Items | None, member_check: Check) -> Check:
    def check(value: Any, path: str) -> tuple[Any, list[str]]:
        try:
            _check_container(value, list, bounds)
        except ValueError as error:
            return value, [_error(path, error, value)]
        members = [member_check(member, f"{path}.{number}") for number, member in enumerate(value)]
        return [member for member, _ in members], [error for _, errors in members for error in errors]

    return check


def _map_check(bounds: Items | None, name_check: Check, member_check: Check) -> Check:
    def check(value: Any, path: str) -> tuple[Any, list[str]]:
        try:
            _check_container(value, dict, bounds)
        except ValueError as error:
            return value, [_error(path, error, value)]
        names = [name_check(name, f"{path}.{name}") for name in value]
        members = [member_check(member, f"{path}.{name}") for name, member in value.items()]
        errors = [error for _, errors in (*names, *members) for error in errors]
        return {name: member for (name, _), (member, _) in zip(names, members, strict=True)}, errors

    return check


def _error(path: str, error: ValueError, value: Any) -> str:
    return f"{path}: {error}, not {str(value)[:_SHOWN_MAX_CHARACTERS]!r}"


def _check_container(value: Any, container: type[list[Any] | dict[str, Any]], bounds: Items | None) -> None:
    if not isinstance(value, container):
        raise ValueError("should be a list" if container is list else "should be a map")
    if bounds is not None and not bounds.least <= len(value) <= bounds.most:
        raise ValueError(f"should have {bounds.least} to {bounds.most} members")


def _bounds_of(annotation: Any) -> Items | None:
    """Return the bounds of the size of a list or map."""
    for each in getattr(annotation, "__metadata__", ()):
        if isinstance(each, Items):
            return each
    parts = () if get_origin(annotation) in (list, dict) else get_args(annotation)
    return next((bounds for part in parts if (bounds := _bounds_of(part)) is not None), None)


# The types of columns that only imports have


class _TextType(AttributeType):
    """A text that only imports use; it is in no document."""

    def from_text(self, text: str) -> str:
        """Return the text."""
        return str(self.check(text))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string"}


class _VariantType(_TextType):
    def check(self, value: Any) -> str:
        if not isinstance(value, str) or not is_id("sku", f"SKU-PROD-00000-{value}"):
            raise ValueError(
                f"should be at most {SKU_VARIANT_MAX_CHARACTERS} of A-Z and 0-9, with single hyphens between"
            )
        return value


class _ReferenceType(_TextType):
    def check(self, value: Any) -> str:
        if not isinstance(value, str) or not _REFERENCE.fullmatch(value) or value.startswith(_UNDO_PREFIX):
            raise ValueError("should be 1 to 100 characters, none of them [ or ]")
        return value


Variant = Annotated[str, _VariantType()]
Reference = Annotated[str, _ReferenceType()]
CountedStock = Annotated[int, WholeNumber(0, STOCK_MAX)]
HoldSeconds = Annotated[int, WholeNumber(HOLD_MIN_SECONDS, HOLD_MAX_SECONDS)]
WantedStatus = Annotated[str, OneOf(("reserved", "confirmed", "cancelled"))]


def _creation_columns(resource: Resource) -> dict[str, Column]:
    """Return the columns of the attributes that a creator sets, and of the flag."""
    columns = {
        name: column(resource.annotations[name], is_required=is_required)
        for name, is_required in resource.is_required.items()
    }
    return columns | {ACTIVE_FLAG: column(resource.annotations[ACTIVE_FLAG])}


# Products


def _is_identified(row: Row) -> None:
    if row.get("external_id") is None and row.get("product_id") is None:
        raise ValueError("external_id: is required")


PRODUCT_ROW: Final = RowType(
    {
        **_creation_columns(PRODUCT),
        "vendor_id": column(VendorId, is_required=True),
        "product_id": column(ProductId),
    },
    [_is_identified],
)
"""A product, which later imports recognize by its `external_id`.

`product_id` alone changes a product without an external id; beside an external id it is ignored.
"""


# SKUs, stock and orders: rows that identify a SKU


def _identifies_a_sku(row: Row) -> None:
    sku, product_id = row.get("sku"), row.get("product_id")
    has_product = product_id is not None or row.get("external_id") is not None
    if sku is None:
        if row.get("variant") is None or not has_product:
            raise ValueError("should have a sku, or a variant and its product's external_id or product_id")
    elif product_id not in (None, StockKey.of(sku).product_id):
        raise ValueError(f"should name the product of the sku, {StockKey.of(sku).product_id}")


_SKU_COLUMNS: Final = {
    "sku": column(SkuId),
    "product_id": column(ProductId),
    "external_id": column(Name),
    "variant": column(Variant),
}
"""`sku`, or the `variant` of a product, which `external_id` or else `product_id` names."""

SKU_ROW: Final = RowType(
    {**_SKU_COLUMNS, "vendor_id": column(VendorId, is_required=True), **_creation_columns(SKU)},
    [_identifies_a_sku],
)
"""A SKU."""


def _is_a_delivery_or_a_count(row: Row) -> None:
    if (row.get("quantity") is None) == (row.get("counted_stock") is None):
        raise ValueError("should have a quantity or a counted_stock, and not both")


def _fits_into_notes(row: Row) -> None:
    longest = f"[{_UNDO_PREFIX}{row['reference']}] {row.get('notes', '')}"
    if len(longest.encode()) > NOTES_MAX_BYTES:
        raise ValueError(f"reference and notes should be at most {NOTES_MAX_BYTES - 8} bytes together")


STOCK_ROW: Final = RowType(
    {
        **_SKU_COLUMNS,
        "vendor_id": column(VendorId, is_required=True),
        "quantity": column(Quantity),
        "counted_stock": column(CountedStock),
        "reference": column(Reference, is_required=True),
        "notes": column(Notes),
    },
    [_identifies_a_sku, _is_a_delivery_or_a_count, _fits_into_notes],
)
"""Units that were delivered (`quantity`) or counted (`counted_stock`).

`reference` identifies the delivery or count for ever: the log's notes contain it, so that a later import
finds what was done.
"""


def _has_the_vendor_of_its_external_id(row: Row) -> None:
    if row.get("sku") is None and row.get("external_id") is not None and row.get("vendor_id") is None:
        raise ValueError("should have a vendor_id: an external_id is unique per vendor")


ORDER_ROW: Final = RowType(
    {
        **_SKU_COLUMNS,
        "order_id": column(OrderId, is_required=True),
        "vendor_id": column(VendorId),
        "quantity": column(Quantity, is_required=True),
        "hold_seconds": column(HoldSeconds),
        "status": column(WantedStatus, default="reserved"),
    },
    [_identifies_a_sku, _has_the_vendor_of_its_external_id],
)
"""A line of an order; `status` and `hold_seconds` concern the whole order."""
