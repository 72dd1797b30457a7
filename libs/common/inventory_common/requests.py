"""What a route needs of a request, checked in the order of design 4.

401 and 403 are decided in `rest` before any of this; here come 413 and 415, then 400, then 422.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlencode
from uuid import uuid4

from . import exact_json
from .errors import (
    IdempotencyKeyRequired,
    InvalidIdempotencyKey,
    InvalidInput,
    InvalidJson,
    TooLarge,
    UnsupportedMediaType,
)
from .ids import PATTERNS, is_id
from .limits import (
    IDEMPOTENCY_KEY_MAX_CHARACTERS,
    MONEY_DECIMAL_PLACES,
    MONEY_MAX,
    PAGE_DEFAULT_ITEMS,
    PAGE_MAX_ITEMS,
    REQUEST_BODY_MAX_BYTES,
    REQUEST_ID_MAX_CHARACTERS,
)
from .pages import PageRequest, Period, Position, decode_cursor
from .timestamps import TIMESTAMP_FORM, timestamp
from .values import value

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from .idempotency import IdempotencyKey
    from .identity import Principal, Scope
    from .preconditions import IfMatch

__all__ = [
    "IDEMPOTENCY_KEY",
    "PAGING",
    "Errors",
    "Form",
    "Parameter",
    "ProxyEvent",
    "Request",
    "amount",
    "moment",
    "one_of",
    "path_errors",
    "read_body",
    "read_json",
    "read_period",
    "read_query",
    "require_range",
    "text",
    "whole_number",
]

IDEMPOTENCY_KEY: Final = rf"[\x21-\x7e]{{1,{IDEMPOTENCY_KEY_MAX_CHARACTERS}}}"
"""The form of an Idempotency-Key."""
_REQUEST_ID: Final = re.compile(rf"[A-Za-z0-9._:-]{{1,{REQUEST_ID_MAX_CHARACTERS}}}")
_PRINTABLE: Final = re.compile(IDEMPOTENCY_KEY)
_AMOUNT: Final = re.compile(rf"[0-9]{{1,7}}(\.[0-9]{{1,{MONEY_DECIMAL_PLACES}}})?")
_JSON_TYPES: Final = ("application/json", "application/merge-patch+json")
_CONTROL_OR_SURROGATE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NO_CONTROL: Final = r"^[^\x00-\x1f\x7f-\x9f]+$"

Errors = list[tuple[str, str]]
"""``(path, message)`` for everything wrong."""


@value
class Form:
    """A form that a text in a query can have.

    Attributes
    ----------
    read
        Turns the text into a value, or raises ValueError with what it must be.
    schema
        The same as a JSON Schema, for the service's document.
    """

    read: Callable[[str], Any]
    schema: Mapping[str, Any]

    def __call__(self, value: str) -> Any:
        """Read a text."""
        return self.read(value)


@value
class Parameter:
    """A query parameter; the service's document needs its `description`, and a `Form` as its type."""

    form: Callable[[str], Any]
    description: str = ""
    required: bool = False
    default: Any = None


def text(max_characters: int) -> Form:
    """Return the form of texts of 1 to `max_characters`, without control characters."""

    def read(value: str) -> str:
        if not 1 <= len(value) <= max_characters or _CONTROL_OR_SURROGATE.search(value):
            raise ValueError(f"must be 1 to {max_characters} characters, none of them a control character")
        return value

    schema = {"type": "string", "minLength": 1, "maxLength": max_characters, "pattern": _NO_CONTROL}
    return Form(read, schema)


