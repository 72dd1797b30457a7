"""A service's OpenAPI 3.1 document, from its routes' declarations."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from inventory_common.attributes import attribute_of, form_of
from inventory_common.bodies import BodyType
from inventory_common.declarations import Declaration, ResponseSpec
from inventory_common.errors import (
    InventoryError,
    OrderInProgress,
    Unauthenticated,
    Unavailable,
)
from inventory_common.identity import Role
from inventory_common.problems import PROBLEM_TYPE, status_of
from inventory_common.reference_pages import SCRIPT
from inventory_common.requests import FIELDS, IDEMPOTENCY_KEY
from inventory_common.rest import Endpoint, RestService
from tools.reference import MEMBERS, first_sentence

from .attributes import ATTRIBUTES, problem_member
from .shapes import Components, MissingDescription, Schema

__all__ = ["openapi_document"]

ABOUT = """\
{about}

**Conventions** of all three services (catalog, stock, audit):

- Requests and responses are JSON with `snake_case` members. Numbers are exact: integers are never written
  `5.0`; money has at most two fractional digits. Values are not coerced; unknown members and parameters are
  refused.
- Every error response is a problem document (RFC 9457). Branch on its `code`, which does not change; texts
  may. An unknown path returns 404 `route_not_found`, an unknown method of a path 405 `method_not_allowed`.
- Responses may gain members; ignore unknown ones.
- Lists are paged: follow `Link: rel="next"`, or send `next_cursor` as `cursor`. An empty page need not be the
  last.
- A repeated command returns 200 with `Idempotent-Replayed: true` and is not executed again.
- A single resource has an `ETag`; send it as `If-Match` to change only that version.
- 429, 503, and 409 `order_in_progress`, return in `Retry-After` when the same request can be repeated. With
  429 and 503, nothing has begun or all was undone; `outcome_unknown` alone may have been executed.
- 202 is the response to a command that has begun and finishes by itself: the order shows a running status.
  The same request, sent again after `Retry-After`, continues it and returns 200 when it is done.
