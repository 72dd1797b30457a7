"""The model's commands as the service's, and the service's responses as the model's."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inventory_common.dynamodb import to_inventory_error
from inventory_common.errors import InternalError, InventoryError, Unavailable
from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import EVERYTHING
from inventory_common.ids import StockKey
from inventory_common.preconditions import ANY_VERSION
from services.stock.chalicelib.bootstrap import Engine
from services.stock.chalicelib.domain import commands
from services.stock.chalicelib.domain.orders import OrderOutcome
from services.stock.chalicelib.engine.stock import StockChange
from tests.simulation.model import (
    SAGA_STATES,
    Adjust,
    Amend,
    Command,
    Extend,
    Place,
    Reopen,
    Restock,
    SetActive,
    Settle,
    StockCount,
    summed,
)


@dataclass(frozen=True)
class GetOrder:
    """A read; the model needs no command for it."""

    order_id: str


@dataclass(frozen=True)
class GetSku:
    """A read; the model needs no command for it."""

    sku: str


Request = Command | GetOrder | GetSku


@dataclass(frozen=True)
class Response:
    """What the client receives.

    Attributes
    ----------
    code
        ``done``, ``replayed``, ``read``, ``begun`` if it finishes later, a problem's code, or ``unknown`` if
        no response arrived.
    is_refusal
        Whether `code` is that of a problem which says that nothing was done.
    view
        The order or the SKU in the response; see `order_view`, `sku_view`.
    transaction_id
        The id of the log record in the response.
    """

    code: str
    is_refusal: bool = False
    view: Hashable = None
    transaction_id: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether a client that wants its command executed need not send it again."""
        return self.code not in ("unknown", "begun", "busy", "database_unavailable", "outcome_unknown")


class Defect(AssertionError):
    """The service failed where it should have returned a response."""


def send(engine: Engine, request: Request, actor: commands.Actor) -> Response:
    """Send a request to the service.

    Raises
    ------
    Defect
        If a client would have received a 500.
    """
    try:
        return _send(engine, request, actor)
    except Unavailable as error:
        return Response(error.code, is_refusal=True)
    except InternalError:
        raise
    except InventoryError as error:
        return Response(error.code, is_refusal=True)
    except Exception as error:
        expected = to_inventory_error(error)
        if isinstance(expected, InternalError):
            raise Defect(f"{type(error).__name__} on {request}: {error}") from error
        return Response(expected.code, is_refusal=True)


def send_batch(engine: Engine, requests: Sequence[Request], actor: commands.Actor) -> list[Response]:
    """Send commands on orders to the service as one batch; see `send`."""
    try:
        results = engine.orders.batch([_batched(request) for request in requests], actor)
    except Exception as error:
        if isinstance(to_inventory_error(error), InternalError):
            raise Defect(f"{type(error).__name__} on {requests}: {error}") from error
        return [Response("unknown")] * len(requests)
    return [
        Response(result.code, is_refusal=True)
        if isinstance(result, InventoryError)
        else _order_response(result)
        for result in results
    ]


def can_be_batched(request: Request) -> bool:
    """Return whether a batch accepts the request."""
    return isinstance(request, Place | Settle)


def _batched(request: Request) -> commands.BatchedCommand:
    match request:
        case Place(order_id):
            return commands.BatchedCommand(order_id, "place", _lines(request), request.hold_seconds)
        case Settle("confirm" | "cancel" | "refund" as kind, order_id):
            return commands.BatchedCommand(order_id, kind, settlement=_settlement(request))
    raise AssertionError(f"A batch does not accept {request}.")


def _lines(request: Place) -> tuple[commands.LineRequest, ...]:
    return tuple(commands.LineRequest(StockKey.of(sku), quantity) for sku, quantity in request.lines)


def _settlement(request: Settle) -> commands.SettleOrder:
    return commands.SettleOrder(
        request.order_id,
        None
        if request.lines is None
        else {StockKey.of(sku): quantity for sku, quantity in summed(request.lines).items()},
        None if request.key is None else key_of(request),
        request.restock,
    )


