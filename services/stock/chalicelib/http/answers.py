"""Types of the service's responses other than SKUs, for the OpenAPI document only."""

from typing import Any, Literal, TypedDict

from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord

from ..domain.orders import OrderStatus

__all__ = ["BatchAnswer", "BatchResult", "OrderAnswer", "OrderLineAnswer", "StockChangeAnswer"]


class StockChangeAnswer(TypedDict):
    """A change of a SKU's stock: its log record, and the SKU after it."""

    transaction: TransactionRecord
    sku: Sku


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


class OrderAnswer(TypedDict):
    """An order; one that was cancelled before it was placed has no lines."""

    order_id: str
    status: OrderStatus
    created_at: str
    expires_at: str | None
    cancel_reason: Literal["requested", "expired"] | None
    lines: list[OrderLineAnswer]


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
