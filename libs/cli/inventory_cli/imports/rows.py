"""The rows of each import, checked as the services would check them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator

from inventory_common.fields import (
    Body,
    Description,
    ImageUrl,
    Money,
    Name,
    Notes,
    OrderId,
    ProductId,
    Quantity,
    SkuId,
    Threshold,
    VendorId,
)
from inventory_common.ids import is_id, product_of
from inventory_common.limits import (
    HOLD_MAX_SECONDS,
    HOLD_MIN_SECONDS,
    NOTES_MAX_BYTES,
    PRODUCT_IMAGES_MAX,
    PRODUCT_TAGS_MAX,
    STOCK_MAX,
    VARIANT_ATTRIBUTES_MAX,
)

from ..cells import PARSERS

__all__ = ["OrderRow", "ProductRow", "Row", "RowFault", "SkuRow", "StockRow", "check_row"]


class RowFault(Exception):
    """The row is wrong; the message says where and why."""


def _variant(value: str) -> str:
    if not is_id("sku", f"SKU-PROD-00000-{value}"):
        raise ValueError("should be at most 40 of A-Z and 0-9, with single hyphens between")
    return value


def _reference(value: str) -> str:
    if not re.fullmatch(r"[^\[\]\x00-\x1f\x7f-\x9f]{1,100}", value) or value.startswith("undo "):
        raise ValueError("should be 1 to 100 characters, none of them [ or ]")
    return value


Variant = Annotated[str, AfterValidator(_variant)]
Reference = Annotated[str, AfterValidator(_reference)]
CountedStock = Annotated[int, Field(ge=0, le=STOCK_MAX)]


class ProductRow(Body):
    """A product; `external_id` is how a later import knows it again.

    `product_id` alone changes a product that has no external id; beside an external id it is not looked at.
    """

    vendor_id: VendorId
    external_id: Name | None = None
    product_id: ProductId | None = None
    product_name: Name
    category: Name
    base_price: Money
    description: Description | None = None
    subcategory: Name | None = None
    brand: Name | None = None
    images: Annotated[list[ImageUrl], Field(max_length=PRODUCT_IMAGES_MAX)] | None = None
    tags: Annotated[list[Name], Field(max_length=PRODUCT_TAGS_MAX)] | None = None
    is_active: bool | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if self.external_id is None and self.product_id is None:
            raise ValueError("external_id: is required")
        return self


class OfSku(Body):
    """Which SKU is meant: `sku`, or a `variant` of a product (`external_id`, or else `product_id`)."""

    sku: SkuId | None = None
    product_id: ProductId | None = None
    external_id: Name | None = None
    variant: Variant | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.sku is None and (
            self.variant is None or (self.product_id is None and self.external_id is None)
        ):
            raise ValueError("should have a sku, or a variant and its product's external_id or product_id")
        if self.sku is not None and self.product_id not in (None, product_of(self.sku)):
            raise ValueError(f"should name the product of the sku, {product_of(self.sku)}")
        return self


class SkuRow(OfSku):
    """A SKU."""

    vendor_id: VendorId
    variant_name: Name
    unit_price: Money
    reorder_threshold: Threshold
    variant_attributes: Annotated[dict[Name, Name], Field(max_length=VARIANT_ATTRIBUTES_MAX)] | None = None
    is_active: bool | None = None


class StockRow(OfSku):
    """Units that came in (`quantity`), or were counted; `reference` names the event, for ever.

    The log's notes carry the reference: so a later import knows what it has done.
    """

    vendor_id: VendorId
    quantity: Quantity | None = None
    counted_stock: CountedStock | None = None
    reference: Reference
    notes: Notes | None = None

    @model_validator(mode="after")
    def _one_of_two_forms(self) -> Self:
        if (self.quantity is None) == (self.counted_stock is None):
            raise ValueError("should have a quantity or a counted_stock, and not both")
        longest = f"[undo {self.reference}] {self.notes or ''}"
        if len(longest.encode()) > NOTES_MAX_BYTES:
            raise ValueError(f"reference and notes should be at most {NOTES_MAX_BYTES - 8} bytes together")
        return self


class OrderRow(OfSku):
    """A line of an order, and what the order is to be: `status` and `hold_seconds` are the whole order's."""

    order_id: OrderId
    vendor_id: VendorId | None = None
    quantity: Quantity
    hold_seconds: Annotated[int, Field(ge=HOLD_MIN_SECONDS, le=HOLD_MAX_SECONDS)] | None = None
    status: Literal["reserved", "confirmed", "cancelled"] = "reserved"

    @model_validator(mode="after")
    def _vendor_of_external_id(self) -> Self:
        if self.sku is None and self.external_id is not None and self.vendor_id is None:
            raise ValueError("should have a vendor_id: an external_id is its vendor's")
        return self


Row = TypeVar("Row", bound=Body)


def check_row(model: type[Row], attributes: Mapping[str, Any]) -> Row:
    """Return a row of the model; texts of numbers and the like are read, an empty text is absent.

    Raises
    ------
    RowFault
        With the first three faults.
    """
    given = {name: value for name, value in attributes.items() if value is not None and value != ""}
    if unknown := sorted(set(given) - set(model.model_fields)):
        raise RowFault(f"{unknown[0]}: means nothing here")
    values, faults = {}, []
    for name, value in given.items():
        try:
            parse = PARSERS.get(name) if isinstance(value, str) else None
            values[name] = parse(value.strip()) if parse else value
        except ValueError as error:
            faults.append(f"{name}: {error}, not {value!r}")
    if not faults:
        try:
            return model.model_validate(values)
        except ValidationError as error:
            faults = [_told(fault) for fault in error.errors()]
    raise RowFault("; ".join(faults[:3]))


def _told(fault: Any) -> str:
    if fault["type"] == "missing":
        return f"{fault['loc'][0]}: is required"
    where = ".".join(map(str, fault["loc"]))
    message = fault["msg"].removeprefix("Value error, ").replace("Input should", "should")
    shown = "" if fault["loc"] == () else f", not {str(fault['input'])[:60]!r}"
    return f"{where}: {message}{shown}" if where else message
