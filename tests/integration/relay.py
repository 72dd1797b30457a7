"""A proxy between a service and DynamoDB that counts calls, and can hold, drop or refuse them.

With it, tests put two requests into any order without a sleep, and count round trips on the network.  The
embedded AWS executes one transaction after the other: only the relay returns a TransactionConflict.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

WAIT_SECONDS = 30.0


class Held:
    """One call that is held before it reaches DynamoDB, until it is released."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self._arrived = threading.Event()
        self._released = threading.Event()

    def wait_until_held(self) -> None:
        assert self._arrived.wait(WAIT_SECONDS), f"no {self.operation} arrived"

    def release(self) -> None:
        self._released.set()

    def pass_through(self) -> None:
        self._arrived.set()
        assert self._released.wait(WAIT_SECONDS), f"{self.operation} was never released"


class Relay:
    """A DynamoDB endpoint that forwards everything to another."""

    def __init__(self, endpoint_url: str) -> None:
        parts = urlsplit(endpoint_url)
        self._upstream = (parts.hostname or "", parts.port or 80)
        self._lock = threading.Lock()
        self._calls: list[str] = []
        self._held: list[Held] = []
        self._responses_to_drop: list[str] = []
        self._conflicts: list[str] = []
        self._silence: threading.Event | None = None
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @contextmanager
    def calls(self) -> Iterator[list[str]]:
        """Yield the list of operations that are called within the block."""
        seen: list[str] = []
        with self._lock:
            self._calls = seen
        yield seen

    @contextmanager
    def hold_next(self, operation: str) -> Iterator[Held]:
        """Hold the next call of an operation; the end of the block releases it at the latest."""
        held = Held(operation)
        with self._lock:
            self._held.append(held)
        try:
            yield held
        finally:
            held.release()

    def drop_next_response(self, operation: str, times: int = 1) -> None:
        """Let DynamoDB execute the next calls of an operation, and drop their responses."""
        with self._lock:
            self._responses_to_drop += [operation] * times

    @contextmanager
    def responses_dropped(self, operation: str) -> Iterator[None]:
        """Let DynamoDB execute every call of an operation within the block, and drop their responses."""
        self.drop_next_response(operation, times=10_000)
        try:
            yield
        finally:
            with self._lock:
                self._responses_to_drop.clear()

    def conflict_next(self, times: int, operation: str = "TransactWriteItems") -> None:
        """Refuse the next writes, as DynamoDB does during another transaction on one of their items."""
        with self._lock:
            self._conflicts = [operation] * times

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Accept calls within the block, and respond to none."""
        self._silence = threading.Event()
        try:
            yield
        finally:
            self._silence.set()
            self._silence = None

    # For the handler

    def forward(
        self, path: str, headers: Any, body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """Forward a call; return None if its response is dropped."""
        operation = headers.get("X-Amz-Target", "").rpartition(".")[2]
        if self._silence is not None:
            self._silence.wait(WAIT_SECONDS)
            return None
        with self._lock:
            self._calls.append(operation)
            held = next((each for each in self._held if each.operation == operation), None)
            if held is not None:
                self._held.remove(held)
            drop = operation in self._responses_to_drop
            if drop:
                self._responses_to_drop.remove(operation)
            conflict = operation in self._conflicts
            if conflict:
                self._conflicts.remove(operation)
        if conflict:
            return _conflict(json.loads(body))
        if held is not None:
            held.pass_through()
        connection = http.client.HTTPConnection(*self._upstream, timeout=WAIT_SECONDS)
        try:
            connection.request("POST", path, body, dict(headers))
            response = connection.getresponse()
            content = response.read()
            return None if drop else (response.status, response.getheaders(), content)
        finally:
            connection.close()


def _conflict(request: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    reason = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    if "TransactItems" in request:
        name, message = "TransactionCanceledException", "Transaction cancelled, see the cancellation reasons"
        reasons = [reason] + [{"Code": "None"}] * (len(request["TransactItems"]) - 1)
    else:
        name, message, reasons = "TransactionConflictException", reason["Message"], []
    document = {"__type": f"com.amazonaws.dynamodb.v20120810#{name}", "Message": message}
    content = json.dumps(document | {"CancellationReasons": reasons}).encode()
    return 400, [("Content-Type", "application/x-amz-json-1.0")], content


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Do nothing: a service that stops leaves broken connections."""


def _handler_of(relay: Relay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            response = relay.forward(self.path, self.headers, body)
            if response is None:
                self.close_connection = True
                return
            status, headers, content = response
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(content)
                self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    return Handler
