"""``python -m local.front``: the one address that a browser knows.

It serves the console, or a simple page until that is built; the services below ``/api``; the key set and the
tokens of the local stack; and it loads the demo shop.
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
from local.demo_run import DemoRun
from local.environment import CONSOLE_STATUS_VARIABLE, DEMO_LOG_VARIABLE, ISSUER_KEY_VARIABLE
from local.errors import StackError
from local.index_page import index_page
from local.issuer import Issuer, TokenRefused, kept_key
from local.proxy import PREFIX, Proxy
from local.proxy_event import split_target
from local.replies import Reply, json_reply, problem_reply, text_reply
from local.server import serve
from local.settings import SERVICES, Settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

SIGN_IN = "development"
"""The kind of sign-in of this place: roles without a password."""


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
    demo : DemoRun, optional
        Loads the demo shop; None if nobody may.
    """

    def __init__(
        self,
        settings: Settings,
        issuer_key: Path | None = None,
        console: StatusFile | None = None,
        demo: DemoRun | None = None,
    ) -> None:
        key = None if issuer_key is None else kept_key(issuer_key)
        self._settings = settings
        self._issuer = Issuer(settings.url("front"), key=key)
        self._proxy = Proxy({name: settings.ports[name] for name in SERVICES})
        self._console = console
        self._site: tuple[str, Site] | None = None
        configuration = {"sign_in": SIGN_IN, "demo": demo is not None}
        self._routes: dict[tuple[str, str], Callable[[str], Reply]] = {
            ("GET", "/health"): lambda _: json_reply(200, {"status": "ok"}),
            ("GET", "/config.json"): lambda _: json_reply(200, configuration),
            ("GET", "/.well-known/jwks.json"): lambda _: json_reply(200, self._issuer.jwks()),
            ("GET", "/token"): self._token,
        }
        if demo is not None:
            self._routes[("GET", "/demo")] = lambda _: json_reply(200, demo.state())
            self._routes[("POST", "/demo")] = lambda _: _load(demo)

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


def _load(demo: DemoRun) -> Reply:
    """Start the loader of the demo shop, unless it is running."""
    try:
        is_started = demo.start()
    except OSError as error:
        return problem_reply(500, "internal_error", f"The loader cannot start: {error.strerror}.")
    if not is_started:
        return problem_reply(409, "demo_is_loading", "The demo shop is being loaded already.")
    return json_reply(202, demo.state())


def main() -> None:
    """Serve the front at the port that the environment sets."""
    settings = Settings.from_environment(os.environ)
    key, console, log = (
        None if (name := os.environ.get(variable)) is None else Path(name)
        for variable in (ISSUER_KEY_VARIABLE, CONSOLE_STATUS_VARIABLE, DEMO_LOG_VARIABLE)
    )
    demo = None if log is None else DemoRun(os.environ, log)
    try:
        front = Front(settings, key, None if console is None else StatusFile(console), demo)
    except (StackError, OSError) as error:
        sys.exit(str(error))
    try:
        serve(front, settings.ports["front"])
    finally:
        if demo is not None:
            demo.stop()


if __name__ == "__main__":
    main()
