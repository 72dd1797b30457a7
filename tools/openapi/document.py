"""A service's OpenAPI 3.1 document, from its routes' declarations."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from inventory_common.declarations import Declaration, ResponseSpec
from inventory_common.errors import (
    InventoryError,
    OrderInProgress,
    Unauthenticated,
    Unavailable,
)
from inventory_common.fields import MergePatch
from inventory_common.ids import PATTERNS
from inventory_common.problems import PROBLEM_TYPE, status_of
from inventory_common.reference_pages import PROGRAM
from inventory_common.requests import IDEMPOTENCY_KEY, Form
from inventory_common.rest import Endpoint, RestService
from tools.reference import MEMBERS, first_sentence

from .attributes import ATTRIBUTES, member_of_problem
from .shapes import Components, MissingDescription, Schema

__all__ = ["openapi_document"]

ABOUT = """\
{about}

**Conventions** of all three services (catalog, stock, audit):

- JSON in and out, `snake_case`. Numbers are exact: integers are never written `5.0`; money has at most two
  fractional digits. Nothing is coerced, and what a request does not know it refuses: unknown fields,
  unknown parameters.
- Every refusal is a problem document (RFC 9457). Branch on its `code`, which stays; sentences may change.
  Any path that is not here answers 404 `route_not_found`, any other method of one that is 405
  `method_not_allowed`.
- Answers may gain members; ignore those that you do not know.
- Lists come in pages: follow `Link: rel="next"`, or send `next_cursor` as `cursor`. A page may be empty and
  yet go on.
- A repeated command is answered 200 with `Idempotent-Replayed: true`, and nothing is done twice.
- A single resource has an `ETag`; send it as `If-Match` to change no other version than the one you have
  seen.
