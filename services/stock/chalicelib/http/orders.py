"""The routes of orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Any, Final

from chalice.app import Response

from inventory_common.declarations import ResponseSpec, declaration_of, route
from inventory_common.errors import (
    IdempotencyKeyRequired,
    InsufficientStock,
    InvalidInput,
    InventoryError,
    LedgerKeyUnavailable,
    NotReopenable,
    OrderCancelled,
    OrderConfirmed,
    OrderDamaged,
    OrderExists,
    OrderInProgress,
    OrderNotFound,
    ProductInactive,
    QuantityExceedsReserved,
    RefundExceedsConfirmed,
    ReservationExpired,
    SkuInactive,
    SkuNotFound,
    StockLimitExceeded,
    TooManyChanges,
)
from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import EVERYTHING, Scope
from inventory_common.ids import StockKey
from inventory_common.limits import HOLD_DEFAULT_SECONDS
from inventory_common.problems import problem_document
from inventory_common.requests import MOMENT, Parameter, Request
from inventory_common.responses import accepted_response, json_response, page_response
from inventory_common.settings import DEFAULT_OWNER
from inventory_common.values import value

from ..domain.commands import (
    Actor,
    AmendOrder,
    BatchedCommand,
    Explanation,
    ExtendHold,
    LineAsRead,
    LineRequest,
    PlaceOrder,
    ReopenOrder,
    SettleOrder,
    sum_lines,
    sum_quantities,
)
from ..domain.orders import OrderOutcome
from ..engine.orders import Orders
from .access import ORDER_KEEPERS, ORDER_LISTERS, ORDER_READERS, ORDER_RELEASERS, order_actor_of
from .answers import BatchAnswer, OrderAnswer
from .bodies import (
    AmendedLine,
    Amendment,
    Batch,
    BatchedLine,
    BatchedOrder,
    Cancellation,
    Extension,
    NewOrder,
    OrderLineBody,
    Refund,
    RefundedLine,
    Reopening,
    SettledLine,
    Settlement,
)

__all__ = ["OrderRoutes"]

_ORDERS: Final = "orders"
_ON_AN_ORDER: Final = (OrderNotFound, OrderInProgress, OrderDamaged, LedgerKeyUnavailable)
_TO_RESERVE: Final = (SkuInactive, ProductInactive, InsufficientStock)
_ONE: Final = ResponseSpec(OrderAnswer, etag=True, replays=True)
_SETTLED: Final = ResponseSpec(OrderAnswer, etag=True, replays=True, may_finish_later=True)
# Settling a whole order is idempotent by nature, until a part was settled.  Settling named lines is not, as a
# repetition would settle more units: it needs an Idempotency-Key.
_SETTLEMENT: Final[dict[str, Any]] = {
    "tag": _ORDERS,
    "body_required": False,
    "idempotency": "optional",
    "key_required_with": "lines",
    "versioned": True,
    "response": _SETTLED,
}


def _weight(body: NewOrder | Amendment | Settlement | Cancellation | Refund | BatchedOrder) -> int:
    """Return what a command takes of its sender's budget: one for each line that it names."""
    return max(1, len(body.lines or ()))


