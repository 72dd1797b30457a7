"""The HTTP server of the local stack: waitress, on a loopback port."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from waitress import create_server  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.task import Task  # type: ignore[import-untyped]

from local.interruption import exit_on_signals
from local.problems import problem_document, problem_headers
from local.same_machine import SameMachine
from local.settings import HOST

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

THREADS = 8
CONNECTION_LIMIT = 1000
# Bodies up to this size are read to their end, so that the gateway can refuse them and keep the connection.
# The framing of a chunked body counts too.
READ_LIMIT_BYTES = 80 * 1024 * 1024
CODES = {
    400: "bad_request",
    413: "payload_too_large",
    431: "headers_too_large",
    501: "not_implemented",
}


class ProblemTask(Task):  # type: ignore[misc]
    """Returns a problem for requests that waitress refuses itself (malformed HTTP), not plain text."""

    complete = True

    def execute(self) -> None:
        """Write the problem and close the connection: what follows cannot be parsed."""
        error = self.request.error
        request_id = str(uuid.uuid4())
        code = CODES.get(error.code, "internal_error")
        body = problem_document(error.code, code, f"{error.reason}.", request_id)
        self.status = f"{error.code} {error.reason}"
        self.response_headers = problem_headers(request_id)
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose errors are problems."""

    error_task_class = ProblemTask


def make_server(application: WSGIApplication, port: int, origins: Collection[str] = ()) -> Any:
    """Return a server that listens on 127.0.0.1; ``run()`` serves, ``close()`` ends it.

    Parameters
    ----------
    application : WSGIApplication
        What it serves.
    port : int
        0 for a free one.
    origins : Collection[str]
        Origins whose pages may send requests, besides its own.
    """
    server = create_server(
        SameMachine(application, origins),
        host=HOST,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTION_LIMIT,
        max_request_body_size=READ_LIMIT_BYTES,
        # select() cannot watch as many connections.
        asyncore_use_poll=True,
        ident="",
    )
    server.channel_class = Channel
    # It warns whenever more requests than threads arrive, which is normal here.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return server


def serve(application: WSGIApplication, port: int, origins: Collection[str] = ()) -> None:
    """Serve until SIGTERM or SIGINT; in the main thread only."""
    exit_on_signals()
    server = make_server(application, port, origins)
    try:
        server.run()
    finally:
        server.close()