def one_of(*choices: str) -> Form:
    """Return the form of one of some words."""

    def read(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return Form(read, {"type": "string", "enum": list(choices)})


def _moment(value: str) -> str:
    try:
        return timestamp(value)
    except ValueError as error:
        raise ValueError("must be a moment such as 2026-02-23T10:30:00Z") from error


moment: Final = Form(_moment, {"type": "string", "format": "date-time", "pattern": f"^{TIMESTAMP_FORM}$"})
"""An ISO 8601 moment of any precision and offset."""


def _amount(value: str) -> Decimal | int:
    if not _AMOUNT.fullmatch(value) or Decimal(value) > MONEY_MAX:
        raise ValueError(f"must be 0 to {MONEY_MAX}, with at most {MONEY_DECIMAL_PLACES} fractional digits")
    return Decimal(value)


amount: Final = Form(
    _amount,
    {
        "type": "number",
        "minimum": 0,
        "maximum": float(MONEY_MAX),
        "multipleOf": float(Decimal(1).scaleb(-MONEY_DECIMAL_PLACES)),
    },
)
"""An amount of money."""


def read_period(query: Mapping[str, Any], first: str, end: str, *, order: str = "order") -> Period:
    """Return the period that three query parameters name.

    Raises
    ------
    InvalidInput
        If no moment lies in it.
    """
    period = Period(query[first], query[end], descending=query.get(order) == "desc")
    if period.first is not None and period.end is not None and period.end <= period.first:
        raise InvalidInput([(f"query.{end}", f"must be later than {first}")])
    return period


def require_range(query: Mapping[str, Any], least: str, most: str) -> None:
    """Check two query parameters.

    Raises
    ------
    InvalidInput
        If both are given and nothing lies between them.
    """
    if query[least] is not None and query[most] is not None and query[most] < query[least]:
        raise InvalidInput([(f"query.{most}", f"must not be below {least}")])


@value
class Request:
    """A request that passed every check a route declares; the route turns it into a command."""

    principal: Principal
    scope: Scope
    request_id: str
    path: str
    path_parameters: Mapping[str, str]
    query: Mapping[str, Any]
    page: PageRequest
    body: Any
    idempotency_key: IdempotencyKey | None
    if_match: IfMatch
    query_as_sent: Mapping[str, list[str]]
    accept: str

    def address_of_page(self, cursor: str) -> str:
        """Return the address of the same listing from another cursor on."""
        return f"{self.path}?{urlencode({**self.query_as_sent, 'cursor': [cursor]}, doseq=True)}"


class ProxyEvent:
    """An API Gateway proxy event, read piece by piece as the order of checks wants it."""

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
        """The path as the client wrote it, after the stage if there is one, without a slash at its end."""
        return str(self._event["requestContext"].get("path") or self._event["path"]).rstrip("/") or "/"

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name."""
        return self._headers.get(name)

    def path_parameters(self) -> dict[str, str]:
        """Return the path's parameters, percent-decoded exactly once."""
        encoded = self._event.get("pathParameters") or {}
        return {name: unquote(value) for name, value in encoded.items()}

    def query_parameters(self) -> dict[str, list[str]]:
        """Return the query as sent, decoded, each name with all its values."""
        return dict(self._event.get("multiValueQueryStringParameters") or {})

    def idempotency_key(self, required: bool) -> str | None:
        """Return the Idempotency-Key.

        Raises
        ------
        IdempotencyKeyRequired
            If there is none, and the route cannot do without.
        InvalidIdempotencyKey
            If it is not 1 to 255 printable ASCII characters without spaces.
        """
        key = self.header("idempotency-key")
        if key is None:
            if required:
                raise IdempotencyKeyRequired("Repeat the request with an Idempotency-Key header.")
        elif not _PRINTABLE.fullmatch(key):
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
            If there is one, and its Content-Type is not JSON; none counts as JSON.
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
        """Return the position that the query's cursor names; a repeated one is left to `read_query`."""
        given = self.query_parameters().get("cursor")
        return decode_cursor(given[0]) if given else None


def read_json(body: bytes, required: bool) -> Any:
    """Read a body; none where it may be absent counts as an empty object."""
    if body:
        return exact_json.loads(body)
    if required:
        raise InvalidJson("The request needs a JSON body.")
    return {}


def path_errors(parameters: Mapping[str, str]) -> Errors:
    """Return what is wrong with the ids in the path."""
    return [
        (f"path.{name}", f"must match {PATTERNS[name]}")
        for name, value in parameters.items()
        if not is_id(name, value)
    ]


def read_query(
    sent: Mapping[str, list[str]], declared: Mapping[str, Parameter]
) -> tuple[dict[str, Any], Errors]:
    """Read the declared parameters, and return with them what is wrong with the query."""
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
                raise ValueError("must be given once")
            else:
                values[name] = parameter.form(given[0])
        except ValueError as error:
            errors.append((f"query.{name}", str(error)))
    return values, errors


def whole_number(most: int) -> Form:
    """Return the form of whole numbers from 1 to `most`."""

    def read(value: str) -> int:
        if not (value.isascii() and value.isdecimal() and len(value) <= 9 and 1 <= int(value) <= most):
            raise ValueError(f"must be a whole number from 1 to {most}")
        return int(value)

    return Form(read, {"type": "integer", "minimum": 1, "maximum": most})


PAGING: Final[Mapping[str, Parameter]] = {
    "limit": Parameter(
        whole_number(PAGE_MAX_ITEMS),
        "How many items a page holds at most.",
        default=PAGE_DEFAULT_ITEMS,
    ),
    "cursor": Parameter(
        Form(str, {"type": "string"}), "`next_cursor` of the page before; what it holds is not for clients."
    ),
}


def read_body(model: type[BaseModel], document: Any) -> tuple[BaseModel | None, Errors]:
    """Check a document against a route's model, and return with it what is wrong."""
    from pydantic import ValidationError

    try:
        return model.model_validate(document), []
    except ValidationError as error:
        return None, [(_path(fault["loc"]), _message(fault)) for fault in error.errors(include_url=False)]


def _path(location: tuple[int | str, ...]) -> str:
    return "body" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)


def _message(fault: ErrorDetails) -> str:
    match fault["type"]:
        case "missing":
            return "is required"
        case "extra_forbidden":
            return "is not a field of this request"
        case "model_type" | "dict_type":
            return "should be a JSON object"
        case _:
            # "Input should be …" and its like, without the subject: the path is the subject.
            return re.sub(r"^(Value error, |\w+ (?=should ))", "", fault["msg"])