@value
class OrderRoutes:
    """The routes of orders."""

    orders: Orders
    order_owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @route(
        "PUT",
        "/orders/{order_id}",
        tag=_ORDERS,
        allowed_roles=ORDER_KEEPERS,
        body=NewOrder,
        weight=_weight,
        response=ResponseSpec(OrderAnswer, status=201, etag=True, replays=True, may_finish_later=True),
        errors=[
            OrderExists,
            OrderInProgress,
            OrderDamaged,
            LedgerKeyUnavailable,
            OrderCancelled,
            ReservationExpired,
            SkuNotFound,
            *_TO_RESERVE,
        ],
    )
    def place_order(self, request: Request[NewOrder], order_id: str) -> Response:
        """Reserve an order's lines, all or none.

        The same order placed again, with the same lines, is returned as it is.  Another `hold_seconds` does
        not change its hold: `expires_at` of the response is the end of it, and `extend` makes it longer.  An
        order that was wholly cancelled, or has expired, reserves nothing: placed again it is refused, with
        the order as a member of the problem.  One of many lines that is accepted (202) and cannot be
        reserved in the end is `cancelled`, with `short_lines` and the `cancel_reason` `insufficient_stock`.
        """
        actor = self._actor(request)
        command = PlaceOrder(
            order_id=order_id,
            lines=_lines(request.body.lines),
            hold_seconds=request.body.hold_seconds,
            owner=_owner(request.body.owner, actor, "body.owner"),
        )
        return _response(self.orders.place(command, actor), status=201)

    @route(
        "GET",
        "/orders/{order_id}",
        tag=_ORDERS,
        allowed_roles=ORDER_READERS,
        response=ResponseSpec(OrderAnswer, etag=True),
        errors=[OrderNotFound, OrderDamaged, LedgerKeyUnavailable],
    )
    def get_order(self, request: Request[None], order_id: str) -> Response:
        """Return an order; a vendor sees its own lines alone, and the status of these.

        Its log records are `GET /orders/{order_id}/transactions` of the audit service.
        """
        found = self.orders.get(order_id, self._actor(request).owners, request.scope)
        return json_response(found.document(), etag=found.version)

    @route(
        "GET",
        "/orders",
        tag=_ORDERS,
        allowed_roles=ORDER_LISTERS,
        query={
            "due_before": Parameter(
                MOMENT,
                "Only orders whose hold, or the lease of whose command in progress, ends before this time; "
                "default: now.",
            )
        },
        paged=True,
        response=ResponseSpec(OrderAnswer),
        errors=[LedgerKeyUnavailable],
    )
    def list_orders_due(self, request: Request[None]) -> Response:
        """List the orders whose hold, or the lease of whose command in progress, ends before a time."""
        owners = self._actor(request).owners
        return page_response(self.orders.due(request.query["due_before"], request.page, owners), request)

    @route(
        "POST",
        "/orders/batch",
        tag=_ORDERS,
        allowed_roles=ORDER_KEEPERS,
        body=Batch,
        weight=lambda batch: sum(map(_weight, batch.orders)),
        response=ResponseSpec(BatchAnswer, per_item=True),
    )
    def batch_orders(self, request: Request[Batch]) -> Response:
        """Place and settle many orders; each command succeeds or fails independently.

        A confirm, cancel or refund is the same command as the single request with its members and its
        `idempotency_key` as the Idempotency-Key: whichever comes second is a replay.
        """
        actor = self._actor(request)
        orders = request.body.orders
        commands = [
            _batched(order, request, _owner(order.owner, actor, f"body.orders[{number}].owner"))
            for number, order in enumerate(orders)
        ]
        executed = [command for command in commands if isinstance(command, BatchedCommand)]
        outcomes = iter(self.orders.batch(executed, actor))
        results = [
            _result(order, command if isinstance(command, InventoryError) else next(outcomes), request)
            for order, command in zip(orders, commands, strict=True)
        ]
        return json_response({"results": results})

    @route(
        "POST",
        "/orders/{order_id}/extend",
        tag=_ORDERS,
        allowed_roles=ORDER_KEEPERS,
        body=Extension,
        body_required=False,
        idempotency="optional",
        response=_ONE,
        errors=[
            *_ON_AN_ORDER,
            OrderConfirmed,
            OrderCancelled,
            ReservationExpired,
        ],
    )
    def extend_hold(self, request: Request[Extension], order_id: str) -> Response:
        """Extend the hold of an order."""
        command = ExtendHold(order_id, request.body.hold_seconds, request.idempotency_key)
        return _response(self.orders.extend(command, self._actor(request)))

    @route(
        "POST",
        "/orders/{order_id}/amend",
        tag=_ORDERS,
        allowed_roles=ORDER_KEEPERS,
        body=Amendment,
        weight=_weight,
        idempotency="required",
        versioned=True,
        response=_ONE,
        errors=[
            *_ON_AN_ORDER,
            TooManyChanges,
            OrderConfirmed,
            OrderCancelled,
            ReservationExpired,
            SkuNotFound,
            *_TO_RESERVE,
        ],
    )
    def amend_order(self, request: Request[Amendment], order_id: str) -> Response:
        """Change what an order reserves, all of it or nothing.

        Each line's `quantity` is what the order is to reserve of the SKU afterwards; `asked` of a short line
        is the units that it adds.  A line of 0 stays, with its figures.  Confirmed units and `expires_at`
        stay too.  An order that would have nothing reserved and nothing confirmed is cancelled.  The lines
        that change are written by one transaction of 100 writes: two for each line and each part of a large
        order, and two more; an order of at most 49 lines does not grow beyond them.
        """
        lines = {line.key: line.quantity for line in sum_lines(_lines(request.body.lines))}
        assert request.idempotency_key is not None, "the route requires one"
        command = AmendOrder(order_id, lines, request.idempotency_key, request.if_match)
        return _response(self.orders.amend(command, self._actor(request)))

    @route(
        "POST",
        "/orders/{order_id}/reopen",
        tag=_ORDERS,
        allowed_roles=ORDER_KEEPERS,
        body=Reopening,
        body_required=False,
        idempotency="required",
        versioned=True,
        response=_ONE,
        errors=[
            *_ON_AN_ORDER,
            TooManyChanges,
            NotReopenable,
            *_TO_RESERVE,
        ],
    )
    def reopen_order(self, request: Request[Reopening], order_id: str) -> Response:
        """Reserve again what the last cancellation or expiry of an order released, all of it or nothing.

        The order reserves nothing before, but may have confirmed units.  What earlier cancellations of lines
        released stays cancelled.  A new hold begins.  As with `amend`, the lines are written by one
        transaction.
        """
        assert request.idempotency_key is not None, "the route requires one"
        command = ReopenOrder(order_id, request.body.hold_seconds, request.idempotency_key, request.if_match)
        return _response(self.orders.reopen(command, self._actor(request)))

    @route(
        "POST",
        "/orders/{order_id}/confirm",
        allowed_roles=ORDER_KEEPERS,
        body=Settlement,
        weight=_weight,
        errors=[
            *_ON_AN_ORDER,
            OrderCancelled,
            ReservationExpired,
            SkuNotFound,
            QuantityExceedsReserved,
        ],
        **_SETTLEMENT,
    )
    def confirm_order(self, request: Request[Settlement], order_id: str) -> Response:
        """Confirm the reserved units of an order, all or part of them: they leave the stock."""
        return _response(self.orders.confirm(_settlement(request, order_id), self._actor(request)))

    @route(
        "POST",
        "/orders/{order_id}/cancel",
        allowed_roles=ORDER_RELEASERS,
        body=Cancellation,
        weight=_weight,
        errors=[
            *_ON_AN_ORDER,
            OrderCancelled,
            OrderConfirmed,
            SkuNotFound,
            QuantityExceedsReserved,
        ],
        **_SETTLEMENT,
    )
    def cancel_order(self, request: Request[Cancellation], order_id: str) -> Response:
        """Release the reserved units of an order, all or part of them.

        `reason` and `notes` are kept in the log, and at the lines that they concern; an order that is
        cancelled before it is placed has no lines, and keeps neither.  `cancel_reason` of the order says
        whether a client cancelled at all.  A vendor cancels its own lines, which it names.
        """
        command = replace(_settlement(request, order_id), explanation=_explanation(request.body))
        return _response(self.orders.cancel(command, self._actor(request)), scope=request.scope)

    @route(
        "POST",
        "/orders/{order_id}/refund",
        allowed_roles=ORDER_RELEASERS,
        body=Refund,
        weight=_weight,
        errors=[
            *_ON_AN_ORDER,
            OrderCancelled,
            SkuNotFound,
            RefundExceedsConfirmed,
            StockLimitExceeded,
        ],
        **_SETTLEMENT,
    )
    def refund_order(self, request: Request[Refund], order_id: str) -> Response:
        """Refund the confirmed units of an order, all or part of them.

        `reason` and `notes` are kept in the log, and at the lines that they concern.  A vendor refunds its
        own lines, which it names.
        """
        body = request.body
        command = replace(
            _settlement(request, order_id),
            restock=body.restock,
            restock_of=_restock_of(body),
            explanation=_explanation(body),
        )
        return _response(self.orders.refund(command, self._actor(request)), scope=request.scope)

    def _actor(self, request: Request[Any]) -> Actor:
        return order_actor_of(request, self.order_owners)


