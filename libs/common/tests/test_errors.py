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


def _descendants(kind: type[InventoryError]) -> set[type[InventoryError]]:
    below = set(kind.__subclasses__())
    return below.union(*map(_descendants, below))


KINDS = sorted(
    (kind for kind in _descendants(InventoryError) if kind.__module__ == errors.__name__),
    key=lambda kind: kind.__name__,
)
LEAVES = [kind for kind in KINDS if not kind.__subclasses__()]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_an_outcome_has_a_code_and_a_title(kind: type[InventoryError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
    assert re.fullmatch(r"[A-Z][^.]*[^.]", kind.title)


def test_a_code_stands_for_one_outcome() -> None:
    codes = [kind.code for kind in LEAVES]
    assert len(set(codes)) == len(codes)


def test_a_title_stands_for_one_outcome() -> None:
    titles = [kind.title for kind in LEAVES]
    assert len(set(titles)) == len(titles)


def test_a_family_of_outcomes_has_no_code_of_its_own() -> None:
    assert [kind.__name__ for kind in KINDS if kind not in LEAVES and (kind.code or kind.title)] == []


def test_the_codes_are_these() -> None:
    # Clients branch on them: a change is deliberate.
    assert sorted(kind.code for kind in LEAVES) == [
        "adjustment_below_reserved",
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
        "invalid_idempotency_key",
        "invalid_input",
        "invalid_json",
        "method_not_allowed",
        "order_cancelled",
        "order_confirmed",
        "order_exists",
        "order_in_progress",
        "order_not_found",
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
        "transaction_not_found",
        "unauthenticated",
        "unsupported_media_type",
    ]


def _drawn() -> list[tuple[int, list[str]]]:
    """Depth and class names of every line of the tree in the module's docstring."""
    assert errors.__doc__ is not None
    drawing = errors.__doc__.partition("::\n\n")[2]
    lines = []
    for line in filter(str.strip, drawing.splitlines()):
        found = re.fullmatch(r" {4}((?:[│ ] {3})*(?:[├└]── )?)(\w+(?:, \w+)*)(?: {2,}.*)?", line)
        assert found, f"unlike the others: {line!r}"
        lines.append((len(found[1]) // 4, found[2].split(", ")))
    return lines


def test_the_drawing_of_the_tree_names_exactly_the_classes_that_exist() -> None:
    names = [name for _, line in _drawn() for name in line]
    assert sorted(names) == sorted(kind.__name__ for kind in [InventoryError, *KINDS])
    assert sorted(names) == sorted(errors.__all__)


def test_the_drawing_of_the_tree_shows_every_class_below_its_parent() -> None:
    parents: list[str] = []
    drawn: dict[str, str] = {}
    for depth, names in _drawn():
        parents[depth:] = [names[0]]
        drawn |= {name: parents[depth - 1] for name in names if depth}
    assert drawn == {kind.__name__: kind.__bases__[0].__name__ for kind in KINDS}


def test_an_outcome_carries_its_sentence_and_its_figures() -> None:
    error = Busy("Try again.", sequence=7)
    assert str(error) == error.detail == "Try again."
    assert error.members == {"sequence": 7}


def test_invalid_input_lists_what_is_wrong_where() -> None:
    error = InvalidInput([("body.quantity", "is required"), ("query.limit", "must be given once")])
    assert error.members == {
        "errors": [
            {"path": "body.quantity", "message": "is required"},
            {"path": "query.limit", "message": "must be given once"},
        ]
    }
    assert error.detail == "body.quantity is required; query.limit must be given once"


def test_invalid_input_shows_the_first_hundred_faults_and_names_three() -> None:
    taken = 0

    def faults() -> object:
        nonlocal taken
        for number in range(1_000):
            taken += 1
            yield f"body.f{number}", "is wrong"

    error = InvalidInput(faults())  # type: ignore[arg-type]
    listed = error.members["errors"]
    assert [fault["path"] for fault in listed] == [f"body.f{number}" for number in range(100)]
    assert error.detail == "body.f0 is wrong; body.f1 is wrong; body.f2 is wrong"
    assert taken <= 101


@pytest.mark.parametrize(("length", "shown"), [(199, 199), (200, 200), (201, 200), (1_000_000, 200)])
def test_invalid_input_shows_200_characters_of_a_path(length: int, shown: int) -> None:
    error = InvalidInput([("p" * length, "is wrong")])
    assert error.members["errors"][0]["path"] == "p" * shown
    assert error.detail == "p" * shown + " is wrong"


def test_a_method_that_is_not_allowed_comes_with_those_that_are() -> None:
    error = MethodNotAllowed("TRACE", {"POST", "GET"})
    assert error.allowed == "GET, POST"
    assert error.detail == "TRACE is not one of GET, POST."


def test_too_little_stock_lists_every_short_line() -> None:
    short = [
        {"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-A", "asked": 5, "available": 2},
        {"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-B", "asked": 9, "available": 0},
        {"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-C", "asked": 1, "available": 0},
    ]
    assert InsufficientStock(short[:1]).detail == "SKU-PROD-E4F9A-A has 2 of 5 units."
    error = InsufficientStock(short)
    assert error.detail == "SKU-PROD-E4F9A-A has 2 of 5 units; 3 lines are short in all."
    assert error.members == {"lines": short}
