"""What can go wrong with a request, one type for each `code` of a problem document.

::

    ClientError                  one sentence for whoever reads it
    ├── NoAnswer                 nobody listens, the connection broke, or time ran out
    ├── TokenUnavailable         the token issuer gives no token
    ├── UnexpectedAnswer         an answer in no documented form
    └── Problem                  a problem document (RFC 9457), below it by `code`
        ├── Unauthenticated
        ├── Forbidden
        ├── MethodNotAllowed
        ├── PreconditionFailed
        ├── TooLarge
        ├── UnsupportedMediaType
        ├── InternalError
        ├── Unreadable
        │   └── InvalidJson, InvalidCursor, InvalidIdempotencyKey, IdempotencyKeyRequired
        ├── NotFound
        │   └── RouteNotFound, ProductNotFound, SkuNotFound, OrderNotFound, TransactionNotFound
        ├── Conflict
        │   └── ExternalIdExists, SkuExists, ProductInactive, SkuInactive, StockLimitExceeded,
        │       InsufficientStock, AdjustmentBelowReserved, CountStale, QuantityExceedsReserved,
        │       RefundExceedsConfirmed, OrderExists, OrderInProgress, OrderCancelled,
        │       OrderConfirmed, ReservationExpired
        ├── Invalid
        │   └── InvalidInput, IdempotencyKeyReused
        └── Unavailable
            └── Busy, IdentityUnavailable, DatabaseUnavailable

A problem of a code that this version does not know is of its status' group, or a plain `Problem`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from .retries import retry_after_seconds

__all__ = [
    "AdjustmentBelowReserved",
    "Busy",
    "ClientError",
    "Conflict",
    "CountStale",
    "DatabaseUnavailable",
    "ExternalIdExists",
    "FieldError",
    "Forbidden",
    "IdempotencyKeyRequired",
    "IdempotencyKeyReused",
    "IdentityUnavailable",
    "InsufficientStock",
    "InternalError",
    "Invalid",
    "InvalidCursor",
    "InvalidIdempotencyKey",
    "InvalidInput",
    "InvalidJson",
    "MethodNotAllowed",
    "NoAnswer",
    "NotFound",
    "OrderCancelled",
    "OrderConfirmed",
    "OrderExists",
    "OrderInProgress",
    "OrderNotFound",
    "PreconditionFailed",
    "Problem",
    "ProductInactive",
    "ProductNotFound",
    "QuantityExceedsReserved",
    "RefundExceedsConfirmed",
    "ReservationExpired",
    "RouteNotFound",
    "ShortLine",
    "SkuExists",
    "SkuInactive",
    "SkuNotFound",
    "StockLimitExceeded",
    "TokenUnavailable",
    "TooLarge",
    "TransactionNotFound",
    "Unauthenticated",
    "Unavailable",
    "UnexpectedAnswer",
    "Unreadable",
    "UnsupportedMediaType",
    "problem_of",
    "refusal",
]


class ClientError(Exception):
    """A request did not lead to its answer; the message says why in one sentence."""


class NoAnswer(ClientError):
    """The request got no answer.

    Whatever it asked for may have been done: sending it again with the same Idempotency-Key finds out.
    """


class TokenUnavailable(ClientError):
    """The token issuer gives no token."""


class UnexpectedAnswer(ClientError):
    """The answer has no documented form: perhaps it is not this product that answers."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of a request: where, e.g. ``body.lines.0.quantity``, and what."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class ShortLine:
    """An order line that the stock cannot fill, in units."""

    product_id: str
    sku: str
    asked: int
    available: int


class Problem(ClientError):
    """A refusal.

    Parameters
    ----------
    document
        The problem document.
    asked
        What was asked for, such as ``PUT http://…/orders/ORDER-1``; the message begins with it.
    retry_after
        After how many seconds the same request may succeed, where the answer says so.

    Attributes
    ----------
    code
        The stable name of the outcome; of the class, and of the answer where this version knows no class.
    status, title, detail, request_id
        As the document has them.
    errors
        Everything wrong with the request, for `InvalidInput`.
    members
        The whole document, with members of its own such as current figures.
    """

    code: str = ""

    def __init__(
        self, document: Mapping[str, Any], asked: str = "", retry_after: float | None = None
    ) -> None:
        self.members: Final = dict(document)
        self.code = str(document.get("code", ""))
        self.status = int(document["status"])
        self.title = str(document.get("title", ""))
        self.detail = str(document.get("detail") or self.title or "no further detail")
        self.request_id = str(document.get("request_id", ""))
        self.retry_after_seconds = retry_after
        self.errors = tuple(
            FieldError(str(error.get("path", "")), str(error.get("message", "")))
            for error in document.get("errors", ())
        )
        named = f" ({self.code})" if self.code else ""
        super().__init__(f"{asked} answered {self.status}{named}: {self.detail}".strip())


class Unauthenticated(Problem):
    """No bearer token, or one that does not verify."""

    code = "unauthenticated"


class Forbidden(Problem):
    """The principal's role may not do this, or the path names another vendor."""

    code = "forbidden"


class MethodNotAllowed(Problem):
    """The path has no such method."""

    code = "method_not_allowed"


class PreconditionFailed(Problem):
    """If-Match names another version than the one that is there."""

    code = "precondition_failed"


class TooLarge(Problem):
    """The body is over the limit."""

    code = "payload_too_large"


class UnsupportedMediaType(Problem):
    """The body's Content-Type is not JSON."""

    code = "unsupported_media_type"


class InternalError(Problem):
    """A defect of ours; the log has the request id and the cause."""

    code = "internal_error"


