"""The model's commands in the service's words, and the service's answers in the model's."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inventory_common.dynamodb import to_inventory_error
from inventory_common.errors import InternalError, InventoryError, Unavailable
from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import EVERYTHING
from inventory_common.ids import product_of
from inventory_common.preconditions import ANY_VERSION
from services.stock.chalicelib import commands as told
from services.stock.chalicelib.stock_service import StockService
from tests.simulation.model import Adjust, Command, Count, Extend, Place, Restock, Settle, Switch, summed


@dataclass(frozen=True)
class LookAtOrder:
    """A question, which the model needs no command for."""

    order_id: str


@dataclass(frozen=True)
class LookAtSku:
    sku: str


Request = Command | LookAtOrder | LookAtSku


@dataclass(frozen=True)
class Answer:
    """What the client learns.

    Attributes
    ----------
    code
        ``done``, ``repeated``, ``seen``, a problem's code, or ``unknown`` if it got no answer.
    is_refusal
        Whether `code` is a problem's that says that nothing was done.
    subject
        The order, or the SKU, as answered; see `order_view`, `sku_view`.
    transaction_id
        Of the record that the answer shows.
    """

    code: str
    is_refusal: bool = False
    subject: Hashable = None
    transaction_id: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether a client that wants its command done need not ask again."""
        return self.code not in ("unknown", "busy", "database_unavailable")


class Defect(AssertionError):
    """The service failed where it should have answered."""


def ask(service: StockService, request: Request, source: told.Source) -> Answer:
    """Put a request to the service.

    Raises
    ------
    Defect
        If a client would have got a 500.
    """
    try:
        return _ask(service, request, source)
    except Unavailable as error:
        return Answer(error.code, is_refusal=True)
    except InternalError:
        raise
    except InventoryError as error:
        return Answer(error.code, is_refusal=True)
    except Exception as error:
        if isinstance(to_inventory_error(error), InternalError):
            raise Defect(f"{type(error).__name__} on {request}: {error}") from error
        return Answer("unknown")


def ask_together(service: StockService, requests: Sequence[Request], source: told.Source) -> list[Answer]:
    """Put whole commands on orders to the service as one batch; see `ask`."""
    try:
        results = service.batch([_batched(request) for request in requests], source)
    except Exception as error:
        if isinstance(to_inventory_error(error), InternalError):
            raise Defect(f"{type(error).__name__} on {requests}: {error}") from error
        return [Answer("unknown")] * len(requests)
    return [
        Answer(result.code, is_refusal=True) if isinstance(result, InventoryError) else _of_order(result)
        for result in results
    ]


def can_be_batched(request: Request) -> bool:
    whole = isinstance(request, Settle) and request.lines is None and request.key is None
    return isinstance(request, Place) or (whole and request.kind in ("confirm", "cancel"))


def _batched(request: Request) -> told.BatchedOrder:
    if isinstance(request, Place):
        return told.BatchedOrder(
            order_id=request.order_id,
            command="place",
            lines=_order_lines(request),
            hold_seconds=request.hold_seconds,
        )
    assert isinstance(request, Settle)
    return told.BatchedOrder(request.order_id, request.kind)


def _order_lines(request: Place) -> tuple[told.OrderLineRequest, ...]:
    return tuple(told.OrderLineRequest(product_of(sku), sku, quantity) for sku, quantity in request.lines)


def _ask(service: StockService, request: Request, source: told.Source) -> Answer:
    match request:
        case Restock(sku, quantity):
            changed = service.restock(
                told.Restock(
                    product_id=product_of(sku),
                    sku=sku,
                    quantity=quantity,
                    notes=None,
                    scope=EVERYTHING,
                    idempotency_key=intent_of(request),
                ),
                source,
            )
            return _of_stock(changed)
        case Adjust() | Count():
            correction = (
                request.change
                if isinstance(request, Adjust)
                else told.Count(request.counted, request.expected)
            )
            changed = service.adjust(
                told.AdjustStock(
                    product_id=product_of(request.sku),
                    sku=request.sku,
                    correction=correction,
                    notes="counted",
                    scope=EVERYTHING,
                    idempotency_key=intent_of(request),
                ),
                source,
            )
            return _of_stock(changed)
        case Place(order_id, _, hold_seconds):
            command = told.PlaceOrder(
                order_id=order_id, lines=_order_lines(request), hold_seconds=hold_seconds
            )
            return _of_order(service.place(command, source))
        case Settle(kind, order_id, lines, key, restock):
            settle = told.SettleOrder(
                order_id,
                None if lines is None else summed(lines),
                None if key is None else intent_of(request),
                restock,
            )
            return _of_order(getattr(service, kind)(settle, source))
        case Extend(order_id, hold_seconds):
            return _of_order(service.extend(told.ExtendHold(order_id, hold_seconds), source))
        case Switch(sku, active):
            change = told.ChangeSku(
                product_id=product_of(sku),
                sku=sku,
                changes={"is_active": active},
                if_match=ANY_VERSION,
                scope=EVERYTHING,
            )
            return Answer("done", subject=sku_view(service.change_sku(change, source).document()))
        case LookAtOrder(order_id):
            return Answer("seen", subject=order_view(service.order(order_id).document()))
        case LookAtSku(sku):
            return Answer("seen", subject=sku_view(service.sku(product_of(sku), sku, EVERYTHING).document()))
    raise AssertionError(request)


def intent_of(command: Any) -> IdempotencyKey:
    body = repr(replace(command, key=""))
    return IdempotencyKey.of("client:simulated", "POST", "/simulated", command.key, body)


def _of_stock(changed: Any) -> Answer:
    code = "repeated" if changed.replayed else "done"
    return Answer(
        code, subject=sku_view(changed.sku.document()), transaction_id=changed.record.transaction_id
    )


def _of_order(settled: Any) -> Answer:
    return Answer("repeated" if settled.replayed else "done", subject=order_view(settled.order.document()))


_FIGURES = ("placed", "reserved", "confirmed", "cancelled", "refunded")


def order_view(document: Any) -> Hashable:
    """Return an order, as an item or as the API serves it, in the form of the model's `Order.view`."""
    lines = document["lines"]
    if isinstance(lines, dict):
        lines = [{"sku": sku, **figures} for sku, figures in lines.items()]
    shown = tuple(sorted((line["sku"], *(line[name] for name in _FIGURES)) for line in lines))
    status = document.get("phase") or document.get("status")
    return shown, document.get("cancel_reason"), status if status in ("placing", "releasing") else None


def sku_view(document: Any) -> Hashable:
    """Return what the model knows of a SKU, from an item or an object of the API."""
    names = ("current_stock", "reserved_stock", "is_active", "product_is_active")
    return tuple(document[name] for name in names)
