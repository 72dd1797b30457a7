"""A SKU as VendorInventory stores it and the API serves it.

`Sku` declares each attribute once: its type, its limits, the sentence for the documents, and whether it may
be changed.  Request bodies, the OpenAPI document, the client and the command line's rows and exports follow
from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Annotated, Any, Final, NotRequired, Self, TypedDict

from .attributes import (
    Attribute,
    Barcode,
    Counter,
    Hash,
    Items,
    Name,
    Price,
    ProductId,
    SkuId,
    StoredMoment,
    Threshold,
    TransactionId,
    Units,
    VendorId,
    YesNo,
)
from .ids import StockKey
from .items import AttributeValue, Item, from_item, to_item
from .limits import VARIANT_ATTRIBUTES_MAX
from .stored_types import StoredTypes
from .values import value

__all__ = [
    "FIRST_DETAILS_VERSION",
    "FIRST_PREVIOUS_HASH",
    "SKU_MEMBERS",
    "NewSku",
    "Sku",
    "SkuAttributes",
]

FIRST_PREVIOUS_HASH: Final = "0" * 64
"""The `previous_hash` of a SKU's first log record."""

FIRST_DETAILS_VERSION: Final = 1
"""The `details_version` of a new SKU, and of one that was stored before the attribute existed."""


_AvailableStock = Annotated[int, Units(), Attribute("Units for sale: `current_stock - reserved_stock`.", 45)]
_LowStockFlag = Annotated[bool, Attribute("Whether `current_stock <= reorder_threshold`.", False)]


@value(kw_only=True)
class Sku:
    """A variant of a product with its stock in units, under the attribute names of the specification.

    `sequence`, `ledger_hash`, `last_transaction_at` and `last_transaction_id` are the head of its ledger;
    `sequence` is also the optimistic lock of stock writes.  `version` counts every change.  `details_version`
    counts those of the attributes that PATCH and DELETE may change: it is the optimistic lock of these
    changes, and the ETag; sales do not move it.  `product_is_active` is a copy of the product's `is_active`,
    as of `product_version`.
    """

    product_id: ProductId
    sku: SkuId
    vendor_id: VendorId
    variant_name: Annotated[Name, Attribute("Display name of the variant.", "Black - Large", changeable=True)]
    variant_attributes: Annotated[
        Annotated[dict[Name, Name], Items(VARIANT_ATTRIBUTES_MAX)] | None,
        Attribute("Characteristics of the variant.", {"color": "Black", "size": "Large"}, changeable=True),
    ] = None
    current_stock: Annotated[int, Units(), Attribute("Units in stock.", 50)]
    reserved_stock: Annotated[int, Units(), Attribute("Units in stock that are reserved for orders.", 5)]
    reorder_threshold: Annotated[
        Threshold, Attribute("The stock at or below which the SKU is low.", 10, changeable=True)
    ]
    unit_price: Annotated[Price, Attribute("Price of this variant.", 89.99, changeable=True)]
    last_updated: Annotated[
        str,
        StoredMoment(),
        Attribute("When it was last changed, its stock included.", "2026-02-23T14:20:00.000000Z"),
    ]
    last_updated_by: Annotated[str, Attribute("Who changed it last.", "VENDOR-001")]
    is_active: Annotated[
        YesNo, Attribute("Whether it is offered; DELETE only sets this to false.", True, changeable=True)
    ]
    sequence: Annotated[int, Counter(), Attribute("Counts the SKU's log records, from 1 without a gap.", 0)]
    ledger_hash: Annotated[str, Hash(), Attribute("`hash` of the last log record.", FIRST_PREVIOUS_HASH)]
    version: Annotated[int, Counter(1), Attribute("Counts every change, also of the stock.", 1)]
    last_transaction_at: Annotated[
        str | None,
        StoredMoment(),
        Attribute("When the last log record was written.", None),
    ] = None
    last_transaction_id: Annotated[
        TransactionId | None,
        Attribute("The last log record.", None),
    ] = None
    product_is_active: Annotated[
        bool, Attribute("Whether the product is active, as of `product_version`.", True)
    ]
    product_version: Annotated[
        int, Counter(), Attribute("The last version of the product that the SKU was updated from.", 1)
    ]
    details_version: Annotated[
        int,
        Counter(1),
        Attribute("Counts changes of the attributes that PATCH and DELETE may change; the ETag.", 1),
    ] = FIRST_DETAILS_VERSION
    barcode: Annotated[
        Barcode | None,
        Attribute(
            "What a scanner reads: a GTIN of 8, 12, 13 or 14 digits with its check digit, or another code. "
            "Several SKUs may have the same.",
            "4006381333931",
            changeable=True,
        ),
    ] = None

    @property
    def key(self) -> StockKey:
        """The primary key: the product's id and the SKU's own."""
        return StockKey(self.product_id, self.sku)

    @property
    def available_stock(self) -> _AvailableStock:
        """Units for sale; always calculated, as a stored copy could differ."""
        return self.current_stock - self.reserved_stock

    @property
    def low_stock_flag(self) -> _LowStockFlag:
        """Whether the stock is at or below its alert threshold."""
        return self.current_stock <= self.reorder_threshold

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValue]) -> Self:
        """Read a SKU item of VendorInventory or of its indexes.

        Raises
        ------
        TypeError
            If an attribute is missing, or of another type.
        """
        attributes = from_item(item, _ATTRIBUTES)
        _TYPES.require(attributes)
        return cls(**attributes)

    def to_item(self) -> Item:
        """Write the item of VendorInventory; absent optionals are absent."""
        return to_item(self._attributes())

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves; absent optionals are null."""
        return {**self._attributes(), "low_stock_flag": self.low_stock_flag}

    def _attributes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _SERVED}


_ATTRIBUTES: Final = tuple(field.name for field in fields(Sku))
_TYPES: Final = StoredTypes(
    integers=(
        "current_stock",
        "reserved_stock",
        "reorder_threshold",
        "sequence",
        "version",
        "details_version",
        "product_version",
    ),
    texts=(
        "product_id",
        "sku",
        "vendor_id",
        "variant_name",
        "last_updated_by",
        "last_transaction_id",
        "barcode",
    ),
    hashes=("ledger_hash",),
    moments=("last_updated", "last_transaction_at"),
    flags=("is_active", "product_is_active"),
    prices=("unit_price",),
    text_maps=("variant_attributes",),
    optional=(
        "variant_attributes",
        "last_transaction_at",
        "last_transaction_id",
        "details_version",
        "barcode",
    ),
)
# In the order of the specification, where available_stock follows reserved_stock.
_AFTER_RESERVED: Final = _ATTRIBUTES.index("reserved_stock") + 1
_SERVED: Final = (*_ATTRIBUTES[:_AFTER_RESERVED], "available_stock", *_ATTRIBUTES[_AFTER_RESERVED:])
SKU_MEMBERS: Final = (*_SERVED, "low_stock_flag")
"""The members of the JSON object that the API serves."""


class SkuAttributes(TypedDict):
    """The attributes of `Sku`, apart from its id, that its creator sets."""

    variant_name: str
    variant_attributes: NotRequired[dict[str, str] | None]
    unit_price: Decimal | int
    reorder_threshold: int
    barcode: NotRequired[str | None]


class NewSku(SkuAttributes):
    """A variant of a product to be created."""

    sku: str