"""

HEADERS: Mapping[str, Schema] = {
    "X-Request-Id": {
        "description": "The X-Request-Id of the request, or a generated one.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"},
    },
    "ETag": {
        "description": "The resource's version.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[!-~]*"$'},
        "example": '"1"',
    },
    "Cache-Control": {
        "description": "Not to be stored: the stock changes without a new `ETag`.",
        "required": True,
        "schema": {"type": "string", "enum": ["no-store"]},
    },
    "Location": {
        "description": "The address of the created resource.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {
        "description": 'The next page, `rel="next"`; absent on the last page.',
        "schema": {"type": "string"},
        "example": '</products?category=Electronics&cursor=eyJ>; rel="next"',
    },
    "Content-Disposition": {
        "description": "The name of the exported file; absent for JSON.",
        "schema": {"type": "string", "pattern": '^attachment; filename="[a-z.]+"$'},
        "example": 'attachment; filename="log.csv"',
    },
    "Idempotent-Replayed": {
        "description": "`true` if the command was executed before; otherwise absent.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {
        "description": "The seconds after which the same request can be repeated.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {"required": True, "schema": {"type": "string", "enum": ["Bearer"]}},
}

REQUEST_HEADERS: Mapping[str, Schema] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Identifies the command, so that it is executed once however often it is sent: 1 to "
        "255 printable ASCII characters, kept for at least 24 hours.",
        "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY}$"},
        "example": "restock-2026-02-23-001",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the version to change; without it, the current version is changed. A "
        "resource that is as requested already is no conflict, whatever its version.",
        "schema": {"type": "string"},
        "example": '"1"',
    },
    "RequestId": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "Identifies the request in its response, in logs and in log records: 1 to 64 of "
        "`A-Za-z0-9._:-`; any other value is replaced by a generated one.",
        "schema": {"type": "string"},
        "example": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
    },
}

STATUSES = {
    200: "Success.",
    201: "Created.",
    202: "Begun; it finishes by itself.",
    204: "Success, without a body.",
}


def openapi_document(app: RestService) -> Schema:
    """Return a service's document, which contains all of its routes.

    Raises
    ------
    MissingDescription
        If a route has no docstring, or a parameter or attribute is not described.
    """
    return _Writer(app).document()


class _Writer:
    def __init__(self, app: RestService) -> None:
        self._service = app.app_name.removeprefix("inventory-")
        assert app.declared_api is not None, "a service without an API has no document"
        self._api = app.declared_api
        self._components = Components()
        self._responses: dict[str, Schema] = {}
        self._parameters: dict[str, Schema] = {}
        endpoints = [entry.view_function for methods in app.routes.values() for entry in methods.values()]
        self._endpoints = [endpoint for endpoint in endpoints if isinstance(endpoint, Endpoint)]
        own = app.routes.keys() - {endpoint.declared.path for endpoint in self._endpoints}
        if own != OWN_ROUTES.keys():
            raise MissingDescription(f"undeclared routes: {own ^ OWN_ROUTES.keys()}")

    def document(self) -> Schema:
        paths: dict[str, Schema] = {}
        for endpoint in self._endpoints:
            declared = endpoint.declared
            paths.setdefault(declared.path, {})[declared.method.lower()] = self._operation(endpoint)
        for path, operation in OWN_ROUTES.items():
            paths[path] = {"get": {"tags": ["service"], "security": [], **operation}}
        self._link(paths)
        tags = [*dict.fromkeys(self._tag(endpoint.declared) for endpoint in self._endpoints), "service"]
        return {
            "openapi": "3.1.0",
            "info": {
                "title": f"Inventory: {self._service}",
                "version": self._api.version,
                "description": ABOUT.format(about=self._api.about),
            },
            "servers": [{"url": "/"}],
            "tags": [{"name": tag} for tag in tags],
            "paths": paths,
            "components": {
                "securitySchemes": {
                    "bearer": {
                        "type": "http",
                        "scheme": "bearer",
                        "bearerFormat": "JWT",
                        "description": "An OpenID Connect token (RS256): the ID token of a person, or the "
                        "access token of a machine. `x-roles` of an operation are the roles that may use it.",
                    }
                },
                "parameters": dict(sorted(self._parameters.items())),
                "headers": dict(HEADERS),
                "responses": dict(sorted(self._responses.items())),
                "schemas": dict(sorted(self._components.schemas.items())),
            },
        }

    # Operations

    def _tag(self, declared: Declaration) -> str:
        return declared.tag or self._service

    def _operation(self, endpoint: Endpoint) -> Schema:
        declared = endpoint.declared
        name = endpoint.__name__  # type: ignore[attr-defined]  # of the view that it wraps
        summary, _, more = inspect.cleandoc(endpoint.__doc__ or "").partition("\n\n")
        if not summary:
            raise MissingDescription(f"{declared.method} {declared.path} has no docstring")
        operation: Schema = {
            "operationId": name,
            "tags": [self._tag(declared)],
            "summary": " ".join(summary.replace("``", "`").split()).rstrip("."),
            "description": "\n\n".join(filter(None, [more, *_descriptions(declared)])),
            "security": [{"bearer": []}] if declared.allowed_roles else [{}, {"bearer": []}],
            "x-roles": sorted(declared.allowed_roles),
            "parameters": list(self._parameters_of(declared)),
        }
        if declared.body:
            operation["requestBody"] = self._body(declared.body, declared.body_required)
        operation["responses"] = dict(sorted({**self._successes(declared), **self._errors(declared)}.items()))
        return operation

    def _parameters_of(self, declared: Declaration) -> Iterator[Schema]:
        for name in re.findall(r"\{(\w+)\}", declared.path):
            attribute = attribute_of(ATTRIBUTES[name])
            assert attribute is not None
            self._parameters[name] = {
                "name": name,
                "in": "path",
                "required": True,
                "description": attribute.description,
                "schema": form_of(ATTRIBUTES[name]),
                "example": attribute.sample,
            }
            yield {"$ref": f"#/components/parameters/{name}"}
        for name, parameter in declared.query_parameters.items():
            if not parameter.description:
                raise MissingDescription(f"{declared.method} {declared.path} does not describe {name}")
            schema = parameter.type.schema()
            if parameter.default is not None:
                schema["default"] = parameter.default
            attribute = attribute_of(ATTRIBUTES.get(name)) if parameter.required else None
            yield {
                "name": name,
                "in": "query",
                "required": parameter.required,
                "description": parameter.description,
                "schema": schema,
                # An array is one text of its items, separated by commas.
                **({"style": "form", "explode": False} if schema["type"] == "array" else {}),
                **({} if attribute is None else {"example": attribute.sample}),
            }
        if declared.idempotency:
            required = declared.idempotency == "required"
            name = "RequiredIdempotencyKey" if required else "IdempotencyKey"
            self._parameters[name] = {**REQUEST_HEADERS["IdempotencyKey"], "required": required}
            yield {"$ref": f"#/components/parameters/{name}"}
        for name in ("IfMatch", "RequestId") if declared.versioned else ("RequestId",):
            self._parameters[name] = REQUEST_HEADERS[name]
            yield {"$ref": f"#/components/parameters/{name}"}

    def _body(self, body: BodyType[Any], required: bool) -> Schema:
        schema = {"schema": self._components.of_body(body)}
        types = ["application/json"]
        if body.is_merge_patch:
            types.append("application/merge-patch+json")
        return {"required": required, "content": {media_type: schema for media_type in types}}

    # Responses of successful requests

    def _successes(self, declared: Declaration) -> dict[str, Schema]:
        response = declared.response
        headers = ["X-Request-Id"]
        headers += ["ETag"] * response.etag + ["Link"] * declared.paged
        headers += ["Cache-Control"] * response.no_store
        headers += ["Content-Disposition"] * bool(response.other_media_types)
        headers += ["Location"] * response.location
        content = {"content": self._content(declared, response)} if response.shape is not None else {}
        successes = {
            str(response.status): {
                "description": STATUSES[response.status],
                **_headers(headers),
                **content,
            }
        }
        if response.replays or declared.idempotency:
            created = response.status == 201
            status = "204" if response.status == 204 else "200"
            successes[status] = {
                "description": "Executed before." if created else "Executed now or before.",
                **_headers([*headers, "Idempotent-Replayed"]),
                **content,
            }
        if response.may_finish_later:
            successes["202"] = {
                "description": STATUSES[202],
                **_headers(["X-Request-Id", "Retry-After"]),
                **content,
            }
        return successes

    def _content(self, declared: Declaration, response: ResponseSpec) -> Schema:
        schema: Schema
        if response.shape is str:
            schema = {"type": "string"}
        elif declared.paged and not response.whole_page:
            schema = self._page(response.shape, selectable=FIELDS in declared.query_parameters)
        else:
            schema = self._components.of_shape(response.shape)
        others = {
            media_type: {"schema": {"type": "string", "description": description}}
            for media_type, description in response.other_media_types.items()
        }
        return {response.media_type: {"schema": schema}, **others}

    def _page(self, shape: Any, *, selectable: bool) -> Schema:
        name = f"PageOf{'Selected' * selectable}{shape.__name__}"
        if name not in self._components.schemas:
            items = self._components.of_member("items", list[shape])
            if selectable:
                items["items"] = {"anyOf": [items["items"], self._components.of_members(shape, FIELDS)]}
            self._components.schemas[name] = {
                "description": "A page of a list.",
                "type": "object",
                "required": ["items", "next_cursor"],
                "properties": {
                    "items": items,
                    "next_cursor": self._components.of_member("next_cursor", str | None),
                },
                "examples": [{"items": [self._components.sample(shape)], "next_cursor": None}],
            }
        return {"$ref": f"#/components/schemas/{name}"}

    # Responses of failed requests

    def _errors(self, declared: Declaration) -> dict[str, Schema]:
        by_status = groupby(sorted(declared.possible_errors, key=_status_and_code), key=status_of)
        return {str(status): self._error(list(errors)) for status, errors in by_status}

    def _error(self, errors: list[type[InventoryError]]) -> Schema:
        name = "Or".join(error.__name__ for error in errors)
        if name not in self._responses:
            references = [self._problem(error) for error in errors]
            schema = references[0] if len(errors) == 1 else {"oneOf": references, **_discriminator(errors)}
            headers = ["X-Request-Id"]
            if any(issubclass(error, Unauthenticated) for error in errors):
                headers.append("WWW-Authenticate")
            transient = [error for error in errors if issubclass(error, Unavailable | OrderInProgress)]
            retry_after = ["Retry-After"] * bool(transient)
            self._responses[name] = {
                "description": "; ".join(f"`{error.code}`: {first_sentence(error)}" for error in errors),
                **_headers(headers, retry_after, optional=len(transient) < len(errors)),
                "content": {PROBLEM_TYPE: {"schema": schema}},
            }
        return {"$ref": f"#/components/responses/{name}"}

    def _problem(self, error: type[InventoryError]) -> Schema:
        name = error.__name__
        if name not in self._components.schemas:
            fixed = {
                "type": f"urn:inventory:problem:{error.code}",
                "title": error.title,
                "status": status_of(error),
                "code": error.code,
            }
            properties: Schema = {member: {"const": value} for member, value in fixed.items()}
            properties["detail"] = {
                "type": "string",
                "description": "A sentence for people.",
            }
            properties["request_id"] = self._components.of_member("request_id", str)
            for member in MEMBERS.get(name, ()):
                properties[member] = self._components.of_member(member, problem_member(name, member))
            self._components.schemas[name] = {
                "description": first_sentence(error),
                "type": "object",
                "required": [*fixed, "detail", "request_id"],
                "properties": properties,
                "examples": [self._example_of(error, fixed)],
            }
        return {"$ref": f"#/components/schemas/{name}"}

    def _example_of(self, error: type[InventoryError], fixed: Mapping[str, Any]) -> Schema:
        hints = {"request_id": str} | {
            member: problem_member(error.__name__, member) for member in MEMBERS.get(error.__name__, ())
        }
        members = {member: self._components.sample_of_member(member, hint) for member, hint in hints.items()}
        return {**fixed, "detail": first_sentence(error), **members}

    # Links

    def _link(self, paths: Mapping[str, Schema]) -> None:
        """Link the response of each creation and list to the operations on what it contains."""
        for endpoint in self._endpoints:
            declared, response = endpoint.declared, endpoint.declared.response
            is_linked = (declared.paged and not response.whole_page) or response.status == 201
            if not is_linked or response.shape in (None, str):
                continue
            pointer = "/items/0" if declared.paged else ""
            schema = self._components.schemas[response.shape.__name__]
            links = {
                name: {
                    "operationId": name,
                    "parameters": {each: f"$response.body#{pointer}/{each}" for each in needed},
                }
                for name, needed in self._operations_on(schema["properties"])
                if name != endpoint.__name__  # type: ignore[attr-defined]
            }
            responses = paths[declared.path][declared.method.lower()]["responses"]
            for status in {str(response.status), "200"} & responses.keys():
                if links:
                    responses[status]["links"] = links

    def _operations_on(self, known: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
        for endpoint in self._endpoints:
            needed = re.findall(r"\{(\w+)\}", endpoint.declared.path)
            if needed and set(needed) <= set(known):
                yield endpoint.__name__, needed  # type: ignore[attr-defined]


def _descriptions(declared: Declaration) -> Iterator[str]:
    """Yield paragraphs on what the declaration means for a client."""
    yield " ".join(_allowed_roles(declared))
    if repetition := " ".join(_repetition(declared)):
        yield repetition
    if declared.paged and not declared.response.whole_page:
        yield (
            "It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. "
            "Items that change while pages are read may be missing or appear twice."
        )


def _allowed_roles(declared: Declaration) -> Iterator[str]:
    roles = declared.allowed_roles
    if roles:
        yield f"It needs a token of the role {_either(roles)}."
        if Role.VENDOR in roles:
            yield "A vendor reaches only what is its own."
    else:
        yield "Anybody may use it; a token is not needed, but one that is sent has to be valid."
    for (name, value), roles_of_value in declared.allowed_roles_by_query.items():
        yield f"With `{name}={value}` it needs a token of the role {_either(roles_of_value)}."


def _repetition(declared: Declaration) -> Iterator[str]:
    if declared.idempotency == "required":
        yield "It needs an `Idempotency-Key`: sent again with the same key, it is executed once."
    elif declared.idempotency == "optional":
        yield "With an `Idempotency-Key`, sent again with the same key, it is executed once."
    if declared.key_required_with:
        yield f"The key is required with `{declared.key_required_with}`, as a repetition would do more."
    if declared.versioned:
        yield "With `If-Match`, only the version that was read is changed; any other is refused with 412."


def _either(roles: Iterable[str]) -> str:
    *others, last = sorted(roles)
    return f"{', '.join(others)} or {last}" if others else last


def _status_and_code(error: type[InventoryError]) -> tuple[int, str]:
    return status_of(error), error.code


def _headers(names: Iterable[str], others: Iterable[str] = (), *, optional: bool = False) -> Schema:
    """Return headers: references to those of `names`, and those of `others`, which may be optional."""
    headers: Schema = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    for name in others:
        headers[name] = {**HEADERS[name], "required": not optional}
    return {"headers": headers}


def _discriminator(errors: Iterable[type[InventoryError]]) -> Schema:
    mapping = {error.code: f"#/components/schemas/{error.__name__}" for error in errors}
    return {"discriminator": {"propertyName": "code", "mapping": mapping}}


def _text(description: str, media_type: str, schema: Schema) -> Schema:
    content = {"content": {media_type: {"schema": schema}}}
    return {"200": {"description": description, **_headers(["X-Request-Id"]), **content}}


OWN_ROUTES: Mapping[str, Schema] = {
    "/health": {
        "operationId": "health",
        "summary": "Return whether the service runs",
        "responses": _text(
            "The service runs.",
            "application/json",
            {
                "type": "object",
                "required": ["status", "service"],
                "properties": {"status": {"const": "ok"}, "service": {"type": "string"}},
            },
        ),
    },
    "/openapi.json": {
        "operationId": "openapi",
        "summary": "Return this document",
        "responses": _text("This document.", "application/json", {"type": "object"}),
    },
    "/asyncapi.json": {
        "operationId": "asyncapi",
        "summary": "Return the AsyncAPI document of the service's events",
        "responses": _text("The document.", "application/json", {"type": "object"}),
    },
    "/docs/events": {
        "operationId": "events_page",
        "summary": "Return the events of the service as a page",
        "responses": _text("The page.", "text/html", {"type": "string"}),
    },
    "/docs": {
        "operationId": "reference_page",
        "summary": "Return this document as a page",
        "responses": _text("The page.", "text/html", {"type": "string"}),
    },
    f"/docs/{SCRIPT}": {
        "operationId": "reference_page_program",
        "summary": "Return the script of the page",
        "responses": _text("Redoc.", "text/javascript", {"type": "string"}),
    },
}
"""The routes of every service that read nothing of a request."""
