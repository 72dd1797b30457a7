"""Types of the service's responses other than SKUs, for the OpenAPI document only."""

from typing import Any, Literal, NotRequired, TypedDict

from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord

from ..domain.orders import OrderStatus

__all__ = [
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
