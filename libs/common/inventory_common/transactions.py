"""The records of the stock log, their types, the hash chain through them, and their signatures.

A record says of which `form` it is: which attributes it has, and which of them its hash covers.  A later
version that needs another attribute has another form, so that the hashes of older records stay valid.
`RULES` declares each transaction type once: its effect on a SKU, what it requires, and how it is shown.  The
stock service's rules, verification, the picture of a SKU's history and the documents follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

import rfc8785

from .attributes import (
    Attribute,
    Counter,
    Hash,
    OpenWord,
    OrderId,
    ProductId,
    Signature,
    SkuId,
    StoredMoment,
    TransactionId,
    Units,
    VendorId,
)
from .items import AttributeValue, Item, from_item, to_item
from .ledger_keys import LedgerSigner, from_base64url, to_base64url
from .limits import NOTES_MAX_BYTES, STOCK_MAX
from .skus import FIRST_PREVIOUS_HASH
from .values import value

__all__ = [
    "BINARY_ATTRIBUTES",
    "FORM",
    "NO_EFFECT",
    "RULES",
    "UNHASHED",
    "Command",
    "Effect",
    "Lane",
    "TransactionRecord",
    "TransactionType",
    "TypeRules",
    "decoded",
    "record_hash",
    "served",
]

FORM: Final = 1
"""The form of the records that are written."""
UNHASHED: Final = frozenset({"hash", "signature", "key_id"})
"""The attributes of a record that its hash does not cover."""


class TransactionType(StrEnum):
    """The six types of the specification."""

    RESTOCK = "restock"
    ORDER_PLACED = "order_placed"
    ORDER_CONFIRMED = "order_confirmed"
    ORDER_CANCELLED = "order_cancelled"
    REFUND = "refund"
    MANUAL_ADJUSTMENT = "manual_adjustment"


class Command(StrEnum):
    """What was asked for: several commands have records of one type."""

    RESTOCK = "restock"
    ADJUST = "adjust"
    PLACE = "place"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    EXPIRE = "expire"
    RELEASE = "release"
    """A saga undoes itself: the order could not be placed."""
    REFUND = "refund"
    AMEND = "amend"
    REOPEN = "reopen"


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
    commands
        The commands that have records of the type.
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
    commands: tuple[Command, ...]
    is_signed: bool = False
    needs_active: bool = False
    is_order: bool = False
    returns_sku: bool = False
    may_skip_stock: bool = False


RULES: Final[Mapping[TransactionType, TypeRules]] = {
    #            current  reserved
    TransactionType.RESTOCK: TypeRules(
        Effect(+1, 0), "in", (Command.RESTOCK,), needs_active=True, returns_sku=True
    ),
    TransactionType.REFUND: TypeRules(
        Effect(+1, 0), "in", (Command.REFUND,), is_order=True, may_skip_stock=True
    ),
    TransactionType.ORDER_PLACED: TypeRules(
        Effect(0, +1),
        "hold",
        (Command.PLACE, Command.AMEND, Command.REOPEN),
        is_order=True,
        needs_active=True,
    ),
    TransactionType.ORDER_CANCELLED: TypeRules(
        Effect(0, -1),
        "hold",
        (Command.CANCEL, Command.EXPIRE, Command.RELEASE, Command.AMEND),
        is_order=True,
    ),
    TransactionType.ORDER_CONFIRMED: TypeRules(Effect(-1, -1), "out", (Command.CONFIRM,), is_order=True),
    TransactionType.MANUAL_ADJUSTMENT: TypeRules(
        Effect(+1, 0), "fix", (Command.ADJUST,), is_signed=True, returns_sku=True
    ),
}
"""Each type of design 3, in the order of the picture of a SKU's history."""


