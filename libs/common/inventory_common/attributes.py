"""The types of attributes, declared once for bodies, queries, files and documents.

A type such as `Text` or `Money` is metadata of an annotation (``Annotated[str, Text(200)]``): it checks a
JSON value, reads a value from the text of a query or a file, and returns the JSON Schema.  An `Attribute`
beside it describes the attribute in the documents.  Nothing is coerced: ``"1"``, ``true`` and ``1.5`` are not
integers.

pydantic is not imported here: it calls the hooks of a type when the first body is read (`bodies`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Protocol, Union, get_args, get_origin, get_type_hints

from .ids import FORMS, PATTERNS, is_id
from .limits import (
    BARCODE_MAX_CHARACTERS,
    IDEMPOTENCY_KEY_MAX_CHARACTERS,
    MONEY_DECIMAL_PLACES,
    MONEY_MAX,
    NAME_MAX_CHARACTERS,
    NOTES_MAX_BYTES,
    ORDER_NOTES_MAX_BYTES,
    PRODUCT_DESCRIPTION_MAX_CHARACTERS,
    PRODUCT_IMAGE_MAX_CHARACTERS,
    QUANTITY_MAX,
    REASON_MAX_CHARACTERS,
    STOCK_MAX,
)
from .timestamps import TIMESTAMP_FORM, TIMESTAMP_STORED_FORM, timestamp
from .values import value

__all__ = [
    "BARCODE_FORMAT",
    "NOTES_FORMAT",
    "NO_CONTROL_CHARACTERS",
    "ORDER_NOTES_FORMAT",
    "PRINTABLE",
    "READABLE",
    "READABLE_IN_ORDER",
    "READABLE_LINES",
    "VISIBLE_ASCII",
    "WORD",
    "AnyText",
    "Attribute",
    "AttributeType",
    "Barcode",
    "BarcodeText",
    "CommandKey",
    "Counter",
    "Description",
    "Flag",
    "Hash",
    "Identifier",
    "ImageUrl",
    "Items",
    "MemberNames",
    "Moment",
    "Money",
    "Name",
    "Notes",
    "OneOf",
    "OpenWord",
    "OrderId",
    "OrderNotes",
    "Owner",
    "Price",
    "ProductId",
    "Quantity",
    "Reason",
    "Signature",
    "SkuId",
    "StoredMoment",
    "Text",
    "Threshold",
    "TransactionId",
    "Units",
    "VendorId",
    "WholeNumber",
    "YesNo",
    "attribute_of",
    "attributes_of",
    "form_of",
    "is_optional",
    "type_of",
]

_CONTROL: Final = r"\x00-\x1f\x7f-\x9f"
NO_CONTROL_CHARACTERS: Final = rf"^[^{_CONTROL}]+$"
"""The pattern of texts without control characters."""
# What shows nothing: the characters that str.strip removes, Unicode's Default_Ignorable_Code_Point, and the
# empty braille cell.  Python and ECMA-262 have no common escape for those beyond U+FFFF, so these stand for
# themselves; JSON Schema reads a pattern by code points.
_INVISIBLE_BUT_SPACE: Final = (
    r"\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE: Final = " " + _INVISIBLE_BUT_SPACE
_DIRECTIONS: Final = r"\u202a-\u202e\u2066-\u2069"


def _visible(refused: str) -> str:
    return rf"^[^{refused}]*[^{refused}{_INVISIBLE}][^{refused}]*$"


READABLE: Final = _visible(_CONTROL)
"""The pattern of texts that have no control characters and are not blank."""
READABLE_IN_ORDER: Final = _visible(_CONTROL + _DIRECTIONS)
"""The pattern of texts that also have no character that overrides or isolates the direction of writing: with
one, two different names look the same, or a name reorders what is printed beside it."""
# The replacement character stands for bytes that were not UTF-8: a query that contains it is refused.
_UNPRINTABLE: Final = rf"{_CONTROL}{_INVISIBLE_BUT_SPACE}\ufffd"
PRINTABLE: Final = rf"^[^{_UNPRINTABLE} ](?:[^{_UNPRINTABLE}]*[^{_UNPRINTABLE} ])?$"
"""The pattern of texts that have only visible characters and, between these, spaces: nothing in one is missed
by somebody who reads or types it."""
VISIBLE_ASCII: Final = r"^[\x21-\x7e]+$"
"""The pattern of texts that a header can carry: printable ASCII characters, none of them a space."""
WORD: Final = r"^[a-z0-9_-]+$"
"""The pattern of words that programs compare."""
_CONTROL_IN_LINES: Final = r"\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f"
READABLE_LINES: Final = (
    rf"^(?![\s\S]*\r(?!\n))[^{_CONTROL_IN_LINES}]*"
    rf"[^{_CONTROL}{_INVISIBLE}][^{_CONTROL_IN_LINES}]*$"
)
"""The pattern of texts of several lines: not blank, and with no control characters but LF and CR LF."""
_PATTERN_ERRORS: Final = {
    NO_CONTROL_CHARACTERS: "should have no control characters",
    READABLE: "should not be blank, and should have no control characters",
    READABLE_IN_ORDER: "should have no character that overrides or isolates the direction of writing",
    PRINTABLE: "should have visible characters only, and spaces only between them",
    VISIBLE_ASCII: "should have only printable ASCII characters, none of them a space",
    READABLE_LINES: "should not be blank, and should have no control characters except line breaks",
    WORD: "should have only characters of a-z0-9_-",
}
_COMPILED: Final = {pattern: re.compile(pattern) for pattern in _PATTERN_ERRORS}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DECIMAL: Final = re.compile(rf"[0-9]{{1,{len(str(int(MONEY_MAX)))}}}(\.[0-9]{{1,{MONEY_DECIMAL_PLACES}}})?")
NOTES_FORMAT: Final = f"utf-8-of-{NOTES_MAX_BYTES}-bytes"
"""The `format` of notes in documents: JSON Schema cannot count bytes."""
ORDER_NOTES_FORMAT: Final = f"utf-8-of-{ORDER_NOTES_MAX_BYTES}-bytes"
"""The same of the notes of orders' commands."""
BARCODE_FORMAT: Final = "barcode"
"""The `format` of barcodes in documents: JSON Schema cannot calculate check digits."""
_GTIN: Final = re.compile(r"[0-9]{8}|[0-9]{12,14}")


