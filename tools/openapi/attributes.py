"""What each attribute is, wherever it occurs: a sentence, the specification's sample value, its form.

An attribute's type comes from where it is used; what a request may hold of it, from the request's model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory_common.ids import PATTERNS
from inventory_common.limits import MONEY_MAX, QUANTITY_MAX, STOCK_MAX
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.transactions import TransactionType

__all__ = ["ATTRIBUTES", "SAMPLES", "member_of_problem"]

IMAGES = "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com"
PRODUCT, SKU, VENDOR, ORDER = "PROD-E4F9A", "SKU-PROD-E4F9A-BLK-L", "VENDOR-001", "ORDER-12345"
TRANSACTION = "TXN-550e8400-e29b-41d4-a716-446655440000"
MORNING, AFTERNOON = "2026-02-23T10:30:00.000000Z", "2026-02-23T14:20:00.000000Z"
TOMORROW = "2026-02-24T14:20:00.000000Z"


def _said(description: str, sample: Any, **form: Any) -> dict[str, Any]:
    return {"description": description, "sample": sample, **form}


def _id(name: str, description: str, sample: str) -> dict[str, Any]:
    return _said(description, sample, pattern=f"^{PATTERNS[name]}$")


def _moment(description: str, sample: str) -> dict[str, Any]:
    form = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"
    return _said(description, sample, format="date-time", pattern=form)


def _units(description: str, sample: int, least: int = 0, most: int = STOCK_MAX) -> dict[str, Any]:
    return _said(description, sample, minimum=least, maximum=most)


def _money(description: str) -> dict[str, Any]:
    return _said(description, 89.99, minimum=0, maximum=float(MONEY_MAX), multipleOf=0.01)


def _hash(description: str, sample: str) -> dict[str, Any]:
    return _said(description, sample, pattern="^[0-9a-f]{64}$")


ATTRIBUTES: Mapping[str, Mapping[str, Any]] = {
    # Names
    "product_id": _id("product_id", "The product; the server makes its id.", PRODUCT),
    "sku": _id("sku", "The variant of a product that stock is kept of.", SKU),
    "vendor_id": _id("vendor_id", "The vendor whose it is.", VENDOR),
    "order_id": _id("order_id", "The order; its order system makes its id.", ORDER),
    "transaction_id": _id(
        "transaction_id", "The log record; its id follows from SKU and sequence.", TRANSACTION
    ),
    "external_id": _said(
        "The vendor's own name for the product: unique to the vendor, and never changed.", "HEADPHONES-1"
    ),
    # Products
    "product_name": _said("Display name.", "Wireless Bluetooth Headphones"),
    "description": _said(
        "Detailed product description.", "Premium over-ear headphones with active noise cancellation"
    ),
    "category": _said("Main category.", "Electronics"),
    "subcategory": _said("Subcategory.", "Audio"),
    "brand": _said("Brand name.", "SoundMax"),
    "base_price": _money("Base selling price."),
    "images": _said(
        "Addresses of images.", [f"{IMAGES}/PROD-E4F9A_img1.jpg", f"{IMAGES}/PROD-E4F9A_img2.jpg"]
    ),
    "tags": _said("Tags to search and filter by.", ["wireless", "bluetooth", "audio", "headphones"]),
    "is_active": _said("Whether it is in the shop; what is deleted stays, inactive.", True),
    "created_at": _moment("When it was created.", MORNING),
    "updated_at": _moment("When it was changed last.", MORNING),
    "version": _said("Counts every change; the ETag.", 1, minimum=1),
    # SKUs
    "variant_name": _said("Display name of the variant.", "Black - Large"),
    "variant_attributes": _said("What sets the variant apart.", {"color": "Black", "size": "Large"}),
    "current_stock": _units("Units in stock.", 50),
    "reserved_stock": _units("Units of them that are reserved for orders.", 5),
    "available_stock": _units("Units for sale: `current_stock - reserved_stock`.", 45),
    "reorder_threshold": _units("The stock at which the SKU counts as low.", 10),
    "low_stock_flag": _said("Whether `current_stock <= reorder_threshold`.", False),
    "unit_price": _money("Price of this variant."),
    "last_updated": _moment("When it was changed last, its stock included.", AFTERNOON),
    "last_updated_by": _said("Who changed it last.", VENDOR),
    "sequence": _said("Counts the records of the SKU's ledger, from 1 without a gap.", 1, minimum=0),
    "ledger_hash": _hash("`hash` of the ledger's last record.", FIRST_PREVIOUS_HASH),
    "last_transaction_at": _moment("When the ledger's last record was written.", AFTERNOON),
    "last_transaction_id": _id("transaction_id", "The ledger's last record.", TRANSACTION),
    "product_is_active": _said("Whether the product is active, as of `product_version`.", True),
    "product_version": _said("The version of the product that the SKU has heard of.", 1, minimum=0),
    # Log records
    "timestamp": _moment("When it happened; strictly increases within one SKU.", AFTERNOON),
    "transaction_type": _said("What happened.", "restock", enum=[str(each) for each in TransactionType]),
    "quantity": _units("The units concerned.", 25, 0),
    "quantity_change": _units("What it does to the units in stock.", 25, -STOCK_MAX),
    "stock_before": _units("Units in stock before it.", 50),
    "stock_after": _units("Units in stock after it.", 75),
    "reserved_before": _units("Units reserved before it.", 5),
    "reserved_after": _units("Units reserved after it.", 5),
    "performed_by": _said("Who did it, as their token says.", VENDOR),
    "notes": _said("Why; at most 300 bytes of UTF-8.", "Monthly restock shipment from warehouse"),
    "request_id": _said("The X-Request-Id of the request.", "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"),
    "previous_hash": _hash(
        "`hash` of the SKU's record before; 64 zeros if there is none.", FIRST_PREVIOUS_HASH
    ),
    "hash": _hash("SHA-256 of the RFC 8785 form of this object without `hash`.", ""),
    # Orders
    "status": _said("Where the order stands.", "reserved"),
    "expires_at": _moment("When what it holds is given back.", TOMORROW),
    "cancel_reason": _said("Why it holds nothing any more: by its client, or as its hold ended.", None),
    "placed": _units("Units that were asked for.", 5, 1),
    "reserved": _units("Units that the order holds.", 5),
    "confirmed": _units("Units that have left the stock for it.", 0),
    "cancelled": _units("Units that it gave back before they left.", 0),
    "refunded": _units("Units that came back after they had left.", 0),
    "hold_seconds": _said("For how long the units are held, unless they are settled before.", 86_400),
    "command": _said("What to do with the order.", "place"),
    "counted_stock": _units("Units that were counted.", 47),
    "expected_stock": _units("Units that the counter believed there to be, as they were read.", 50),
    "restock": _said("Whether the units can be sold again and go back into stock.", True),
    # Collections
    "lines": _said("What is ordered, SKU by SKU.", None),
    "orders": _said("The commands.", None),
    "order": _said("The order as it stands.", None),
    "status_code": _said("The status that the single request would have been answered.", 201),
    "problem": _said("The problem document that the single request would have been answered.", None),
    "transaction": _said("The record of the change.", None),
    "results": _said("What became of each command.", None),
    "items": _said("The page; it may be empty, and yet go on.", None),
    "next_cursor": _said("`cursor` of the next page; null after the last.", None),
    # Problems
    "asked": _units("Units asked for.", 10, 1, QUANTITY_MAX),
    "available": _units("Units there are for it.", 3),
    "refundable": _units("Units that could come back.", 3),
    "limit": _units("The most units that one SKU can hold.", STOCK_MAX),
    "skus": _said("Those that do not exist.", [SKU]),
    "path": _said("Where: `body.lines[0].quantity`, `query.limit`, `path.sku`.", "body.quantity"),
    "message": _said("What is wrong there.", "is required"),
    "errors": _said("Everything that is wrong, up to 100 faults.", None),
}
"""By name; `sample` is the value in examples."""


class Fault:
    """Something wrong with a request."""

    path: str
    message: str


class ShortLine:
    """A line that cannot have what it asks for."""

    product_id: str
    sku: str
    asked: int
    available: int


class UnreservedLine:
    """A line of more units than the order holds."""

    sku: str
    asked: int
    reserved: int


class UnrefundableLine:
    """A line of more units than have left for the order and are not back yet."""

    sku: str
    asked: int
    refundable: int


_LINES: Mapping[str, Any] = {
    "InsufficientStock": list[ShortLine],
    "QuantityExceedsReserved": list[UnreservedLine],
    "RefundExceedsConfirmed": list[UnrefundableLine],
}


def member_of_problem(problem: str, member: str) -> Any:
    """Return the type of a further member of a problem document."""
    return _LINES[problem] if member == "lines" else _MEMBERS[member]


_MEMBERS: Mapping[str, Any] = {
    "errors": list[Fault],
    "skus": list[str],
    "product_id": str,
    "sku": str,
    "current_stock": int,
    "reserved_stock": int,
    "available_stock": int,
    "limit": int,
}

SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "TransactionRecord": {"order_id": None},
    "StockChangeAnswer": {
        "sku": {
            "current_stock": 75,
            "available_stock": 70,
            "version": 2,
            "last_transaction_at": AFTERNOON,
            "last_transaction_id": TRANSACTION,
        }
    },
    "DifferenceAnswer": {"kind": "stock_after", "expected": 75, "found": 80},
    "VerificationAnswer": {"checked": 7, "head_hash": FIRST_PREVIOUS_HASH, "findings": []},
    "StockAtAnswer": {"time": AFTERNOON, "current_stock": 75, "available_stock": 70},
    "ReservationAnswer": {"placed_at": AFTERNOON, "age_seconds": 600, "quantity": 5},
    "ReservationsAnswer": {"unaccounted": 0},
    "FindingAnswer": {"finding_id": "FIND-1", "kind": "record_changed", "occurred_at": AFTERNOON},
    "Sku": {"sequence": 0, "last_transaction_at": None, "last_transaction_id": None},
    "BatchedOrderRefused": {
        "status_code": 404,
        "problem": {
            "type": "urn:inventory:problem:order_not_found",
            "title": "No such order",
            "status": 404,
            "detail": "There is no ORDER-12345.",
            "code": "order_not_found",
            "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
        },
    },
    "RestockBody": {"quantity": 25},
    "OrderLineBody": {"quantity": 5},
    "SettledLine": {"quantity": 5},
}
"""Where a sample differs from the attributes' own samples, by the shape's name."""
