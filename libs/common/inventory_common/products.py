"""A product as Products-table stores it and the API serves it.

`Product` declares each attribute once: its type, its limits, the sentence for the documents, and whether it
may be changed.  Request bodies, the OpenAPI document, the client and the command line's rows and exports
follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Annotated, Any, Final, NotRequired, Self, TypedDict

from .attributes import (
    Attribute,
    Counter,
    Description,
    ImageUrl,
    Items,
    Name,
    Price,
    ProductId,
    StoredMoment,
    VendorId,
    YesNo,
)
from .items import AttributeValue, Item, from_item, to_item
from .limits import PRODUCT_IMAGES_MAX, PRODUCT_TAGS_MAX
from .stored_types import StoredTypes
from .values import value

__all__ = ["ACTIVE", "INACTIVE", "PRODUCT_MEMBERS", "NewProduct", "Product"]

ACTIVE: Final = "true"
INACTIVE: Final = "false"
"""The stored values of `is_active`: a sort key, that of CategoryIndex, cannot be a BOOL (design 2.1)."""

_IMAGES: Final = "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com"


@value(kw_only=True)
class Product:
    """A product of one vendor, under the attribute names of the specification.

    `base_price` is an exact amount; `version` counts every change and is the ETag; `external_id` is the
    vendor's own id for the product.
    """

    product_id: ProductId
    vendor_id: VendorId
    product_name: Annotated[
        Name, Attribute("Display name.", "Wireless Bluetooth Headphones", changeable=True)
    ]
    description: Annotated[
        Description | None,
        Attribute(
            "Detailed product description, of one or more lines.",
            "Premium over-ear headphones with active noise cancellation",
            changeable=True,
        ),
    ] = None
    category: Annotated[Name, Attribute("Main category.", "Electronics", changeable=True)]
    subcategory: Annotated[Name | None, Attribute("Subcategory.", "Audio", changeable=True)] = None
    brand: Annotated[Name | None, Attribute("Brand name.", "SoundMax", changeable=True)] = None
    base_price: Annotated[Price, Attribute("Base selling price.", 89.99, changeable=True)]
    images: Annotated[
        Annotated[list[ImageUrl], Items(PRODUCT_IMAGES_MAX)] | None,
        Attribute(
            "URLs of images.",
            [f"{_IMAGES}/PROD-E4F9A_img1.jpg", f"{_IMAGES}/PROD-E4F9A_img2.jpg"],
            changeable=True,
        ),
    ] = None
    tags: Annotated[
        Annotated[list[Name], Items(PRODUCT_TAGS_MAX)] | None,
        Attribute(
            "Tags for search and filters.",
            ["wireless", "bluetooth", "audio", "headphones"],
            changeable=True,
        ),
    ] = None
    is_active: Annotated[
        YesNo, Attribute("Whether it is offered; DELETE only sets this to false.", True, changeable=True)
    ]
    created_at: Annotated[
        str, StoredMoment(), Attribute("When it was created.", "2026-02-23T10:30:00.000000Z")
    ]
    updated_at: Annotated[
        str, StoredMoment(), Attribute("When it was last changed.", "2026-02-23T10:30:00.000000Z")
    ]
    version: Annotated[int, Counter(1), Attribute("Counts every change; the ETag.", 1)]
    external_id: Annotated[
        Name | None,
        Attribute("The vendor's own id for the product: unique per vendor, immutable.", "HEADPHONES-1"),
    ] = None

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValue]) -> Self:
        """Read an item of Products-table or of its indexes.

        Raises
        ------
        TypeError
            If an attribute is missing, or of another type.
        """
        attributes = from_item(item, _ATTRIBUTES)
        _TYPES.require(attributes)
        attributes["is_active"] = attributes["is_active"] == ACTIVE
        return cls(**attributes)

    def to_item(self) -> Item:
        """Write the item of Products-table; absent optionals are absent."""
        return to_item({**self.document(), "is_active": ACTIVE if self.is_active else INACTIVE})

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves; absent optionals are null."""
        return {name: getattr(self, name) for name in _ATTRIBUTES}


_ATTRIBUTES: Final = tuple(field.name for field in fields(Product))
_TYPES: Final = StoredTypes(
    integers=("version",),
    texts=(
        "product_id",
        "vendor_id",
        "product_name",
        "description",
        "category",
        "subcategory",
        "brand",
        "is_active",
        "external_id",
    ),
    moments=("created_at", "updated_at"),
    prices=("base_price",),
    text_lists=("images", "tags"),
    optional=("description", "subcategory", "brand", "images", "tags", "external_id"),
)
PRODUCT_MEMBERS: Final = _ATTRIBUTES
"""The members of the JSON object that the API serves."""


class NewProduct(TypedDict):
    """A product to be created: the attributes of `Product` that its creator sets.

    A vendor's token determines `vendor_id`; an admin has to send it.
    """

    vendor_id: NotRequired[str | None]
    product_name: str
    description: NotRequired[str | None]
    category: str
    subcategory: NotRequired[str | None]
    brand: NotRequired[str | None]
    base_price: Decimal | int
    images: NotRequired[list[str] | None]
    tags: NotRequired[list[str] | None]
    external_id: NotRequired[str | None]
