"""A REST service: Chalice, with the conventions of design 4 for everything it answers.

A route declares who may use it and what it takes; its function gets a checked `Request` and returns an
answer. Chalice keeps the routes, packages them and runs streams and schedules.  Requests are dispatched here
rather than by Chalice, which answers unknown routes and media types in a form of its own, turns every
exception into a bare 500 before a middleware sees it, and keeps the current request on the application, where
two threads overwrite each other's (docs/decisions/0003-dispatch.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import update_wrapper
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Literal

from chalice.app import Chalice, Response

from .dynamodb import outcome_of
from .errors import (
    Forbidden,
    InvalidInput,
    InventoryError,
    MethodNotAllowed,
    RouteNotFound,
    Unauthenticated,
)
from .exact_json import dumps
from .idempotency import Intent
from .identity import ANYBODY, EVERYTHING, Principal, Role, Scope, TokenVerifier
from .pages import PageRequest
from .preconditions import IfMatch
from .problems import PROBLEM_TYPE, headers_of, problem_document, status_of
from .requests import (
    PAGING,
    Envelope,
    Parameter,
    Request,
    path_errors,
    read_body,
    read_json,
    read_query,
)
from .responses import Headers, answer
from .settings import Settings

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["PUBLIC", "Bodies", "RestService", "View"]

PUBLIC: Final[frozenset[Role]] = frozenset()
"""A route for anybody; who sends a token must send a good one all the same."""

_EXPOSED_HEADERS: Final = "ETag, Idempotent-Replayed, Link, Location, Retry-After, X-Request-Id"
_ACCEPTED_HEADERS: Final = "Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-Id"
_PREFLIGHT_SECONDS: Final = 600

View = Callable[..., Response]
"""A route's function: takes a `Request` and the path's parameters by name."""

Bodies = Callable[[], ModuleType]
"""Imports and returns a service's module of request models."""


@dataclass
class _Endpoint:
    """A route's declaration, and the way of a request through it."""

    view: View
    verifier: TokenVerifier
    bodies: Bodies | None
    may: frozenset[Role]
    query: Mapping[str, Parameter]
    paged: bool
    body: str | None
    body_required: bool
    idempotency: Literal["required", "optional"] | None
    key_needed_with: str | None

    def __call__(self, envelope: Envelope) -> Response:
        principal, scope = self._admit(envelope)
        request = self._check(envelope, principal, scope)
        return self.view(request, **request.path_parameters)

    def _admit(self, envelope: Envelope) -> tuple[Principal, Scope]:
        principal = self.verifier.principal(envelope.header("authorization"))
        if not self.may:
            return principal, EVERYTHING
        if principal is ANYBODY:
            raise Unauthenticated("Send an Authorization header: 'Bearer' and a token.")
        scope = principal.scope(self.may)
        named_vendor = envelope.path_parameters().get("vendor_id")
        if named_vendor is not None and not scope.covers(named_vendor):
            raise Forbidden("The path names another vendor.")
        return principal, scope

    def _check(self, envelope: Envelope, principal: Principal, scope: Scope) -> Request:
        sent_body = envelope.body() if self.body else b""
        document = read_json(sent_body, self.body_required) if self.body else None
        key = envelope.idempotency_key(self._needs_key(document)) if self.idempotency else None
        after = envelope.cursor() if self.paged else None

        path_parameters = envelope.path_parameters()
        sent_query = envelope.query_parameters()
        query, errors = read_query(sent_query, {**self.query, **PAGING} if self.paged else self.query)
        errors += path_errors(path_parameters)
        body: BaseModel | None = None
        if self.body:
            body, body_errors = read_body(self._body_model(self.body), document)
            errors += body_errors
        if errors:
            raise InvalidInput(errors)
        return Request(
            principal=principal,
            scope=scope,
            request_id=envelope.request_id,
            path=envelope.path,
            path_parameters=path_parameters,
            query=query,
            page=PageRequest(query["limit"], after) if self.paged else PageRequest(),
            body=body,
            intent=None if key is None else self._intent(envelope, principal, key, body),
            if_match=IfMatch.read(envelope.header("if-match")),
            query_as_sent=sent_query,
        )

    def _needs_key(self, document: Any) -> bool:
        if self.idempotency == "required":
            return True
        return isinstance(document, dict) and document.get(self.key_needed_with) is not None

    def _body_model(self, name: str) -> type[BaseModel]:
        # pydantic is a third of a cold start; services that only read never load it.
        assert self.bodies is not None, "a route that takes a body needs request models"
        model: type[BaseModel] = getattr(self.bodies(), name)
        return model

    def _intent(self, envelope: Envelope, principal: Principal, key: str, body: BaseModel | None) -> Intent:
        # Of the same request however it is spelled: decoded parameters, and the body as it was understood.
        route = dumps([envelope.resource, envelope.path_parameters()], sort_keys=True)
        understood = {} if body is None else body.model_dump(exclude_none=True)
        return Intent.of(principal.name, envelope.method, route, key, dumps(understood, sort_keys=True))


