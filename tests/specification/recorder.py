"""A relay between the services and DynamoDB that records each call, also retries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer

from tests.integration.relay import Relay

SERVICE = "DynamoDB_20120810."
READS = {"GetItem", "BatchGetItem", "Query"}
WRITES = {"PutItem", "UpdateItem", "TransactWriteItems"}
ONLY_NEW = "attribute_not_exists(transaction_id)"


@dataclass(frozen=True)
class Read:
    """A read as the specification writes it; `key_condition` is its key, or its key condition with values."""

    operation: str
    table: str
    index: str | None
    key_condition: str
    consistent: bool
    filter: str | None = None


class Action(NamedTuple):
    """One part of a transaction: ``Put``, ``Update``, ``Delete`` or ``ConditionCheck``."""

    kind: str
    table: str
    request: Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """A call of DynamoDB: the operation, its body as it was sent, and the region that it was signed for."""

    operation: str
    request: Mapping[str, Any]
    region: str

    @property
    def read(self) -> Read:
        request = self.request
        if self.operation == "GetItem":
            key_condition = " AND ".join(
                f"{name} = {_plain(value)!r}" for name, value in request["Key"].items()
            )
        else:
            key_condition = self._with_values(request.get("KeyConditionExpression", ""))
        return Read(
            self.operation,
            request.get("TableName", ""),
            request.get("IndexName"),
            key_condition,
            request.get("ConsistentRead", False),
            self._with_values(request["FilterExpression"]) if "FilterExpression" in request else None,
        )

    @property
    def actions(self) -> list[Action]:
        """The actions of a write: those of a transaction, or the single one of another operation."""
        if self.operation != "TransactWriteItems":
            return [Action(self.operation.removesuffix("Item"), self.request["TableName"], self.request)]
        return [
            Action(kind, part["TableName"], part)
            for action in self.request["TransactItems"]
            for kind, part in action.items()
        ]

    def _with_values(self, expression: str) -> str:
        names = self.request.get("ExpressionAttributeNames", {})
        values = self.request.get("ExpressionAttributeValues", {})

        def meaning(placeholder: re.Match[str]) -> str:
            text = placeholder[0]
            return str(names[text]) if text.startswith("#") else repr(_plain(values[text]))

        return re.sub(r"[#:]\w+", meaning, expression)


class Recorder(Relay):
    """A relay that records whole calls."""

    def __init__(self, endpoint_url: str) -> None:
        super().__init__(endpoint_url)
        self._recordings: list[list[Call]] = []

    @contextmanager
    def recording(self) -> Iterator[list[Call]]:
        """Yield the list of calls within the block; blocks may be nested."""
        calls: list[Call] = []
        self._recordings.append(calls)
        try:
            yield calls
        finally:
            self._recordings.remove(calls)

    def forward(
        self, path: str, headers: Any, body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        target = headers.get("X-Amz-Target", "")
        if target.startswith(SERVICE):
            scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/dynamodb/", headers.get("Authorization", ""))
            call = Call(target.removeprefix(SERVICE), json.loads(body), scope[1] if scope else "")
            for calls in tuple(self._recordings):
                calls.append(call)
        return super().forward(path, headers, body)


def assert_allowed(calls: list[Call]) -> None:
    """Assert that no call scans or deletes anything, or changes a record of the log."""
    for call in calls:
        assert call.operation in READS | WRITES, f"no service should call {call.operation}: {call.request}"
        if call.operation not in WRITES:
            continue
        for action in call.actions:
            assert action.kind != "Delete", action
            if action.table == "StockTransactions":
                assert (call.operation, action.kind) == ("TransactWriteItems", "Put"), action
                assert action.request.get("ConditionExpression") == ONLY_NEW, action


def _plain(value: Mapping[str, Any]) -> Any:
    plain = TypeDeserializer().deserialize(value)
    return int(plain) if isinstance(plain, Decimal) and plain == int(plain) else plain
