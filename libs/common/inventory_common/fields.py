"""The types of request bodies: what the specification's attributes accept (design 2.6, 2.7).

Only modules of request models import this one: it brings pydantic, which reads do without.  Nothing is
coerced: ``"1"``, ``true`` and ``1.5`` are no integers.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from .ids import PATTERNS, is_id
from .limits import (
    MONEY_DECIMAL_PLACES,
    MONEY_MAX,
    NAME_MAX_CHARACTERS,
    NOTES_MAX_BYTES,
    PRODUCT_DESCRIPTION_MAX_CHARACTERS,
    PRODUCT_IMAGE_MAX_CHARACTERS,
    QUANTITY_MAX,
    STOCK_MAX,
)

__all__ = [
    "NOTES_FORMAT",
    "READABLE",
    "Body",
    "Description",
    "ImageUrl",
    "MergePatch",
    "Money",
    "Name",
    "Notes",
    "OrderId",
    "ProductId",
    "Quantity",
    "SkuId",
    "Threshold",
    "VendorId",
    "alternatives",
]


class Body(BaseModel):
    """A request body: unknown fields are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class MergePatch(Body):
    """A JSON merge patch (RFC 7396): what is absent stays, null takes an optional attribute away.

    The defaults of its fields stand for "absent", and are never looked at.
    """


def alternatives(*forms: Mapping[str, Any]) -> Callable[[dict[str, Any]], None]:
    """Return what makes a body's schema one of several forms, for ``json_schema_extra``.

    Each form names the fields that it ``needs`` and those that it ``lacks`` (absent or null), and may say
    more of its fields in ``properties``.  The rule itself stands in a validator of the model.
    """

    def divide(schema: dict[str, Any]) -> None:
        properties, required = schema.pop("properties"), schema.pop("required", [])
        closed = {"type": schema.pop("type"), "additionalProperties": schema.pop("additionalProperties")}
        schema["oneOf"] = [
            {
                **closed,
                "required": [*required, *(name for name in form["needs"] if name not in required)],
                "properties": {
                    name: _of_form(name, field, form) | form.get("properties", {}).get(name, {})
                    for name, field in properties.items()
                },
            }
            for form in forms
        ]

    return divide


def _of_form(name: str, field: dict[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    if name in form["lacks"]:
        return {"type": "null"}
    if name in form["needs"] and "anyOf" in field:
        return dict(field["anyOf"][0])  # the rest is null
    return dict(field)


_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# What str.strip takes for blank, but for what is a control character anyway.
_BLANK_CHARACTERS: Final = r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
READABLE: Final = rf"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f{_BLANK_CHARACTERS}][^\x00-\x1f\x7f-\x9f]*$"
"""The pattern of texts that have no control characters and are not blank, for documents."""


def _readable(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("should have no control characters")
    if not value.strip():
        raise ValueError("should not be blank")
    return value


def _text(max_characters: int) -> Any:
    return Annotated[
        str,
        Field(min_length=1, max_length=max_characters, json_schema_extra={"pattern": READABLE}),
        AfterValidator(_readable),
    ]


def _id(name: str) -> Any:
    # Not Field(pattern=…): its engine knows no look-ahead, and an id's form is decided in one place.
    def check(value: str) -> str:
        if not is_id(name, value):
            raise ValueError(f"should match {PATTERNS[name]}")
        return value

    return Annotated[str, AfterValidator(check), Field(json_schema_extra={"pattern": f"^{PATTERNS[name]}$"})]


if TYPE_CHECKING:
    Name: TypeAlias = str
    Description: TypeAlias = str
    ImageUrl: TypeAlias = str
    ProductId: TypeAlias = str
    OrderId: TypeAlias = str
    VendorId: TypeAlias = str
    SkuId: TypeAlias = str
else:
    Name = _text(NAME_MAX_CHARACTERS)
    Description = _text(PRODUCT_DESCRIPTION_MAX_CHARACTERS)
    ImageUrl = _text(PRODUCT_IMAGE_MAX_CHARACTERS)
    ProductId = _id("product_id")
    OrderId = _id("order_id")
    VendorId = _id("vendor_id")
    SkuId = _id("sku")

Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
Threshold = Annotated[int, Field(ge=0, le=STOCK_MAX)]


def _notes(value: str) -> str:
    if len(value.encode()) > NOTES_MAX_BYTES:
        raise ValueError(f"should be at most {NOTES_MAX_BYTES} bytes of UTF-8")
    return value


NOTES_FORMAT: Final = f"utf-8-of-{NOTES_MAX_BYTES}-bytes"
"""The `format` of notes in documents: JSON Schema cannot count bytes."""

Notes = Annotated[
    str,
    Field(
        min_length=1,
        max_length=NOTES_MAX_BYTES,
        json_schema_extra={"pattern": READABLE, "format": NOTES_FORMAT},
    ),
    AfterValidator(_readable),
    AfterValidator(_notes),
]


def _money(value: Any) -> Decimal | int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("should be a number")
    amount = Decimal(value)
    if not 0 <= amount <= MONEY_MAX:
        raise ValueError(f"should be 0 to {MONEY_MAX}")
    if amount != round(amount, MONEY_DECIMAL_PLACES):
        raise ValueError(f"should have at most {MONEY_DECIMAL_PLACES} fractional digits")
    # The form in which DynamoDB gives it back: 90 for 90.00, 89.9 for 89.90.
    return int(amount) if amount == int(amount) else amount.normalize()


Money = Annotated[
    Decimal | int,
    PlainValidator(_money),
    WithJsonSchema(
        {
            "type": "number",
            "minimum": 0,
            "maximum": float(MONEY_MAX),
            "multipleOf": float(Decimal(1).scaleb(-MONEY_DECIMAL_PLACES)),
        }
    ),
]
