"""The parts of a request that a route declares, checked in the order of design 4.

`rest` decides on 401 and 403 before these checks; their own order is 413 and 415, then 400, then 422.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from urllib.parse import unquote, urlencode
from uuid import uuid4

from . import exact_json
from .attributes import AnyText, AttributeType, MemberNames, Moment, OneOf, WholeNumber
from .errors import (
    IdempotencyKeyRequired,
    InvalidEncoding,
    InvalidIdempotencyKey,
    InvalidInput,
    InvalidJson,
    TooLarge,
    UnsupportedMediaType,
)
from .ids import FORMS, is_id
from .limits import (
    BULK_PAGE_MAX_ITEMS,
    IDEMPOTENCY_KEY_MAX_CHARACTERS,
    PAGE_DEFAULT_ITEMS,
    PAGE_MAX_ITEMS,
    REQUEST_BODY_MAX_BYTES,
    REQUEST_ID_MAX_CHARACTERS,
)
from .pages import PageRequest, Period, Position, decode_cursor
from .values import value

if TYPE_CHECKING:
    from .bodies import Errors
    from .idempotency import IdempotencyKey
    from .identity import Principal, Scope
    from .preconditions import IfMatch

__all__ = [
    "FIELDS",
    "IDEMPOTENCY_KEY",
    "MOMENT",
    "ORDER",
    "PAGING",
    "Parameter",
    "ProxyEvent",
    "Request",
    "bulk_paging",
    "path_errors",
    "read_json",
    "read_period",
    "read_query",
    "require_range",
]

IDEMPOTENCY_KEY: Final = rf"[\x21-\x7e]{{1,{IDEMPOTENCY_KEY_MAX_CHARACTERS}}}"
"""The pattern of an Idempotency-Key."""
_REQUEST_ID: Final = re.compile(rf"[A-Za-z0-9._:-]{{1,{REQUEST_ID_MAX_CHARACTERS}}}")
_IDEMPOTENCY_KEY: Final = re.compile(IDEMPOTENCY_KEY)
_REPLACEMENT: Final = "\ufffd"
"""What a gateway puts in the place of bytes that are not UTF-8: the service never sees them themselves."""
_JSON_TYPES: Final = ("application/json", "application/merge-patch+json")

MOMENT: Final = Moment()
"""The type of a parameter that bounds a period."""
ORDER: Final = OneOf(("asc", "desc"))
"""The type of a parameter that orders a list."""
FIELDS: Final = "fields"
"""The parameter that selects members of the items of a list; without it, items have all members."""

B = TypeVar("B")


@value
class Parameter:
    """A query parameter: its type, and its description in the service's document."""

    type: AttributeType
    description: str
    required: bool = False
    default: Any = None


def read_period(query: Mapping[str, Any], first: str, end: str, *, order: str = "order") -> Period:
    """Return the period that two query parameters bound, in the order that a third one names.

    Raises
    ------
    InvalidInput
        If the period is empty.
    """
    period = Period(query[first], query[end], descending=query.get(order) == "desc")
    if period.first is not None and period.end is not None and period.end <= period.first:
        raise InvalidInput([(f"query.{end}", f"should be later than {first}")])
    return period


def require_range(query: Mapping[str, Any], least: str, most: str) -> None:
    """Check that the range between two query parameters is not empty.

    Raises
    ------
    InvalidInput
    """
    if query[least] is not None and query[most] is not None and query[most] < query[least]:
        raise InvalidInput([(f"query.{most}", f"should not be below {least}")])


@value
class Request(Generic[B]):
    """A request that passed every check that its route declares; the route turns it into a command."""

    principal: Principal
    scope: Scope
    request_id: str
    path: str
    path_parameters: Mapping[str, str]
    query: Mapping[str, Any]
    page: PageRequest
    body: B
    idempotency_key: IdempotencyKey | None
    if_match: IfMatch
    query_as_sent: Mapping[str, list[str]]
    accept: str

    def address_of_page(self, cursor: str) -> str:
        """Return the address of the page of this list that begins at a cursor."""
        return f"{self.path}?{urlencode({**self.query_as_sent, 'cursor': [cursor]}, doseq=True)}"


