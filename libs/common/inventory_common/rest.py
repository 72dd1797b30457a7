"""A REST service: Chalice, with the conventions of design 4 for every response.

A route declares who may use it and what it accepts (`declarations`); its method takes a checked `Request` and
returns a response.  Chalice registers and packages the routes, and runs streams and schedules.  Requests are
dispatched here rather than by Chalice, which responds to unknown routes and media types in a format of its
own, turns every exception into a bare 500 before a middleware sees it, and stores the current request in the
application, where two threads overwrite each other's (docs/decisions/0003-dispatch.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import update_wrapper, wraps
from time import perf_counter
from typing import Any, Final

from chalice.app import Chalice, CloudWatchEvent, Response

from .browser_headers import SECURITY_HEADERS
from .budgets import Budgets
from .declarations import Api, Declaration, declaration_of
from .dynamodb import Usage, measured, to_inventory_error
from .errors import (
    Forbidden,
    InvalidInput,
    InventoryError,
    MethodNotAllowed,
    OutcomeUnknown,
    RouteNotFound,
    Unauthenticated,
)
from .exact_json import dumps
from .identity import ANYBODY, EVERYTHING, Principal, Role, Scope, TokenVerifier
from .ids import PATTERNS, is_id
from .log_lines import Level, exception_fields, limit_library_logs, log_event
from .pages import PageRequest
from .preconditions import ANY_VERSION, IfMatch
from .problems import PROBLEM_TYPE, headers_of, problem_document, status_of
from .reference_pages import SCRIPT, ReferencePages
from .requests import ProxyEvent, Request, path_errors, read_json, read_query
from .responses import Headers, json_response
from .schedules import ScheduledWork, run_scheduled
from .settings import Settings
from .streams import BatchHandler, StreamSubscription, process_batch

__all__ = ["Endpoint", "LambdaFunction", "RestService"]

_EXPOSED_HEADERS: Final = "ETag, Idempotent-Replayed, Link, Location, Retry-After, X-Request-Id"
_ACCEPTED_HEADERS: Final = "Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-Id"
_PREFLIGHT_SECONDS: Final = 600
"""How long a browser may cache the response to a CORS preflight request."""
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

LambdaFunction = Callable[[Mapping[str, Any], Any], dict[str, Any]]
"""The entry point of a Lambda function: takes an event and a context, and returns a response."""

_ScheduledFunction = Callable[[Mapping[str, Any], Any], dict[str, Any] | None]
"""The entry point of a Lambda function that returns a report, or nothing."""


@dataclass(slots=True)
class _RequestLog:
    """The facts of a request that its log line contains, collected while it is handled."""

    principal: Principal | None = None
    code: str | None = None
    failure: Exception | None = None

    def fields(self) -> dict[str, Any]:
        """Return them as fields of the log line."""
        exception = {} if self.failure is None else exception_fields(self.failure)
        return {
            "principal": self.principal and self.principal.name,
            "roles": sorted(self.principal.roles) if self.principal else [],
            "vendor_id": self.principal and self.principal.vendor_id,
            "code": self.code,
            **exception,
        }


@dataclass
class Endpoint:
    """The method of a route, called after the checks that it declares."""

    method: Callable[..., Response]
    verifier: TokenVerifier
    budgets: Budgets
    declared: Declaration

    def __call__(self, event: ProxyEvent, log: _RequestLog) -> Response:
        """Check a request as declared, and pass it to the route's method."""
        log.principal = principal = self.verifier.principal(event.header("authorization"))
        scope = self._authorize(event, principal)
        # Before the body is read: a request that is refused costs next to nothing.
        self.budgets.admit(principal)
        request = self._check(event, principal, scope)
        if self.declared.weight is not None:
            self.budgets.charge(principal, self.declared.weight(request.body) - 1)
        response = self.method(request, **request.path_parameters)
        if self.declared.response.no_store:
            response.headers["Cache-Control"] = "no-store"
        return response

    def _authorize(self, event: ProxyEvent, principal: Principal) -> Scope:
        roles = self._allowed_roles(event.query_parameters())
        if not roles:
            return EVERYTHING
        if principal is ANYBODY:
            raise Unauthenticated("Send an Authorization header: 'Bearer' and a token.")
        scope = principal.scope(roles)
        vendor_id = event.path_parameters().get("vendor_id")
        if vendor_id is not None and not scope.covers(vendor_id):
            raise Forbidden("The path names another vendor.")
        return scope

    def _allowed_roles(self, sent: Mapping[str, list[str]]) -> Collection[Role]:
        for (name, value), roles in self.declared.allowed_roles_by_query.items():
            if value in sent.get(name, ()):
                return roles
        return self.declared.allowed_roles

    def _check(self, event: ProxyEvent, principal: Principal, scope: Scope) -> Request[Any]:
        declared = self.declared
        sent_body = event.body() if declared.body else b""
        document = read_json(sent_body, declared.body_required) if declared.body else None
        event.require_utf_8()
        key = event.idempotency_key(self._requires_key(document)) if declared.idempotency else None
        after = event.cursor() if declared.paged else None

        path_parameters = event.path_parameters()
        sent_query = event.query_parameters()
        query, errors = read_query(sent_query, declared.query_parameters)
        errors += path_errors(path_parameters)
        body: Any = None
        if declared.body:
            body, body_errors = declared.body.read(document)
            errors += body_errors
        if errors:
            raise InvalidInput(errors)
        return Request(
            principal=principal,
            scope=scope,
            request_id=event.request_id,
            path=event.path,
            path_parameters=path_parameters,
            query=query,
            page=PageRequest(query["limit"], after) if declared.paged else PageRequest(),
            body=body,
            idempotency_key=(
                None if key is None else declared.idempotency_key(principal.name, path_parameters, key, body)
            ),
            if_match=IfMatch.read(event.header("if-match")) if declared.versioned else ANY_VERSION,
            query_as_sent=sent_query,
            accept=event.header("accept") or "",
        )

    def _requires_key(self, document: Any) -> bool:
        if self.declared.idempotency == "required":
            return True
        return isinstance(document, dict) and document.get(self.declared.key_required_with) is not None


