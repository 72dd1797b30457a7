"""``python -m local.front``: the one address that a browser knows.

It serves the console, or a simple page until that is built; the services below ``/api``; the key set and the
tokens of the local stack.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from local.console.site import Site, is_page
from local.console.status import State, StatusFile
from local.environment import CONSOLE_STATUS_VARIABLE, ISSUER_KEY_VARIABLE
from local.errors import StackError
from local.index_page import index_page
from local.issuer import Issuer, TokenRefused, kept_key
from local.proxy import PREFIX, Proxy
from local.proxy_event import split_target
from local.replies import Reply, json_reply, text_reply
from local.server import serve
from local.settings import SERVICES, Settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

CONFIGURATION = {"sign_in": "development", "demo": True}
"""What the console is told about this place."""


class Front:
    """The WSGI application on port 8000.

    Parameters
    ----------
    settings : Settings
        The addresses to show; its front address is the issuer of the tokens.
    issuer_key : Path, optional
        The file of the issuer's key; a new one that is not stored if None.
    console : StatusFile, optional
        What there is of the console; None if there is to be none.
    """

    def __init__(
        self, settings: Settings, issuer_key: Path | None = None, console: StatusFile | None = None
    ) -> None:
        key = None if issuer_key is None else kept_key(issuer_key)
        self._settings = settings
        self._issuer = Issuer(settings.url("front"), key=key)
        self._proxy = Proxy({name: settings.ports[name] for name in SERVICES})
        self._console = console
        self._site: tuple[str, Site] | None = None
        self._routes: dict[tuple[str, str], Callable[[str], Reply]] = {
            ("GET", "/health"): lambda _: json_reply(200, {"status": "ok"}),
            ("GET", "/config.json"): lambda _: json_reply(200, CONFIGURATION),
            ("GET", "/.well-known/jwks.json"): lambda _: json_reply(200, self._issuer.jwks()),
            ("GET", "/token"): self._token,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle one request."""
        path, query = split_target(environ["REQUEST_URI"])
        if path.startswith(PREFIX):
            return self._proxy(environ, start_response)
        method = environ["REQUEST_METHOD"].replace("HEAD", "GET")
        route = self._routes.get((method, path))
        if route is not None:
            reply: Reply | None = route(query)
        elif method == "GET":
            reply = self._page(path, environ.get("HTTP_ACCEPT_ENCODING", ""))
        else:
            reply = None
        return (reply or text_reply(404, "There is nothing here.")).send(environ, start_response)

    def _page(self, path: str, accept_encoding: str) -> Reply | None:
        """Return a page or a file of the console, the simple page in its place, or None."""
        status = None if self._console is None else self._console.read()
        site = self._site_of(status.folder) if status and status.state is State.READY else None
        if site is not None:
            return site.reply(path, accept_encoding)
        if path == "/" or (status is not None and is_page(path)):
            return index_page(self._settings, status)
        return None

    def _site_of(self, folder: str) -> Site | None:
        if self._site is None or self._site[0] != folder:
            try:
                self._site = folder, Site(Path(folder))
            except OSError:  # removed by hand
                return None
        return self._site[1]

    def _token(self, query: str) -> Reply:
        values = {name: each[-1] for name, each in parse_qs(query).items()}
        try:
            return text_reply(200, self._issuer.token(values.get("role", ""), values.get("vendor")))
        except TokenRefused as refusal:
            return text_reply(400, str(refusal))


def main() -> None:
    """Serve the front at the port that the environment sets."""
    settings = Settings.from_environment(os.environ)
    key, console = os.environ.get(ISSUER_KEY_VARIABLE), os.environ.get(CONSOLE_STATUS_VARIABLE)
    try:
        front = Front(
            settings,
            None if key is None else Path(key),
            None if console is None else StatusFile(Path(console)),
        )
    except (StackError, OSError) as error:
        sys.exit(str(error))
    serve(front, settings.ports["front"])


if __name__ == "__main__":
    main()
