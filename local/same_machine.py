"""Requests that the local stack accepts: those of this machine's programs, and of pages of its own.

Everything here listens on 127.0.0.1, but a browser sends it whatever any web page asks for.  Such a request
names the page's origin (``Origin``), or at least says that it is another one (``Sec-Fetch-Site``).  A page
whose host name was changed to resolve to 127.0.0.1 (DNS rebinding) has the same origin as the server in the
browser's eyes; its requests are recognized by their ``Host``.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from local.problems import problem_document, problem_headers

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HTTP_FORBIDDEN = 403

_LOOPBACK_HOST = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?", re.IGNORECASE)
_OWN_SITES = {"", "none", "same-origin"}
"""``Sec-Fetch-Site`` of programs, of the address bar and bookmarks, and of the server's own pages."""


def reason_to_refuse(
    method: str, header: Callable[[str], str], *, origins: Collection[str] = (), opens_pages: bool = False
) -> str | None:
    """Return why a request is refused, as a sentence; None if it is not.

    Parameters
    ----------
    method : str
        Its method.
    header : Callable[[str], str]
        Returns a header by its name; an empty text for one that was not sent.
    origins : Collection[str]
        Further origins whose pages may send requests.
    opens_pages : bool
        Whether links of other sites may open a page of this server in a window of its own.

    Examples
    --------
    >>> reason_to_refuse("GET", {"Host": "shop.example:8000"}.get)
    "This server is for programs of this machine: Host 'shop.example:8000' is not a loopback address."
    """
    host = header("Host")
    if not _LOOPBACK_HOST.fullmatch(host or ""):
        return f"This server is for programs of this machine: Host {host!r} is not a loopback address."
    origin = header("Origin")
    if origin:
        if origin.lower() == f"http://{host.lower()}" or origin in origins:
            return None
        return f"Pages of {origin!r} may not use this server."
    if (header("Sec-Fetch-Site") or "") in _OWN_SITES:
        return None
    in_a_window = header("Sec-Fetch-Mode") == "navigate" and header("Sec-Fetch-Dest") == "document"
    if opens_pages and in_a_window and method == "GET":
        return None  # the other page cannot read it
    return "Pages of other origins may not use this server."


class SameMachine:
    """A WSGI application that passes on the requests of this machine's programs and of its own pages.

    Parameters
    ----------
    application : WSGIApplication
        The application that handles them.
    origins : Collection[str]
        Further origins whose pages may send requests.
    """

    def __init__(self, application: WSGIApplication, origins: Collection[str] = ()) -> None:
        self._application = application
        self._origins = frozenset(origins)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle one request."""

        def header(name: str) -> str:
            value: str = environ.get(f"HTTP_{name.upper().replace('-', '_')}", "")
            return value

        method = environ["REQUEST_METHOD"]
        reason = reason_to_refuse(method, header, origins=self._origins, opens_pages=True)
        if reason is None:
            return self._application(environ, start_response)
        request_id = str(uuid.uuid4())
        body = problem_document(HTTP_FORBIDDEN, "forbidden", reason, request_id)
        headers = [*problem_headers(request_id), ("Content-Length", str(len(body)))]
        start_response(f"{HTTP_FORBIDDEN} Forbidden", headers)
        return [] if method == "HEAD" else [body]
