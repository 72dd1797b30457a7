"""A server that answers as a deployed service does, but for what a test breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Answer = tuple[int, bytes]


class SmallApi:
    """What the server answers, and the requests that it has had.

    Attributes
    ----------
    answers : dict
        Status and body by method and path; those of `WITH_A_TOKEN` if there is an Authorization header.
    """

    def __init__(self, service: str) -> None:
        self.url = ""
        self.requests: list[tuple[str, str, Any]] = []
        self.with_a_token: Answer = (401, b'{"code": "unauthenticated"}')
        health = json.dumps({"status": "ok", "service": f"inventory-{service}"}).encode()
        self.answers: dict[str, Answer] = {
            "GET /health": (200, health),
            "GET /products/PROD-00000": (404, b'{"code": "product_not_found"}'),
            "POST /availability": (200, b'{"lines": [], "all_available": false}'),
            "GET /ledger-keys": (200, b'{"keys": []}'),
        }

    def answer(self, request: str, body: Any, *, has_token: bool) -> Answer:
        self.requests.append((request, "with a token" if has_token else "", body))
        return self.with_a_token if has_token else self.answers.get(request, (404, b"{}"))


@contextmanager
def small_api(service: str) -> Iterator[SmallApi]:
    """Serve a service's answers."""
    api = SmallApi(service)

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            has_token = self.headers.get("Authorization") is not None
            status, text = api.answer(f"{self.command} {self.path}", body, has_token=has_token)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _any

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