def _owner(named: str | None, actor: Actor, path: str) -> str:
    """Return the owner of an order to be placed.

    Raises
    ------
    InvalidInput
        If it is named by a caller who does not see the orders of all owners.
    """
    if not actor.owners.sees_all:
        if named is not None:
            raise InvalidInput([(path, "may be named only by callers who see the orders of all owners")])
        return actor.owners.own
    return DEFAULT_OWNER if named is None else named


def _lines(lines: Iterable[OrderLineBody | AmendedLine | BatchedLine]) -> tuple[LineRequest, ...]:
    return tuple(LineRequest(StockKey.of(line.sku), line.quantity) for line in lines)


def _batched(
    order: BatchedOrder, request: Request[Any], owner: str
) -> BatchedCommand | IdempotencyKeyRequired:
    """Return a command of a batch: that of the single request with its members, or why it is none."""
    if order.command == "place":
        return BatchedCommand(
            order.order_id,
            order.command,
            _lines(order.lines or ()),
            order.hold_seconds or HOLD_DEFAULT_SECONDS,
            owner,
        )
    if order.lines is not None and order.idempotency_key is None:
        return IdempotencyKeyRequired("Repeat the command with an idempotency_key: it names lines.")
    single, body = _single(order)
    lines = ((StockKey.of(line.sku), line.quantity) for line in order.lines or ())
    settlement = SettleOrder(
        order.order_id,
        None if order.lines is None else sum_quantities(lines),
        _key(single, order, body, request),
        restock=order.restock is not False,
        explanation=Explanation(order.reason, order.notes),
    )
    return BatchedCommand(order.order_id, order.command, settlement=settlement)


