"""Everything that can be refused, one type per outcome; `problems` alone knows what HTTP makes of it.

::

    InventoryError
    ├── Unauthenticated          no token, or one that does not verify
    ├── Forbidden                a role that may not, or another vendor in the path
    ├── TooLarge                 a body over the limit
    ├── UnsupportedMediaType     a body that is not JSON by its own account
    ├── Unreadable               refused before its content is looked at
    │   ├── InvalidJson
    │   ├── InvalidCursor
    │   ├── InvalidIdempotencyKey
    │   └── IdempotencyKeyRequired
    ├── Invalid                  read, and found wrong
    │   ├── InvalidInput         with the list of what is wrong where
    │   └── IdempotencyKeyReused
    ├── NotFound                 absent, or not yours
    │   ├── RouteNotFound, ProductNotFound, SkuNotFound, OrderNotFound, TransactionNotFound
    ├── MethodNotAllowed
    ├── PreconditionFailed       changed since its client saw it
    ├── Conflict                 valid, but not as things stand
    │   ├── ExternalIdExists
    │   ├── SkuExists, ProductInactive, SkuInactive, StockLimitExceeded
    │   ├── InsufficientStock, AdjustmentBelowReserved, CountStale
    │   ├── OrderExists, OrderInProgress, OrderCancelled, OrderConfirmed, ReservationExpired
    │   └── QuantityExceedsReserved, RefundExceedsConfirmed
    ├── Unavailable              nothing is half done; repeat the same request later
    │   ├── Busy, IdentityUnavailable, DatabaseUnavailable, ArchiveUnavailable
    └── InternalError            a defect of ours
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, ClassVar

from .limits import PROBLEM_ERRORS_MAX, PROBLEM_PATH_MAX_CHARACTERS

__all__ = [
    "AdjustmentBelowReserved",
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
    "InvalidIdempotencyKey",
    "InvalidInput",
    "InvalidJson",
    "InventoryError",
    "MethodNotAllowed",
    "NotFound",
    "OrderCancelled",
    "OrderConfirmed",
    "OrderExists",
    "OrderInProgress",
    "OrderNotFound",
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
        One sentence for the person who reads the answer.
    **members
        Further members of the problem document, such as the current figures.

    Attributes
    ----------
    code
        The stable name that clients branch on.
    title
        What every occurrence of this outcome has in common.
    """

    code: ClassVar[str] = ""
    title: ClassVar[str] = ""

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members


class Unauthenticated(InventoryError):
    """No bearer token, or one that does not verify."""

    code = "unauthenticated"
    title = "A valid bearer token is needed"


class Forbidden(InventoryError):
    """The principal's role may not do this, or the path names another vendor."""

    code = "forbidden"
    title = "Not allowed"


class TooLarge(InventoryError):
    """The body is over the limit."""

    code = "payload_too_large"
    title = "The request body is too large"


class UnsupportedMediaType(InventoryError):
    """The body's Content-Type is not JSON."""

    code = "unsupported_media_type"
    title = "The request body must be JSON"


class Unreadable(InventoryError):
    """The request was refused before its content was looked at."""


class InvalidJson(Unreadable):
    """The body is not JSON (RFC 8259)."""

    code = "invalid_json"
    title = "The request body is not JSON"


class InvalidCursor(Unreadable):
    """The cursor is not one that this listing gave out."""

    code = "invalid_cursor"
    title = "The cursor does not belong to this listing"


class InvalidIdempotencyKey(Unreadable):
    """The Idempotency-Key is empty, too long, or has other characters than printable ASCII."""

    code = "invalid_idempotency_key"
    title = "The Idempotency-Key is not usable"


class IdempotencyKeyRequired(Unreadable):
    """A command that is not repeatable by itself came without an Idempotency-Key."""

    code = "idempotency_key_required"
    title = "An Idempotency-Key header is needed"


class Invalid(InventoryError):
    """The request was read, and found wrong."""


class InvalidInput(Invalid):
    """Parameters or body break a rule.

    Parameters
    ----------
    errors
        ``(path, message)`` for everything wrong, e.g. ``("body.quantity", "is required")``; the first
        `PROBLEM_ERRORS_MAX` of them are shown.
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


class NotFound(InventoryError):
    """Absent, or not for this principal to know of."""


class RouteNotFound(NotFound):
    """The service has no such path."""

    code = "route_not_found"
    title = "No such path"


class ProductNotFound(NotFound):
    """No such product, or another vendor's."""

    code = "product_not_found"
    title = "No such product"


class SkuNotFound(NotFound):
    """No such SKU, or another vendor's."""

    code = "sku_not_found"
    title = "No such SKU"


