"""Whether a response is the expected refusal; and the calls to AWS, and the stored items, for comparison."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.client import BaseClient
from front_door import Answer, Client

from .sent import Sent

PROBLEM = "application/problem+json"
READS = frozenset({"BatchGetItem", "GetItem", "Query", "TransactGetItems"})
CONDITIONAL_WRITES = frozenset({"PutItem", "TransactWriteItems"})


@contextmanager
def aws_calls() -> Iterator[list[str]]:
    """Yield the list of all calls to AWS within the block, by any client, e.g. ``PutItem``."""
    calls: list[str] = []
    call = BaseClient._make_api_call

    def recorded(client: BaseClient, operation: str, arguments: Any) -> Any:
        calls.append(operation)
        return call(client, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", recorded)
        yield calls


def stored(dynamodb: Any) -> dict[str, list[str]]:
    """Return all items of all tables in a form that can be compared."""
    return {
        table: sorted(
            json.dumps(item, sort_keys=True, default=bytes.hex)
            for item in dynamodb.scan(TableName=table)["Items"]
        )
        for table in dynamodb.list_tables()["TableNames"]
    }


def deviations(
    client: Client, sent: Sent, status: int, code: str, name: str, *, may_call: Container[str] = ()
) -> list[str]:
    """Send a request, and return how the response deviates from a refusal.

    A refusal makes no calls to AWS but those of `may_call`.
    """
    with aws_calls() as calls:
        response = sent.to(client)
    request = f"{' '.join(sent.route)}, {name}"
    if response.headers.get("Content-Type") != PROBLEM:
        return [f"{request}: {describe(response)}, not {status} {code}"]
    found = []
    if (response.status, response.code) != (status, code):
        found.append(f"{request}: {describe(response)}, not {status} {code}")
    if (response.headers.get("WWW-Authenticate") == "Bearer") != (response.status == 401):
        found.append(f"{request}: WWW-Authenticate is {response.headers.get('WWW-Authenticate')}")
    forbidden = [call for call in calls if call not in may_call]
    if forbidden:
        found.append(f"{request}: refused, but called {', '.join(forbidden)}")
    return found


def describe(response: Answer) -> str:
    """Return status and code of a response."""
    is_problem = response.headers.get("Content-Type") == PROBLEM
    return f"{response.status} {response.code}" if is_problem else str(response.status)