def _single(order: BatchedOrder) -> tuple[object, Settlement | Cancellation | Refund]:
    """Return the route of the single request that has the members of a command of a batch, and its body."""
    lines = order.lines or ()
    if order.command == "refund":
        refunded = [
            RefundedLine(product_id=line.product_id, sku=line.sku, quantity=line.quantity) for line in lines
        ]
        refund = Refund(
            lines=refunded or None,
            restock=order.restock is not False,
            reason=order.reason,
            notes=order.notes,
        )
        return OrderRoutes.refund_order, refund
    settled = [
        SettledLine(product_id=line.product_id, sku=line.sku, quantity=line.quantity) for line in lines
    ] or None
    if order.command == "cancel":
        cancellation = Cancellation(lines=settled, reason=order.reason, notes=order.notes)
        return OrderRoutes.cancel_order, cancellation
    return OrderRoutes.confirm_order, Settlement(lines=settled)


def _key(single: object, order: BatchedOrder, body: object, request: Request[Any]) -> IdempotencyKey | None:
    """Return the key that the single request of a route would have."""
    if order.idempotency_key is None:
        return None
    declared = declaration_of(single)
    assert declared is not None, "it is a route"
    path_parameters = {"order_id": order.order_id}
    return declared.idempotency_key(request.principal.name, path_parameters, order.idempotency_key, body)


def _explanation(body: Cancellation | Refund) -> Explanation:
    return Explanation(body.reason, body.notes)


def _restock_of(body: Refund) -> dict[StockKey, bool]:
    """Return whether units return to the stock, of each line that says so itself.

    Raises
    ------
    InvalidInput
        If lines of one SKU contradict each other.
    """
    found: dict[StockKey, bool] = {}
    for number, line in enumerate(body.lines or ()):
        restock = body.restock if line.restock is None else line.restock
        if found.setdefault(StockKey.of(line.sku), restock) is not restock:
            raise InvalidInput(
                [(f"body.lines[{number}].restock", f"should be the same for all of {line.sku}")]
            )
    return found


def _settlement(
    request: Request[Settlement] | Request[Cancellation] | Request[Refund], order_id: str
) -> SettleOrder:
    named = request.body.lines
    if named is None and request.scope.vendor_id is not None:
        raise InvalidInput([("body.lines", "is required: a vendor settles its own lines of an order")])
    lines = (
        None if named is None else sum_quantities((StockKey.of(line.sku), line.quantity) for line in named)
    )
    as_read = [
        LineAsRead(StockKey.of(line.sku), f"body.lines[{number}]", line.as_read())
        for number, line in enumerate(named or ())
    ]
    return SettleOrder(
        order_id,
        lines,
        request.idempotency_key,
        if_match=request.if_match,
        lines_as_read=as_read,
        scope=request.scope,
    )


def _result(
    command: BatchedOrder, outcome: OrderOutcome | InventoryError, request: Request[Any]
) -> dict[str, Any]:
    """Return the result of a command of a batch, with the status that a single request would have."""
    if isinstance(outcome, InventoryError):
        problem = problem_document(outcome, request.request_id)
        return {"order_id": command.order_id, "status_code": problem["status"], "problem": problem}
    created = command.command == "place" and not outcome.replayed
    return {
        "order_id": command.order_id,
        "status_code": 202 if outcome.finishes_later else 201 if created else 200,
        "order": outcome.order.document(),
    }


def _response(outcome: OrderOutcome, *, status: int = 200, scope: Scope = EVERYTHING) -> Response:
    order = outcome.order.seen_by(scope)
    assert order is not None, "a vendor's command on an order without a line of its own is refused"
    if outcome.finishes_later:
        return accepted_response(order.document())
    return json_response(order.document(), status=status, replayed=outcome.replayed, etag=order.version)
