"""The shapes of what the stock service answers beside SKUs: for its document, nothing is made from them."""

from typing import Any, Literal, TypedDict

from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord

from .orders import OrderStatus

__all__ = ["BatchAnswer", "BatchResult", "OrderAnswer", "OrderLineAnswer", "StockChangeAnswer"]


class StockChangeAnswer(TypedDict):
    """A change of a SKU's stock: its log record, and the SKU as it stands after it."""

    transaction: TransactionRecord
    sku: Sku


class OrderLineAnswer(TypedDict):
    """What became of one SKU's units: always `placed = reserved + confirmed + cancelled`."""

    product_id: str
    sku: str
    vendor_id: str
    placed: int
    reserved: int
    confirmed: int
    cancelled: int
    refunded: int


class OrderAnswer(TypedDict):
    """An order as it stands; one that was cancelled before it was placed has no lines."""

    order_id: str
    status: OrderStatus
    created_at: str
    expires_at: str | None
    cancel_reason: Literal["requested", "expired"] | None
    lines: list[OrderLineAnswer]


class BatchedOrderDone(TypedDict):
    """A command of a batch that was carried out."""

    order_id: str
    status_code: Literal[200, 201]
    order: OrderAnswer


class BatchedOrderRefused(TypedDict):
    """A command of a batch that was refused."""

    order_id: str
    status_code: int
    problem: dict[str, Any]


BatchResult = BatchedOrderDone | BatchedOrderRefused


class BatchAnswer(TypedDict):
    """What became of each command, in the order sent."""

    results: list[BatchResult]
