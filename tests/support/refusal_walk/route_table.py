"""A row for each route: which roles may use it, and a request to it that is valid in every respect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from front_door import ROLES

NOBODY = "nobody"
"""The role of a request without a token."""
EVERYBODY = frozenset({NOBODY, *ROLES})
ANOTHER_VENDOR = "VENDOR-999"

EMPTY = "an empty list"
SERVED = "served"

Route = tuple[str, str]
"""Method and pattern."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A route as the tests of its service state it.

    Attributes
    ----------
    allowed_roles
        The roles that may use it; "nobody" is a request without a token.
    checks_token
        Whether an invalid token is refused, even if the route needs none.
    another_vendor
        The response to a vendor who does not own the resource: the code of a problem, `EMPTY` or `SERVED`;
        None if vendors may not use the route.
    query, body
        Of the valid request.
    paths
        Path parameters of the valid request that are not those of the other routes.
    idempotency
        Whether an Idempotency-Key is required, optional, or not accepted (None).
    paged, versioned
        Whether it returns pages; whether it accepts If-Match.
    per_item
        Whether the response has a result for each command of the request.
    reads_only
        Whether it changes nothing, although its method is not GET.
    writing
        Replacements for members of the valid request (`Sent`), if that one is only a replay, so that it
        writes.
    absent, not_found
        Path parameters of a resource that does not exist, and the code of the response.
    throttled
        The code of the response while AWS throttles all calls.
    """

    allowed_roles: frozenset[str]
    checks_token: bool = True
    another_vendor: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    paths: Mapping[str, str] = field(default_factory=dict)
    idempotency: Literal["required", "optional"] | None = None
    paged: bool = False
    versioned: bool = False
    per_item: bool = False
    reads_only: bool = False
    writing: Mapping[str, Any] = field(default_factory=dict)
    absent: Mapping[str, str] | None = None
    not_found: str = ""
    throttled: str = "database_unavailable"

    def __post_init__(self) -> None:
        vendors_may = "vendor" in self.allowed_roles and self.checks_token
        assert vendors_may == (self.another_vendor is not None), "another_vendor is for routes of vendors"

    @property
    def is_public(self) -> bool:
        return NOBODY in self.allowed_roles


Table = Mapping[Route, Row]

OWN_ROUTES: Table = {
    ("GET", path): Row(allowed_roles=EVERYBODY, checks_token=False)
    for path in (
        "/health",
        "/openapi.json",
        "/asyncapi.json",
        "/docs",
        "/docs/events",
        "/docs/redoc.standalone.js",
    )
}
"""The routes of every service that are public and check no token."""
