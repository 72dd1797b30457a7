"""Parts of the log: of a period, of one type, in either order."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client, Tokens

from .ledger import BLACK, OTHER_VENDOR, PRODUCT, VENDOR, a_record, keep

LISTS = [
    f"/products/{PRODUCT}/transactions",
    f"/vendors/{VENDOR}/transactions",
    f"/skus/{BLACK}/transactions",
]


@pytest.fixture
def vendor(tokens: Tokens) -> str:
    return tokens.vendor()


def _sequences(audit: Client, address: str, token: str) -> list[int]:
    """Walk a list page by page to its end."""
    found: list[int] = []
    cursor = ""
    while True:
        answer = audit.get(f"{address}&limit=2{cursor}", token)
        assert answer.status == 200, answer.json
        found += [record["sequence"] for record in answer.json["items"]]
        if answer.json["next_cursor"] is None:
            return found
        cursor = f"&cursor={answer.json['next_cursor']}"


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    ("question", "sequences"),
    [
        ("order=desc", [5, 4, 3, 2, 1]),
        ("order=asc", [1, 2, 3, 4, 5]),
        ("from=2026-02-23T10:33:00Z", [5, 4, 3]),
        ("from=2026-02-23T10:33:00.000001Z", [5, 4]),
        ("to=2026-02-23T10:33:00Z", [2, 1]),
        ("to=2026-02-23T10:33:00.000001Z", [3, 2, 1]),
        ("from=2026-02-23T10:32:00Z&to=2026-02-23T10:34:00Z", [3, 2]),
        ("from=2026-02-23T10:32:00Z&to=2026-02-23T10:34:00Z&order=asc", [2, 3]),
        ("from=2026-02-23T12:33:00%2B02:00&to=2026-02-23T10:33:00.000001Z", [3]),
        ("from=2027-01-01T00:00:00Z", []),
        ("transaction_type=restock", [5, 4, 2, 1]),
        ("transaction_type=order_placed", [3]),
        ("transaction_type=refund", []),
        ("transaction_type=restock&from=2026-02-23T10:32:00Z&order=asc", [2, 4, 5]),
    ],
)
def test_a_part_of_the_log_is_walked_whole_and_nothing_else(
    audit: Client, vendor: str, dynamodb: Any, address: str, question: str, sequences: list[int]
) -> None:
    keep(dynamodb, *(a_record(BLACK, n) for n in (1, 2, 4, 5)))
    keep(dynamodb, a_record(BLACK, 3, transaction_type="order_placed", order_id="ORDER-1"))
    assert _sequences(audit, f"{address}?{question}", vendor) == sequences


@pytest.mark.parametrize("address", LISTS)
def test_a_cursor_from_outside_the_period_is_refused(
    audit: Client, vendor: str, dynamodb: Any, address: str
) -> None:
    keep(dynamodb, *(a_record(BLACK, n) for n in (1, 2, 3)))
    cursor = audit.get(f"{address}?limit=1", vendor).json["next_cursor"]
    answer = audit.get(f"{address}?to=2026-02-23T10:32:00Z&cursor={cursor}", vendor)
    assert (answer.status, answer.json["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("from=yesterday", "query.from"),
        ("from=2026-02-23", "query.from"),
        ("to=2026-02-23T10:30:00", "query.to"),
        ("to=", "query.to"),
        ("from=2026-02-23T10:30:00Z&to=2026-02-23T10:30:00Z", "query.to"),
        ("from=2026-02-24T10:30:00Z&to=2026-02-23T10:30:00Z", "query.to"),
        ("transaction_type=theft", "query.transaction_type"),
        ("order=newest", "query.order"),
        ("order=asc&order=desc", "query.order"),
        ("since=2026-02-23T10:30:00Z", "query.since"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_so(
    audit: Client, vendor: str, question: str, path: str
) -> None:
    answer = audit.get(f"{LISTS[0]}?{question}", vendor)
    assert (answer.status, answer.json["code"]) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]


@pytest.mark.parametrize("address", [LISTS[0], LISTS[2]])
def test_another_vendors_log_is_empty_also_when_nothing_on_the_page_is_of_the_type(
    audit: Client, tokens: Tokens, dynamodb: Any, address: str
) -> None:
    keep(dynamodb, *(a_record(BLACK, n) for n in (1, 2, 3)))
    answer = audit.get(f"{address}?transaction_type=refund&limit=1", tokens.vendor(OTHER_VENDOR))
    assert answer.json == {"items": [], "next_cursor": None}
