"""The errors of the services, one type per outcome; `problems` alone maps them to HTTP.

::

    InventoryError
    ├── Unauthenticated          no token, or an invalid one
    ├── Forbidden                the role is not allowed, or the path names another vendor
    ├── TooLarge                 the body exceeds the limit
    ├── UnsupportedMediaType     the Content-Type is not JSON
    ├── Unreadable               refused before its content was examined
    │   ├── InvalidJson
    │   ├── InvalidEncoding
    │   ├── InvalidCursor
    │   ├── InvalidIdempotencyKey
    │   └── IdempotencyKeyRequired
    ├── Invalid                  well-formed, but invalid
    │   ├── InvalidInput         with the list of all errors
    │   ├── IdempotencyKeyReused
    │   ├── TooManyChanges
    │   └── TooManyRecords
    ├── NotFound                 absent, or not yours
    │   ├── RouteNotFound, ProductNotFound, SkuNotFound, OrderNotFound, TransactionNotFound
    ├── MethodNotAllowed
    ├── PreconditionFailed       changed since the client read it
    ├── Conflict                 valid, but not in the current state
    │   ├── ExternalIdExists
    │   ├── SkuExists, ProductInactive, SkuInactive, StockLimitExceeded
    │   ├── InsufficientStock, AdjustmentBelowReserved, CountStale
    │   ├── OrderExists, OrderInProgress, OrderCancelled, OrderConfirmed, OrderDamaged, ReservationExpired
    │   ├── NotReopenable
    │   └── QuantityExceedsReserved, RefundExceedsConfirmed
    ├── NotConfigured            this stage does not have it
    │   └── ArchiveNotConfigured
    ├── Unavailable              repeat the same request later; unless it is OutcomeUnknown, nothing changed
    │   ├── Busy, IdentityUnavailable, DatabaseUnavailable, ArchiveUnavailable, LedgerKeyUnavailable
    │   ├── TooManyRequests      the sender's budget is used up
    │   └── OutcomeUnknown       it may have been executed
    └── InternalError            a defect of the service
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, ClassVar

from .limits import PROBLEM_ERRORS_MAX, PROBLEM_PATH_MAX_CHARACTERS

__all__ = [
    "AdjustmentBelowReserved",
    "ArchiveNotConfigured",
    "ArchiveUnavailable",
    "Busy",
    "Conflict",
    "CountStale",
    "DatabaseUnavailable",
    "ExternalIdExists",
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
    "InventoryError",
    "LedgerKeyUnavailable",
    "MethodNotAllowed",
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
    "PreconditionFailed",
    "ProductInactive",
    "ProductNotFound",
    "QuantityExceedsReserved",
    "RefundExceedsConfirmed",
    "ReservationExpired",
    "RouteNotFound",
    "SkuExists",
    "SkuInactive",
    "SkuNotFound",
    "StockLimitExceeded",
    "TooLarge",
    "TooManyChanges",
    "TooManyRecords",
    "TooManyRequests",
    "TransactionNotFound",
    "Unauthenticated",
    "Unavailable",
    "Unreadable",
    "UnsupportedMediaType",
]


class InventoryError(Exception):
    """A request that was refused.

    Parameters
    ----------
    detail
        One sentence for the person who reads the response.
    **members
        Further members of the problem document, such as the current figures.

    Attributes
    ----------
    code
        The stable name by which clients distinguish errors.
    title
        What every occurrence of this error has in common.
    """

    code: ClassVar[str] = ""
    title: ClassVar[str] = ""

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members


class Unauthenticated(InventoryError):
    """There is no bearer token, or it is invalid."""

    code = "unauthenticated"
    title = "A valid bearer token is required"


class Forbidden(InventoryError):
    """The principal's role is not allowed to do this, or the path names another vendor."""

    code = "forbidden"
    title = "Not allowed"


class TooLarge(InventoryError):
    """The body exceeds the limit."""

    code = "payload_too_large"
    title = "The request body is too large"


class UnsupportedMediaType(InventoryError):
    """The body's Content-Type is not JSON."""

    code = "unsupported_media_type"
    title = "The request body must be JSON"


class Unreadable(InventoryError):
    """The request was refused before its content was examined."""


class InvalidJson(Unreadable):
    """The body is not JSON (RFC 8259)."""

    code = "invalid_json"
    title = "The request body is not JSON"


class InvalidEncoding(Unreadable):
    """The path or the query is not UTF-8, or contains the character that replaces what is not (U+FFFD)."""

    code = "invalid_encoding"
    title = "The request address is not UTF-8"


