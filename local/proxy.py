"""The services behind the address of the front, as CloudFront has them behind the address of the console."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import quote

from local.proxy_event import split_target
from local.replies import problem_reply
from local.settings import HOST

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

PREFIX: Final = "/api/"
TIMEOUT_SECONDS: Final = 60.0
"""Longer than a service has for a request."""
BLOCK_BYTES: Final = 64 * 1024
HOP_BY_HOP: Final = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
"""Headers about one connection (RFC 9110, 7.6.1)."""
ANSWERED_HERE: Final = {"content-length", "expect", "host", "origin"}
"""Request headers of the front itself: it has checked whose page asks, and a service has another origin."""
_SENDABLE: Final = "".join(map(chr, range(0x21, 0x7F)))

log = logging.getLogger(__name__)


class Proxy:
    """A WSGI application that passes ``/api/SERVICE/…`` on to the service, without that prefix.

    Bodies are passed on in blocks, and statuses and headers as they are.  A service that does not answer is a
    502, a name that is none a 404.

    Parameters
    ----------
    ports : Mapping[str, int]
        The ports of the services on this machine, by name.
    timeout_seconds : float
        How long a service may be silent.
    """

    def __init__(self, ports: Mapping[str, int], timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._ports = ports
        self._timeout_seconds = timeout_seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle one request."""
        raw_path, query = split_target(environ["REQUEST_URI"])
        name, slash, rest = raw_path.removeprefix(PREFIX).partition("/")
        if name not in self._ports or not slash:
            detail = f"There is no {raw_path}; the services are {', '.join(self._ports)}."
            return problem_reply(404, "not_found", detail).send(environ, start_response)
        target = quote(f"/{rest}{'?' if query else ''}{query}".encode("latin-1"), safe=_SENDABLE)
        connection = http.client.HTTPConnection(HOST, self._ports[name], timeout=self._timeout_seconds)
        try:
            response = _ask(connection, target, environ)
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            log.warning("%s %s: %r", environ["REQUEST_METHOD"], raw_path, error)
            detail = f"The {name} service does not answer."
            return problem_reply(502, "bad_gateway", detail).send(environ, start_response)
        start_response(f"{response.status} {response.reason or 'Unknown'}", _passed_on(response.getheaders()))
        return _Body(connection, response)


def _ask(
    connection: http.client.HTTPConnection, target: str, environ: WSGIEnvironment
) -> http.client.HTTPResponse:
    connection.putrequest(environ["REQUEST_METHOD"], target, skip_accept_encoding=True)
    sent = [
        (key.removeprefix("HTTP_").replace("_", "-").title(), value)
        for key, value in environ.items()
        if key.startswith("HTTP_") or (key == "CONTENT_TYPE" and value)
    ]
    for name, value in _passed_on(sent):
        if name.lower() not in ANSWERED_HERE and not name.lower().startswith("sec-fetch-"):
            connection.putheader(name, value)
    body: IO[bytes] | None = None
    if length := environ.get("CONTENT_LENGTH"):
        connection.putheader("Content-Length", length)
        body = environ["wsgi.input"]
    connection.endheaders(body)
    return connection.getresponse()


def _passed_on(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers that are not about the connection alone."""
    connection = ",".join(value for name, value in headers if name.lower() == "connection")
    dropped = HOP_BY_HOP | {name.strip().lower() for name in connection.split(",")}
    return [(name, value) for name, value in headers if name.lower() not in dropped]


class _Body:
    """The blocks of a response's body; `close` ends its connection, also if no block was read."""

    def __init__(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
        self._connection = connection
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        while block := self._response.read1(BLOCK_BYTES):
            yield block

    def close(self) -> None:
        self._response.close()
        self._connection.close()