class Unreadable(Problem):
    """Refused before the content was looked at (400)."""


class InvalidJson(Unreadable):
    """The body is not JSON (RFC 8259)."""

    code = "invalid_json"


class InvalidCursor(Unreadable):
    """The cursor is not one that this listing gave out."""

    code = "invalid_cursor"


class InvalidIdempotencyKey(Unreadable):
    """The Idempotency-Key is empty, too long, or has other characters than printable ASCII."""

    code = "invalid_idempotency_key"


class IdempotencyKeyRequired(Unreadable):
    """A command that is not repeatable by itself came without an Idempotency-Key."""

    code = "idempotency_key_required"


class NotFound(Problem):
    """Absent, or not yours (404)."""


class RouteNotFound(NotFound):
    """The service has no such path."""

    code = "route_not_found"


class ProductNotFound(NotFound):
    """No such product, or another vendor's."""

    code = "product_not_found"


class SkuNotFound(NotFound):
    """No such SKU, or another vendor's."""

    code = "sku_not_found"


class OrderNotFound(NotFound):
    """No such order."""

    code = "order_not_found"


class TransactionNotFound(NotFound):
    """No such log record, or another vendor's."""

    code = "transaction_not_found"


class Conflict(Problem):
    """Valid, but not as things stand (409)."""


class ExternalIdExists(Conflict):
    """The vendor has a product of this external id."""

    code = "external_id_exists"

    @property
    def product_id(self) -> str:
        """The product that has the external id."""
        return str(self.members["product_id"])


class SkuExists(Conflict):
    """A SKU of this id exists already."""

    code = "sku_exists"


class ProductInactive(Conflict):
    """The product is deactivated."""

    code = "product_inactive"


class SkuInactive(Conflict):
    """The SKU is deactivated."""

    code = "sku_inactive"


class StockLimitExceeded(Conflict):
    """The SKU would hold more units than one SKU can."""

    code = "stock_limit_exceeded"


class InsufficientStock(Conflict):
    """Fewer units are available than asked for."""

    code = "insufficient_stock"

    @property
    def lines(self) -> tuple[ShortLine, ...]:
        """Every line that is short."""
        return tuple(
            ShortLine(*(line[name] for name in ("product_id", "sku", "asked", "available")))
            for line in self.members["lines"]
        )


class AdjustmentBelowReserved(Conflict):
    """The SKU would hold fewer units than orders have reserved of it."""

    code = "adjustment_below_reserved"


class CountStale(Conflict):
    """The stock has changed since it was counted."""

    code = "count_stale"


class QuantityExceedsReserved(Conflict):
    """Part of an order was to be settled that it does not hold."""

    code = "quantity_exceeds_reserved"


class RefundExceedsConfirmed(Conflict):
    """More units were to come back than have left for the order and are not back yet."""

    code = "refund_exceeds_confirmed"


class OrderExists(Conflict):
    """An order of this id exists with other lines."""

    code = "order_exists"


class OrderInProgress(Conflict):
    """Another command on the order has begun and is not at its end yet."""

    code = "order_in_progress"


class OrderCancelled(Conflict):
    """The order holds nothing any more: it was cancelled."""

    code = "order_cancelled"


class OrderConfirmed(Conflict):
    """The order's units have left the stock: only a refund brings them back."""

    code = "order_confirmed"


class ReservationExpired(Conflict):
    """The hold ended before the order was confirmed."""

    code = "reservation_expired"


class Invalid(Problem):
    """Read, and found wrong (422)."""


class InvalidInput(Invalid):
    """Parameters or body break a rule."""

    code = "invalid_input"


class IdempotencyKeyReused(Invalid):
    """The Idempotency-Key was used before for another body."""

    code = "idempotency_key_reused"


class Unavailable(Problem):
    """Nothing is half done; the same request may be repeated (429, 503)."""


class Busy(Unavailable):
    """Too many writers wanted the same items for too long."""

    code = "busy"


class IdentityUnavailable(Unavailable):
    """The token issuer's keys cannot be fetched."""

    code = "identity_unavailable"


class DatabaseUnavailable(Unavailable):
    """DynamoDB throttles or cannot be reached."""

    code = "database_unavailable"


def _descendants(kind: type[Problem]) -> list[type[Problem]]:
    return [found for child in kind.__subclasses__() for found in (child, *_descendants(child))]


_BY_CODE: Final = {kind.code: kind for kind in _descendants(Problem) if kind.code}
_BY_STATUS: Final[dict[int, type[Problem]]] = {
    400: Unreadable,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    409: Conflict,
    412: PreconditionFailed,
    413: TooLarge,
    415: UnsupportedMediaType,
    422: Invalid,
    429: Unavailable,
    500: InternalError,
    503: Unavailable,
}


def problem_of(document: Mapping[str, Any], asked: str = "", retry_after: float | None = None) -> Problem:
    """Make the exception that a problem document stands for: by its code, else by its status."""
    kind = _BY_CODE.get(str(document.get("code", ""))) or _BY_STATUS.get(document["status"], Problem)
    return kind(document, asked, retry_after)


def refusal(response: httpx.Response) -> Problem | UnexpectedAnswer:
    """Make the exception for an answer that is no success."""
    asked = f"{response.request.method} {response.request.url}"
    try:
        document = response.json()
        document["status"] = response.status_code
        return problem_of(document, asked, retry_after_seconds(response))
    except (ValueError, TypeError, AttributeError):
        told = response.text[:200].strip() or response.reason_phrase
        return UnexpectedAnswer(f"{asked} answered {response.status_code}: {told}")
