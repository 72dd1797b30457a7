import pytest

from inventory_common import errors
from inventory_common.errors import Busy, IdentityUnavailable, InvalidInput, InventoryError, MethodNotAllowed
from inventory_common.problems import PROBLEM_TYPE, headers_of, problem_document, status_of

STATUS = {
    "ArchiveNotConfigured": 501,
    "ArchiveUnavailable": 503,
    "Busy": 503,
    "DatabaseUnavailable": 503,
    "LedgerKeyUnavailable": 503,
    "OutcomeUnknown": 503,
    "ExternalIdExists": 409,
    "Forbidden": 403,
    "IdempotencyKeyRequired": 400,
    "IdempotencyKeyReused": 422,
    "TooManyChanges": 422,
    "TooManyRecords": 422,
    "TooManyRequests": 429,
    "IdentityUnavailable": 503,
    "InsufficientStock": 409,
    "AdjustmentBelowReserved": 409,
    "CountStale": 409,
    "QuantityExceedsReserved": 409,
    "RefundExceedsConfirmed": 409,
    "InternalError": 500,
    "InvalidCursor": 400,
    "InvalidEncoding": 400,
    "InvalidIdempotencyKey": 400,
    "InvalidInput": 422,
    "InvalidJson": 400,
    "MethodNotAllowed": 405,
    "NotReopenable": 409,
    "OrderCancelled": 409,
    "OrderConfirmed": 409,
    "OrderDamaged": 409,
    "OrderExists": 409,
    "OrderInProgress": 409,
    "OrderNotFound": 404,
    "PreconditionFailed": 412,
    "ProductInactive": 409,
    "ProductNotFound": 404,
    "ReservationExpired": 409,
    "RouteNotFound": 404,
    "SkuExists": 409,
    "SkuInactive": 409,
    "SkuNotFound": 404,
    "StockLimitExceeded": 409,
    "TooLarge": 413,
    "TransactionNotFound": 404,
    "Unauthenticated": 401,
    "UnsupportedMediaType": 415,
}
FAMILIES = {
    "InventoryError",
    "Unreadable",
    "Invalid",
    "NotFound",
    "Conflict",
    "NotConfigured",
    "Unavailable",
}
PLAIN = sorted(set(STATUS) - {"InvalidInput", "InsufficientStock", "MethodNotAllowed"})


def test_every_error_has_a_status() -> None:
    error_types = {name: getattr(errors, name) for name in errors.__all__ if name not in FAMILIES}
    assert {name: status_of(error_type) for name, error_type in error_types.items()} == STATUS


@pytest.mark.parametrize("name", PLAIN)
def test_an_error_and_its_type_have_the_same_status(name: str) -> None:
    error_type: type[InventoryError] = getattr(errors, name)
    assert status_of(error_type("No.")) == status_of(error_type)


@pytest.mark.parametrize("name", PLAIN)
def test_a_problem_document_has_the_members_of_rfc_9457_and_ours(name: str) -> None:
    error: InventoryError = getattr(errors, name)("It cannot be.")
    assert problem_document(error, "request-1") == {
        "type": f"urn:inventory:problem:{error.code}",
        "title": error.title,
        "status": STATUS[name],
        "detail": "It cannot be.",
        "code": error.code,
        "request_id": "request-1",
    }


def test_a_problem_document_has_the_further_members_of_its_error() -> None:
    assert problem_document(Busy("Later.", sequence=7), "r")["sequence"] == 7
    listed = problem_document(InvalidInput([("body", "should be a JSON object")]), "r")["errors"]
    assert listed == [{"path": "body", "message": "should be a JSON object"}]


def test_problem_documents_have_a_media_type_of_their_own() -> None:
    assert PROBLEM_TYPE == "application/problem+json"


def test_the_response_to_a_missing_token_names_the_scheme() -> None:
    assert headers_of(errors.Unauthenticated("No.")) == {"WWW-Authenticate": "Bearer"}


def test_the_response_to_a_method_that_is_not_allowed_names_the_allowed_ones() -> None:
    assert headers_of(MethodNotAllowed("PUT", ["PATCH", "GET"])) == {"Allow": "GET, PATCH"}


def test_the_response_to_a_request_that_may_succeed_later_says_when() -> None:
    assert headers_of(Busy("Later.")) == {"Retry-After": "1"}
    assert headers_of(errors.DatabaseUnavailable("Later.")) == {"Retry-After": "1"}
    assert headers_of(errors.OrderInProgress("Later.")) == {"Retry-After": "2"}
    assert headers_of(IdentityUnavailable("Later.")) == {"Retry-After": "5"}
    assert headers_of(errors.ArchiveUnavailable("Later.")) == {"Retry-After": "5"}
    assert headers_of(errors.TooManyRequests("Later.", 4)) == {"Retry-After": "4"}


@pytest.mark.parametrize("name", PLAIN)
def test_no_other_error_has_a_header(name: str) -> None:
    error: InventoryError = getattr(errors, name)("No.")
    assert bool(headers_of(error)) == (STATUS[name] in (401, 429, 503) or name == "OrderInProgress")
