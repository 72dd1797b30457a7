"""A request to a route, and ways to change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from front_door import Answer, Client, write

from inventory_common.limits import REQUEST_BODY_MAX_BYTES

from .route_table import Route, Row


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request to a route; `tail` is appended to the JSON of the body."""

    route: Route
    paths: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    body: Any
    headers: Mapping[str, str]
    token: str | None
    tail: str = ""

    @classmethod
    def right(cls, route: Route, row: Row, paths: Mapping[str, str], token: str | None) -> Sent:
        """Return the request of a row, which is valid in every respect."""
        headers = {} if row.idempotency is None else {"idempotency_key": "key-of-the-walk"}
        paths = {**paths, **row.paths}
        return cls(route=route, paths=paths, query=row.query, body=row.body, headers=headers, token=token)

    def to(self, client: Client) -> Answer:
        """Send it."""
        method, pattern = self.route
        address = pattern.format(**self.paths)
        if self.query:
            address += f"?{urlencode(self.query)}"
        body = None if self.body is None else write(self.body) + self.tail
        return client.send(method, address, self.token, body, **self.headers)


Change = Callable[[Sent], Sent]


def with_header(**headers: str) -> Change:
    return lambda sent: replace(sent, headers={**sent.headers, **headers})


def without_header(name: str) -> Change:
    return lambda sent: replace(
        sent, headers={other: value for other, value in sent.headers.items() if other != name}
    )


def with_members(**members: Any) -> Change:
    return lambda sent: replace(sent, body=sent.body | members)


def with_paths(**paths: str) -> Change:
    return lambda sent: replace(sent, paths={**sent.paths, **paths})


def with_query(name: str, value: str) -> Change:
    return lambda sent: replace(sent, query=(*sent.query, (name, value)))


def without_query(name: str) -> Change:
    return lambda sent: replace(sent, query=tuple(given for given in sent.query if given[0] != name))


def with_token(token: str | None) -> Change:
    return lambda sent: replace(sent, token=token)


def with_tail(tail: str) -> Change:
    return lambda sent: replace(sent, tail=sent.tail + tail)


def too_large(sent: Sent) -> Sent:
    """Make the body one byte larger than the limit."""
    sent_bytes = len((write(sent.body) + sent.tail).encode())
    return with_tail(" " * (REQUEST_BODY_MAX_BYTES + 1 - sent_bytes))(sent)


def wrongly_signed(sent: Sent) -> Sent:
    """Make the signature of the token invalid."""
    assert sent.token is not None
    signed, _, signature = sent.token.rpartition(".")
    return replace(sent, token=f"{signed}.{signature[::-1]}")
