"""The stock service's routes: from a checked request to a command, from its outcome to an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from chalice.app import Response

from chalicelib.answers import BatchAnswer, OrderAnswer, StockChangeAnswer
from chalicelib.bootstrap import bound_lowering, reactions, rest_service, stock_service, sweeper
from chalicelib.commands import (
    AdjustStock,
    BatchedOrder,
    ChangeSku,
    Count,
    CreateSku,
    ExtendHold,
    OrderLineRequest,
    PlaceOrder,
    Restock,
    SettleOrder,
    Source,
)
from chalicelib.orders import SettledOrder
from chalicelib.reservations import sum_settled
from chalicelib.stock_service import StockChanged
from inventory_common.declarations import DONE, ResponseSpec
from inventory_common.errors import (
    AdjustmentBelowReserved,
    CountStale,
    InsufficientStock,
    InventoryError,
    OrderCancelled,
    OrderConfirmed,
    OrderExists,
    OrderInProgress,
    OrderNotFound,
    ProductInactive,
    ProductNotFound,
    QuantityExceedsReserved,
    RefundExceedsConfirmed,
    ReservationExpired,
    SkuExists,
    SkuInactive,
    SkuNotFound,
    StockLimitExceeded,
)
from inventory_common.identity import Role
from inventory_common.limits import HOLD_DEFAULT_SECONDS
from inventory_common.problems import problem_document
from inventory_common.requests import Parameter, Request, moment
from inventory_common.responses import answer, listing, no_content
from inventory_common.skus import Sku
from inventory_common.streams import PRODUCT_CHANGES, SKU_CHANGES, ItemChange

app = rest_service()
stock = stock_service()
reacting = reactions()
sweeping = sweeper()
lowering = bound_lowering()

VENDORS = {Role.VENDOR, Role.ADMIN}
SKU_READERS = {Role.VENDOR, Role.ORDERS, Role.AUDITOR, Role.ADMIN}
INVENTORY_READERS = {Role.VENDOR, Role.AUDITOR, Role.ADMIN}
ORDER_SYSTEMS = {Role.ORDERS, Role.ADMIN}

SKUS, STOCK, ORDERS = "skus", "stock", "orders"

ONE_SKU = ResponseSpec(Sku, etag=True)
CHANGE = ResponseSpec(StockChangeAnswer, status=201)
ONE_ORDER = ResponseSpec(OrderAnswer, etag=True, replays=True)

# No body is the whole order; part of it is not repeatable by itself and needs a key.
SETTLING: Any = {
    "tag": ORDERS,
    "may": ORDER_SYSTEMS,
    "body_required": False,
    "idempotency": "optional",
    "key_needed_with": "lines",
    "serves": ONE_ORDER,
}


@app.route(
    "/products/{product_id}/skus",
    methods=["POST"],
    tag=SKUS,
    allowed_roles=VENDORS,
    body="NewSku",
    idempotency="optional",
    serves=ResponseSpec(Sku, status=201, etag=True, location=True),
    errors=[ProductNotFound, ProductInactive, SkuExists],
)
def create_sku(request: Request, product_id: str) -> Response:
    """Offer a variant of a product."""
    body = request.body
    command = CreateSku(
        product_id=product_id,
        sku=body.sku,
        variant_name=body.variant_name,
        variant_attributes=body.variant_attributes,
        unit_price=body.unit_price,
        reorder_threshold=body.reorder_threshold,
        scope=request.scope,
        idempotency_key=request.idempotency_key,
    )
    created = stock.create_sku(command, _source(request))
    return answer(
        created.sku.document(),
        status=201,
        location=f"{request.path}/{created.sku.sku}",
        replayed=created.replayed,
        etag=created.sku.version,
    )


@app.route(
    "/products/{product_id}/skus",
    methods=["GET"],
    tag=SKUS,
    allowed_roles=SKU_READERS,
    paged=True,
    serves=ResponseSpec(Sku),
)
def list_skus_of_product(request: Request, product_id: str) -> Response:
    """List a product's SKUs."""
    return listing(stock.skus_of_product(product_id, request.scope, request.page), request)


@app.route(
    "/products/{product_id}/skus/{sku}",
    methods=["GET"],
    tag=SKUS,
    allowed_roles=SKU_READERS,
    serves=ONE_SKU,
    errors=[SkuNotFound],
)
def get_sku(request: Request, product_id: str, sku: str) -> Response:
    """Show a SKU with its stock."""
    found = stock.sku(product_id, sku, request.scope)
    return answer(found.document(), etag=found.version)


@app.route(
    "/products/{product_id}/skus/{sku}",
    methods=["PATCH"],
    tag=SKUS,
    allowed_roles=VENDORS,
    body="SkuPatch",
    versioned=True,
    serves=ONE_SKU,
    errors=[SkuNotFound],
)
def change_sku(request: Request, product_id: str, sku: str) -> Response:
    """Change a SKU, but for its stock; ``{"is_active": true}`` brings it back."""
    changes = request.body.model_dump(exclude_unset=True)
    changed = stock.change_sku(_sku_change(request, product_id, sku, changes), _source(request))
    return answer(changed.document(), etag=changed.version)


