"""A whole response of the front."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from inventory_common.browser_headers import SECURITY_HEADERS
from local.problems import problem_document, problem_headers

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HTML: Final = "text/html; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
JSON: Final = "application/json"
DATA_HEADERS: Final = {"Cache-Control": "no-store", **SECURITY_HEADERS}
"""The headers of what changes, and loads, runs and sends nothing if a browser opens it."""


@dataclass(frozen=True)
class Reply:
    """A response: its status, media type, body, and the headers besides those of the body."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: DATA_HEADERS)

    def send(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a WSGI request; one for HEAD without the body."""
        own = {"Content-Type": self.media_type, "Content-Length": str(len(self.body))}
        headers = own | dict(self.headers)
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", list(headers.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


def text_reply(status: int, text: str) -> Reply:
    """Return a response of plain text."""
    return Reply(status, TEXT, f"{text}\n".encode())


def json_reply(status: int, document: object) -> Reply:
    """Return a response of JSON."""
    return Reply(status, JSON, json.dumps(document).encode())


def problem_reply(status: int, code: str, detail: str) -> Reply:
    """Return a problem document (RFC 9457)."""
    request_id = str(uuid.uuid4())
    headers = dict(problem_headers(request_id))
    media_type = headers.pop("Content-Type")
    body = problem_document(status, code, detail, request_id)
    return Reply(status, media_type, body, headers | {"Cache-Control": "no-store"})
