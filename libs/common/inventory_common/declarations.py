"""What a route declares, once: who may use it, what it accepts, what it returns.

Requests are checked by a declaration (`rest`), and the service's OpenAPI document is generated from it when
the product is built.  What is here for the document alone is not used while requests are handled.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeVar

from chalice.app import Response

from .bodies import BodyType
from .errors import (
    Busy,
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    IdentityUnavailable,
    InternalError,
    InvalidCursor,
    InvalidIdempotencyKey,
    InvalidInput,
    InvalidJson,
    InventoryError,
    PreconditionFailed,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from .identity import Role
from .requests import PAGING, Parameter, Request
from .values import value

__all__ = ["NO_CONTENT", "PUBLIC", "Api", "Declaration", "ResponseSpec", "declaration_of", "route"]

PUBLIC: Final[frozenset[Role]] = frozenset()
"""The roles of a route for anybody; a token that is sent must be valid all the same."""

_ATTRIBUTE: Final = "declaration"

B = TypeVar("B")
S = TypeVar("S")
P = ParamSpec("P")
View = Callable[Concatenate[S, Request[B], P], Response]
"""A route's method: takes a checked request, and the path's parameters by name."""


@value
class Api:
    """What a service declares as a whole.

    Attributes
    ----------
    about
        What it is for.
    version
        Semantic: a change that breaks clients raises its first number.
    folder
        Where the service's files are: `openapi.json`, and in a package the reference page's script.
    """

    about: str
    version: str
    folder: Path


@value
class ResponseSpec:
    """What a route returns if it succeeds.

    Attributes
    ----------
    shape
        Of the JSON object: a dataclass, whose fields and properties it has, or a TypedDict; of a list, that
        of its items; `str` for text of another media type; None for a response without a body.
    status
        200, 201 or 204; a replayed command returns 200.
    etag
        Whether it carries the version of a single resource.
    location
        Whether it carries the address of a created resource.
    replays
        Whether a repeated command is replayed, also where no Idempotency-Key is accepted.
    whole_page
        Of a list, whether the shape is that of the whole page rather than of its items.
    per_item
        Whether it reports an outcome for each command in the body, so that none makes the whole request busy.
    media_type
        The default media type.
    other_media_types
        Further media types, each with a sentence on how to ask for it and what it holds.
    """

    shape: Any
    status: int = 200
    etag: bool = False
    location: bool = False
    replays: bool = False
    whole_page: bool = False
    per_item: bool = False
    media_type: str = "application/json"
    other_media_types: Mapping[str, str] = field(default_factory=dict)


NO_CONTENT: Final = ResponseSpec(None, status=204)
"""A response without a body."""


@value(kw_only=True)
class Declaration:
    """What one route declares; `route` documents its members."""

    method: str
    path: str
    tag: str | None
    allowed_roles: frozenset[Role]
    allowed_roles_by_query: Mapping[tuple[str, str], Collection[Role]]
    query: Mapping[str, Parameter]
    paged: bool
    body: BodyType[Any] | None
    body_required: bool
    idempotency: Literal["required", "optional"] | None
    key_required_with: str | None
    versioned: bool
    response: ResponseSpec
    errors: Collection[type[InventoryError]]
    unavailable: type[Unavailable]

    @property
    def query_parameters(self) -> Mapping[str, Parameter]:
        """The query's parameters, including those of a list."""
        # A `limit` of its own replaces the common one, and its own parameters come first.
        return {**self.query, **PAGING, **self.query} if self.paged else self.query

    @property
    def possible_errors(self) -> frozenset[type[InventoryError]]:
        """Every error that its requests can meet: those named, and those that follow from what it accepts."""
        found = {InvalidInput, Unauthenticated, IdentityUnavailable, self.unavailable, InternalError}
        if self.allowed_roles or self.allowed_roles_by_query:
            found.add(Forbidden)
        if self.body:
            found |= {TooLarge, UnsupportedMediaType, InvalidJson}
        if self.paged:
            found.add(InvalidCursor)
        if self.idempotency:
            found |= {InvalidIdempotencyKey, IdempotencyKeyReused}
        if self.idempotency == "required" or self.key_required_with:
            found.add(IdempotencyKeyRequired)
        if self.versioned:
            found.add(PreconditionFailed)
        if self.method != "GET":
            found.add(Busy)
        if self.response.per_item:
            found -= {Busy, self.unavailable}
        return frozenset({*found, *self.errors})


def route(
    method: str,
    path: str,
    *,
    allowed_roles: Collection[Role],
    response: ResponseSpec,
    body: type[B] | BodyType[B] | None = None,
    allowed_roles_by_query: Mapping[tuple[str, str], Collection[Role]] | None = None,
    query: Mapping[str, Parameter] | None = None,
    paged: bool = False,
    body_required: bool = True,
    idempotency: Literal["required", "optional"] | None = None,
    key_required_with: str | None = None,
    versioned: bool = False,
    tag: str | None = None,
    errors: Collection[type[InventoryError]] = (),
    unavailable: type[Unavailable] = DatabaseUnavailable,
) -> Callable[[View[S, B, P]], View[S, B, P]]:
    """Declare a method to be a route; `RestService.add` registers it.

    Parameters
    ----------
    method, path
        The HTTP method, and the pattern, whose parameters carry attribute names of `ids.PATTERNS`.
    allowed_roles
        The roles that may use it; `PUBLIC` for anybody.
    response
        What it returns if it succeeds.
    body
        The type of the body: a class made by `bodies.body`, or a body type of that module.
    allowed_roles_by_query
        Instead of `allowed_roles`, the roles that may send a certain value of a query parameter.
    query
        The query parameters beside `limit` and `cursor`, or a `limit` of its own; any other is refused.
    paged
        Whether it is a list, with `limit` and `cursor`.
    body_required
        Whether a request without a body is refused; otherwise it counts as ``{}``.
    idempotency
        Whether an Idempotency-Key is required or accepted.
    key_required_with
        The member of the body that makes an optional key a required one.
    versioned
        Whether If-Match is accepted.
    tag
        The group that it is shown in; the service's own name by default.
    errors
        The errors that do not follow from the rest: its own 404, 409 and 422.
    unavailable
        The error while the store that it reads does not answer.
    """

    def declare(view: View[S, B, P]) -> View[S, B, P]:
        declaration = Declaration(
            method=method,
            path=path,
            tag=tag,
            allowed_roles=frozenset(allowed_roles),
            allowed_roles_by_query=allowed_roles_by_query or {},
            query=query or {},
            paged=paged,
            body=None if body is None else BodyType.of(body),
            body_required=body_required,
            idempotency=idempotency,
            key_required_with=key_required_with,
            versioned=versioned,
            response=response,
            errors=errors,
            unavailable=unavailable,
        )
        setattr(view, _ATTRIBUTE, declaration)
        return view

    return declare


def declaration_of(method: object) -> Declaration | None:
    """Return what a method declares, None if it is not a route."""
    return getattr(method, _ATTRIBUTE, None)
