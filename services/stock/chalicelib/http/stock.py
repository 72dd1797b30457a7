"""The routes of restocks and adjustments."""

from __future__ import annotations

from typing import Final

from chalice.app import Response

from inventory_common.declarations import ResponseSpec, route
from inventory_common.errors import (
    AdjustmentBelowReserved,
    CountStale,
    ProductInactive,
    SkuInactive,
    SkuNotFound,
    StockLimitExceeded,
)
from inventory_common.ids import StockKey
from inventory_common.requests import Request
from inventory_common.responses import json_response
from inventory_common.values import value

from ..domain.commands import AdjustStock, Restock, StockCount
from ..engine.stock import Stock, StockChange
from .access import VENDORS, actor_of
from .answers import StockChangeAnswer
from .bodies import AdjustmentBody, RestockBody

__all__ = ["StockRoutes"]

_STOCK: Final = "stock"
_CHANGE: Final = ResponseSpec(StockChangeAnswer, status=201)


@value
class StockRoutes:
    """The stock of a SKU."""

    stock: Stock

    @route(
        "POST",
        "/products/{product_id}/skus/{sku}/restocks",
        tag=_STOCK,
        allowed_roles=VENDORS,
        body=RestockBody,
        idempotency="required",
        response=_CHANGE,
        errors=[SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded],
    )
    def restock(self, request: Request[RestockBody], product_id: str, sku: str) -> Response:
        """Add units to the stock."""
        assert request.idempotency_key is not None
        command = Restock(
            key=StockKey(product_id, sku),
            quantity=request.body.quantity,
            notes=request.body.notes,
            scope=request.scope,
            idempotency_key=request.idempotency_key,
        )
        return _response(self.stock.restock(command, actor_of(request)))

    @route(
        "POST",
        "/products/{product_id}/skus/{sku}/adjustments",
        tag=_STOCK,
        allowed_roles=VENDORS,
        body=AdjustmentBody,
        idempotency="required",
        response=_CHANGE,
        errors=[SkuNotFound, CountStale, AdjustmentBelowReserved, StockLimitExceeded],
    )
    def adjust_stock(self, request: Request[AdjustmentBody], product_id: str, sku: str) -> Response:
        """Correct the stock by a signed change, or to a physical count."""
        assert request.idempotency_key is not None
        command = AdjustStock(
            key=StockKey(product_id, sku),
            correction=_correction(request.body),
            notes=request.body.notes,
            scope=request.scope,
            idempotency_key=request.idempotency_key,
        )
        return _response(self.stock.adjust(command, actor_of(request)))


def _correction(body: AdjustmentBody) -> int | StockCount:
    if body.quantity_change is not None:
        return body.quantity_change
    assert body.counted_stock is not None, "the body has one of two forms"
    assert body.expected_stock is not None, "the body has one of two forms"
    return StockCount(body.counted_stock, body.expected_stock)


def _response(change: StockChange) -> Response:
    document = {"transaction": change.record.document(), "sku": change.sku.document()}
    return json_response(document, status=201, replayed=change.replayed)
