"""The errors of requests, one type for each `code` of a problem document.

::

    ClientError                  its message is one sentence
    ├── NoAnswer                 no server listens, the connection broke, or the request timed out
    ├── TokenUnavailable         the token issuer returns no token
    ├── PlainHttpRefused         a token would be sent unencrypted
    ├── UnexpectedAnswer         a response that is not documented
    └── Problem                  a problem document (RFC 9457), with a subclass for each `code`
        ├── Unauthenticated
        ├── Forbidden
        ├── MethodNotAllowed
        ├── PreconditionFailed
        ├── TooLarge
        ├── UnsupportedMediaType
        ├── InternalError
        ├── Unreadable
        │   └── InvalidJson, InvalidEncoding, InvalidCursor, InvalidIdempotencyKey,
        │       IdempotencyKeyRequired
        ├── NotFound
        │   └── RouteNotFound, ProductNotFound, SkuNotFound, OrderNotFound, TransactionNotFound
        ├── Conflict
        │   └── ExternalIdExists, SkuExists, ProductInactive, SkuInactive, StockLimitExceeded,
        │       InsufficientStock, AdjustmentBelowReserved, CountStale, QuantityExceedsReserved,
        │       RefundExceedsConfirmed, OrderExists, OrderInProgress, OrderCancelled,
        │       OrderConfirmed, OrderDamaged, ReservationExpired, NotReopenable
        ├── Invalid
        │   └── InvalidInput, IdempotencyKeyReused, TooManyChanges, TooManyRecords
        ├── NotConfigured
        │   └── ArchiveNotConfigured
        └── Unavailable
            └── Busy, IdentityUnavailable, DatabaseUnavailable, ArchiveUnavailable,
                LedgerKeyUnavailable, OutcomeUnknown

A problem with a code that this version does not know has the type of its status' group, or is a plain
`Problem`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from .retries import retry_after_seconds

__all__ = [
    "AdjustmentBelowReserved",
    "ArchiveNotConfigured",
    "ArchiveUnavailable",
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
    "InvalidEncoding",
    "InvalidIdempotencyKey",
    "InvalidInput",
    "InvalidJson",
    "LedgerKeyUnavailable",
    "MethodNotAllowed",
    "NoAnswer",
    "NotConfigured",
    "NotFound",
    "NotReopenable",
    "OrderCancelled",
    "OrderConfirmed",
    "OrderDamaged",
    "OrderExists",
    "OrderInProgress",
    "OrderNotFound",
    "OutcomeUnknown",
    "PlainHttpRefused",
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
    "TooManyChanges",
    "TooManyRecords",
    "TooManyRequests",
    "TransactionNotFound",
    "Unauthenticated",
    "Unavailable",
    "UnexpectedAnswer",
    "Unreadable",
    "UnsupportedMediaType",
    "error_of",
    "problem_of",
]


class ClientError(Exception):
    """A request failed; the message is one sentence."""


class NoAnswer(ClientError):
    """The request got no response.

    A command may have been executed all the same: repeat it with the same Idempotency-Key.
    """


class TokenUnavailable(ClientError):
    """The token issuer returns no token."""


class PlainHttpRefused(ClientError):
    """A token or a secret would be sent unencrypted to another machine, and was not."""


class UnexpectedAnswer(ClientError):
    """The response is not documented: the server may not be one of the services."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One error of a request: where it is, e.g. ``body.lines[0].quantity``, and what is wrong."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class ShortLine:
    """An order line for which the available stock is insufficient, in units."""

    product_id: str
    sku: str
    asked: int
    available: int