@app.route(
    "/products/{product_id}/skus/{sku}",
    methods=["DELETE"],
    tag=SKUS,
    allowed_roles=VENDORS,
    versioned=True,
    serves=DONE,
    errors=[SkuNotFound],
)
def deactivate_sku(request: Request, product_id: str, sku: str) -> Response:
    """Take a SKU out of the shop; its record and its stock stay."""
    stock.change_sku(_sku_change(request, product_id, sku, {"is_active": False}), _source(request))
    return no_content()


@app.route(
    "/products/{product_id}/skus/{sku}/restocks",
    methods=["POST"],
    tag=STOCK,
    allowed_roles=VENDORS,
    body="RestockBody",
    idempotency="required",
    serves=CHANGE,
    errors=[SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded],
)
def restock(request: Request, product_id: str, sku: str) -> Response:
    """Take units into stock."""
    assert request.idempotency_key is not None
    command = Restock(
        product_id=product_id,
        sku=sku,
        quantity=request.body.quantity,
        notes=request.body.notes,
        scope=request.scope,
        idempotency_key=request.idempotency_key,
    )
    return _stock_change(stock.restock(command, _source(request)))


@app.route(
    "/products/{product_id}/skus/{sku}/adjustments",
    methods=["POST"],
    tag=STOCK,
    allowed_roles=VENDORS,
    body="AdjustmentBody",
    idempotency="required",
    serves=CHANGE,
    errors=[SkuNotFound, CountStale, AdjustmentBelowReserved, StockLimitExceeded],
)
def adjust_stock(request: Request, product_id: str, sku: str) -> Response:
    """Correct the stock by a signed change, or to what was counted."""
    assert request.idempotency_key is not None
    body = request.body
    counted = body.counted_stock is not None
    command = AdjustStock(
        product_id=product_id,
        sku=sku,
        correction=Count(body.counted_stock, body.expected_stock) if counted else body.quantity_change,
        notes=body.notes,
        scope=request.scope,
        idempotency_key=request.idempotency_key,
    )
    return _stock_change(stock.adjust(command, _source(request)))


@app.route(
    "/vendors/{vendor_id}/inventory",
    methods=["GET"],
    tag=STOCK,
    allowed_roles=INVENTORY_READERS,
    paged=True,
    serves=ResponseSpec(Sku),
)
def list_inventory(request: Request, vendor_id: str) -> Response:
    """List a vendor's SKUs, newest change first."""
    return listing(stock.skus_of_vendor(vendor_id, request.page), request)


@app.route(
    "/vendors/{vendor_id}/low-stock",
    methods=["GET"],
    tag=STOCK,
    allowed_roles=INVENTORY_READERS,
    paged=True,
    serves=ResponseSpec(Sku),
)
def list_low_stock(request: Request, vendor_id: str) -> Response:
    """List a vendor's SKUs at or below their thresholds."""
    return listing(stock.low_stock_of_vendor(vendor_id, request.page), request)


@app.route(
    "/orders/{order_id}",
    methods=["PUT"],
    tag=ORDERS,
    allowed_roles=ORDER_SYSTEMS,
    body="NewOrder",
    serves=ResponseSpec(OrderAnswer, status=201, etag=True, replays=True),
    errors=[
        OrderExists,
        OrderInProgress,
        OrderCancelled,
        SkuNotFound,
        SkuInactive,
        ProductInactive,
        InsufficientStock,
    ],
)
def place_order(request: Request, order_id: str) -> Response:
    """Reserve an order's lines, all or none."""
    lines = _line_requests(request.body.lines)
    command = PlaceOrder(order_id=order_id, lines=lines, hold_seconds=request.body.hold_seconds)
    return _order(stock.place(command, _source(request)), status=201)


@app.route(
    "/orders/{order_id}",
    methods=["GET"],
    tag=ORDERS,
    allowed_roles=ORDER_SYSTEMS,
    serves=ResponseSpec(OrderAnswer, etag=True),
    errors=[OrderNotFound],
)
def get_order(request: Request, order_id: str) -> Response:
    """Show an order as it stands."""
    found = stock.order(order_id)
    return answer(found.document(), etag=found.version)


@app.route(
    "/orders",
    methods=["GET"],
    tag=ORDERS,
    allowed_roles=ORDER_SYSTEMS,
    query={"due_before": Parameter(moment, "Only those whose holds end before then; now if left out.")},
    paged=True,
    serves=ResponseSpec(OrderAnswer),
)
def list_orders_due(request: Request) -> Response:
    """List the orders that hold units and whose holds end before a moment, now by default."""
    return listing(stock.orders_due(request.query["due_before"], request.page), request)