@value(kw_only=True)
class TransactionRecord:
    """One change of one SKU's stock, in units, as StockTransactions stores it permanently.

    `quantity` is the number of units, `quantity_change` their effect on `current_stock`; `sequence` counts a
    SKU's records from 1 without a gap; `hash` covers the record and, through `previous_hash`, every earlier
    one; `signature` says that the stock service wrote it.  The records of an order's line are linked by
    `order_step` and `order_previous`.
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
        str,
        OpenWord(tuple(TransactionType)),
        Attribute(
            f"The type of stock change: {', '.join(TransactionType)}. "
            "Later versions may have others, which clients ignore.",
            "restock",
        ),
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
    form: Annotated[int, Counter(1), Attribute("The form of the record: which attributes it has.", FORM)]
    command: Annotated[
        str,
        OpenWord(tuple(Command)),
        Attribute(f"What was asked for: {', '.join(Command)}.", "restock"),
    ]
    reason: Annotated[
        str | None, Attribute("Why the units of an order were cancelled or refunded, as a word.", None)
    ] = None
    order_step: Annotated[
        int | None,
        Counter(1),
        Attribute("Counts the records of the order's line, from 1; null without an order.", None),
    ] = None
    order_previous: Annotated[
        int | None,
        Counter(1),
        Attribute("`sequence` of the line's previous record; null for its first.", None),
    ] = None
    previous_hash: Annotated[
        str,
        Hash(),
        Attribute("`hash` of the SKU's previous record; 64 zeros for the first.", FIRST_PREVIOUS_HASH),
    ]
    hash: Annotated[
        str,
        Hash(),
        Attribute(
            "SHA-256 of the RFC 8785 form of this object without `hash`, `signature` and `key_id`.", ""
        ),
    ]
    signature: Annotated[
        str,
        Signature(),
        Attribute(
            "The Ed25519 signature of the 32 bytes of `hash`, in base64url.",
            "Z0sMnZbT3hOaVfVYl6iBDyYtTTG2M5yXkL1Y8S0RkYQ4cJm2w8h7d9oJ5bLq3pV6nT1uE0aXrC4fKgWsHiBvDA",
        ),
    ]
    key_id: Annotated[str, Attribute("The ledger key that signed it (`GET /ledger-keys`).", "k1")]

    @classmethod
    def signed_by(cls, signer: LedgerSigner, **attributes: Any) -> Self:
        """Return a record of these attributes, of the form that is written, with its hash and signature."""
        unsigned = cls(**{"form": FORM, **attributes}, hash="", signature="", key_id=signer.key_id)
        digest = record_hash(unsigned.document())
        return replace(unsigned, hash=digest, signature=to_base64url(signer.sign(digest)))

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValue]) -> Self:
        """Read an item of StockTransactions or of its indexes.

        Raises
        ------
        TypeError
            If an attribute is missing or of another type.
        """
        record = cls(**served(from_item(item, _ATTRIBUTES)))
        for name in _FIGURES:
            if type(getattr(record, name)) is not int:
                raise TypeError(f"{name} is not an integer")
        return record

    @staticmethod
    def document_of(item: Mapping[str, AttributeValue]) -> dict[str, Any]:
        """Return the `document` of a stored record, in 0.6 of the time that it takes through `from_item`.

        Raises
        ------
        KeyError, TypeError
            If an attribute is missing; if a hash or signature is not stored as bytes.
        """
        if not item.keys() >= _REQUIRED:
            raise KeyError(*sorted(_REQUIRED - item.keys()))
        return {**dict.fromkeys(_ATTRIBUTES), **served(from_item(item, _ATTRIBUTES))}

    def to_item(self) -> Item:
        """Write the item of StockTransactions; absent optionals are absent.

        Hashes and signature are stored as bytes: a record is at most 1,024 bytes, one write unit.
        """
        document = self.document()
        return to_item(document | {name: decoded(name, document[name]) for name in BINARY_ATTRIBUTES})

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves; absent optionals are null."""
        return {name: getattr(self, name) for name in _ATTRIBUTES}


_ATTRIBUTES: Final = tuple(field.name for field in fields(TransactionRecord))
_REQUIRED: Final = frozenset(field.name for field in fields(TransactionRecord) if field.default is MISSING)
_FIGURES: Final = (
    "form",
    "quantity_change",
    "stock_before",
    "stock_after",
    "sequence",
    "quantity",
    "reserved_before",
    "reserved_after",
)


BINARY_ATTRIBUTES: Final = ("previous_hash", "hash", "signature")
"""The attributes that are stored as bytes."""


def decoded(name: str, text: str) -> bytes:
    """Return the bytes of a served hash or signature.

    Raises
    ------
    ValueError
        If it is not one.
    """
    return from_base64url(text) if name == "signature" else bytes.fromhex(text)


def served(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return a record's stored attributes with hashes and signature as the API serves them.

    Raises
    ------
    TypeError
        If one of them is not stored as bytes.
    """
    for name in BINARY_ATTRIBUTES:
        if name not in attributes:
            continue
        stored = attributes[name]
        if not isinstance(stored, bytes):
            raise TypeError(f"{name} is not stored as bytes")
        attributes[name] = to_base64url(stored) if name == "signature" else stored.hex()
    return attributes


def record_hash(document: Mapping[str, Any]) -> str:
    """Return the `hash` of a record: SHA-256 of its canonical JSON (RFC 8785), in lower-case hex.

    `document` is the JSON object that the API serves; what the hash does not cover is left out.
    """
    hashed = {name: member for name, member in document.items() if name not in UNHASHED}
    return sha256(rfc8785.dumps(hashed)).hexdigest()