class AttributeType(Protocol):
    """A type of values.  `check` and `from_text` raise ValueError, which says what the value should be."""

    def check(self, value: Any) -> Any:
        """Return a JSON value in the form in which it is stored."""

    def from_text(self, text: str) -> Any:
        """Return the value that a query parameter or a cell of a file holds, in the same form."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values that are accepted."""


class _Checked:
    """The hooks through which pydantic uses a type."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.check)  # type: ignore[attr-defined]

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        return self.schema()  # type: ignore[attr-defined,no-any-return]


@value
class Text(_Checked):
    """A text of 1 to `max_characters` that matches `pattern` and has at most `max_bytes` in UTF-8.

    In a text of several lines (`READABLE_LINES`), CR LF becomes LF.
    """

    max_characters: int
    pattern: str = READABLE
    max_bytes: int | None = None

    def check(self, value: Any) -> str:
        """Return the text."""
        if not isinstance(value, str):
            raise ValueError("should be a string")
        if not 1 <= len(value) <= self.max_characters:
            raise ValueError(f"should have 1 to {self.max_characters} characters")
        if _SURROGATE.search(value):
            raise ValueError("should be valid Unicode")
        if not _COMPILED[self.pattern].fullmatch(value):
            raise ValueError(_pattern_error(self.pattern, value))
        if self.max_bytes is not None and len(value.encode()) > self.max_bytes:
            raise ValueError(f"should be at most {self.max_bytes} bytes of UTF-8")
        return value.replace("\r\n", "\n") if self.pattern == READABLE_LINES else value

    def from_text(self, text: str) -> str:
        """Return the text."""
        return self.check(text)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        size = {} if self.max_bytes is None else {"format": f"utf-8-of-{self.max_bytes}-bytes"}
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": self.max_characters,
            "pattern": self.pattern,
            **size,
        }


def _pattern_error(pattern: str, text: str) -> str:
    """Return what is wrong with a text that does not match a pattern."""
    if pattern == READABLE_IN_ORDER and not _COMPILED[READABLE].fullmatch(text):
        return _PATTERN_ERRORS[READABLE]
    return _PATTERN_ERRORS[pattern]


@value
class BarcodeText(_Checked):
    """A GTIN (8, 12, 13 or 14 digits, the last of which is their check digit) or any other printable code."""

    def check(self, value: Any) -> str:
        """Return the barcode."""
        code = _CODE.check(value)
        if _GTIN.fullmatch(code) and _check_digit(code[:-1]) != int(code[-1]):
            raise ValueError(
                f"should have the check digit {_check_digit(code[:-1])}, as a GTIN of {len(code)} digits"
            )
        return code

    def from_text(self, text: str) -> str:
        """Return the barcode."""
        return self.check(text)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {**_CODE.schema(), "format": BARCODE_FORMAT}


_CODE: Final = Text(BARCODE_MAX_CHARACTERS, PRINTABLE)


def _check_digit(digits: str) -> int:
    """Return the last digit of the GTIN that begins with these digits (GS1 General Specifications, 7.9)."""
    weighted = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(reversed(digits), start=1))
    return -weighted % 10


@value
class AnyText(_Checked):
    """Any text; its content is checked elsewhere."""

    def check(self, value: Any) -> str:
        """Return the text."""
        if not isinstance(value, str):
            raise ValueError("should be a string")
        return value

    def from_text(self, text: str) -> str:
        """Return the text."""
        return text

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string"}


@value
class Identifier(_Checked):
    """An id that matches the pattern of the attribute `name` in `ids.PATTERNS`."""

    name: str

    def check(self, value: Any) -> str:
        """Return the id."""
        if not isinstance(value, str):
            raise ValueError("should be a string")
        if not is_id(self.name, value):
            raise ValueError(f"should be {FORMS[self.name]}")
        return value

    def from_text(self, text: str) -> str:
        """Return the id."""
        return self.check(text)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": f"^{PATTERNS[self.name]}$"}


@value
class OneOf(_Checked):
    """One of several words."""

    choices: tuple[str, ...]

    def check(self, value: Any) -> str:
        """Return the word."""
        if value not in self.choices:
            raise ValueError(f"should be one of {', '.join(self.choices)}")
        return str(value)

    def from_text(self, text: str) -> str:
        """Return the word."""
        return self.check(text)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "enum": list(self.choices)}


@value
class MemberNames(_Checked):
    """Some of the members of an object, by name; in a text they are separated by commas."""

    members: tuple[str, ...]

    def check(self, value: Any) -> tuple[str, ...]:
        """Return the names, each once, in the order in which the object has them."""
        if not isinstance(value, list | tuple) or not value:
            raise ValueError("should name at least one member")
        unknown = [str(name) for name in value if name not in self.members]
        if unknown:
            raise ValueError(f"should have only names of {', '.join(self.members)}; not {', '.join(unknown)}")
        return tuple(name for name in self.members if name in value)

    def from_text(self, text: str) -> tuple[str, ...]:
        """Return the names."""
        return self.check(text.split(","))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "array", "items": {"type": "string", "enum": list(self.members)}, "minItems": 1}


@value
class WholeNumber(_Checked):
    """An integer from `least` to `most`."""

    least: int
    most: int

    def check(self, value: Any) -> int:
        """Return the integer."""
        if type(value) is not int:
            raise ValueError("should be an integer")
        if not self.least <= value <= self.most:
            raise ValueError(f"should be {self.least} to {self.most}")
        return value

    def from_text(self, text: str) -> int:
        """Return the integer."""
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise ValueError(f"should be an integer from {self.least} to {self.most}")
        return self.check(int(text))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@value
class Money(_Checked):
    """An exact amount from 0 to `MONEY_MAX` with at most `MONEY_DECIMAL_PLACES` fractional digits."""

    def check(self, value: Any) -> Decimal | int:
        """Return the amount in the form in which DynamoDB returns it: 90 for 90.00, 89.9 for 89.90."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise ValueError("should be a number")
        amount = Decimal(value)
        if not (amount.is_finite() and 0 <= amount <= MONEY_MAX):
            raise ValueError(f"should be 0 to {MONEY_MAX}")
        if amount != round(amount, MONEY_DECIMAL_PLACES):
            raise ValueError(f"should have at most {MONEY_DECIMAL_PLACES} fractional digits")
        return int(amount) if amount == int(amount) else amount.normalize()

    def from_text(self, text: str) -> Decimal | int:
        """Return the amount."""
        if not _DECIMAL.fullmatch(text):
            raise ValueError(
                f"should be 0 to {MONEY_MAX}, with at most {MONEY_DECIMAL_PLACES} fractional digits"
            )
        return self.check(Decimal(text))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {
            "type": "number",
            "minimum": 0,
            "maximum": float(MONEY_MAX),
            "multipleOf": float(Decimal(1).scaleb(-MONEY_DECIMAL_PLACES)),
        }