class OrderNotFound(NotFound):
    """No such order."""

    code = "order_not_found"
    title = "No such order"


class TransactionNotFound(NotFound):
    """No such log record, or another vendor's."""

    code = "transaction_not_found"
    title = "No such transaction"


class MethodNotAllowed(InventoryError):
    """The path has no such method.

    Parameters
    ----------
    allowed
        The methods it has.
    """

    code = "method_not_allowed"
    title = "The path does not take this method"

    def __init__(self, method: str, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(f"{method} is not one of {self.allowed}.")


class PreconditionFailed(InventoryError):
    """If-Match names another version than the one that is there."""

    code = "precondition_failed"
    title = "The resource has changed"


class Conflict(InventoryError):
    """Valid, but not as things stand."""


class ExternalIdExists(Conflict):
    """The vendor has a product of this external id."""

    code = "external_id_exists"
    title = "The external id belongs to a product already"


class SkuExists(Conflict):
    """A SKU of this id exists already."""

    code = "sku_exists"
    title = "The SKU exists already"


class ProductInactive(Conflict):
    """The product is deactivated."""

    code = "product_inactive"
    title = "The product is not active"


class SkuInactive(Conflict):
    """The SKU is deactivated."""

    code = "sku_inactive"
    title = "The SKU is not active"


class StockLimitExceeded(Conflict):
    """The SKU would hold more units than one SKU can."""

    code = "stock_limit_exceeded"
    title = "The SKU would hold too many units"


class InsufficientStock(Conflict):
    """Fewer units are available than asked for.

    Parameters
    ----------
    lines
        Every short line: ``product_id``, ``sku``, ``asked`` and ``available`` units.
    """

    code = "insufficient_stock"
    title = "Too little stock"

    def __init__(self, lines: Sequence[dict[str, Any]]) -> None:
        shortest = lines[0]
        others = f"; {len(lines)} lines are short in all" if len(lines) > 1 else ""
        super().__init__(
            f"{shortest['sku']} has {shortest['available']} of {shortest['asked']} units{others}.",
            lines=list(lines),
        )


class AdjustmentBelowReserved(Conflict):
    """The SKU would hold fewer units than orders have reserved of it."""

    code = "adjustment_below_reserved"
    title = "Orders have reserved more units than would be left"


class CountStale(Conflict):
    """The stock has changed since it was counted."""

    code = "count_stale"
    title = "The stock has changed since it was counted"


class QuantityExceedsReserved(Conflict):
    """Part of an order was to be settled that it does not hold."""

    code = "quantity_exceeds_reserved"
    title = "The order holds fewer units"


class RefundExceedsConfirmed(Conflict):
    """More units were to come back than have left for the order and are not back yet."""

    code = "refund_exceeds_confirmed"
    title = "Fewer units have left for the order"


class OrderExists(Conflict):
    """An order of this id exists with other lines."""

    code = "order_exists"
    title = "The order exists with other lines"


class OrderInProgress(Conflict):
    """Another command on the order has begun and is not at its end yet."""

    code = "order_in_progress"
    title = "Another command on the order is in progress"
    retry_after_seconds: ClassVar[int] = 2


class OrderCancelled(Conflict):
    """The order holds nothing any more: it was cancelled."""

    code = "order_cancelled"
    title = "The order is cancelled"


class OrderConfirmed(Conflict):
    """The order's units have left the stock: only a refund brings them back."""

    code = "order_confirmed"
    title = "The order is confirmed"


class ReservationExpired(Conflict):
    """The hold ended before the order was confirmed."""

    code = "reservation_expired"
    title = "The reservation has expired"


class Unavailable(InventoryError):
    """Nothing is half done; the same request may be repeated.

    An answer that was lost on its way may have been a success: repeating finds it by the order's id or the
    Idempotency-Key.
    """

    retry_after_seconds: ClassVar[int] = 1


class Busy(Unavailable):
    """Too many writers wanted the same items for too long."""

    code = "busy"
    title = "Too many writers at once"


class IdentityUnavailable(Unavailable):
    """The token issuer's keys cannot be fetched."""

    code = "identity_unavailable"
    title = "Tokens cannot be verified at present"
    retry_after_seconds = 5


class DatabaseUnavailable(Unavailable):
    """DynamoDB throttles or cannot be reached."""

    code = "database_unavailable"
    title = "The database cannot answer at present"


class ArchiveUnavailable(Unavailable):
    """The archive, which keeps the findings, cannot be reached or is not configured."""

    code = "archive_unavailable"
    title = "The archive cannot answer at present"
    retry_after_seconds = 5


class InternalError(InventoryError):
    """A defect of ours; the log has the request id and the cause."""

    code = "internal_error"
    title = "An internal error"