class InvalidCursor(Unreadable):
    """The cursor was not issued by this list."""

    code = "invalid_cursor"
    title = "The cursor does not belong to this list"


class InvalidIdempotencyKey(Unreadable):
    """The Idempotency-Key is empty, too long, or contains characters other than printable ASCII."""

    code = "invalid_idempotency_key"
    title = "The Idempotency-Key is not valid"


class IdempotencyKeyRequired(Unreadable):
    """A command that is not idempotent by itself has no Idempotency-Key."""

    code = "idempotency_key_required"
    title = "An Idempotency-Key header is required"


class Invalid(InventoryError):
    """The request is well-formed, but invalid."""


class InvalidInput(Invalid):
    """Parameters or body are not valid.

    Parameters
    ----------
    errors
        ``(path, message)`` for everything that is wrong, e.g. ``("body.quantity", "is required")``; the first
        `PROBLEM_ERRORS_MAX` of them are listed.
    """

    code = "invalid_input"
    title = "The request is not valid"

    def __init__(self, errors: Iterable[tuple[str, str]]) -> None:
        listed = [
            {"path": path[:PROBLEM_PATH_MAX_CHARACTERS], "message": message}
            for path, message in islice(errors, PROBLEM_ERRORS_MAX)
        ]
        super().__init__("; ".join(f"{e['path']} {e['message']}" for e in listed[:3]), errors=listed)


class IdempotencyKeyReused(Invalid):
    """The Idempotency-Key was used before for another body."""

    code = "idempotency_key_reused"
    title = "The Idempotency-Key was used for another request"


class TooManyChanges(Invalid):
    """The order's lines change by more than one transaction can write, or would be too many."""

    code = "too_many_changes"
    title = "The order cannot be changed by so many lines at once"


class TooManyRecords(Invalid):
    """More log records of the order than one request may read are as new as the page, or newer."""

    code = "too_many_records"
    title = "The order has too many records for this page"


class NotFound(InventoryError):
    """It does not exist, or is hidden from this principal."""


class RouteNotFound(NotFound):
    """The service has no such path."""

    code = "route_not_found"
    title = "Path not found"


class ProductNotFound(NotFound):
    """The product does not exist, or belongs to another vendor."""

    code = "product_not_found"
    title = "Product not found"


class SkuNotFound(NotFound):
    """The SKU does not exist, or belongs to another vendor."""

    code = "sku_not_found"
    title = "SKU not found"


class OrderNotFound(NotFound):
    """The order does not exist."""

    code = "order_not_found"
    title = "Order not found"


class TransactionNotFound(NotFound):
    """The log record does not exist, or belongs to another vendor."""

    code = "transaction_not_found"
    title = "Transaction not found"


