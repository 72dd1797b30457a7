"""The shapes of the responses other than records, for the service's document alone."""

from typing import Annotated, Any, Literal, TypedDict

from inventory_common.attributes import Attribute, OrderId, ProductId, SkuId, TransactionId, VendorId
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.transactions import TransactionRecord

__all__ = [
    "FindingAnswer",
    "LedgerKeysAnswer",
    "ReservationsAnswer",
    "StockAtAnswer",
    "VerificationAnswer",
]

_MOMENT = "2026-02-23T14:20:00.000000Z"


class DifferenceAnswer(TypedDict):
    """One thing that differs from what it should be."""

    transaction_id: Annotated[
        str | None,
        Attribute(
            "The id of the record, which may be invalid; null if the difference concerns no record.",
            "TXN-550e8400-e29b-41d4-a716-446655440000",
        ),
    ]
    kind: Annotated[
        str, Attribute("The attribute that differs, or another kind of difference.", "stock_after")
    ]
    expected: Annotated[Any, Attribute("What was expected.", 75)]
    found: Annotated[Any, Attribute("What was found.", 80)]


class VerificationAnswer(TypedDict):
    """The result of checking a page of a SKU's log, record by record."""

    checked: Annotated[int, Attribute("The number of records that were checked.", 7)]
    head_hash: Annotated[
        str | None,
        Attribute("The live SKU's `ledger_hash`; null if the SKU does not exist.", FIRST_PREVIOUS_HASH),
    ]
    findings: Annotated[list[DifferenceAnswer], Attribute("All differences; empty if there are none.", [])]
    next_cursor: str | None


class StockAtAnswer(TypedDict):
    """A SKU's stock at a point in time, with the last transaction before it."""

    time: Annotated[str, Attribute("The requested time.", _MOMENT)]
    current_stock: int
    reserved_stock: int
    available_stock: int
    transaction: Annotated[
        TransactionRecord | None,
        Attribute("The last log record at or before this time; null before the first.", None),
    ]


class ReservationAnswer(TypedDict):
    """Units of a SKU that an order holds."""

    order_id: OrderId
    quantity: int
    placed_at: Annotated[str, Attribute("When the order was placed.", _MOMENT)]
    age_seconds: Annotated[int, Attribute("How long the order has held the units.", 600)]
    expires_at: str | None


class ReservationsAnswer(TypedDict):
    """The orders that hold units of a SKU now, oldest first."""

    sku: SkuId
    sequence: int
    reserved_stock: int
    reservations: Annotated[list[ReservationAnswer], Attribute("One for each order.", None)]
    unaccounted: Annotated[
        int, Attribute("Reserved units whose orders were placed before the records that were read.", 0)
    ]


class FindingAnswer(TypedDict):
    """A change of stock or log that the services did not make."""

    finding_id: Annotated[str, Attribute("The id of the finding.", "FIND-1")]
    kind: Annotated[str, Attribute("The kind of change.", "record_modified")]
    occurred_at: Annotated[str, Attribute("When the change happened.", _MOMENT)]
    vendor_id: VendorId | None
    product_id: ProductId | None
    sku: SkuId | None
    transaction_id: TransactionId | None
    differences: Annotated[list[DifferenceAnswer], Attribute("All differences that it caused.", None)]


class LedgerKeyAnswer(TypedDict):
    """A public key that verifies signatures of the log: a JSON Web Key of RFC 8037, with two more members."""

    kty: Annotated[Literal["OKP"], Attribute("The type of the key.", "OKP")]
    crv: Annotated[Literal["Ed25519"], Attribute("Its curve.", "Ed25519")]
    alg: Annotated[Literal["EdDSA"], Attribute("The algorithm of signatures.", "EdDSA")]
    use: Annotated[Literal["sig"], Attribute("What it is for: signatures.", "sig")]
    kid: Annotated[str, Attribute("The `key_id` in log records.", "2f9ac01b")]
    x: Annotated[
        str,
        Attribute("The 32 bytes of the key, as base64url.", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"),
    ]
    created_at: Annotated[str, Attribute("When it was made.", _MOMENT)]
    retired_at: Annotated[
        str | None,
        Attribute("A later record must not be signed by it; null as long as it is in use.", None),
    ]


class LedgerKeysAnswer(TypedDict):
    """The keys that have signed log records: a JSON Web Key Set (RFC 7517)."""

    keys: Annotated[list[LedgerKeyAnswer], Attribute("Every key, oldest first.", None)]
