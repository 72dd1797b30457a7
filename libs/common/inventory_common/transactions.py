"""The records of the stock log, their types, and the hash chain through them.

`RULES` declares each transaction type once: its effect on a SKU, what it requires, and how it is shown.  The
stock service's rules, verification, the picture of a SKU's history and the documents follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

import rfc8785

from .attributes import (
    Attribute,
    Counter,
    Hash,
    OneOf,
    OrderId,
    ProductId,
    SkuId,
    StoredMoment,
    TransactionId,
    Units,
    VendorId,
)
from .items import AttributeValue, Item, from_item, to_item
from .limits import NOTES_MAX_BYTES, STOCK_MAX
from .skus import FIRST_PREVIOUS_HASH
from .values import value

__all__ = [
    "NO_EFFECT",
    "RULES",
    "Effect",
    "Lane",
    "TransactionRecord",
    "TransactionType",
    "TypeRules",
    "record_hash",
]


class TransactionType(StrEnum):
    """The six types of the specification."""

    RESTOCK = "restock"
    ORDER_PLACED = "order_placed"
    ORDER_CONFIRMED = "order_confirmed"
    ORDER_CANCELLED = "order_cancelled"
    REFUND = "refund"
    MANUAL_ADJUSTMENT = "manual_adjustment"


class Effect(NamedTuple):
    """What one unit of a transaction adds to the units in stock, and to the reserved units among them."""

    current_stock: int
    reserved_stock: int


NO_EFFECT: Final = Effect(0, 0)
"""The effect of a refund of goods that cannot be sold again."""

Lane = Literal["in", "hold", "out", "fix"]
"""The colour of a type in the picture of a SKU's history."""


class TypeRules(NamedTuple):
    """The rules of a transaction type.

    Attributes
    ----------
    effect
        The effect of one unit.  The quantity of a signed type may be negative.
    lane
        Its colour in the picture; the types are drawn from top to bottom in the order of `RULES`.
    is_signed
        Whether the quantity carries the sign of the change.
    needs_active
        Whether SKU and product have to be active: a deactivated one takes no new stock and no new orders,
        while orders can still be confirmed, cancelled and refunded.
    is_order
        Whether it belongs to an order.
    returns_sku
        Whether the response contains the SKU: no attribute of it may then have changed since it was read.
    may_skip_stock
        Whether it may leave the stock unchanged, for returned goods that cannot be sold again.
    """

    effect: Effect
    lane: Lane
    is_signed: bool = False
    needs_active: bool = False
    is_order: bool = False
    returns_sku: bool = False
    may_skip_stock: bool = False


RULES: Final[Mapping[TransactionType, TypeRules]] = {
    #                                         current  reserved
    TransactionType.RESTOCK: TypeRules(Effect(+1, 0), "in", needs_active=True, returns_sku=True),
    TransactionType.REFUND: TypeRules(Effect(+1, 0), "in", is_order=True, may_skip_stock=True),
    TransactionType.ORDER_PLACED: TypeRules(Effect(0, +1), "hold", is_order=True, needs_active=True),
    TransactionType.ORDER_CANCELLED: TypeRules(Effect(0, -1), "hold", is_order=True),
    TransactionType.ORDER_CONFIRMED: TypeRules(Effect(-1, -1), "out", is_order=True),
    TransactionType.MANUAL_ADJUSTMENT: TypeRules(Effect(+1, 0), "fix", is_signed=True, returns_sku=True),
}
"""Each type of design 3, in the order of the picture of a SKU's history."""


