"""What a route says of itself, once: who may use it, what it takes, what it answers.

Requests are checked by it (`rest`), and the service's OpenAPI document is written from it when the product is
built.  Of what is here for the document alone, nothing is looked at while requests are answered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Final, Literal

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
from .requests import PAGING, Parameter
from .values import value

__all__ = ["DONE", "Api", "Declaration", "ResponseSpec"]


@value
class Api:
    """What a service says of itself as a whole.

    Attributes
    ----------
    about
        What it is for.
    version
        Semantic: a change that clients have to follow raises its first number.
    folder
        Where the service's files are: `openapi.json`, and in a package the reference page's program.
    """

    about: str
    version: str
    folder: Path


@value
class ResponseSpec:
    """What a route answers if all goes well.

    Attributes
    ----------
    shape
        Of the JSON object: a dataclass, whose fields and properties it has, or a TypedDict; of a list, that
        of its items; `str` for a text of another media type; None for an answer without a body.
    status
        200, 201 or 204; a command that had been done before answers 200.
    etag
        Whether it carries the version of a single resource.
    location
        Whether it says where a created resource is.
    replays
        Whether a repeated command is answered as done before, also where no Idempotency-Key is understood.
    whole_page
        Of a list, whether the shape is that of the whole page rather than of its items.
    severally
        Whether it tells of each command in the body what became of it, so that it is busy for none of them.
    media_type
        What the answer is if nothing else was asked for.
    also
        Further media types, each with a sentence that says how to ask for it and what it holds.
    """

    shape: Any
    status: int = 200
    etag: bool = False
    location: bool = False
    replays: bool = False
    whole_page: bool = False
    per_item: bool = False
    media_type: str = "application/json"
    also: Mapping[str, str] = field(default_factory=dict)


DONE: Final = ResponseSpec(None, status=204)
"""Nothing to show: done."""


@value(kw_only=True)
class Declaration:
    """One route; `RestService.route` says what the parts mean."""

    path: str
    method: str
    tag: str | None = None
    allowed_roles: frozenset[Role]
    allowed_roles_by_query: Mapping[tuple[str, str], Collection[Role]] = field(default_factory=dict)
    query: Mapping[str, Parameter] = field(default_factory=dict)
    paged: bool = False
    body: str | None = None
    body_required: bool = True
    idempotency: Literal["required", "optional"] | None = None
    key_required_with: str | None = None
    versioned: bool = False
    serves: ResponseSpec | None = None
    errors: Collection[type[InventoryError]] = ()
    unavailable: type[Unavailable] = DatabaseUnavailable

    @property
    def query_parameters(self) -> Mapping[str, Parameter]:
        """The query's parameters, those of a list included."""
        # A limit of its own stands for the common one, and its own come first.
        return {**self.query, **PAGING, **self.query} if self.paged else self.query

    @property
    def possible_errors(self) -> frozenset[type[InventoryError]]:
        """Every outcome that its requests can meet: what it names, and what follows from what it takes."""
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
        if self.serves and self.serves.per_item:
            found -= {Busy, self.unavailable}
        return frozenset({*found, *self.errors})
