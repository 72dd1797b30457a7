"""A REST service: Chalice, with the conventions of design 4 for everything it answers.

A route declares who may use it and what it takes; its function gets a checked `Request` and returns an
answer. Chalice keeps the routes, packages them and runs streams and schedules.  Requests are dispatched here
rather than by Chalice, which answers unknown routes and media types in a form of its own, turns every
exception into a bare 500 before a middleware sees it, and keeps the current request on the application, where
two threads overwrite each other's (docs/decisions/0003-dispatch.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import update_wrapper, wraps
from time import perf_counter
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Literal

from chalice.app import Chalice, CloudWatchEvent, Response

from .declarations import Api, Declaration, ResponseSpec
from .dynamodb import Usage, measured, to_inventory_error
from .errors import (
    DatabaseUnavailable,
    Forbidden,
    InvalidInput,
    InventoryError,
    MethodNotAllowed,
    RouteNotFound,
    Unauthenticated,
    Unavailable,
)
from .exact_json import dumps
from .idempotency import IdempotencyKey
from .identity import ANYBODY, EVERYTHING, Principal, Role, Scope, TokenVerifier
from .ids import PATTERNS, is_id
from .log_lines import Level, exception_fields, log_event
from .pages import PageRequest
from .preconditions import ANY_VERSION, IfMatch
from .problems import PROBLEM_TYPE, headers_of, problem_document, status_of
from .reference_pages import PROGRAM, ReferencePages
from .requests import (
    Parameter,
    ProxyEvent,
    Request,
    path_errors,
    read_body,
    read_json,
    read_query,
)
from .responses import Headers, answer
from .schedules import ScheduledWork, run_scheduled
from .settings import Settings
from .streams import ItemChange, StreamSubscription, process_batch

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["PUBLIC", "Bodies", "Endpoint", "LambdaFunction", "RestService", "View"]

PUBLIC: Final[frozenset[Role]] = frozenset()
"""A route for anybody; who sends a token must send a good one all the same."""

_EXPOSED_HEADERS: Final = "ETag, Idempotent-Replayed, Link, Location, Retry-After, X-Request-Id"
_ACCEPTED_HEADERS: Final = "Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-Id"
_PREFLIGHT_SECONDS: Final = 600
"""How long a browser may remember what CORS allows."""
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

View = Callable[..., Response]
"""A route's function: takes a `Request` and the path's parameters by name."""

LambdaFunction = Callable[[Mapping[str, Any], Any], dict[str, Any]]
"""A Lambda function's entry: takes an event and a context."""

ScheduledFunction = Callable[[Mapping[str, Any], Any], None]
"""A Lambda function's entry that answers nothing."""

Bodies = Callable[[], ModuleType]
"""Imports and returns a service's module of request models."""


@dataclass(slots=True)
class _Findings:
    """What comes to light while a request is answered, for its log line."""

    principal: Principal | None = None
    code: str | None = None
    failure: Exception | None = None

    def fields(self) -> dict[str, Any]:
        """Return it as fields of the line."""
        known = {} if self.failure is None else exception_fields(self.failure)
        return {
            "principal": self.principal and self.principal.name,
            "roles": sorted(self.principal.roles) if self.principal else [],
            "vendor_id": self.principal and self.principal.vendor_id,
            "code": self.code,
            **known,
        }