- 503 and 409 `order_in_progress` say in `Retry-After` when the same request may be repeated.
"""

HEADERS: Mapping[str, Schema] = {
    "X-Request-Id": {
        "description": "The request's own X-Request-Id, or one that was made for it.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"},
    },
    "ETag": {
        "description": "The resource's version.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[!-~]*"$'},
        "example": '"1"',
    },
    "Location": {
        "description": "Where the created resource is.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {
        "description": 'The next page, `rel="next"`; absent after the last.',
        "schema": {"type": "string"},
        "example": '</products?category=Electronics&cursor=eyJ>; rel="next"',
    },
    "Content-Disposition": {
        "description": "The name of a file, where one was asked for; absent beside JSON.",
        "schema": {"type": "string", "pattern": '^attachment; filename="[a-z.]+"$'},
        "example": 'attachment; filename="log.csv"',
    },
    "Idempotent-Replayed": {
        "description": "`true` where the command had been done before; absent otherwise.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {
        "description": "After so many seconds the same request may be repeated.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {"required": True, "schema": {"type": "string", "enum": ["Bearer"]}},
}

REQUEST_HEADERS: Mapping[str, Schema] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Names the command, so that repeating it does nothing twice: 1 to 255 printable ASCII "
        "characters, remembered for at least 24 hours.",
        "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY}$"},
        "example": "restock-2026-02-23-001",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the version that is to be changed; without it any version is.",
        "schema": {"type": "string"},
        "example": '"1"',
    },
    "RequestId": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "Names the request in answers, logs and log records: 1 to 64 of `A-Za-z0-9._:-`; what "
        "is of another form is replaced.",
        "schema": {"type": "string"},
        "example": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
    },
}

STATUSES = {200: "Done, or found.", 201: "Created.", 204: "Done."}


def openapi_document(app: RestService) -> Schema:
    """Return a service's document; every one of its routes is in it.

    Raises
    ------
    Unsaid
        If a route does not say what it serves, or an attribute is described nowhere.
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
            raise MissingDescription(f"routes that the document does not know of: {own ^ OWN_ROUTES.keys()}")

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
        if declared.serves is None or not summary or not declared.serves:
            raise MissingDescription(f"{declared.method} {declared.path} does not say what it serves")
        operation: Schema = {
            "operationId": name,
            "tags": [self._tag(declared)],
            "summary": " ".join(summary.replace("``", "`").split()).rstrip("."),
            "description": "\n\n".join(filter(None, [more, _who(declared)])),
            "security": [{"bearer": []}] if declared.allowed_roles else [{}, {"bearer": []}],
            "x-roles": sorted(declared.allowed_roles),
            "parameters": list(self._parameters_of(declared)),
        }
        if declared.body:
            operation["requestBody"] = self._body(endpoint)
        operation["responses"] = dict(sorted({**self._served(declared), **self._refused(declared)}.items()))
        return operation

    def _parameters_of(self, declared: Declaration) -> Iterator[Schema]:
        for name in re.findall(r"\{(\w+)\}", declared.path):
            said = ATTRIBUTES[name]
            self._parameters[name] = {
                "name": name,
                "in": "path",
                "required": True,
                "description": said["description"],
                "schema": {"type": "string", "pattern": f"^{PATTERNS[name]}$"},
                "example": said["sample"],
            }
            yield {"$ref": f"#/components/parameters/{name}"}
        for name, parameter in declared.query_parameters.items():
            if not parameter.description:
                raise MissingDescription(f"{declared.method} {declared.path} does not say what {name} is")
            if not isinstance(parameter.form, Form):
                raise MissingDescription(
                    f"{declared.method} {declared.path} does not say which form {name} has"
                )
            schema = dict(parameter.form.schema)
            if parameter.default is not None:
                schema["default"] = parameter.default
            yield {
                "name": name,
                "in": "query",
                "required": parameter.required,
                "description": parameter.description,
                "schema": schema,
                **(
                    {"example": ATTRIBUTES[name]["sample"]}
                    if parameter.required and name in ATTRIBUTES
                    else {}
                ),
            }
        if declared.idempotency:
            required = declared.idempotency == "required"
            name = "RequiredIdempotencyKey" if required else "IdempotencyKey"
            self._parameters[name] = {**REQUEST_HEADERS["IdempotencyKey"], "required": required}
            yield {"$ref": f"#/components/parameters/{name}"}
        for name in ("IfMatch", "RequestId") if declared.versioned else ("RequestId",):
            self._parameters[name] = REQUEST_HEADERS[name]
            yield {"$ref": f"#/components/parameters/{name}"}

    def _body(self, endpoint: Endpoint) -> Schema:
        model = endpoint.body_model()
        schema = {"schema": self._components.taken(model)}
        types = ["application/json"]
        if issubclass(model, MergePatch):
            types.append("application/merge-patch+json")
        return {
            "required": endpoint.declared.body_required,
            "content": {media_type: schema for media_type in types},
        }

    # Answers

    def _served(self, declared: Declaration) -> dict[str, Schema]:
        serves = declared.serves
        assert serves is not None
        headers = ["X-Request-Id"]
        headers += ["ETag"] * serves.etag + ["Link"] * declared.paged
        headers += ["Content-Disposition"] * bool(serves.also)
        content = {"content": self._content(declared, serves)} if serves.shape is not None else {}
        first = [*headers, *["Location"] * serves.location]
        found = {str(serves.status): {"description": STATUSES[serves.status], **_headers(first), **content}}
        if serves.replays or declared.idempotency:
            again = [*first, "Idempotent-Replayed"]
            found["200"] = {
                "description": "Done before." if serves.status == 201 else "Done, now or before.",
                **_headers(again),
                **content,
            }
        return found

    def _content(self, declared: Declaration, serves: ResponseSpec) -> Schema:
        schema: Schema
        if serves.shape is str:
            schema = {"type": "string"}
        elif declared.paged and not serves.whole_page:
            schema = self._page(serves.shape)
        else:
            schema = self._components.served(serves.shape)
        further = {
            media_type: {"schema": {"type": "string", "description": said}}
            for media_type, said in serves.also.items()
        }
        return {serves.media_type: {"schema": schema}, **further}

    def _page(self, shape: Any) -> Schema:
        name = f"PageOf{shape.__name__}"
        if name not in self._components.schemas:
            self._components.schemas[name] = {
                "description": "A page of a list.",
                "type": "object",
                "required": ["items", "next_cursor"],
                "properties": {
                    "items": self._components.property("items", list[shape]),
                    "next_cursor": self._components.property("next_cursor", str | None),
                },
                "examples": [{"items": [self._components.sample(shape)], "next_cursor": None}],
            }
        return {"$ref": f"#/components/schemas/{name}"}

    # Refusals

    def _refused(self, declared: Declaration) -> dict[str, Schema]:
        by_status = groupby(sorted(declared.possible_errors, key=_place), key=status_of)
        return {str(status): self._refusal(list(kinds)) for status, kinds in by_status}

    def _refusal(self, kinds: list[type[InventoryError]]) -> Schema:
        name = "Or".join(kind.__name__ for kind in kinds)
        if name not in self._responses:
            references = [self._problem(kind) for kind in kinds]
            schema = references[0] if len(kinds) == 1 else {"oneOf": references, **_discriminator(kinds)}
            headers = ["X-Request-Id"]
            if any(issubclass(kind, Unauthenticated) for kind in kinds):
                headers.append("WWW-Authenticate")
            waiting = [kind for kind in kinds if issubclass(kind, Unavailable | OrderInProgress)]
            self._responses[name] = {
                "description": "; ".join(f"`{kind.code}`: {first_sentence(kind)}" for kind in kinds),
                **_headers(headers, [*["Retry-After"] * bool(waiting)], optional=len(waiting) < len(kinds)),
                "content": {PROBLEM_TYPE: {"schema": schema}},
            }
        return {"$ref": f"#/components/responses/{name}"}

    def _problem(self, kind: type[InventoryError]) -> Schema:
        name = kind.__name__
        if name not in self._components.schemas:
            fixed = {
                "type": f"urn:inventory:problem:{kind.code}",
                "title": kind.title,
                "status": status_of(kind),
                "code": kind.code,
            }
            properties: Schema = {member: {"const": value} for member, value in fixed.items()}
            properties["detail"] = {
                "type": "string",
                "description": "A sentence for the person who reads it.",
            }
            properties["request_id"] = self._components.property("request_id", str)
            for member in MEMBERS.get(name, ()):
                properties[member] = self._components.property(member, member_of_problem(name, member))
            self._components.schemas[name] = {
                "description": first_sentence(kind),
                "type": "object",
                "required": [*fixed, "detail", "request_id"],
                "properties": properties,
                "examples": [self._specimen(kind, fixed)],
            }
        return {"$ref": f"#/components/schemas/{name}"}

    def _specimen(self, kind: type[InventoryError], fixed: Mapping[str, Any]) -> Schema:
        members = {}
        for member in MEMBERS.get(kind.__name__, ()):
            sample = ATTRIBUTES[member]["sample"]
            members[member] = sample or self._components.sample(member_of_problem(kind.__name__, member))
        told = {"detail": first_sentence(kind), "request_id": ATTRIBUTES["request_id"]["sample"]}
        return {**fixed, **told, **members}

    # Links

    def _link(self, paths: Mapping[str, Schema]) -> None:
        """Lead from what a command or a list answers to all that can be done with it."""
        for endpoint in self._endpoints:
            declared, serves = endpoint.declared, endpoint.declared.serves
            if (
                serves is None
                or serves.whole_page
                or not (declared.paged or serves.status == 201)
                or serves.shape in (None, str)
            ):
                continue
            pointer = "/items/0" if declared.paged else ""
            schema = self._components.schemas[serves.shape.__name__]
            links = {
                name: {
                    "operationId": name,
                    "parameters": {each: f"$response.body#{pointer}/{each}" for each in needed},
                }
                for name, needed in self._leading_to(schema["properties"])
                if name != endpoint.__name__  # type: ignore[attr-defined]
            }
            responses = paths[declared.path][declared.method.lower()]["responses"]
            for status in {str(serves.status), "200"} & responses.keys():
                if links:
                    responses[status]["links"] = links

    def _leading_to(self, known: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
        for endpoint in self._endpoints:
            needed = re.findall(r"\{(\w+)\}", endpoint.declared.path)
            if needed and set(needed) <= set(known):
                yield endpoint.__name__, needed  # type: ignore[attr-defined]


def _who(declared: Declaration) -> str:
    who = f"For: {', '.join(sorted(declared.allowed_roles))}." if declared.allowed_roles else "For anybody."
    for (name, value), roles in declared.allowed_roles_by_query.items():
        who += f" With `{name}={value}` for: {', '.join(sorted(roles))}."
    return who


def _place(kind: type[InventoryError]) -> tuple[int, str]:
    return status_of(kind), kind.code


def _headers(names: Iterable[str], further: Iterable[str] = (), *, optional: bool = False) -> Schema:
    found: Schema = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    for name in further:
        found[name] = {**HEADERS[name], "required": not optional}
    return {"headers": found}


def _discriminator(kinds: Iterable[type[InventoryError]]) -> Schema:
    mapping = {kind.code: f"#/components/schemas/{kind.__name__}" for kind in kinds}
    return {"discriminator": {"propertyName": "code", "mapping": mapping}}


def _text(description: str, media_type: str, schema: Schema) -> Schema:
    content = {"content": {media_type: {"schema": schema}}}
    return {"200": {"description": description, **_headers(["X-Request-Id"]), **content}}


OWN_ROUTES: Mapping[str, Schema] = {
    "/health": {
        "operationId": "health",
        "summary": "Tell whether the service runs",
        "responses": _text(
            "It does.",
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
        "summary": "Show this document",
        "responses": _text("This document.", "application/json", {"type": "object"}),
    },
    "/docs": {
        "operationId": "reference_page",
        "summary": "Show this document as a page",
        "responses": _text("The page.", "text/html", {"type": "string"}),
    },
    f"/docs/{PROGRAM}": {
        "operationId": "reference_page_program",
        "summary": "Serve the page's program",
        "responses": _text("Redoc.", "text/javascript", {"type": "string"}),
    },
}
"""What every service answers without looking at anything in a request."""