@value
class Flag(_Checked):
    """True or false."""

    def check(self, value: Any) -> bool:
        """Return the boolean."""
        if not isinstance(value, bool):
            raise ValueError("should be true or false")
        return value

    def from_text(self, text: str) -> bool:
        """Return whether the text is ``true``; the only other text is ``false``."""
        if text not in ("true", "false"):
            raise ValueError("should be true or false")
        return text == "true"

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "boolean"}


@value
class Moment(_Checked):
    """An ISO 8601 date and time of any precision, with an offset; it becomes a timestamp."""

    def check(self, value: Any) -> str:
        """Return the timestamp."""
        try:
            return timestamp(value)
        except (ValueError, TypeError) as error:
            raise ValueError("should be a date and time such as 2026-02-23T10:30:00Z") from error

    def from_text(self, text: str) -> str:
        """Return the timestamp."""
        return self.check(text)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "format": "date-time", "pattern": f"^{TIMESTAMP_FORM}$"}


@value
class Items:
    """The size of a list or a map: from `least` to `most` members."""

    most: int
    least: int = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        bounds = {"max_length": self.most} | ({"min_length": self.least} if self.least else {})
        return {**handler(source), **bounds}


# Types of attributes that are served but never accepted: they have a JSON Schema alone.


@value
class StoredMoment:
    """A timestamp in the form that `timestamps` writes."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "format": "date-time", "pattern": f"^{TIMESTAMP_STORED_FORM}$"}


@value
class Counter:
    """An integer of at least `least` that only increases."""

    least: int = 0

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "integer", "minimum": self.least}


@value
class Units:
    """A calculated number of units, from `least` to `most`."""

    least: int = 0
    most: int = STOCK_MAX

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@value
class Hash:
    """A SHA-256 in lower-case hexadecimal digits."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": "^[0-9a-f]{64}$"}