@dataclass
class Endpoint:
    """A route's declaration, and the way of a request through it."""

    view: View
    verifier: TokenVerifier
    bodies: Bodies | None
    declared: Declaration

    def body_model(self) -> type[BaseModel]:
        """Return the model of the bodies that it takes."""
        # pydantic is a third of a cold start; services that only read never load it.
        assert self.bodies is not None, "a route that takes a body needs request models"
        model: type[BaseModel] = getattr(self.bodies(), str(self.declared.body))
        return model

    def __call__(self, envelope: ProxyEvent, findings: _Findings) -> Response:
        """Check a request as declared, and hand it to the route's function."""
        findings.principal = principal = self.verifier.principal(envelope.header("authorization"))
        scope = self._admit(envelope, principal)
        request = self._check(envelope, principal, scope)
        return self.view(request, **request.path_parameters)

    def _admit(self, envelope: ProxyEvent, principal: Principal) -> Scope:
        allowed_roles = self._open_to(envelope.query_parameters())
        if not allowed_roles:
            return EVERYTHING
        if principal is ANYBODY:
            raise Unauthenticated("Send an Authorization header: 'Bearer' and a token.")
        scope = principal.scope(allowed_roles)
        named_vendor = envelope.path_parameters().get("vendor_id")
        if named_vendor is not None and not scope.covers(named_vendor):
            raise Forbidden("The path names another vendor.")
        return scope

    def _open_to(self, sent: Mapping[str, list[str]]) -> Collection[Role]:
        for (name, value), roles in self.declared.allowed_roles_by_query.items():
            if value in sent.get(name, ()):
                return roles
        return self.declared.allowed_roles

    def _check(self, envelope: ProxyEvent, principal: Principal, scope: Scope) -> Request:
        declared = self.declared
        sent_body = envelope.body() if declared.body else b""
        document = read_json(sent_body, declared.body_required) if declared.body else None
        key = envelope.idempotency_key(self._needs_key(document)) if declared.idempotency else None
        after = envelope.cursor() if declared.paged else None

        path_parameters = envelope.path_parameters()
        sent_query = envelope.query_parameters()
        query, errors = read_query(sent_query, declared.query_parameters)
        errors += path_errors(path_parameters)
        body: BaseModel | None = None
        if declared.body:
            body, body_errors = read_body(self.body_model(), document)
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
            page=PageRequest(query["limit"], after) if declared.paged else PageRequest(),
            body=body,
            idempotency_key=None if key is None else self._idempotency_key_of(envelope, principal, key, body),
            if_match=IfMatch.read(envelope.header("if-match")) if declared.versioned else ANY_VERSION,
            query_as_sent=sent_query,
            accept=envelope.header("accept") or "",
        )

    def _needs_key(self, document: Any) -> bool:
        if self.declared.idempotency == "required":
            return True
        return isinstance(document, dict) and document.get(self.declared.key_required_with) is not None

    def _idempotency_key_of(
        self, envelope: ProxyEvent, principal: Principal, key: str, body: BaseModel | None
    ) -> IdempotencyKey:
        # Of the same request however it is spelled: decoded parameters, and the body as it was understood.
        route = dumps([envelope.resource, envelope.path_parameters()], sort_keys=True)
        understood = {} if body is None else body.model_dump(exclude_none=True)
        return IdempotencyKey.of(
            principal.name, envelope.method, route, key, dumps(understood, sort_keys=True)
        )


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
    api
        What it says of itself; without, it has no document and no reference page.
    """

    def __init__(
        self,
        name: str,
        *,
        verifier: TokenVerifier,
        bodies: Bodies | None = None,
        cors_origins: Collection[str] = (),
        api: Api | None = None,
    ) -> None:
        # Chalice's own log handler writes text beside the JSON lines; without it, the log is Lambda's.
        super().__init__(app_name=name, configure_logs=False)
        self._verifier = verifier
        self._bodies = bodies
        self._cors_origins = frozenset(cors_origins)
        self.subscriptions: dict[str, StreamSubscription] = {}
        self.schedules: dict[str, str] = {}
        self._own_route("/health", self._health)
        self.declared_api = api  # not `api`, which is Chalice's own
        if api is not None:
            pages = ReferencePages(api.folder, name)
            self._own_route("/openapi.json", lambda *_: pages.document())
            self._own_route("/docs", lambda *_: pages.page())
            self._own_route(f"/docs/{PROGRAM}", lambda *_: pages.program())

    @classmethod
    def from_settings(
        cls, name: str, settings: Settings, *, bodies: Bodies | None = None, api: Api | None = None
    ) -> RestService:
        """Make the application of a service from its settings."""
        verifier = TokenVerifier(
            settings.jwks_url,
            settings.token_issuer,
            settings.token_audiences,
            settings.machine_client_ids,
        )
        return cls(name, verifier=verifier, bodies=bodies, cors_origins=settings.cors_origins, api=api)

    def route(  # type: ignore[override]  # Chalice takes anything and looks at it later
        self,
        path: str,
        *,
        methods: Collection[str],
        allowed_roles: Collection[Role],
        allowed_roles_by_query: Mapping[tuple[str, str], Collection[Role]] | None = None,
        query: Mapping[str, Parameter] | None = None,
        paged: bool = False,
        body: str | None = None,
        body_required: bool = True,
        idempotency: Literal["required", "optional"] | None = None,
        key_required_with: str | None = None,
        versioned: bool = False,
        tag: str | None = None,
        serves: ResponseSpec | None = None,
        errors: Collection[type[InventoryError]] = (),
        unavailable: type[Unavailable] = DatabaseUnavailable,
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
        may_ask
            Instead of them, the roles that may send a certain value of a query parameter.
        query
            The query parameters beside `limit` and `cursor`, or a `limit` of its own; any other is refused.
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
        versioned
            Whether If-Match is understood.
        tag
            The group of routes that it is shown in; the service's own name if none is given.
        serves
            What it answers if all goes well; the service's document cannot be written without.
        refuses
            What it can refuse beside what follows from the rest: its own 404, 409 and 422.
        unavailable
            What it answers while the store that it reads does not.
        """

        def register(view: View) -> View:
            [method] = methods
            declared = Declaration(
                path=path,
                method=method,
                tag=tag,
                allowed_roles=frozenset(allowed_roles),
                allowed_roles_by_query=allowed_roles_by_query or {},
                query=query or {},
                paged=paged,
                body=body,
                body_required=body_required,
                idempotency=idempotency,
                key_required_with=key_required_with,
                versioned=versioned,
                serves=serves,
                errors=errors,
                unavailable=unavailable,
            )
            endpoint = Endpoint(view, self._verifier, self._bodies, declared)
            update_wrapper(endpoint, view)
            super(RestService, self).route(path, methods=list(methods))(endpoint)
            return view

        return register

    def on_change(
        self, subscription: StreamSubscription
    ) -> Callable[[Callable[[ItemChange], None]], LambdaFunction]:
        """Register a function for the changes of one kind of item.

        The decorated function becomes a Lambda function of its own, under its own name, which the platform
        maps to the table's stream; `subscriptions` tells which.
        """

        def register(handle: Callable[[ItemChange], None]) -> LambdaFunction:
            name = handle.__name__
            self.subscriptions[name] = subscription

            @self.lambda_function(name=name)
            @wraps(handle)  # before Chalice sees it: it takes the entry's name, app.<name>, from there
            def changed(event: Mapping[str, Any], _: Any) -> dict[str, Any]:
                return process_batch(event, subscription, handle, self.app_name)

            registered: LambdaFunction = update_wrapper(changed, handle)
            return registered

        return register

    def on_schedule(self, expression: str) -> Callable[[ScheduledWork], ScheduledFunction]:
        """Register a function to be started on a schedule, e.g. ``rate(1 minute)``; `schedules` tells which.

        It is given the invocation's id and returns what it has done, for the log: one line a run.
        """

        def register(work: ScheduledWork) -> ScheduledFunction:
            name = work.__name__
            self.schedules[name] = expression

            @self.schedule(expression, name=name)
            @wraps(work)
            def scheduled(event: CloudWatchEvent) -> None:
                run_scheduled(name, work, getattr(event.context, "aws_request_id", ""), self.app_name)

            registered: ScheduledFunction = update_wrapper(scheduled, work)
            return registered

        return register

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer an API Gateway proxy event, and log one line; nothing escapes as an exception."""
        started = perf_counter()
        envelope = ProxyEvent(event)
        findings = _Findings()
        with measured() as usage:
            response = self._outcome(envelope, findings)
        response.headers["X-Request-Id"] = envelope.request_id
        response.headers |= self._cors_headers(envelope)
        answered: dict[str, Any] = response.to_dict()
        with suppress(Exception):
            self._log(envelope, findings, context, response.status_code, started, usage)
        return answered

    def _outcome(self, envelope: ProxyEvent, findings: _Findings) -> Response:
        try:
            return self._dispatch(envelope, findings)
        except InventoryError as error:
            outcome = error
        except Exception as error:
            findings.failure = error
            outcome = to_inventory_error(error)
        findings.code = outcome.code
        return self._problem(outcome, envelope)

    def _log(
        self,
        envelope: ProxyEvent,
        findings: _Findings,
        context: Any,
        status: int,
        started: float,
        usage: Usage,
    ) -> None:
        fields = {
            "request_id": envelope.request_id,
            "aws_request_id": getattr(context, "aws_request_id", None),
            **findings.fields(),
            # After the principal's own vendor: the one in the path is whose things it is about.
            **_named(envelope, self.routes),
            "status": status,
            "duration_ms": round((perf_counter() - started) * 1000, 3),
            **usage.fields(),
        }
        level: Level = "INFO" if status < 500 else "ERROR" if findings.failure else "WARN"
        log_event(self.app_name, "request", level=level, **fields)

    def _dispatch(self, envelope: ProxyEvent, findings: _Findings) -> Response:
        methods = self.routes.get(envelope.resource)
        if not methods:
            raise RouteNotFound(f"There is nothing at {envelope.path}.")
        entry = methods.get(envelope.method)
        if entry is not None:
            answered: Response = entry.view_function(envelope, findings)
            return answered
        if self._is_preflight(envelope):
            return Response("", {"Access-Control-Allow-Methods": ", ".join(sorted(methods))}, 204)
        raise MethodNotAllowed(envelope.method, methods)

    def _problem(self, error: InventoryError, envelope: ProxyEvent) -> Response:
        headers: Headers = {"Content-Type": PROBLEM_TYPE, **headers_of(error)}
        document = dumps(problem_document(error, envelope.request_id))
        # What a client sent and we repeat may hold a lone surrogate, which no answer can carry.
        return Response(document.encode(errors="replace").decode(), headers, status_of(error))

    def _is_preflight(self, envelope: ProxyEvent) -> bool:
        return (
            envelope.method == "OPTIONS"
            and envelope.header("origin") in self._cors_origins
            and envelope.header("access-control-request-method") is not None
        )

    def _cors_headers(self, envelope: ProxyEvent) -> dict[str, str]:
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

    def _own_route(self, path: str, view: Callable[[ProxyEvent, _Findings], Response]) -> None:
        """Register a route that looks at nothing in a request."""
        super().route(path, methods=["GET"])(view)

    def _health(self, _: ProxyEvent, __: _Findings) -> Response:
        return answer({"status": "ok", "service": self.app_name})


def _named(envelope: ProxyEvent, routes: Collection[str]) -> dict[str, str | None]:
    """Return method, route and the path's ids as fields of a log line.

    Of what a client wrote only what has a form of ours: anything else may be anything, a token included.
    """
    try:
        method, route, parameters = envelope.method, envelope.resource, envelope.path_parameters()
    except (AttributeError, KeyError, TypeError):  # no event of API Gateway's
        return {"method": None, "route": None}
    known = route in routes
    ids = {name: value for name, value in parameters.items() if name in PATTERNS and is_id(name, value)}
    return {
        "method": method if method in _METHODS else None,
        "route": route if known else None,
        **(ids if known else {}),
    }
