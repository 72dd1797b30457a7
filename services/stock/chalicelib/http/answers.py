"""Types of the service's responses other than SKUs, for the OpenAPI document only."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from inventory_common.attributes import Attribute, Units
from inventory_common.limits import PUBLIC_STOCK_MAX, QUANTITY_MAX
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord

from ..domain.orders import OrderStatus

__all__ = [
    "AvailabilityAnswer",
    "BatchAnswer",
    "BatchResult",
    "OrderAnswer",
    "OrderLineAnswer",
    "StockBatchAnswer",
    "StockChangeAnswer",
]


class StockChangeAnswer(TypedDict):
    """A change of a SKU's stock: its log record, and the SKU after it."""

    transaction: TransactionRecord
    sku: Sku


class BatchedChangeDone(TypedDict):
    """A change of a batch that was executed, now (201) or before (200): its log record."""

    sku: str
    status_code: Literal[200, 201]
    transaction: TransactionRecord


class BatchedChangeRefused(TypedDict):
    """A change of a batch that was refused."""

    sku: str
    status_code: int
    problem: dict[str, Any]


class StockBatchAnswer(TypedDict):
    """The outcome of each change, in the sequence of the request."""

    results: list[BatchedChangeDone | BatchedChangeRefused]


class AvailableLineAnswer(TypedDict):
    """Whether units of a SKU can be ordered now; `sku` is null if no SKU of the product is offered."""

    product_id: str
    sku: str | None
    quantity: Annotated[int, Units(1, QUANTITY_MAX), Attribute("Units requested by this line.", 2)]
    is_available: Annotated[
        bool, Attribute("Whether the units of all lines that name the SKU can be ordered together.", True)
    ]
    available_stock: Annotated[
        int,
        Units(),
        Attribute(
            "Units that can be ordered: exact for those who may read the SKU with its stock, for others at "
            f"most {PUBLIC_STOCK_MAX}; 0 if it is inactive or unknown.",
            PUBLIC_STOCK_MAX,
        ),
    ]


class AvailabilityAnswer(TypedDict):
    """What can be ordered now."""

    lines: Annotated[
        list[AvailableLineAnswer],
        Attribute(
            "The lines of the request, one without a `sku` as one for each active SKU of its product.",
            [
                {
                    "product_id": "PROD-E4F9A",
                    "sku": "SKU-PROD-E4F9A-BLK-L",
                    "quantity": 2,
                    "is_available": True,
                    "available_stock": PUBLIC_STOCK_MAX,
                }
            ],
        ),
    ]
    all_available: Annotated[bool, Attribute("Whether all lines of the response are available.", True)]


class OrderLineAnswer(TypedDict):
    """One SKU of an order, in units: always `placed = reserved + confirmed + cancelled`."""

    product_id: str
    sku: str
    vendor_id: str
    placed: int
    reserved: int
    confirmed: int
    cancelled: int
    refunded: int
    reason: Annotated[
        str | None,
        Attribute("The `reason` of the last cancel or refund of the line's units by a client.", None),
    ]
    notes: Annotated[str | None, Attribute("The `notes` of the same command.", None)]


class ShortLineAnswer(TypedDict):
    """A line that could not be reserved: units requested, and available."""

    product_id: str
    sku: str
    asked: int
    available: int


class OrderAnswer(TypedDict):
    """An order; one that was cancelled before it was placed, or could not be reserved, has no lines.

    `short_lines` are in an order that was accepted (202) and then could not be reserved for want of them.
    While an order is `placing`, its lines that are still to be reserved have 0 units `placed`.
    """

    order_id: str
    status: OrderStatus
    created_at: str
    expires_at: str | None
    cancel_reason: Literal["requested", "expired", "insufficient_stock"] | None
    lines: list[OrderLineAnswer]
    short_lines: NotRequired[list[ShortLineAnswer]]


class BatchedOrderDone(TypedDict):
    """A command of a batch that was executed; 202: it has begun, and finishes by itself."""

    order_id: str
    status_code: Literal[200, 201, 202]
    order: OrderAnswer


class BatchedOrderRefused(TypedDict):
    """A command of a batch that was refused."""

    order_id: str
    status_code: int
    problem: dict[str, Any]


BatchResult = BatchedOrderDone | BatchedOrderRefused


class BatchAnswer(TypedDict):
    """The outcome of each command, in the sequence of the request."""

    results: list[BatchResult]