@value
class Signature:
    """An Ed25519 signature, 64 bytes in base64url without padding."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": "^[A-Za-z0-9_-]{86}$"}


@value
class OpenWord:
    """A word that is one of `known` today; later versions may have others, which clients should ignore."""

    known: tuple[str, ...]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string"}


@dataclass(slots=True, eq=False)  # metadata has to be hashable, and a sample may be a list
class Attribute:
    """The description of an attribute and a sample for the documents, and whether a PATCH may change it."""

    description: str
    sample: Any
    changeable: bool = False

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core_schema), "description": self.description, "examples": [self.sample]}


ProductId = Annotated[
    str, Identifier("product_id"), Attribute("The product; the server generates its id.", "PROD-E4F9A")
]
VendorId = Annotated[str, Identifier("vendor_id"), Attribute("The vendor that owns it.", "VENDOR-001")]
SkuId = Annotated[
    str, Identifier("sku"), Attribute("The product variant that stock is kept for.", "SKU-PROD-E4F9A-BLK-L")
]
OrderId = Annotated[
    str, Identifier("order_id"), Attribute("The order; its order system chooses the id.", "ORDER-12345")
]
Owner = Annotated[
    str,
    Identifier("owner"),
    Attribute("The owner of the order: the order systems of an owner see its orders alone.", "web-shop"),
]
TransactionId = Annotated[
    str,
    Identifier("transaction_id"),
    Attribute(
        "The log record; its id is derived from SKU and sequence.", "TXN-550e8400-e29b-41d4-a716-446655440000"
    ),
]
Name = Annotated[str, Text(NAME_MAX_CHARACTERS, READABLE_IN_ORDER)]
Description = Annotated[str, Text(PRODUCT_DESCRIPTION_MAX_CHARACTERS, READABLE_LINES)]
ImageUrl = Annotated[str, Text(PRODUCT_IMAGE_MAX_CHARACTERS, READABLE_IN_ORDER)]
Barcode = Annotated[str, BarcodeText()]
Notes = Annotated[str, Text(NOTES_MAX_BYTES, max_bytes=NOTES_MAX_BYTES)]
OrderNotes = Annotated[
    str,
    Text(ORDER_NOTES_MAX_BYTES, max_bytes=ORDER_NOTES_MAX_BYTES),
    Attribute(
        f"A remark on the lines concerned; at most {ORDER_NOTES_MAX_BYTES} bytes of UTF-8. The log keeps it "
        "for good: no personal data.",
        "The customer ordered twice",
    ),
]
Reason = Annotated[
    str,
    Text(REASON_MAX_CHARACTERS, WORD),
    Attribute("Why the units were cancelled or refunded, as a word.", "customer_request"),
]
Price = Annotated[Decimal | int, Money()]
Quantity = Annotated[int, WholeNumber(1, QUANTITY_MAX)]
CommandKey = Annotated[
    str,
    Text(IDEMPOTENCY_KEY_MAX_CHARACTERS, VISIBLE_ASCII),
    Attribute("The Idempotency-Key of the command; without one, the command alone is refused.", "delivery-1"),
]
Threshold = Annotated[int, WholeNumber(0, STOCK_MAX)]
YesNo = Annotated[bool, Flag()]


_SERVED_TYPES: Final = (
    Identifier,
    OneOf,
    OpenWord,
    Money,
    WholeNumber,
    StoredMoment,
    Counter,
    Units,
    Hash,
    Signature,
)


def attributes_of(resource: type) -> dict[str, Any]:
    """Return the annotations of a resource's attributes by name, in the order of their declaration."""
    hints: Mapping[str, Any] = get_type_hints(resource, include_extras=True)
    return {name: hints[name] for name in resource.__dataclass_fields__}  # type: ignore[attr-defined]


