"""The counterpart of API Gateway: turns HTTP requests into invocations of one Chalice app."""

from __future__ import annotations

import base64
import logging
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from local.compression import compressed
from local.problems import problem_document, problem_headers
from local.proxy_event import build_event
from local.routes import RouteTable

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from chalice.app import Chalice

PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024
"""The largest body that API Gateway accepts."""
TIMEOUT_SECONDS = 29.0
"""How long API Gateway waits for a service."""

# Only the server sets them: they describe the connection or the bytes that are sent.
SERVER_HEADERS = {"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"}
BODILESS_STATUSES = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")

log = logging.getLogger(__name__)

Headers = list[tuple[str, str]]


@dataclass
class LambdaContext:
    """The part of Lambda's context object that services may use."""

    aws_request_id: str
    function_name: str = "local"
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = "512"
    deadline: float = field(default_factory=lambda: time.monotonic() + TIMEOUT_SECONDS)

    @property
    def invoked_function_arn(self) -> str:
        """The function's name in the form of an ARN."""
        return f"arn:aws:lambda:ap-south-1:000000000000:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Return the time until API Gateway's timeout."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))


class Gateway:
    """A WSGI application in front of one Chalice app.

    The app itself handles unknown routes and methods, so that errors have one form.

    Parameters
    ----------
    app : Chalice
        The service; several threads call it at once.
    """

    def __init__(self, app: Chalice) -> None:
        self._app = app
        self._routes = RouteTable(app.routes)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle one request."""
        sent = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = sent if REQUEST_ID.fullmatch(sent) else str(uuid.uuid4())
        status, headers, body = self._respond(environ, request_id)
        if status in BODILESS_STATUSES:
            body = b""
        else:
            body = compressed(headers, body, environ.get("HTTP_ACCEPT_ENCODING", ""))
            headers.append(("Content-Length", str(len(body))))
        start_response(_status_line(status), headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" or not body else [body]

    def _respond(self, environ: WSGIEnvironment, request_id: str) -> tuple[int, Headers, bytes]:
        if int(environ.get("CONTENT_LENGTH") or 0) > PAYLOAD_LIMIT_BYTES:
            detail = f"The body is larger than {PAYLOAD_LIMIT_BYTES} bytes."
            return _problem(413, "payload_too_large", detail, request_id)
        event = build_event(environ, self._routes, environ["wsgi.input"].read(), request_id)
        try:
            context = LambdaContext(request_id, self._app.app_name)
            return read_response(self._app(event, context))
        except Exception:
            log.exception("%s %s (request %s)", event["httpMethod"], event["path"], request_id)
            detail = "The service failed to answer."
            return _problem(502, "bad_gateway", detail, request_id)


def read_response(response: dict[str, Any]) -> tuple[int, Headers, bytes]:
    """Return status, headers and body of the response of a Lambda function.

    A header that is in both ``headers`` and ``multiValueHeaders`` has the values of the latter.

    Raises
    ------
    Exception
        Of any type, if it is no proxy response; API Gateway returns 502 then.
    """
    several = dict(response.get("multiValueHeaders") or {})
    named = {name.lower() for name in several}
    for name, value in (response.get("headers") or {}).items():
        if name.lower() not in named:
            several[name] = [value]
    headers = [
        (name, _header_value(value))
        for name, values in several.items()
        if name.lower() not in SERVER_HEADERS
        for value in values
    ]
    body = response.get("body") or ""
    raw = base64.b64decode(body) if response.get("isBase64Encoded") else body.encode("utf-8")
    if raw and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return int(response["statusCode"]), headers, raw


def _header_value(value: object) -> str:
    text = str(value)
    if "\r" in text or "\n" in text:
        raise ValueError("a header value contains a line break")
    # WSGI takes the bytes decoded as Latin-1.
    return text.encode("utf-8").decode("latin-1")


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _problem(status: int, code: str, detail: str, request_id: str) -> tuple[int, Headers, bytes]:
    return status, problem_headers(request_id), problem_document(status, code, detail, request_id)
