"""The records of the stock log, their types, and the hash chain through them."""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, NamedTuple, Self

import rfc8785

from .items import AttributeValue, Item, from_item, to_item
from .values import value

__all__ = ["EFFECTS", "NO_EFFECT", "Effect", "TransactionRecord", "TransactionType", "record_hash"]


class TransactionType(StrEnum):
    """The six types of the specification."""

    RESTOCK = "restock"
    ORDER_PLACED = "order_placed"
    ORDER_CONFIRMED = "order_confirmed"
    ORDER_CANCELLED = "order_cancelled"
    REFUND = "refund"
    MANUAL_ADJUSTMENT = "manual_adjustment"


class Effect(NamedTuple):
    """What one unit of a transaction does: to the units in stock, and to the reserved ones among them."""

    current_stock: int
    reserved_stock: int


EFFECTS: Final[dict[TransactionType, Effect]] = {
    #                                              current  reserved
    TransactionType.RESTOCK:                Effect(    +1,        0),
    TransactionType.ORDER_PLACED:           Effect(     0,       +1),
    TransactionType.ORDER_CONFIRMED:        Effect(    -1,       -1),
    TransactionType.ORDER_CANCELLED:        Effect(     0,       -1),
    TransactionType.REFUND:                 Effect(    +1,        0),
    TransactionType.MANUAL_ADJUSTMENT:      Effect(    +1,        0),
}  # fmt: skip
"""Design 3, per unit.  A manual adjustment's quantity carries the sign; a refund of unsellable goods does not
restock and so has no effect on the stock."""


NO_EFFECT: Final = Effect(0, 0)
"""A refund of goods that cannot be sold again."""


@value(kw_only=True)
class TransactionRecord:
    """One change of one SKU's stock, in units, as StockTransactions keeps it for ever.

    `quantity` is the units concerned, `quantity_change` what they did to `current_stock`; `sequence` counts a
    SKU's records from 1 without a gap; `hash` seals the record and, through `previous_hash`, all before it.
    """

    transaction_id: str
    timestamp: str
    product_id: str
    sku: str
    vendor_id: str
    transaction_type: str
    quantity_change: int
    stock_before: int
    stock_after: int
    order_id: str | None = None
    performed_by: str
    notes: str | None = None
    sequence: int
    quantity: int
    reserved_before: int
    reserved_after: int
    request_id: str
    previous_hash: str
    hash: str

    @classmethod
    def sealed(cls, **attributes: Any) -> Self:
        """Make a record from all attributes but `hash`, and seal it."""
        unsealed = cls(**attributes, hash="")
        return cls(**attributes, hash=record_hash(unsealed.document()))

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValue]) -> Self:
        """Read an item of StockTransactions or of its indexes."""
        return cls(**from_item(item, _ATTRIBUTES))

    @staticmethod
    def document_of(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
        """Return what `document` does of the record that an item is: a page of them takes 0.6 of the time."""
        return {**dict.fromkeys(_ATTRIBUTES), **from_item(item, _ATTRIBUTES)}

    def to_item(self) -> Item:
        """Write the item of StockTransactions; absent optionals are absent."""
        return to_item(self.document())

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves; absent optionals are null."""
        return {name: getattr(self, name) for name in _ATTRIBUTES}


_ATTRIBUTES: Final = tuple(field.name for field in fields(TransactionRecord))


def record_hash(document: Mapping[str, Any]) -> str:
    """Return what a record's `hash` must be: SHA-256 of its canonical JSON without it, in lower-case hex.

    `document` is the JSON object that the API serves, `hash` in it or not; the canonical form is RFC 8785.
    """
    unsealed = {name: value for name, value in document.items() if name != "hash"}
    return sha256(rfc8785.dumps(unsealed)).hexdigest()