def attribute_of(annotation: Any) -> Attribute | None:
    """Return the outermost `Attribute` of an annotation, None if it has none."""
    return next((each for each in _metadata_of(annotation) if isinstance(each, Attribute)), None)


def type_of(annotation: Any) -> AttributeType | None:
    """Return the outermost type of an annotation that reads values, also if null is accepted beside them.

    None for an annotation without one, such as that of a list or of an attribute that is only served.
    """
    return next((each for each in _metadata_of(annotation) if hasattr(each, "from_text")), None)


def form_of(annotation: Any) -> dict[str, Any]:
    """Return what the JSON Schema of a served value adds to its Python type, {} for nothing.

    A text is served without the bounds that it is accepted with: clients have to bear larger ones.
    """
    for each in _metadata_of(annotation):
        if isinstance(each, _SERVED_TYPES):
            return each.schema()
    return {}


def is_optional(annotation: Any) -> bool:
    """Return whether an annotation accepts null."""
    if get_origin(annotation) is Annotated:
        return is_optional(get_args(annotation)[0])
    return NoneType in get_args(annotation)


def _metadata_of(annotation: Any) -> Iterator[Any]:
    """Yield the metadata of an annotation and of the types within it, the outermost first."""
    yield from reversed(getattr(annotation, "__metadata__", ()))
    if get_origin(annotation) in (Annotated, Union, UnionType):
        parts = get_args(annotation)
        for part in parts[:1] if get_origin(annotation) is Annotated else parts:
            yield from _metadata_of(part)
