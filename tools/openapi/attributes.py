"""Attributes by name: those that resources declare, and here those of orders, problems and collections.

A served member whose annotation declares an attribute is described by it.  Any other member, such as
``sku: str`` of a TypedDict, is described by the attribute of its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Final, NotRequired, get_args, get_origin, get_type_hints

from inventory_common.attributes import (
    Attribute,
    CommandKey,
    OrderId,
    Owner,
    ProductId,
    SkuId,
    StoredMoment,
    TransactionId,
    Units,
    VendorId,
    attribute_of,
)
from inventory_common.errors import OrderNotFound, SkuNotFound
from inventory_common.limits import HOLD_DEFAULT_SECONDS, PROBLEM_ERRORS_MAX, QUANTITY_MAX, STOCK_MAX
from inventory_common.problems import problem_document
from inventory_common.products import Product
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord

__all__ = ["ATTRIBUTES", "SAMPLES", "members_of", "optional_members_of", "problem_member"]

MOMENT: Final = "2026-02-23T14:20:00.000000Z"
NEXT_DAY: Final = "2026-02-24T14:20:00.000000Z"
SKU: Final = "SKU-PROD-E4F9A-BLK-L"
TRANSACTION: Final = "TXN-550e8400-e29b-41d4-a716-446655440000"
REQUEST_ID: Final = "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"


class Fault:
    """One error of a request."""

    path: str
    message: str


class ShortLine:
    """A line for which the available stock is insufficient."""

    product_id: str
    sku: str
    asked: int
    available: int


class UnreservedLine:
    """A line with more units than the order has reserved."""

    sku: str
    asked: int
    reserved: int


class UnrefundableLine:
    """A line with more units than were confirmed and not yet refunded."""

    sku: str
    asked: int
    refundable: int


def members_of(shape: Any) -> dict[str, Any]:
    """Return the annotations of the members that are served of a shape, in order.

    Of a dataclass these are its fields and the properties that declare an attribute.
    """
    hints = get_type_hints(shape, include_extras=True)
    if not is_dataclass(shape):
        return {
            name: get_args(hint)[0] if get_origin(hint) is NotRequired else hint
            for name, hint in hints.items()
        }
    members = {field.name: hints[field.name] for field in fields(shape)}
    for name, member in vars(shape).items():
        if isinstance(member, property):
            hint = get_type_hints(member.fget, include_extras=True)["return"]
            if attribute_of(hint) is not None:
                members[name] = hint
    return members


def optional_members_of(shape: Any) -> set[str]:
    """Return the members that are served of a shape only where there is something to say."""
    hints = get_type_hints(shape, include_extras=True)
    return {name for name, hint in hints.items() if get_origin(hint) is NotRequired}


_OF_ORDERS: Final[Mapping[str, Any]] = {
    "status": Annotated[str, Attribute("The state of the order.", "reserved")],
    "expires_at": Annotated[
        str, StoredMoment(), Attribute("When the hold ends and reserved units are released.", NEXT_DAY)
    ],
    "cancel_reason": Annotated[
        str | None,
        Attribute(
            "Why the order was cancelled: by request, because its hold expired, or because it was accepted "
            "and then could not be reserved.",
            None,
        ),
    ],
    "placed": Annotated[
        int, Units(), Attribute("Units ordered; 0 while the order is being placed without them.", 5)
    ],
    "reserved": Annotated[int, Units(), Attribute("Units that are reserved for the order.", 5)],
    "confirmed": Annotated[int, Units(), Attribute("Units that have left the stock.", 0)],
    "cancelled": Annotated[
        int, Units(), Attribute("Units that were released before they left the stock.", 0)
    ],
    "refunded": Annotated[int, Units(), Attribute("Confirmed units that came back.", 0)],
    "hold_seconds": Annotated[
        int,
        Attribute("How long the units stay reserved unless confirmed or cancelled.", HOLD_DEFAULT_SECONDS),
    ],
    "command": Annotated[str, Attribute("What to do with the order.", "place")],
    "idempotency_key": CommandKey,
    "restock": Annotated[bool, Attribute("Whether refunded units go back into stock.", True)],
    "lines": Annotated[list[Any], Attribute("The order's lines, one per SKU.", None)],
    "short_lines": Annotated[
        list[Any],
        Attribute("The lines for want of which an order could not be reserved that had been accepted.", None),
    ],
    "order": Annotated[Any, Attribute("The order after the command.", None)],
    "orders": Annotated[list[Any], Attribute("The commands.", None)],
    "status_code": Annotated[int, Attribute("The status of the response to the single request.", 201)],
    "problem": Annotated[Any, Attribute("The problem document in the response to the single request.", None)],
    "results": Annotated[list[Any], Attribute("The result of each command, in the order sent.", None)],
}
_OF_STOCK_CHANGES: Final[Mapping[str, Any]] = {
    "counted_stock": Annotated[int, Units(), Attribute("Units counted.", 47)],
    "expected_stock": Annotated[int, Units(), Attribute("`current_stock` as the counter read it.", 50)],
    "transaction": Annotated[Any, Attribute("The log record of the change.", None)],
    "changes": Annotated[list[Any], Attribute("The changes of the stock.", None)],
    "type": Annotated[str, Attribute("What the change is.", "restock")],
}
_OF_PAGES: Final[Mapping[str, Any]] = {
    "items": Annotated[
        list[Any], Attribute("The items of the page; an empty page need not be the last.", None)
    ],
    "next_cursor": Annotated[
        str | None, Attribute("`cursor` of the next page; null on the last page.", None)
    ],
}
_OF_PROBLEMS: Final[Mapping[str, Any]] = {
    "asked": Annotated[int, Units(1, QUANTITY_MAX), Attribute("Units requested.", 10)],
    "available": Annotated[int, Units(), Attribute("Units available.", 3)],
    "refundable": Annotated[int, Units(), Attribute("Units that can be refunded.", 3)],
    "limit": Annotated[int, Units(), Attribute("The maximum stock of one SKU.", STOCK_MAX)],
    "skus": Annotated[list[str], Attribute("The SKUs that were not found.", [SKU])],
    "path": Annotated[
        str,
        Attribute(
            "Where the error is: `body.lines[0].quantity`, `query.limit`, `path.sku`.", "body.quantity"
        ),
    ],
    "message": Annotated[str, Attribute("What is wrong there.", "is required")],
    "errors": Annotated[
        list[Fault], Attribute(f"All errors of the request, at most {PROBLEM_ERRORS_MAX}.", None)
    ],
}
_IDS: Final[Mapping[str, Any]] = {
    "product_id": ProductId,
    "vendor_id": VendorId,
    "sku": SkuId,
    "order_id": OrderId,
    "owner": Owner,
    "transaction_id": TransactionId,
}

ATTRIBUTES: Final[Mapping[str, Any]] = {
    **members_of(TransactionRecord),
    **members_of(Sku),
    **members_of(Product),
    **_OF_ORDERS,
    **_OF_STOCK_CHANGES,
    **_OF_PAGES,
    **_OF_PROBLEMS,
    **_IDS,
}
"""The annotation of each attribute, by its name."""

_LINES: Final[Mapping[str, Any]] = {
    "InsufficientStock": list[ShortLine],
    "QuantityExceedsReserved": list[UnreservedLine],
    "RefundExceedsConfirmed": list[UnrefundableLine],
}


_ENDED_ORDER: Final = Annotated[
    dict[str, Any],
    Attribute(
        "The order as it is, where it was to be placed again.",
        {"order_id": "ORDER-12345", "status": "cancelled"},
    ),
]


def problem_member(problem: str, member: str) -> Any:
    """Return the annotation of a further member of a problem document."""
    if member == "order":
        return _ENDED_ORDER
    return _LINES[problem] if member == "lines" else ATTRIBUTES[member]


SAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "StockChangeAnswer": {
        "sku": {
            "current_stock": 75,
            "available_stock": 70,
            "sequence": 1,
            "version": 2,
            "last_transaction_at": MOMENT,
            "last_transaction_id": TRANSACTION,
        }
    },
    "StockAtAnswer": {"current_stock": 75, "available_stock": 70},
    "ReservationAnswer": {"quantity": 5},
    "ReservationsAnswer": {"sequence": 1},
    "BatchedChangeRefused": {
        "status_code": 404,
        "problem": problem_document(SkuNotFound(f"{SKU} was not found."), REQUEST_ID),
    },
    "BatchedOrderRefused": {
        "status_code": 404,
        "problem": problem_document(OrderNotFound("ORDER-12345 was not found."), REQUEST_ID),
    },
    "OrderLineBody": {"quantity": 5},
    "SettledLine": {"quantity": 5},
}
"""By the name of a shape or body, the members whose sample differs from that of their attribute."""