class MethodNotAllowed(InventoryError):
    """The path does not support the method.

    Parameters
    ----------
    allowed
        The methods that it supports.
    """

    code = "method_not_allowed"
    title = "Method not allowed"

    def __init__(self, method: str, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(f"{method} is not allowed here; allowed are {self.allowed}.")


class PreconditionFailed(InventoryError):
    """If-Match names another version than the current one."""

    code = "precondition_failed"
    title = "The resource has changed"


class Conflict(InventoryError):
    """The request is valid, but not possible in the current state."""


class ExternalIdExists(Conflict):
    """The vendor has another product with this external id."""

    code = "external_id_exists"
    title = "The external id is already in use"


class SkuExists(Conflict):
    """A SKU with this id already exists."""

    code = "sku_exists"
    title = "The SKU already exists"


class ProductInactive(Conflict):
    """The product is deactivated."""

    code = "product_inactive"
    title = "The product is deactivated"


class SkuInactive(Conflict):
    """The SKU is deactivated."""

    code = "sku_inactive"
    title = "The SKU is deactivated"


class StockLimitExceeded(Conflict):
    """The stock of the SKU would exceed the maximum."""

    code = "stock_limit_exceeded"
    title = "The stock would exceed the maximum"


class InsufficientStock(Conflict):
    """Fewer units are available than requested.

    Parameters
    ----------
    lines
        Every short line: ``product_id``, ``sku``, ``asked`` and ``available`` units.
    """

    code = "insufficient_stock"
    title = "Insufficient stock"

    def __init__(self, lines: Sequence[dict[str, Any]]) -> None:
        first = lines[0]
        others = f" {len(lines)} lines are short in total." if len(lines) > 1 else ""
        super().__init__(
            f"{first['sku']}: {first['asked']} units requested, {first['available']} available.{others}",
            lines=list(lines),
        )


class AdjustmentBelowReserved(Conflict):
    """The stock would fall below the units that orders have reserved."""

    code = "adjustment_below_reserved"
    title = "The stock would fall below the reserved units"


class CountStale(Conflict):
    """The stock has changed since it was counted."""

    code = "count_stale"
    title = "The stock has changed since it was counted"


class QuantityExceedsReserved(Conflict):
    """More units were to be confirmed or cancelled than the order has reserved."""

    code = "quantity_exceeds_reserved"
    title = "The order has reserved fewer units"


class RefundExceedsConfirmed(Conflict):
    """More units were to be refunded than were confirmed and not yet refunded."""

    code = "refund_exceeds_confirmed"
    title = "The order has fewer units to refund"


class OrderExists(Conflict):
    """An order with this id exists with other lines."""

    code = "order_exists"
    title = "The order already exists with other lines"


class OrderInProgress(Conflict):
    """Another command on the order has begun and has not finished."""

    code = "order_in_progress"
    title = "Another command on the order is in progress"
    retry_after_seconds: ClassVar[int] = 2


class OrderDamaged(Conflict):
    """What is stored of the order was not written by the service: nothing is done with it.

    Its seal is not genuine, or it cannot be read.  An auditor finds out what happened.
    """

    code = "order_damaged"
    title = "The stored order was not written by the service"


class OrderCancelled(Conflict):
    """The order was cancelled and reserves nothing."""

    code = "order_cancelled"
    title = "The order is cancelled"


class OrderConfirmed(Conflict):
    """The order's units have left the stock; only a refund returns them."""

    code = "order_confirmed"
    title = "The order is confirmed"


class ReservationExpired(Conflict):
    """The hold expired before the order was confirmed."""

    code = "reservation_expired"
    title = "The reservation has expired"


class NotReopenable(Conflict):
    """The order reserves units, or no cancellation or expiry has released any since it was last reopened."""

    code = "not_reopenable"
    title = "There is nothing to reopen"


class NotConfigured(InventoryError):
    """The stage that was asked lacks an optional part of the product; repeating the request is of no use."""


class ArchiveNotConfigured(NotConfigured):
    """The stage has no archive, and the findings are stored there."""

    code = "archive_not_configured"
    title = "There is no archive"


class Unavailable(InventoryError):
    """The same request may be repeated; nothing was changed, unless it is `OutcomeUnknown`.

    If a response was lost on its way, the command may have been executed: a repeated request finds it by the
    order's id or the Idempotency-Key.
    """

    retry_after_seconds: int = 1


class Busy(Unavailable):
    """Too many writers competed for the same items for too long."""

    code = "busy"
    title = "Too many concurrent writers"


class IdentityUnavailable(Unavailable):
    """The token issuer's keys cannot be fetched."""

    code = "identity_unavailable"
    title = "Tokens cannot be verified at the moment"
    retry_after_seconds = 5


class DatabaseUnavailable(Unavailable):
    """DynamoDB throttles the service or cannot be reached."""

    code = "database_unavailable"
    title = "The database is not available at the moment"


class OutcomeUnknown(Unavailable):
    """The command may have been executed; the same request, with the same order id or key, finds out."""

    code = "outcome_unknown"
    title = "The outcome is not known"

    def __init__(
        self,
        detail: str = "The database's answer was lost, so it is not known whether this was executed; please "
        "send the same request again, with the same order id or Idempotency-Key.",
    ) -> None:
        super().__init__(detail)


class ArchiveUnavailable(Unavailable):
    """The archive, which stores the findings, cannot be reached."""

    code = "archive_unavailable"
    title = "The archive is not available at the moment"
    retry_after_seconds = 5


class LedgerKeyUnavailable(Unavailable):
    """The key that signs stock changes, or the published keys that verify them, cannot be read."""

    code = "ledger_key_unavailable"
    title = "The ledger's keys are not available at the moment"
    retry_after_seconds = 5


class TooManyRequests(Unavailable):
    """The sender's budget of requests is used up; others are served meanwhile.

    Parameters
    ----------
    retry_after_seconds
        How long until the budget allows a request again.
    """

    code = "too_many_requests"
    title = "Too many requests"

    def __init__(self, detail: str, retry_after_seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class InternalError(InventoryError):
    """A defect of the service; its log has the request id and the cause."""

    code = "internal_error"
    title = "Internal error"