class Problem(ClientError):
    """A problem document (RFC 9457) that a service returned.

    Parameters
    ----------
    document
        The problem document.
    request_line
        The request, such as ``PUT http://…/orders/ORDER-1``; the message begins with it.
    retry_after
        The seconds after which the same request may succeed, if the response has them.

    Attributes
    ----------
    code
        The stable name of the error: of the class, or of the response if this version has no class for it.
    status, title, detail, request_id
        The members of the document.
    errors
        All errors of the request, for `InvalidInput`.
    members
        The whole document, including members of its own such as current figures.
    """

    code: str = ""

    def __init__(
        self, document: Mapping[str, Any], request_line: str = "", retry_after: float | None = None
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
        super().__init__(f"{request_line} answered {self.status}{named}: {self.detail}".strip())


class Unauthenticated(Problem):
    """There is no bearer token, or it is invalid."""

    code = "unauthenticated"


class Forbidden(Problem):
    """The principal's role is not allowed to do this, or the path names another vendor."""

    code = "forbidden"


class MethodNotAllowed(Problem):
    """The path does not support the method."""

    code = "method_not_allowed"


class PreconditionFailed(Problem):
    """If-Match names another version than the current one."""

    code = "precondition_failed"


class TooLarge(Problem):
    """The body exceeds the limit."""

    code = "payload_too_large"


class UnsupportedMediaType(Problem):
    """The body's Content-Type is not JSON."""

    code = "unsupported_media_type"


class InternalError(Problem):
    """A defect of the service; its log has the request id and the cause."""

    code = "internal_error"


class Unreadable(Problem):
    """The request was refused before its content was examined (400)."""


class InvalidJson(Unreadable):
    """The body is not JSON (RFC 8259)."""

    code = "invalid_json"


class InvalidEncoding(Unreadable):
    """The path or the query is not UTF-8, or contains the character that replaces what is not (U+FFFD)."""

    code = "invalid_encoding"


class InvalidCursor(Unreadable):
    """The cursor was not issued by this list."""

    code = "invalid_cursor"


class InvalidIdempotencyKey(Unreadable):
    """The Idempotency-Key is empty, too long, or contains characters other than printable ASCII."""

    code = "invalid_idempotency_key"


class IdempotencyKeyRequired(Unreadable):
    """A command that is not idempotent by itself has no Idempotency-Key."""

    code = "idempotency_key_required"


class NotFound(Problem):
    """It does not exist, or is hidden from the principal (404)."""


class RouteNotFound(NotFound):
    """The service has no such path."""

    code = "route_not_found"


class ProductNotFound(NotFound):
    """The product does not exist, or belongs to another vendor."""

    code = "product_not_found"


class SkuNotFound(NotFound):
    """The SKU does not exist, or belongs to another vendor."""

    code = "sku_not_found"


class OrderNotFound(NotFound):
    """The order does not exist."""

    code = "order_not_found"


class TransactionNotFound(NotFound):
    """The log record does not exist, or belongs to another vendor."""

    code = "transaction_not_found"


class Conflict(Problem):
    """The request is valid, but not possible in the current state (409)."""


class ExternalIdExists(Conflict):
    """The vendor has another product with this external id."""

    code = "external_id_exists"

    @property
    def product_id(self) -> str:
        """The product with the external id."""
        return str(self.members["product_id"])


class SkuExists(Conflict):
    """A SKU with this id already exists."""

    code = "sku_exists"


class ProductInactive(Conflict):
    """The product is deactivated."""

    code = "product_inactive"


class SkuInactive(Conflict):
    """The SKU is deactivated."""

    code = "sku_inactive"


class StockLimitExceeded(Conflict):
    """The stock of the SKU would exceed the maximum."""

    code = "stock_limit_exceeded"


class InsufficientStock(Conflict):
    """Fewer units are available than requested."""

    code = "insufficient_stock"

    @property
    def lines(self) -> tuple[ShortLine, ...]:
        """The lines with insufficient stock."""
        return tuple(
            ShortLine(*(line[name] for name in ("product_id", "sku", "asked", "available")))
            for line in self.members["lines"]
        )


class AdjustmentBelowReserved(Conflict):
    """The stock would fall below the units that orders have reserved."""

    code = "adjustment_below_reserved"


class CountStale(Conflict):
    """The stock has changed since it was counted."""

    code = "count_stale"


class QuantityExceedsReserved(Conflict):
    """More units were to be confirmed or cancelled than the order has reserved."""

    code = "quantity_exceeds_reserved"


class RefundExceedsConfirmed(Conflict):
    """More units were to be refunded than were confirmed and not yet refunded."""

    code = "refund_exceeds_confirmed"


class OrderExists(Conflict):
    """An order with this id exists with other lines."""

    code = "order_exists"


class OrderInProgress(Conflict):
    """Another command on the order has begun and has not finished."""

    code = "order_in_progress"


class OrderDamaged(Conflict):
    """What is stored of the order was not written by the service: nothing is done with it."""

    code = "order_damaged"


class OrderCancelled(Conflict):
    """The order was cancelled and reserves nothing."""

    code = "order_cancelled"


class OrderConfirmed(Conflict):
    """The order's units have left the stock; only a refund returns them."""

    code = "order_confirmed"


class ReservationExpired(Conflict):
    """The hold expired before the order was confirmed."""

    code = "reservation_expired"


class NotReopenable(Conflict):
    """The order reserves units, or no cancellation or expiry has released any since it was last reopened."""

    code = "not_reopenable"


class Invalid(Problem):
    """The request is well-formed, but invalid (422)."""


class InvalidInput(Invalid):
    """Parameters or body are not valid."""

    code = "invalid_input"


class IdempotencyKeyReused(Invalid):
    """The Idempotency-Key was used before for another body."""

    code = "idempotency_key_reused"


class TooManyChanges(Invalid):
    """The order's lines change by more than one transaction can write, or would be too many."""

    code = "too_many_changes"


class TooManyRecords(Invalid):
    """More log records of the order than one request may read are as new as the page, or newer."""

    code = "too_many_records"


class NotConfigured(Problem):
    """The stage lacks an optional part of the product (501); repeating the request is of no use."""


class ArchiveNotConfigured(NotConfigured):
    """The stage has no archive, and the findings are stored there."""

    code = "archive_not_configured"


class Unavailable(Problem):
    """The same request may be repeated (429, 503); nothing was changed, unless it is `OutcomeUnknown`."""


class Busy(Unavailable):
    """Too many writers competed for the same items for too long."""

    code = "busy"


class IdentityUnavailable(Unavailable):
    """The token issuer's keys cannot be fetched."""

    code = "identity_unavailable"


class DatabaseUnavailable(Unavailable):
    """DynamoDB throttles the service or cannot be reached."""

    code = "database_unavailable"


class LedgerKeyUnavailable(Unavailable):
    """The key that signs stock changes, or the published keys that verify them, cannot be read."""

    code = "ledger_key_unavailable"


class OutcomeUnknown(Unavailable):
    """The command may have been executed; the same request, with the same order id or key, finds out."""

    code = "outcome_unknown"


class TooManyRequests(Unavailable):
    """The sender's budget of requests is used up; others are served meanwhile."""

    code = "too_many_requests"


class ArchiveUnavailable(Unavailable):
    """The archive, which stores the findings, cannot be reached."""

    code = "archive_unavailable"


def _subclasses(problem_type: type[Problem]) -> list[type[Problem]]:
    return [each for child in problem_type.__subclasses__() for each in (child, *_subclasses(child))]


_BY_CODE: Final = {
    problem_type.code: problem_type for problem_type in _subclasses(Problem) if problem_type.code
}
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
    501: NotConfigured,
    503: Unavailable,
}


def problem_of(
    document: Mapping[str, Any], request_line: str = "", retry_after: float | None = None
) -> Problem:
    """Return the exception for a problem document, by its code or else by its status."""
    problem_type = _BY_CODE.get(str(document.get("code", ""))) or _BY_STATUS.get(document["status"], Problem)
    return problem_type(document, request_line, retry_after)


def error_of(response: httpx.Response) -> Problem | UnexpectedAnswer:
    """Return the exception for a response that is not successful."""
    request_line = f"{response.request.method} {response.request.url}"
    try:
        document = response.json()
        document["status"] = response.status_code
        return problem_of(document, request_line, retry_after_seconds(response))
    except (ValueError, TypeError, AttributeError):
        text = response.text[:200].strip() or response.reason_phrase
        return UnexpectedAnswer(f"{request_line} answered {response.status_code}: {text}")