@value(kw_only=True)
class TransactionRecord:
    """One change of one SKU's stock, in units, as StockTransactions stores it permanently.

    `quantity` is the number of units, `quantity_change` their effect on `current_stock`; `sequence` counts a
    SKU's records from 1 without a gap; `hash` covers the record and, through `previous_hash`, every earlier
    one.
    """

    transaction_id: TransactionId
    timestamp: Annotated[
        str,
        StoredMoment(),
        Attribute("When it happened; strictly increasing within one SKU.", "2026-02-23T14:20:00.000000Z"),
    ]
    product_id: ProductId
    sku: SkuId
    vendor_id: VendorId
    transaction_type: Annotated[
        str, OneOf(tuple(TransactionType)), Attribute("The type of stock change.", "restock")
    ]
    quantity_change: Annotated[int, Units(-STOCK_MAX), Attribute("The change of `current_stock`.", 25)]
    stock_before: Annotated[int, Units(), Attribute("`current_stock` before it.", 50)]
    stock_after: Annotated[int, Units(), Attribute("`current_stock` after it.", 75)]
    order_id: Annotated[
        OrderId | None, Attribute("The order of the units; null for restocks and adjustments.", None)
    ] = None
    performed_by: Annotated[str, Attribute("Who did it, taken from the token.", "VENDOR-001")]
    notes: Annotated[
        str | None,
        Attribute(
            f"The reason; at most {NOTES_MAX_BYTES} bytes of UTF-8.",
            "Monthly restock shipment from warehouse",
        ),
    ] = None
    sequence: Annotated[int, Counter(), Attribute("Counts the SKU's log records, from 1 without a gap.", 1)]
    quantity: Annotated[int, Units(), Attribute("The units concerned.", 25)]
    reserved_before: Annotated[int, Units(), Attribute("`reserved_stock` before it.", 5)]
    reserved_after: Annotated[int, Units(), Attribute("`reserved_stock` after it.", 5)]
    request_id: Annotated[
        str, Attribute("The X-Request-Id of the request.", "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11")
    ]
    previous_hash: Annotated[
        str,
        Hash(),
        Attribute("`hash` of the SKU's previous record; 64 zeros for the first.", FIRST_PREVIOUS_HASH),
    ]
    hash: Annotated[str, Hash(), Attribute("SHA-256 of the RFC 8785 form of this object without `hash`.", "")]

    @classmethod
    def with_hash(cls, **attributes: Any) -> Self:
        """Return a record of these attributes, with its `hash` calculated."""
        unhashed = cls(**attributes, hash="")
        return cls(**attributes, hash=record_hash(unhashed.document()))

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValue]) -> Self:
        """Read an item of StockTransactions or of its indexes.

        Raises
        ------
        TypeError
            If an attribute is missing, or a figure is not an integer.
        """
        record = cls(**from_item(item, _ATTRIBUTES))
        for name in _FIGURES:
            if type(getattr(record, name)) is not int:
                raise TypeError(f"{name} is not an integer")
        return record

    @staticmethod
    def document_of(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
        """Return the `document` of a stored record, in 0.6 of the time that it takes through `from_item`.

        Raises
        ------
        KeyError
            If an attribute is missing.
        """
        if not item.keys() >= _REQUIRED:
            raise KeyError(*sorted(_REQUIRED - item.keys()))
        return {**dict.fromkeys(_ATTRIBUTES), **from_item(item, _ATTRIBUTES)}

    def to_item(self) -> Item:
        """Write the item of StockTransactions; absent optionals are absent."""
        return to_item(self.document())

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves; absent optionals are null."""
        return {name: getattr(self, name) for name in _ATTRIBUTES}


_ATTRIBUTES: Final = tuple(field.name for field in fields(TransactionRecord))
_REQUIRED: Final = frozenset(field.name for field in fields(TransactionRecord) if field.default is MISSING)
_FIGURES: Final = (
    "quantity_change",
    "stock_before",
    "stock_after",
    "sequence",
    "quantity",
    "reserved_before",
    "reserved_after",
)


def record_hash(document: Mapping[str, Any]) -> str:
    """Return the `hash` of a record: SHA-256 of its canonical JSON (RFC 8785), in lower-case hex.

    `document` is the JSON object that the API serves; its own `hash`, if it has one, is left out.
    """
    unhashed = {name: member for name, member in document.items() if name != "hash"}
    return sha256(rfc8785.dumps(unhashed)).hexdigest()