@app.route(
    "/orders/batch",
    methods=["POST"],
    tag=ORDERS,
    allowed_roles=ORDER_SYSTEMS,
    body="Batch",
    serves=ResponseSpec(BatchAnswer, per_item=True),
)
def batch_orders(request: Request) -> Response:
    """Place, confirm or cancel many orders, each by itself."""
    commands = [
        BatchedOrder(
            order.order_id,
            order.command,
            _line_requests(order.lines or ()),
            order.hold_seconds or HOLD_DEFAULT_SECONDS,
        )
        for order in request.body.orders
    ]
    outcomes = stock.batch(commands, _source(request))
    return answer({"results": [_result(*each, request) for each in zip(commands, outcomes, strict=True)]})


@app.route(
    "/orders/{order_id}/extend",
    methods=["POST"],
    tag=ORDERS,
    allowed_roles=ORDER_SYSTEMS,
    body="Extension",
    body_required=False,
    idempotency="optional",
    serves=ONE_ORDER,
    errors=[OrderNotFound, OrderInProgress, OrderConfirmed, OrderCancelled, ReservationExpired],
)
def extend_hold(request: Request, order_id: str) -> Response:
    """Let an order hold its units for longer."""
    command = ExtendHold(order_id, request.body.hold_seconds, request.idempotency_key)
    return _order(stock.extend(command, _source(request)))


@app.route(
    "/orders/{order_id}/confirm",
    methods=["POST"],
    body="Settlement",
    errors=[
        OrderNotFound,
        OrderInProgress,
        OrderCancelled,
        ReservationExpired,
        SkuNotFound,
        QuantityExceedsReserved,
    ],
    **SETTLING,
)
def confirm_order(request: Request, order_id: str) -> Response:
    """Settle what an order holds, all or part."""
    return _order(stock.confirm(_settlement(request, order_id), _source(request)))


@app.route(
    "/orders/{order_id}/cancel",
    methods=["POST"],
    body="Settlement",
    errors=[
        OrderNotFound,
        OrderInProgress,
        OrderCancelled,
        OrderConfirmed,
        SkuNotFound,
        QuantityExceedsReserved,
    ],
    **SETTLING,
)
def cancel_order(request: Request, order_id: str) -> Response:
    """Release what an order holds, all or part."""
    return _order(stock.cancel(_settlement(request, order_id), _source(request)))


@app.route(
    "/orders/{order_id}/refund",
    methods=["POST"],
    body="Refund",
    errors=[OrderNotFound, OrderInProgress, SkuNotFound, RefundExceedsConfirmed, StockLimitExceeded],
    **SETTLING,
)
def refund_order(request: Request, order_id: str) -> Response:
    """Take back what has left for an order, all or part."""
    command = replace(_settlement(request, order_id), restock=request.body.restock)
    return _order(stock.refund(command, _source(request)))


@app.on_change(PRODUCT_CHANGES)
def product_changed(change: ItemChange) -> None:
    """Let a product's SKUs know whether it is active."""
    reacting.product_changed(change)


@app.on_change(SKU_CHANGES)
def sku_changed(change: ItemChange) -> None:
    """Send an alert when a SKU has become low."""
    reacting.sku_changed(change)


@app.on_schedule("rate(1 minute)")
def expire_orders(request_id: str) -> Mapping[str, int]:
    """Give back what orders hold after their holds have ended."""
    return sweeping.sweep(request_id)


@app.on_schedule("rate(1 day)")
def lower_bounds(request_id: str) -> Mapping[str, int]:
    """Lower the low-stock bounds that no SKU needs as high any more."""
    return lowering.run()


def _source(request: Request) -> Source:
    return Source(request.principal.name, request.request_id)


def _line_requests(lines: Iterable[Any]) -> tuple[OrderLineRequest, ...]:
    return tuple(OrderLineRequest(line.product_id, line.sku, line.quantity) for line in lines)


def _result(
    command: BatchedOrder, outcome: SettledOrder | InventoryError, request: Request
) -> dict[str, Any]:
    """Tell what the single request would have been answered."""
    if isinstance(outcome, InventoryError):
        problem = problem_document(outcome, request.request_id)
        return {"order_id": command.order_id, "status_code": problem["status"], "problem": problem}
    created = command.command == "place" and not outcome.replayed
    return {
        "order_id": command.order_id,
        "status_code": 201 if created else 200,
        "order": outcome.order.document(),
    }


def _settlement(request: Request, order_id: str) -> SettleOrder:
    lines = request.body.lines
    named = None if lines is None else [(line.sku, line.quantity) for line in lines]
    return SettleOrder(order_id, sum_settled(named), request.idempotency_key)


def _sku_change(request: Request, product_id: str, sku: str, changes: Mapping[str, Any]) -> ChangeSku:
    return ChangeSku(
        product_id=product_id, sku=sku, changes=changes, if_match=request.if_match, scope=request.scope
    )


def _stock_change(done: StockChanged) -> Response:
    document = {"transaction": done.record.document(), "sku": done.sku.document()}
    return answer(document, status=201, replayed=done.replayed)


def _order(settled: SettledOrder, *, status: int = 200) -> Response:
    return answer(
        settled.order.document(), status=status, replayed=settled.replayed, etag=settled.order.version
    )
