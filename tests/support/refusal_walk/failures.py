"""Failures that are not the client's fault: of AWS, and of the token issuer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectionClosedError

from inventory_common.errors import IdentityUnavailable
from inventory_common.identity import TokenVerifier
from inventory_common.retry_policy import RetryPolicy

WRITES = frozenset({"DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"})

ErrorOf = Callable[[Any, str, Mapping[str, Any]], Exception | None]
"""Returns the error of a call (client, operation, arguments), or None to let it through."""


@dataclass(frozen=True)
class Failure:
    """A failure while the block of `happens()` runs, and the response that it must cause."""

    status: int
    code: str
    happens: Callable[[], AbstractContextManager[None]]


@contextmanager
def _failing_calls(error_of: ErrorOf) -> Iterator[None]:
    call = BaseClient._make_api_call

    def failing(client: BaseClient, operation: str, arguments: Any) -> Any:
        if (error := error_of(client, operation, arguments)) is not None:
            raise error
        return call(client, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", failing)
        yield


@contextmanager
def _failing_writes(error_of: ErrorOf) -> Iterator[None]:
    """Fail calls for as long as they are retried: the pauses between the attempts pass at once."""
    attempts = RetryPolicy.attempts

    def without_pauses(policy: RetryPolicy, deadline: float | None = None) -> Iterator[int]:
        paused = 0.0

        def pause(seconds: float) -> None:
            nonlocal paused
            paused += seconds

        return attempts(replace(policy, monotonic=lambda: policy.monotonic() + paused, sleep=pause), deadline)

    with _failing_calls(error_of), pytest.MonkeyPatch.context() as patch:
        patch.setattr(RetryPolicy, "attempts", without_pauses)
        yield


def _conflict(client: Any, operation: str, arguments: Mapping[str, Any]) -> Exception | None:
    """Return the error of a write that conflicts with another."""
    if operation not in WRITES:
        return None
    if operation != "TransactWriteItems":
        existing = client.get_item(TableName=arguments["TableName"], Key=arguments["Key"])
        if operation == "UpdateItem" and "Item" not in existing:
            return None  # the services' conditions of updates are true of an absent item
        failed = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": existing.get("Item")}
        failure: Exception = client.exceptions.ConditionalCheckFailedException(failed, operation)
        return failure
    reasons = [{"Code": "TransactionConflict"} for _ in arguments["TransactItems"]]
    cancelled = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    transaction_failure: Exception = client.exceptions.TransactionCanceledException(cancelled, operation)
    return transaction_failure


def _unanswered(client: Any, operation: str, arguments: Mapping[str, Any]) -> Exception | None:
    """Return the error of a write whose answer is lost."""
    return ConnectionClosedError(endpoint_url="https://dynamodb") if operation in WRITES else None


@contextmanager
def _unreachable_keys() -> Iterator[None]:
    def unreachable(*_: Any) -> Any:
        raise IdentityUnavailable("The token issuer's keys cannot be fetched.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TokenVerifier, "principal", unreachable)
        yield


_THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")

FAILURES: Mapping[str, Failure] = {
    "a defect": Failure(500, "internal_error", lambda: _failing_calls(lambda *_: RuntimeError("a defect"))),
    "throttled": Failure(503, "database_unavailable", lambda: _failing_calls(lambda *_: _THROTTLED)),
    "busy": Failure(503, "busy", lambda: _failing_writes(_conflict)),
    "unanswered": Failure(503, "outcome_unknown", lambda: _failing_writes(_unanswered)),
    "no keys": Failure(503, "identity_unavailable", _unreachable_keys),
}
