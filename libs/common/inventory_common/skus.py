"""A SKU as VendorInventory keeps it and as the API shows it."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final, Self

from .items import AttributeValue, Item, from_item, to_item
from .values import value

__all__ = ["FIRST_PREVIOUS_HASH", "Sku"]

FIRST_PREVIOUS_HASH: Final = "0" * 64
"""What a SKU's first log record names as the hash before it."""


@value(kw_only=True)
class Sku:
    """A variant of a product with its stock, in units; attribute names are the specification's.

    `sequence`, `ledger_hash`, `last_transaction_at` and `last_transaction_id` are the head of its ledger;
    `sequence` is also the optimistic lock of stock writes.  `version` counts every change and is the ETag.
    `product_is_active` is the product's flag as of `product_version`.
    """

    product_id: str
    sku: str
    vendor_id: str
    variant_name: str
    variant_attributes: dict[str, str] | None = None
    current_stock: int
    reserved_stock: int
    reorder_threshold: int
    unit_price: Decimal | int
    last_updated: str
    last_updated_by: str
    is_active: bool
    sequence: int
    ledger_hash: str
    version: int
    last_transaction_at: str | None = None
    last_transaction_id: str | None = None
    product_is_active: bool
    product_version: int

    @property
    def available_stock(self) -> int:
        """Units for sale: always calculated, never trusted from storage."""
        return self.current_stock - self.reserved_stock

    @property
    def low_stock_flag(self) -> bool:
        """Whether the stock is at or below its alert threshold."""
        return self.current_stock <= self.reorder_threshold

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValue]) -> Self:
        """Read a SKU item of VendorInventory or of its indexes."""
        return cls(**from_item(item, _ATTRIBUTES))

    def to_item(self) -> Item:
        """Write the item of VendorInventory; absent optionals are absent."""
        return to_item(self._attributes())

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves; absent optionals are null."""
        return {**self._attributes(), "low_stock_flag": self.low_stock_flag}

    def _attributes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _SHOWN}


_ATTRIBUTES: Final = tuple(field.name for field in fields(Sku))
# In the order of the specification.
_AFTER_RESERVED: Final = _ATTRIBUTES.index("reserved_stock") + 1
_SHOWN: Final = (*_ATTRIBUTES[:_AFTER_RESERVED], "available_stock", *_ATTRIBUTES[_AFTER_RESERVED:])
