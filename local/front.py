"""``python -m local.front``: the index page, the key set and the tokens of the local stack."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from inventory_common.browser_headers import DATA_POLICY, SECURITY_HEADERS
from local.environment import ISSUER_KEY_VARIABLE
from local.errors import StackError
from local.first_steps import browse_command, create_product_command, token_command
from local.issuer import Issuer, TokenRefused, kept_key
from local.server import serve
from local.settings import Settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

TEXT = "text/plain; charset=utf-8"
PAGE_FILE = Path(__file__).with_name("index_page.html")

Response = tuple[str, str, str]
"""Status line, media type, text."""


class Front:
    """The WSGI application on port 8000.

    Parameters
    ----------
    settings : Settings
        The addresses to show; its front address is the issuer of the tokens.
    issuer_key : Path, optional
        The file of the issuer's key; a new one that is not stored if None.
    """

    def __init__(self, settings: Settings, issuer_key: Path | None = None) -> None:
        key = None if issuer_key is None else kept_key(issuer_key)
        self._issuer = Issuer(settings.url("front"), key=key)
        self._page = render_page(settings)
        self._policies = {"/": page_policy(self._page)}
        self._routes: dict[str, Callable[[str], Response]] = {
            "/": lambda _: ("200 OK", "text/html; charset=utf-8", self._page),
            "/health": lambda _: _json({"status": "ok"}),
            "/.well-known/jwks.json": lambda _: _json(self._issuer.jwks()),
            "/token": self._token,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle one request."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        route = self._routes.get(path) if method in ("GET", "HEAD") else None
        if route is None:
            status, media_type, text = "404 Not Found", TEXT, "There is nothing here.\n"
        else:
            status, media_type, text = route(environ.get("QUERY_STRING", ""))
        body = text.encode("utf-8")
        headers = [
            ("Content-Type", media_type),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            *(SECURITY_HEADERS | {"Content-Security-Policy": self._policies.get(path, DATA_POLICY)}).items(),
        ]
        start_response(status, headers)
        return [] if method == "HEAD" else [body]

    def _token(self, query: str) -> Response:
        values = {name: each[-1] for name, each in parse_qs(query).items()}
        try:
            token = self._issuer.token(values.get("role", ""), values.get("vendor"))
        except TokenRefused as refusal:
            return "400 Bad Request", TEXT, f"{refusal}\n"
        return "200 OK", TEXT, f"{token}\n"


def render_page(settings: Settings) -> str:
    """Return the index page with the addresses of this stack."""
    template = Template(PAGE_FILE.read_text(encoding="utf-8"))
    return template.substitute(
        catalog=settings.url("catalog"),
        stock=settings.url("stock"),
        audit=settings.url("audit"),
        token=html.escape(token_command(settings)),
        create=html.escape(create_product_command(settings)),
        browse=html.escape(browse_command(settings)),
    )


def page_policy(page: str) -> str:
    """Return the content security policy of a page whose only resources are its style and an empty icon."""
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"{DATA_POLICY}; style-src 'sha256-{digest}'; img-src data:"


def _json(document: object) -> Response:
    return "200 OK", "application/json", json.dumps(document)


def main() -> None:
    """Serve the front page at the port that the environment sets."""
    settings = Settings.from_environment(os.environ)
    file = os.environ.get(ISSUER_KEY_VARIABLE)
    try:
        front = Front(settings, None if file is None else Path(file))
    except (StackError, OSError) as error:
        sys.exit(str(error))
    serve(front, settings.ports["front"])


if __name__ == "__main__":
    main()
