"""The routes of restocks and adjustments."""

from __future__ import annotations

import re
from typing import Any, Final

from chalice.app import Response

from inventory_common.declarations import ResponseSpec, declaration_of, route
from inventory_common.errors import (
    AdjustmentBelowReserved,
    CountStale,
    Forbidden,
    IdempotencyKeyRequired,
    InventoryError,
    LedgerKeyUnavailable,
    ProductInactive,
    SkuInactive,
    SkuNotFound,
    StockLimitExceeded,
)
from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import Role, Scope
from inventory_common.ids import FINDING_ID, StockKey
from inventory_common.problems import problem_document
from inventory_common.requests import Request
from inventory_common.responses import json_response
from inventory_common.values import value

from ..domain.commands import AdjustStock, Restock, StockCount
from ..engine.stock import LoggedChange, Stock, StockChange
from .access import VENDORS, actor_of
from .answers import StockBatchAnswer, StockChangeAnswer
from .bodies import AdjustmentBody, BatchedChange, RestockBody, StockBatch

__all__ = ["StockRoutes"]

_STOCK: Final = "stock"
_CHANGE: Final = ResponseSpec(StockChangeAnswer, status=201)


@value
class StockRoutes:
    """The stock of SKUs."""

    stock: Stock

    @route(
        "POST",
        "/products/{product_id}/skus/{sku}/restocks",
        tag=_STOCK,
        allowed_roles=VENDORS,
        body=RestockBody,
        idempotency="required",
        response=_CHANGE,
        errors=[SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded, LedgerKeyUnavailable],
    )
    def restock(self, request: Request[RestockBody], product_id: str, sku: str) -> Response:
        """Add units to the stock."""
        assert request.idempotency_key is not None
        key = StockKey(product_id, sku)
        command = _restock(key, request.body, request.scope, request.idempotency_key)
        return _response(self.stock.restock(command, actor_of(request)))

    @route(
        "POST",
        "/products/{product_id}/skus/{sku}/adjustments",
        tag=_STOCK,
        allowed_roles=VENDORS,
        body=AdjustmentBody,
        idempotency="required",
        response=_CHANGE,
        errors=[SkuNotFound, CountStale, AdjustmentBelowReserved, StockLimitExceeded, LedgerKeyUnavailable],
    )
    def adjust_stock(self, request: Request[AdjustmentBody], product_id: str, sku: str) -> Response:
        """Correct the stock by a signed change, or to a physical count.

        Notes that name a finding of the audit service repair what it reports; only an admin may write them.
        """
        assert request.idempotency_key is not None
        _require_may_repair(request.body.notes, request)
        key = StockKey(product_id, sku)
        command = _adjustment(key, request.body, request.scope, request.idempotency_key)
        return _response(self.stock.adjust(command, actor_of(request)))

    @route(
        "POST",
        "/stock/batch",
        tag=_STOCK,
        allowed_roles=VENDORS,
        body=StockBatch,
        weight=lambda batch: len(batch.changes),
        response=ResponseSpec(StockBatchAnswer, per_item=True),
    )
    def batch_stock_changes(self, request: Request[StockBatch]) -> Response:
        """Restock and adjust many SKUs; each change succeeds or fails independently.

        Changes of one SKU are executed in the order sent.  A change is the same command as the single request
        with its members and its `idempotency_key` as the Idempotency-Key: whichever comes second is a replay,
        with the status 200.
        """
        changes = request.body.changes
        refusals = [_refusal(change, request) for change in changes]
        commands = [
            _command(change, request)
            for change, refusal in zip(changes, refusals, strict=True)
            if refusal is None
        ]
        outcomes = iter(self.stock.batch(commands, actor_of(request)))
        results = [
            _result(change, next(outcomes) if refusal is None else refusal, request)
            for change, refusal in zip(changes, refusals, strict=True)
        ]
        return json_response({"results": results})


def _restock(key: StockKey, body: RestockBody, scope: Scope, idempotency_key: IdempotencyKey) -> Restock:
    return Restock(
        key=key, quantity=body.quantity, notes=body.notes, scope=scope, idempotency_key=idempotency_key
    )


def _adjustment(
    key: StockKey, body: AdjustmentBody, scope: Scope, idempotency_key: IdempotencyKey
) -> AdjustStock:
    return AdjustStock(
        key=key,
        correction=_correction(body),
        notes=body.notes,
        scope=scope,
        idempotency_key=idempotency_key,
    )


def _correction(body: AdjustmentBody) -> int | StockCount:
    if body.quantity_change is not None:
        return body.quantity_change
    assert body.counted_stock is not None, "the body has one of two forms"
    assert body.expected_stock is not None, "the body has one of two forms"
    return StockCount(body.counted_stock, body.expected_stock)


def _response(change: StockChange) -> Response:
    document = {"transaction": change.record.document(), "sku": change.sku.document()}
    return json_response(document, status=201, replayed=change.replayed)


def _command(change: BatchedChange, request: Request[Any]) -> Restock | AdjustStock:
    """Return the command of a change with a key: that of the single request with the same members."""
    key = StockKey(change.product_id, change.sku)
    if change.type == "restock":
        assert change.quantity is not None, "a restock has a quantity"
        restock = RestockBody(quantity=change.quantity, notes=change.notes)
        return _restock(key, restock, request.scope, _key(StockRoutes.restock, change, restock, request))
    assert change.notes is not None, "an adjustment has notes"
    adjustment = AdjustmentBody(
        quantity_change=change.quantity_change,
        counted_stock=change.counted_stock,
        expected_stock=change.expected_stock,
        notes=change.notes,
    )
    idempotency_key = _key(StockRoutes.adjust_stock, change, adjustment, request)
    return _adjustment(key, adjustment, request.scope, idempotency_key)


def _key(single: object, change: BatchedChange, body: object, request: Request[Any]) -> IdempotencyKey:
    """Return the key that the single request of a route would have."""
    declared = declaration_of(single)
    assert declared is not None, "it is a route"
    assert change.idempotency_key is not None, "a change without a key is no command"
    path_parameters = {"product_id": change.product_id, "sku": change.sku}
    return declared.idempotency_key(request.principal.name, path_parameters, change.idempotency_key, body)


def _refusal(change: BatchedChange, request: Request[Any]) -> InventoryError | None:
    """Return why a change of a batch is no command, None if it is one."""
    if change.idempotency_key is None:
        return IdempotencyKeyRequired("Repeat the change with an idempotency_key.")
    try:
        if change.type == "adjustment":
            _require_may_repair(change.notes, request)
    except Forbidden as refusal:
        return refusal
    return None


def _require_may_repair(notes: str | None, request: Request[Any]) -> None:
    """Raise `Forbidden` if notes name a finding, and the principal may not repair what it reports."""
    if re.search(FINDING_ID, notes or "") and Role.ADMIN not in request.principal.roles:
        raise Forbidden(
            "Only an admin may name a finding in the notes of an adjustment: it repairs the stock."
        )


def _result(
    change: BatchedChange, outcome: LoggedChange | InventoryError, request: Request[Any]
) -> dict[str, Any]:
    """Return the result of a change, with the status that a single request would have."""
    if isinstance(outcome, InventoryError):
        problem = problem_document(outcome, request.request_id)
        return {"sku": change.sku, "status_code": problem["status"], "problem": problem}
    return {
        "sku": change.sku,
        "status_code": 200 if outcome.replayed else 201,
        "transaction": outcome.record.document(),
    }
