"""The declaration of a route: who may use it, what it accepts, what it returns.

`rest` checks requests against it, and the service's OpenAPI document is generated from it when the product is
built.  The parts that only the document needs are not used while requests are handled.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeVar

from chalice.app import Response

from .bodies import BodyType
from .budgets import BUDGETED_ROLES
from .errors import (
    Busy,
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    IdentityUnavailable,
    InternalError,
    InvalidCursor,
    InvalidEncoding,
    InvalidIdempotencyKey,
    InvalidInput,
    InvalidJson,
    InventoryError,
    OutcomeUnknown,
    PreconditionFailed,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from .events import EventType
from .exact_json import dumps
from .idempotency import IdempotencyKey
from .identity import Role
from .requests import PAGING, Parameter, Request
from .values import value

__all__ = ["NO_CONTENT", "PUBLIC", "Api", "Declaration", "ResponseSpec", "declaration_of", "route"]

PUBLIC: Final[frozenset[Role]] = frozenset()
"""The allowed roles of a public route.  A request may lack a token, but must not have an invalid one."""

_ATTRIBUTE: Final = "declaration"

B = TypeVar("B")
S = TypeVar("S")
P = ParamSpec("P")
_View = Callable[Concatenate[S, Request[B], P], Response]
"""A route's method: takes a checked request, and the path's parameters by name."""


@value
class Api:
    """The declaration of a service as a whole.

    Attributes
    ----------
    about
        The purpose of the service.
    version
        The semantic version of the API: a change that breaks clients raises the first number.
    folder
        The folder of the service's files: `openapi.json`, `asyncapi.json` and, in a package, the reference
        page's script.
    events
        The types of events that it publishes.
    """

    about: str
    version: str
    folder: Path
    events: tuple[EventType, ...] = ()


@value
class ResponseSpec:
    """The response of a route that succeeds.

    Attributes
    ----------
    shape
        The type of the JSON object: a dataclass, whose fields and properties the object has, or a TypedDict;
        for a list, the type of its items; `str` for text of another media type; None for a response without a
        body.
    status
        200, 201 or 204; a replayed command returns 200.
    etag
        Whether it has the version of a single resource in ``ETag``.
    location
        Whether it has the address of a created resource in ``Location``.
    replays
        Whether a repeated command is replayed even without an Idempotency-Key.
    whole_page
        Whether the shape of a list is that of the whole page rather than of its items.
    no_store
        Whether caches must not store it: a part of it changes without a new ``ETag``.
    may_finish_later
        Whether a command that has begun may finish by itself later: the response is then 202.
    per_item
        Whether it reports an outcome for each command in the body, so that no command makes the whole request
        busy.
    media_type
        The default media type.
    other_media_types
        Further media types, each with a sentence on how to request it and what it contains.
    """

    shape: Any
    status: int = 200
    etag: bool = False
    location: bool = False
    replays: bool = False
    whole_page: bool = False
    no_store: bool = False
    may_finish_later: bool = False
    per_item: bool = False
    media_type: str = "application/json"
    other_media_types: Mapping[str, str] = field(default_factory=dict)


NO_CONTENT: Final = ResponseSpec(None, status=204)
"""A response without a body."""


@value(kw_only=True)
class Declaration:
    """The declaration of one route; `route` documents its members."""

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
    reads_only: bool
    weight: Callable[[Any], int] | None
    response: ResponseSpec
    errors: Collection[type[InventoryError]]
    unavailable: type[Unavailable]

    @property
    def query_parameters(self) -> Mapping[str, Parameter]:
        """The query parameters, including those of a list."""
        # The route's own parameters come first, and its own `limit` replaces the common one.
        return {**self.query, **PAGING, **self.query} if self.paged else self.query

    def idempotency_key(
        self, principal: str, path_parameters: Mapping[str, str], key: str, body: Any
    ) -> IdempotencyKey:
        """Return the key of a request to this route, or of the same command in a batch.

        Parameters
        ----------
        principal
            The principal's name.
        path_parameters, body
            The decoded path parameters and the validated body: every spelling of a request has the same.
        key
            The Idempotency-Key that the client chose.
        """
        route = dumps([self.path, path_parameters], sort_keys=True)
        payload = {} if self.body is None else self.body.canonical(body)
        return IdempotencyKey.of(principal, self.method, route, key, dumps(payload, sort_keys=True))

    @property
    def possible_errors(self) -> frozenset[type[InventoryError]]:
        """Every error of its requests: those declared, and those that follow from what it accepts."""
        possible = {
            InvalidEncoding,
            InvalidInput,
            Unauthenticated,
            IdentityUnavailable,
            self.unavailable,
            InternalError,
        }
        if self.allowed_roles or self.allowed_roles_by_query:
            possible.add(Forbidden)
        if not self.allowed_roles or self.allowed_roles & BUDGETED_ROLES:
            possible.add(TooManyRequests)
        if self.body:
            possible |= {TooLarge, UnsupportedMediaType, InvalidJson}
        if self.paged:
            possible.add(InvalidCursor)
        if self.idempotency:
            possible.add(InvalidIdempotencyKey)
            if self.body:  # without one, requests with the same key are the same
                possible.add(IdempotencyKeyReused)
        if self.idempotency == "required" or self.key_required_with:
            possible.add(IdempotencyKeyRequired)
        if self.versioned:
            possible.add(PreconditionFailed)
        if not self.reads_only:
            possible |= {Busy, OutcomeUnknown}
        if self.response.per_item:
            possible -= {Busy, OutcomeUnknown, self.unavailable}
        return frozenset({*possible, *self.errors})


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
    reads_only: bool = False,
    weight: Callable[[B], int] | None = None,
    tag: str | None = None,
    errors: Collection[type[InventoryError]] = (),
    unavailable: type[Unavailable] = DatabaseUnavailable,
) -> Callable[[_View[S, B, P]], _View[S, B, P]]:
    """Declare a method to be a route; `RestService.add` registers it.

    Parameters
    ----------
    method, path
        The HTTP method, and the pattern, whose parameters are attribute names in `ids.PATTERNS`.
    allowed_roles
        The roles that may use the route; `PUBLIC` for everyone.
    response
        The response if it succeeds.
    body
        The type of the body: a class made by `bodies.body`, or a body type of that module.
    allowed_roles_by_query
        The roles that may send a certain value of a query parameter, instead of `allowed_roles`.
    query
        The query parameters apart from `limit` and `cursor`, or a `limit` of the route's own; any other
        parameter is refused.
    paged
        Whether it returns a list, with `limit` and `cursor`.
    body_required
        Whether a request without a body is refused; otherwise it is read as ``{}``.
    idempotency
        Whether an Idempotency-Key is required or accepted.
    key_required_with
        The member of the body that makes an optional key a required one.
    versioned
        Whether If-Match is accepted.
    reads_only
        Whether it changes nothing, although its method is not GET.
    weight
        Returns what a request with this body takes of its sender's budget; without it, each takes one.
    tag
        The group of routes in the service's document; by default the service's own name.
    errors
        The errors that do not follow from the other parameters: the route's own 404, 409 and 422.
    unavailable
        The error while the store that it reads is not available.
    """

    def declare(view: _View[S, B, P]) -> _View[S, B, P]:
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
            reads_only=reads_only or method == "GET",
            weight=weight,
            response=response,
            errors=errors,
            unavailable=unavailable,
        )
        setattr(view, _ATTRIBUTE, declaration)
        return view

    return declare


def declaration_of(method: object) -> Declaration | None:
    """Return the declaration of a method, None if it is not a route."""
    return getattr(method, _ATTRIBUTE, None)
