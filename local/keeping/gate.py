"""The gate of the embedded AWS: it counts writes, and holds them back while a snapshot begins."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

HOLD_SECONDS = 2.0
"""How long a write waits at the closed gate: less than a client of AWS waits for a response."""
CONSUMER_ACCESS_KEY = "local-stream-handlers"
"""The access key of the processes that read the streams, whose writes pass the gate until they are done."""

_READS = ("BatchGet", "Describe", "Get", "List", "Query", "Scan", "TransactGet", "Sign", "Verify")

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class WriteGate:
    """Lets requests pass, and holds back those that may write while it is closed."""

    def __init__(self) -> None:
        self.changes = 0
        """The number of requests so far that may have written something."""
        self._open = asyncio.Event()
        self._open.set()
        self._writing = 0
        self._nothing_writes = asyncio.Event()
        self._nothing_writes.set()
        self._closed_at = 0.0
        self._end: asyncio.TimerHandle | None = None

    @property
    def is_closed(self) -> bool:
        """Whether writes are held back."""
        return not self._open.is_set()

    async def close(self, seconds: float) -> bool:
        """Hold writes back from now on, and wait until those that passed before have ended.

        Parameters
        ----------
        seconds : float
            The gate opens by itself after so many: the process that has closed it may have stopped.

        Returns
        -------
        bool
            Whether nothing writes any more; False if the time was not enough.
        """
        self._open.clear()
        self._closed_at = time.monotonic()
        self._end = asyncio.get_running_loop().call_later(seconds, self.open)
        try:
            await asyncio.wait_for(self._nothing_writes.wait(), seconds)
        except TimeoutError:
            self.open()
        return self.is_closed

    def open(self) -> float:
        """Let writes pass again; return for how many seconds they were held back."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
        was_closed = self.is_closed
        self._open.set()
        return time.monotonic() - self._closed_at if was_closed else 0.0

    @asynccontextmanager
    async def passing(self, scope: Scope) -> AsyncIterator[bool]:
        """Yield True when a request may go on, False if the gate stays closed for longer than it may wait."""
        if not may_write(scope):
            yield True
            return
        if _access_key(scope) == CONSUMER_ACCESS_KEY:
            # The supervisor asks the stream handlers themselves when they are done.
            self.changes += 1
            yield True
            return
        deadline = time.monotonic() + HOLD_SECONDS
        while self.is_closed:
            try:
                await asyncio.wait_for(self._open.wait(), deadline - time.monotonic())
            except TimeoutError:
                yield False
                return
        self.changes += 1
        self._writing += 1
        self._nothing_writes.clear()
        try:
            yield True
        finally:
            self._writing -= 1
            if not self._writing:
                self._nothing_writes.set()


def may_write(scope: Scope) -> bool:
    """Return whether a request may change something: all but known reads."""
    target = _header(scope, b"x-amz-target")
    if target:
        return not target.rpartition(".")[2].startswith(_READS)
    return scope["method"] not in ("GET", "HEAD", "OPTIONS")


async def refuse_for_now(scope: Scope, send: Send) -> None:
    """Answer a write that has waited too long, with an error that every client of AWS repeats it after."""
    message = "A snapshot of the shop is being taken; please send the request again."
    if _header(scope, b"x-amz-target"):
        status, content_type = 400, b"application/x-amz-json-1.0"
        body = json.dumps({"__type": "ThrottlingException", "message": message}).encode()
    else:
        status, content_type = 503, b"application/xml"
        body = f"<Error><Code>SlowDown</Code><Message>{message}</Message></Error>".encode()
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"1"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _access_key(scope: Scope) -> str:
    _, _, credential = _header(scope, b"authorization").partition("Credential=")
    return credential.partition("/")[0]


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted), "")