def _send(engine: Engine, request: Request, actor: commands.Actor) -> Response:
    match request:
        case Restock(sku, quantity):
            restock = commands.Restock(
                key=StockKey.of(sku),
                quantity=quantity,
                notes=None,
                scope=EVERYTHING,
                idempotency_key=key_of(request),
            )
            return _stock_response(engine.stock.restock(restock, actor))
        case Adjust() | StockCount():
            correction = (
                request.change
                if isinstance(request, Adjust)
                else commands.StockCount(request.counted, request.expected)
            )
            adjust = commands.AdjustStock(
                key=StockKey.of(request.sku),
                correction=correction,
                notes="counted",
                scope=EVERYTHING,
                idempotency_key=key_of(request),
            )
            return _stock_response(engine.stock.adjust(adjust, actor))
        case Place(order_id, _, hold_seconds):
            place = commands.PlaceOrder(order_id=order_id, lines=_lines(request), hold_seconds=hold_seconds)
            return _order_response(engine.orders.place(place, actor))
        case Settle(kind):
            return _order_response(getattr(engine.orders, kind)(_settlement(request), actor))
        case Amend(order_id, lines):
            units = {StockKey.of(sku): quantity for sku, quantity in summed(lines).items()}
            return _order_response(
                engine.orders.amend(commands.AmendOrder(order_id, units, key_of(request)), actor)
            )
        case Reopen(order_id, _, hold_seconds):
            reopen = commands.ReopenOrder(order_id, hold_seconds, key_of(request))
            return _order_response(engine.orders.reopen(reopen, actor))
        case Extend(order_id, hold_seconds):
            return _order_response(engine.orders.extend(commands.ExtendHold(order_id, hold_seconds), actor))
        case SetActive(sku, active):
            change = commands.ChangeSku(
                key=StockKey.of(sku),
                changes={"is_active": active},
                if_match=ANY_VERSION,
                scope=EVERYTHING,
            )
            return Response("done", view=sku_view(engine.skus.change(change, actor).sku.document()))
        case GetOrder(order_id):
            return Response("read", view=order_view(engine.orders.get(order_id).document()))
        case GetSku(sku):
            found = engine.skus.get(StockKey.of(sku), EVERYTHING)
            return Response("read", view=sku_view(found.document()))
    raise AssertionError(request)


def key_of(command: Any) -> IdempotencyKey:
    """Return the Idempotency-Key of a command; the rest of the command is its payload."""
    body = repr(replace(command, key=""))
    return IdempotencyKey.of("client:simulated", "POST", "/simulated", command.key, body)


def _stock_response(change: StockChange) -> Response:
    return Response(
        "replayed" if change.replayed else "done",
        view=sku_view(change.sku.document()),
        transaction_id=change.record.transaction_id,
    )


def _order_response(outcome: OrderOutcome) -> Response:
    code = "begun" if outcome.finishes_later else "replayed" if outcome.replayed else "done"
    return Response(code, view=order_view(outcome.order.document()))


_IN_PROGRESS = ("placing", "releasing", *SAGA_STATES.values())
_FIGURES = ("placed", "reserved", "confirmed", "cancelled", "refunded")


def order_view(document: Any) -> Hashable:
    """Return an order, as an item or as the API serves it, in the form of the model's `Order.view`."""
    lines = document["lines"]
    if isinstance(lines, dict):
        lines = [{"sku": sku, **figures} for sku, figures in lines.items()]
    # Without the lines that a place has still to reserve.
    shown = tuple(
        sorted((line["sku"], *(line[name] for name in _FIGURES)) for line in lines if line["placed"])
    )
    status = document.get("phase") or document.get("status")
    return shown, document.get("cancel_reason"), status if status in _IN_PROGRESS else None


def sku_view(document: Any) -> Hashable:
    """Return what the model knows of a SKU, from an item or an object of the API."""
    names = ("current_stock", "reserved_stock", "is_active", "product_is_active")
    return tuple(document[name] for name in names)
