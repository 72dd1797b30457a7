"""The HTTP responses of errors: statuses, headers and RFC 9457 problem documents."""

from typing import Any, Final

from .errors import (
    Conflict,
    Forbidden,
    InternalError,
    Invalid,
    InventoryError,
    MethodNotAllowed,
    NotConfigured,
    NotFound,
    OrderInProgress,
    PreconditionFailed,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unreadable,
    UnsupportedMediaType,
)

__all__ = ["PROBLEM_TYPE", "headers_of", "problem_document", "status_of"]

PROBLEM_TYPE: Final = "application/problem+json"

_STATUS: Final[dict[type[InventoryError], int]] = {
    Unreadable: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    PreconditionFailed: 412,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    Invalid: 422,
    TooManyRequests: 429,
    InternalError: 500,
    NotConfigured: 501,
    Unavailable: 503,
}


def status_of(error: InventoryError | type[InventoryError]) -> int:
    """Return the HTTP status of an error, e.g. 409 for `InsufficientStock`."""
    error_type = error if isinstance(error, type) else type(error)
    return next(_STATUS[ancestor] for ancestor in error_type.__mro__ if ancestor in _STATUS)


def problem_document(error: InventoryError, request_id: str) -> dict[str, Any]:
    """Return the body of the response: RFC 9457's members, `code`, `request_id` and the error's own."""
    return {
        "type": f"urn:inventory:problem:{error.code}",
        "title": error.title,
        "status": status_of(error),
        "detail": error.detail,
        "code": error.code,
        "request_id": request_id,
        **error.members,
    }


def headers_of(error: InventoryError) -> dict[str, str]:
    """Return the headers that HTTP requires or recommends with the status of an error."""
    match error:
        case Unauthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case MethodNotAllowed():
            return {"Allow": error.allowed}
        case Unavailable() | OrderInProgress():
            return {"Retry-After": str(error.retry_after_seconds)}
        case _:
            return {}