class RestService(Chalice):
    """A Chalice application whose every answer follows the conventions.

    Parameters
    ----------
    name
        The Chalice application's name; ``/health`` answers with it.
    verifier
        Turns tokens into principals.
    bodies
        Imports and returns the module of request models (pydantic); called when a body comes.
    cors_origins
        Origins whose pages may call the service.
    """

    def __init__(
        self,
        name: str,
        *,
        verifier: TokenVerifier,
        bodies: Bodies | None = None,
        cors_origins: Collection[str] = (),
    ) -> None:
        super().__init__(app_name=name)
        self._verifier = verifier
        self._bodies = bodies
        self._cors_origins = frozenset(cors_origins)
        super().route("/health", methods=["GET"])(self._health)

    @classmethod
    def from_settings(cls, name: str, settings: Settings, *, bodies: Bodies | None = None) -> RestService:
        """Make the application of a service from its settings."""
        verifier = TokenVerifier(
            settings.jwks_url,
            settings.token_issuer,
            settings.token_audiences,
            settings.machine_client_ids,
        )
        return cls(name, verifier=verifier, bodies=bodies, cors_origins=settings.cors_origins)

    def route(  # type: ignore[override]  # Chalice takes anything and looks at it later
        self,
        path: str,
        *,
        methods: Collection[str],
        may: Collection[Role],
        query: Mapping[str, Parameter] | None = None,
        paged: bool = False,
        body: str | None = None,
        body_required: bool = True,
        idempotency: Literal["required", "optional"] | None = None,
        key_needed_with: str | None = None,
    ) -> Callable[[View], View]:
        """Register a route.

        Parameters
        ----------
        path
            The pattern; its parameters carry attribute names of `ids.PATTERNS`.
        methods
            The HTTP method, in a list, as Chalice wants it.
        may
            The roles that may use it; `PUBLIC` for anybody.
        query
            The query parameters beside `limit` and `cursor`; any other is refused.
        paged
            Whether it is a list, with `limit` and `cursor`.
        body
            The name of the body's model in the module of request models.
        body_required
            Whether a request without a body is refused; otherwise it counts as ``{}``.
        idempotency
            Whether an Idempotency-Key is required or understood.
        key_needed_with
            The member of the body that makes an optional key a required one.
        """

        def register(view: View) -> View:
            endpoint = _Endpoint(
                view,
                self._verifier,
                self._bodies,
                frozenset(may),
                query or {},
                paged,
                body,
                body_required,
                idempotency,
                key_needed_with,
            )
            update_wrapper(endpoint, view)
            super(RestService, self).route(path, methods=list(methods))(endpoint)
            return view

        return register

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer an API Gateway proxy event; nothing escapes as an exception."""
        envelope = Envelope(event)
        try:
            response = self._dispatch(envelope)
        except InventoryError as error:
            response = self._problem(error, envelope)
        except Exception as error:
            self.log.exception("request %s failed", envelope.request_id)
            response = self._problem(outcome_of(error), envelope)
        response.headers["X-Request-Id"] = envelope.request_id
        response.headers |= self._cors_headers(envelope)
        answered: dict[str, Any] = response.to_dict()
        return answered

    def _dispatch(self, envelope: Envelope) -> Response:
        methods = self.routes.get(envelope.resource)
        if not methods:
            raise RouteNotFound(f"There is nothing at {envelope.path}.")
        entry = methods.get(envelope.method)
        if entry is not None:
            answered: Response = entry.view_function(envelope)
            return answered
        if self._is_preflight(envelope):
            return Response("", {"Access-Control-Allow-Methods": ", ".join(sorted(methods))}, 204)
        raise MethodNotAllowed(envelope.method, methods)

    def _problem(self, error: InventoryError, envelope: Envelope) -> Response:
        headers: Headers = {"Content-Type": PROBLEM_TYPE, **headers_of(error)}
        document = dumps(problem_document(error, envelope.request_id))
        # What a client sent and we repeat may hold a lone surrogate, which no answer can carry.
        return Response(document.encode(errors="replace").decode(), headers, status_of(error))

    def _is_preflight(self, envelope: Envelope) -> bool:
        return (
            envelope.method == "OPTIONS"
            and envelope.header("origin") in self._cors_origins
            and envelope.header("access-control-request-method") is not None
        )

    def _cors_headers(self, envelope: Envelope) -> dict[str, str]:
        if not self._cors_origins:
            return {}
        origin = envelope.header("origin")
        if origin not in self._cors_origins:
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Headers": _ACCEPTED_HEADERS,
            "Access-Control-Expose-Headers": _EXPOSED_HEADERS,
            "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
        }

    def _health(self, _: Envelope) -> Response:
        return answer({"status": "ok", "service": self.app_name})