class ProxyEvent:
    """An API Gateway proxy event, whose parts are read in the order of the checks."""

    __slots__ = ("_event", "_headers", "request_id")

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event
        self._headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        sent = self.header("x-request-id") or ""
        self.request_id = sent if _REQUEST_ID.fullmatch(sent) else str(uuid4())

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self._event["requestContext"]["httpMethod"])

    @property
    def resource(self) -> str:
        """The route's pattern, or the raw path where no route matches."""
        return str(self._event["requestContext"]["resourcePath"])

    @property
    def path(self) -> str:
        """The path that the client sent, including the stage if there is one, without a slash at its end."""
        return str(self._event["requestContext"].get("path") or self._event["path"]).rstrip("/") or "/"

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name."""
        return self._headers.get(name)

    def path_parameters(self) -> dict[str, str]:
        """Return the path parameters, percent-decoded exactly once."""
        encoded = self._event.get("pathParameters") or {}
        return {name: unquote(value) for name, value in encoded.items()}

    def query_parameters(self) -> dict[str, list[str]]:
        """Return the query as it was sent, decoded: each name with all its values."""
        return dict(self._event.get("multiValueQueryStringParameters") or {})

    def require_utf_8(self) -> None:
        """Check that the path parameters and the query are UTF-8.

        Raises
        ------
        InvalidEncoding
        """
        query = self.query_parameters()
        sent = [
            *(("path", text) for text in self.path_parameters().values()),
            *(("query", text) for name, texts in query.items() for text in (name, *texts)),
        ]
        for part, text in sent:
            if _REPLACEMENT in text:
                raise InvalidEncoding(f"The {part} is not UTF-8, percent-encoded.")

    def idempotency_key(self, required: bool) -> str | None:
        """Return the Idempotency-Key.

        Raises
        ------
        IdempotencyKeyRequired
            If there is none, and the route requires one.
        InvalidIdempotencyKey
            If it is not 1 to 255 printable ASCII characters without spaces.
        """
        key = self.header("idempotency-key")
        if key is None:
            if required:
                raise IdempotencyKeyRequired("Repeat the request with an Idempotency-Key header.")
        elif not _IDEMPOTENCY_KEY.fullmatch(key):
            raise InvalidIdempotencyKey(
                f"An Idempotency-Key is 1 to {IDEMPOTENCY_KEY_MAX_CHARACTERS} printable ASCII characters, "
                "none of them a space."
            )
        return key

    def body(self) -> bytes:
        """Return the body.

        Raises
        ------
        TooLarge
            If it is over the limit.
        UnsupportedMediaType
            If there is one, and its Content-Type is not JSON; an absent Content-Type counts as JSON.
        """
        sent = self._event.get("body") or ""
        body = b64decode(sent) if self._event.get("isBase64Encoded") else sent.encode(errors="surrogatepass")
        if len(body) > REQUEST_BODY_MAX_BYTES:
            raise TooLarge(f"A body is at most {REQUEST_BODY_MAX_BYTES} bytes; this one has {len(body)}.")
        media_type = (self.header("content-type") or _JSON_TYPES[0]).partition(";")[0].strip().lower()
        if body and media_type not in _JSON_TYPES:
            raise UnsupportedMediaType(f"Send application/json instead of {media_type}.")
        return body

    def cursor(self) -> Position | None:
        """Return the position that the query's cursor holds; `read_query` refuses a repeated one."""
        given = self.query_parameters().get("cursor")
        return decode_cursor(given[0]) if given else None


def read_json(body: bytes, required: bool) -> Any:
    """Return the body's JSON value; an absent body that is not required counts as ``{}``."""
    if body:
        return exact_json.loads(body)
    if required:
        raise InvalidJson("The request needs a JSON body.")
    return {}


def path_errors(parameters: Mapping[str, str]) -> Errors:
    """Return what is wrong with the ids in the path."""
    return [
        (f"path.{name}", f"should be {FORMS[name]}")
        for name, value in parameters.items()
        if not is_id(name, value)
    ]


def read_query(
    sent: Mapping[str, list[str]], declared: Mapping[str, Parameter]
) -> tuple[dict[str, Any], Errors]:
    """Return the values of the declared parameters, and what is wrong with the query."""
    values: dict[str, Any] = {}
    errors = [
        (f"query.{name}", "is not a parameter of this request") for name in sorted(sent.keys() - declared)
    ]
    for name, parameter in declared.items():
        given = sent.get(name)
        values[name] = parameter.default
        try:
            if given is None:
                if parameter.required:
                    raise ValueError("is required")
            elif len(given) > 1:
                raise ValueError("should be given once")
            else:
                values[name] = parameter.type.from_text(given[0])
        except ValueError as error:
            errors.append((f"query.{name}", str(error)))
    return values, errors


PAGING: Final[Mapping[str, Parameter]] = {
    "limit": Parameter(
        WholeNumber(1, PAGE_MAX_ITEMS), "The maximum number of items of a page.", default=PAGE_DEFAULT_ITEMS
    ),
    "cursor": Parameter(AnyText(), "`next_cursor` of the previous page; opaque."),
}


def bulk_paging(members: Sequence[str]) -> dict[str, Parameter]:
    """Return the query parameters, beside the cursor, of a list that clients read as a whole.

    Parameters
    ----------
    members
        The names of the members of an item.
    """
    return {
        "limit": Parameter(
            WholeNumber(1, BULK_PAGE_MAX_ITEMS),
            "The maximum number of items of a page. A page holds less than 1 MB of items as they are stored, "
            "so it may have fewer.",
            default=PAGE_DEFAULT_ITEMS,
        ),
        FIELDS: Parameter(
            MemberNames(tuple(members)),
            "The members that each item has, separated by commas; by default all.",
        ),
    }