class RestService(Chalice):
    """A Chalice application whose every response follows the conventions.

    Parameters
    ----------
    name
        The Chalice application's name; ``/health`` returns it.
    verifier
        Verifies the tokens of requests.
    cors_origins
        Origins whose pages may call the service.
    budgets
        The budgets of principals; by default, nobody has one.
    api
        The declaration of the service as a whole; without it, there is no document and no reference page.
    """

    def __init__(
        self,
        name: str,
        *,
        verifier: TokenVerifier,
        cors_origins: Collection[str] = (),
        budgets: Budgets | None = None,
        api: Api | None = None,
    ) -> None:
        limit_library_logs()
        # Chalice's own log handler would write plain text between the JSON lines.
        super().__init__(app_name=name, configure_logs=False)
        self._verifier = verifier
        self._cors_origins = frozenset(cors_origins)
        self._budgets = budgets or Budgets()
        self.subscriptions: dict[str, StreamSubscription] = {}
        self.schedules: dict[str, str] = {}
        self._own_route("/health", self._health)
        self.declared_api = api  # not `api`, which is Chalice's own
        if api is not None:
            pages = ReferencePages(api.folder, name)
            self._own_route("/openapi.json", lambda *_: pages.document())
            self._own_route("/asyncapi.json", lambda *_: pages.events_document())
            self._own_route("/docs", lambda *_: pages.page())
            self._own_route("/docs/events", lambda *_: pages.events_page())
            self._own_route(f"/docs/{SCRIPT}", lambda *_: pages.script())

    @classmethod
    def from_settings(cls, name: str, settings: Settings, *, api: Api | None = None) -> RestService:
        """Return the application of a service with these settings."""
        verifier = TokenVerifier(
            settings.jwks_url,
            settings.token_issuer,
            settings.token_audiences,
            settings.machine_client_ids,
        )
        budgets = Budgets(settings.client_budget, settings.vendor_budget)
        return cls(name, verifier=verifier, cors_origins=settings.cors_origins, budgets=budgets, api=api)

    def add(self, *subjects: object) -> None:
        """Register the routes of objects: the methods that `declarations.route` decorates, in their order."""
        for subject in subjects:
            for name, declared in _declared_routes(type(subject)):
                method = getattr(subject, name)
                endpoint = Endpoint(method, self._verifier, self._budgets, declared)
                update_wrapper(endpoint, method)
                self.route(declared.path, methods=[declared.method])(endpoint)

    def on_changes(self, subscription: StreamSubscription) -> Callable[[BatchHandler], LambdaFunction]:
        """Register a function for the changes of some types of item, called once for all of a batch.

        The decorated function becomes a Lambda function under its own name, which the platform maps to the
        table's stream.  `subscriptions` contains every such function's subscription.
        """

        def register(handle_all: BatchHandler) -> LambdaFunction:
            name = handle_all.__name__
            self.subscriptions[name] = subscription

            @self.lambda_function(name=name)
            @wraps(handle_all)  # before Chalice's decorator, which derives the entry point app.<name> from it
            def changed(event: Mapping[str, Any], _: Any) -> dict[str, Any]:
                return process_batch(event, subscription, handle_all, self.app_name)

            registered: LambdaFunction = update_wrapper(changed, handle_all)
            return registered

        return register

    def on_schedule(self, expression: str) -> Callable[[ScheduledWork], _ScheduledFunction]:
        """Register a function that runs on a schedule, e.g. ``rate(1 minute)``.

        It takes the invocation's id and returns fields of the log line of the run, or a report, which the
        function returns to an operator who invokes it.  `schedules` contains every such function's schedule.
        """

        def register(work: ScheduledWork) -> _ScheduledFunction:
            name = work.__name__
            self.schedules[name] = expression

            @self.schedule(expression, name=name)
            @wraps(work)
            def scheduled(event: CloudWatchEvent) -> dict[str, Any] | None:
                request_id = getattr(event.context, "aws_request_id", "")
                return run_scheduled(name, work, request_id, self.app_name)

            registered: _ScheduledFunction = update_wrapper(scheduled, work)
            return registered

        return register

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Handle an API Gateway proxy event, and log one line; no exception is raised."""
        started = perf_counter()
        proxy_event = ProxyEvent(event)
        log = _RequestLog()
        with measured() as usage:
            response = self._respond(proxy_event, log)
        response.headers = {**SECURITY_HEADERS, **response.headers, "X-Request-Id": proxy_event.request_id}
        response.headers |= self._cors_headers(proxy_event)
        sent: dict[str, Any] = response.to_dict()
        with suppress(Exception):
            self._write_log_line(proxy_event, log, context, response.status_code, started, usage)
        return sent

    def _respond(self, event: ProxyEvent, log: _RequestLog) -> Response:
        try:
            return self._dispatch(event, log)
        except InventoryError as expected:
            error = expected
            if isinstance(expected, OutcomeUnknown) and isinstance(expected.__cause__, Exception):
                log.failure = expected.__cause__  # what lost the answer of the database
        except Exception as failure:
            log.failure = failure
            error = to_inventory_error(failure)
        log.code = error.code
        return self._problem(error, event)

    def _write_log_line(
        self,
        event: ProxyEvent,
        log: _RequestLog,
        context: Any,
        status: int,
        started: float,
        usage: Usage,
    ) -> None:
        fields = {
            "request_id": event.request_id,
            "aws_request_id": getattr(context, "aws_request_id", None),
            **log.fields(),
            # After the principal's own vendor, which the vendor in the path replaces.
            **_route_fields(event, self.routes),
            "status": status,
            "duration_ms": round((perf_counter() - started) * 1000, 3),
            **usage.fields(),
        }
        level: Level = "INFO" if status < 500 else "ERROR" if log.failure else "WARN"
        log_event(self.app_name, "request", level=level, **fields)

    def _dispatch(self, event: ProxyEvent, log: _RequestLog) -> Response:
        methods = self.routes.get(event.resource)
        if not methods:
            raise RouteNotFound(f"{event.path} was not found.")
        entry = methods.get(event.method)
        if entry is not None:
            response: Response = entry.view_function(event, log)
            return response
        if self._is_preflight(event):
            return Response("", {"Access-Control-Allow-Methods": ", ".join(sorted(methods))}, 204)
        raise MethodNotAllowed(event.method, methods)

    def _problem(self, error: InventoryError, event: ProxyEvent) -> Response:
        headers: Headers = {"Content-Type": PROBLEM_TYPE, **headers_of(error)}
        document = dumps(problem_document(error, event.request_id))
        # A detail may quote a lone surrogate that the client sent, which UTF-8 cannot encode.
        return Response(document.encode(errors="replace").decode(), headers, status_of(error))

    def _is_preflight(self, event: ProxyEvent) -> bool:
        return (
            event.method == "OPTIONS"
            and event.header("origin") in self._cors_origins
            and event.header("access-control-request-method") is not None
        )

    def _cors_headers(self, event: ProxyEvent) -> dict[str, str]:
        # The gateway compresses what the service returns, for clients that accept it.
        if not self._cors_origins:
            return {"Vary": "Accept-Encoding"}
        vary = "Accept-Encoding, Origin"
        origin = event.header("origin")
        if origin not in self._cors_origins:
            return {"Vary": vary}
        return {
            "Vary": vary,
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Headers": _ACCEPTED_HEADERS,
            "Access-Control-Expose-Headers": _EXPOSED_HEADERS,
            "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
        }

    def _own_route(self, path: str, respond: Callable[[ProxyEvent, _RequestLog], Response]) -> None:
        """Register a route that needs no part of a request."""
        self.route(path, methods=["GET"])(respond)

    def _health(self, _: ProxyEvent, __: _RequestLog) -> Response:
        return json_response({"status": "ok", "service": self.app_name})


def _declared_routes(subject: type) -> Iterator[tuple[str, Declaration]]:
    """Yield the names and declarations of a class's routes, those of its base classes first."""
    for name in dict.fromkeys(name for cls in reversed(subject.__mro__) for name in vars(cls)):
        declared = declaration_of(getattr(subject, name, None))
        if declared is not None:
            yield name, declared


def _route_fields(event: ProxyEvent, routes: Collection[str]) -> dict[str, str | None]:
    """Return the method, the route and the ids in the path as fields of a log line.

    An id is only included if it matches its pattern, as any other text could be a token.
    """
    try:
        method, route, parameters = event.method, event.resource, event.path_parameters()
    except (AttributeError, KeyError, TypeError):  # not an event of API Gateway
        return {"method": None, "route": None}
    known = route in routes
    ids = {name: value for name, value in parameters.items() if name in PATTERNS and is_id(name, value)}
    return {
        "method": method if method in _METHODS else None,
        "route": route if known else None,
        **(ids if known else {}),
    }
