"""The calls to DynamoDB that a client makes, noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["noted_calls", "noted_requests"]


@contextmanager
def noted_calls(client: Any) -> Iterator[list[str]]:
    """Yield the list of the client's calls from now on by name, botocore's retries included."""
    made: list[str] = []

    def note(request: Any, event_name: str, **_: Any) -> None:
        made.append(event_name.rpartition(".")[2])

    client.meta.events.register("before-send", note)
    try:
        yield made
    finally:
        client.meta.events.unregister("before-send", note)


@contextmanager
def noted_requests(client: Any) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Yield the list of the client's calls from now on, by name and parameters."""
    made: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        made.append((model.name, dict(params)))

    client.meta.events.register("provide-client-params.dynamodb", note)
    try:
        yield made
    finally:
        client.meta.events.unregister("provide-client-params.dynamodb", note)
