import re

import pytest

from inventory_common import errors
from inventory_common.errors import (
    Busy,
    InsufficientStock,
    InvalidInput,
    InventoryError,
    MethodNotAllowed,
)


def _descendants(error_type: type[InventoryError]) -> set[type[InventoryError]]:
    below = set(error_type.__subclasses__())
    return below.union(*map(_descendants, below))


ERRORS = sorted(
    (error_type for error_type in _descendants(InventoryError) if error_type.__module__ == errors.__name__),
    key=lambda error_type: error_type.__name__,
)
LEAVES = [error_type for error_type in ERRORS if not error_type.__subclasses__()]


@pytest.mark.parametrize("error_type", LEAVES, ids=lambda error_type: error_type.__name__)
def test_an_error_has_a_code_and_a_title(error_type: type[InventoryError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", error_type.code)
    assert re.fullmatch(r"[A-Z][^.]*[^.]", error_type.title)


def test_no_two_errors_have_the_same_code() -> None:
    codes = [error_type.code for error_type in LEAVES]
    assert len(set(codes)) == len(codes)


def test_no_two_errors_have_the_same_title() -> None:
    titles = [error_type.title for error_type in LEAVES]
    assert len(set(titles)) == len(titles)


def test_a_family_of_errors_has_no_code_of_its_own() -> None:
    assert [
        error_type.__name__
        for error_type in ERRORS
        if error_type not in LEAVES and (error_type.code or error_type.title)
    ] == []


def test_the_codes_are_these() -> None:
    # Clients distinguish errors by them: a change has to be deliberate.
    assert sorted(error_type.code for error_type in LEAVES) == [
        "adjustment_below_reserved",
        "archive_not_configured",
        "archive_unavailable",
        "busy",
        "count_stale",
        "database_unavailable",
        "external_id_exists",
        "forbidden",
        "idempotency_key_required",
        "idempotency_key_reused",
        "identity_unavailable",
        "insufficient_stock",
        "internal_error",
        "invalid_cursor",
        "invalid_encoding",
        "invalid_idempotency_key",
        "invalid_input",
        "invalid_json",
        "ledger_key_unavailable",
        "method_not_allowed",
        "not_reopenable",
        "order_cancelled",
        "order_confirmed",
        "order_damaged",
        "order_exists",
        "order_in_progress",
        "order_not_found",
        "outcome_unknown",
        "payload_too_large",
        "precondition_failed",
        "product_inactive",
        "product_not_found",
        "quantity_exceeds_reserved",
        "refund_exceeds_confirmed",
        "reservation_expired",
        "route_not_found",
        "sku_exists",
        "sku_inactive",
        "sku_not_found",
        "stock_limit_exceeded",
        "too_many_changes",
        "too_many_records",
        "too_many_requests",
        "transaction_not_found",
        "unauthenticated",
        "unsupported_media_type",
    ]


def _drawn() -> list[tuple[int, list[str]]]:
    """Return depth and class names of every line of the tree in the module's docstring."""
    assert errors.__doc__ is not None
    drawing = errors.__doc__.partition("::\n\n")[2]
    lines = []
    for line in filter(str.strip, drawing.splitlines()):
        found = re.fullmatch(r" {4}((?:[│ ] {3})*(?:[├└]── )?)(\w+(?:, \w+)*)(?: {2,}.*)?", line)
        assert found, f"not a line of the tree: {line!r}"
        lines.append((len(found[1]) // 4, found[2].split(", ")))
    return lines


def test_the_tree_in_the_docstring_names_exactly_the_classes_that_exist() -> None:
    names = [name for _, line in _drawn() for name in line]
    every: list[type[InventoryError]] = [InventoryError, *ERRORS]
    assert sorted(names) == sorted(error_type.__name__ for error_type in every)
    assert sorted(names) == sorted(errors.__all__)


def test_the_tree_in_the_docstring_shows_every_class_below_its_parent() -> None:
    parents: list[str] = []
    drawn: dict[str, str] = {}
    for depth, names in _drawn():
        parents[depth:] = [names[0]]
        drawn |= {name: parents[depth - 1] for name in names if depth}
    assert drawn == {error_type.__name__: error_type.__bases__[0].__name__ for error_type in ERRORS}


def test_an_error_has_a_detail_and_further_members() -> None:
    error = Busy("Try again.", sequence=7)
    assert str(error) == error.detail == "Try again."
    assert error.members == {"sequence": 7}


def test_invalid_input_lists_every_path_with_its_message() -> None:
    error = InvalidInput([("body.quantity", "is required"), ("query.limit", "should be given once")])
    assert error.members == {
        "errors": [
            {"path": "body.quantity", "message": "is required"},
            {"path": "query.limit", "message": "should be given once"},
        ]
    }
    assert error.detail == "body.quantity is required; query.limit should be given once"


def test_invalid_input_lists_the_first_hundred_errors_and_details_three() -> None:
    taken = 0

    def wrong_members() -> object:
        nonlocal taken
        for number in range(1_000):
            taken += 1
            yield f"body.f{number}", "is wrong"

    error = InvalidInput(wrong_members())  # type: ignore[arg-type]
    listed = error.members["errors"]
    assert [each["path"] for each in listed] == [f"body.f{number}" for number in range(100)]
    assert error.detail == "body.f0 is wrong; body.f1 is wrong; body.f2 is wrong"
    assert taken <= 101


@pytest.mark.parametrize(("length", "shown"), [(199, 199), (200, 200), (201, 200), (1_000_000, 200)])
def test_invalid_input_lists_200_characters_of_a_path(length: int, shown: int) -> None:
    error = InvalidInput([("p" * length, "is wrong")])
    assert error.members["errors"][0]["path"] == "p" * shown
    assert error.detail == "p" * shown + " is wrong"


def test_the_error_of_a_method_names_the_allowed_ones() -> None:
    error = MethodNotAllowed("TRACE", {"POST", "GET"})
    assert error.allowed == "GET, POST"
    assert error.detail == "TRACE is not allowed here; allowed are GET, POST."


def test_insufficient_stock_lists_every_short_line() -> None:
    short = [
        {"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-A", "asked": 5, "available": 2},
        {"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-B", "asked": 9, "available": 0},
        {"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-C", "asked": 1, "available": 0},
    ]
    assert InsufficientStock(short[:1]).detail == "SKU-PROD-E4F9A-A: 5 units requested, 2 available."
    error = InsufficientStock(short)
    assert error.detail == ("SKU-PROD-E4F9A-A: 5 units requested, 2 available. 3 lines are short in total.")
    assert error.members == {"lines": short}
