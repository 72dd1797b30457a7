"""The calls to DynamoDB of each request: they determine its cost and its latency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from front_door import Client, Tokens

from .ledger import BLACK, PRODUCT, VENDOR, a_record, keep


@pytest.fixture
def calls(audit: Client, service_module: Any, dynamodb: Any) -> Iterator[list[tuple[str, bool]]]:
    """Every call to DynamoDB from now on, retries included, and whether its read is consistent."""
    keep(dynamodb, *(a_record(BLACK, n) for n in range(1, 4)))
    made: list[tuple[str, bool]] = []

    def count(request: Any, event_name: str, **_: Any) -> None:
        made.append((event_name.rpartition(".")[2], b'"ConsistentRead": true' in request.body))

    events = service_module.transactions.records.log._client.meta.events
    events.register("before-send", count)
    yield made
    events.unregister("before-send", count)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (f"/transactions/{a_record().transaction_id}", [("Query", True)]),
        (f"/products/{PRODUCT}/transactions", [("Query", False)]),
        (f"/vendors/{VENDOR}/transactions", [("Query", False)]),
        (f"/skus/{BLACK}/transactions", [("Query", False)]),
        ("/health", []),
    ],
)
def test_a_request_is_one_query(
    audit: Client, tokens: Tokens, calls: list[Any], address: str, expected: list[Any]
) -> None:
    assert audit.get(address, tokens.vendor()).status == 200
    assert calls == expected


def test_a_refused_request_makes_no_query(audit: Client, tokens: Tokens, calls: list[Any]) -> None:
    audit.get(f"/skus/{BLACK}/transactions")
    audit.get(f"/vendors/{VENDOR}-2/transactions", tokens.vendor())
    audit.get(f"/skus/{BLACK}/transactions?cursor=rubbish", tokens.vendor())
    audit.get(f"/skus/{BLACK}/transactions?limit=0", tokens.vendor())
    assert calls == []
