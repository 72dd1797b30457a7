"""Parts of the log: of a period, of one type, in ascending and descending order."""

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
    """Read a list page by page to its end."""
    found: list[int] = []
    cursor = ""
    while True:
        response = audit.get(f"{address}&limit=2{cursor}", token)
        assert response.status == 200, response.json
        found += [record["sequence"] for record in response.json["items"]]
        if response.json["next_cursor"] is None:
            return found
        cursor = f"&cursor={response.json['next_cursor']}"


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    ("query", "sequences"),
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
def test_the_pages_hold_exactly_the_records_that_match(
    audit: Client, vendor: str, dynamodb: Any, address: str, query: str, sequences: list[int]
) -> None:
    keep(dynamodb, *(a_record(BLACK, n) for n in (1, 2, 4, 5)))
    keep(dynamodb, a_record(BLACK, 3, transaction_type="order_placed", order_id="ORDER-1"))
    assert _sequences(audit, f"{address}?{query}", vendor) == sequences


@pytest.mark.parametrize("address", LISTS)
def test_a_cursor_from_outside_the_period_is_refused(
    audit: Client, vendor: str, dynamodb: Any, address: str
) -> None:
    keep(dynamodb, *(a_record(BLACK, n) for n in (1, 2, 3)))
    cursor = audit.get(f"{address}?limit=1", vendor).json["next_cursor"]
    response = audit.get(f"{address}?to=2026-02-23T10:32:00Z&cursor={cursor}", vendor)
    assert (response.status, response.json["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("query", "path"),
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
def test_an_invalid_query_parameter_is_named(audit: Client, vendor: str, query: str, path: str) -> None:
    response = audit.get(f"{LISTS[0]}?{query}", vendor)
    assert (response.status, response.json["code"]) == (422, "invalid_input")
    assert [error["path"] for error in response.json["errors"]] == [path]


@pytest.mark.parametrize("address", [LISTS[0], LISTS[2]])
def test_another_vendors_log_appears_empty_even_if_no_record_of_the_page_has_the_type(
    audit: Client, tokens: Tokens, dynamodb: Any, address: str
) -> None:
    keep(dynamodb, *(a_record(BLACK, n) for n in (1, 2, 3)))
    response = audit.get(f"{address}?transaction_type=refund&limit=1", tokens.vendor(OTHER_VENDOR))
    assert response.json == {"items": [], "next_cursor": None}
