"""A product as Products-table keeps it and as the API shows it."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final, Self

from .items import AttributeValue, Item, from_item, to_item
from .values import value

__all__ = ["ACTIVE", "INACTIVE", "Product"]

ACTIVE: Final = "true"
INACTIVE: Final = "false"
"""`is_active` is the sort key of CategoryIndex, and a key cannot be a BOOL (design 2.1)."""


@value(kw_only=True)
class Product:
    """A product of one vendor; attribute names are the specification's.

    `base_price` is exact money; `version` counts every change and is the ETag; `external_id` is the vendor's
    own name for the product.
    """

    product_id: str
    vendor_id: str
    product_name: str
    description: str | None = None
    category: str
    subcategory: str | None = None
    brand: str | None = None
    base_price: Decimal | int
    images: list[str] | None = None
    tags: list[str] | None = None
    is_active: bool
    created_at: str
    updated_at: str
    version: int
    external_id: str | None = None

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValue]) -> Self:
        """Read an item of Products-table or of its indexes."""
        attributes = from_item(item, _ATTRIBUTES)
        attributes["is_active"] = attributes["is_active"] == ACTIVE
        return cls(**attributes)

    def to_item(self) -> Item:
        """Write the item of Products-table; absent optionals are absent."""
        return to_item({**self.document(), "is_active": ACTIVE if self.is_active else INACTIVE})

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves; absent optionals are null."""
        return {name: getattr(self, name) for name in _ATTRIBUTES}


_ATTRIBUTES: Final = tuple(field.name for field in fields(Product))
