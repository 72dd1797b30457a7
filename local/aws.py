"""``python -m local.aws``: the embedded AWS, ministack, for programs of this machine only.

ministack itself answers every origin with ``Access-Control-Allow-Origin: *``, and some of its services run
code.  It starts those that `environment.embedded_aws_environment` names, and requests reach it after the
checks of `same_machine`.  With a kept shop (`keeping`), it begins with the state of a snapshot, and writes
snapshots when the supervisor says so.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from inventory_common.browser_headers import SECURITY_HEADERS
from local.control import inherited_socket
from local.emulator_speed import speed_up
from local.errors import StackError
from local.keeping.emulator_state import read_state
from local.keeping.gate import WriteGate, refuse_for_now
from local.keeping.saving import Saver
from local.same_machine import HTTP_FORBIDDEN, reason_to_refuse

SNAPSHOT_VARIABLE = "SNAPSHOT_FOLDER"
"""The environment variable with the snapshot to begin with; absent if it begins empty."""
HEALTH_PATH = "/_ministack/health"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An ASGI application."""


def for_this_machine(application: Application) -> Application:
    """Return an ASGI application that passes on what programs of this machine ask AWS for."""

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await application(scope, receive, send)
        elif scope["type"] != "http":
            await _close(receive, send)
        elif (reason := _reason_to_refuse(scope)) is not None:
            await _refuse(reason, send)
        else:
            await application(scope, receive, send)

    return checked


def with_snapshots(application: Application) -> Application:
    """Return an ASGI application whose writes the supervisor can pause, to take snapshots."""
    gate = WriteGate()
    saver = Saver(gate)

    async def gated(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            connection = inherited_socket()
            task = None if connection is None else asyncio.create_task(saver.serve(connection))
            try:
                await application(scope, receive, send)
            finally:
                if task is not None:
                    task.cancel()
            return
        async with gate.passing(scope) as may_go_on:
            await (application(scope, receive, send) if may_go_on else refuse_for_now(scope, send))

    return gated


def _reason_to_refuse(scope: Scope) -> str | None:
    def header(name: str) -> str:
        sent = [value for each, value in scope["headers"] if each.lower() == name.lower().encode()]
        return b", ".join(sent).decode("latin-1")

    path = scope["path"]
    if path.startswith("/_") and path != HEALTH_PATH:
        return "The emulator's own administration is not available."
    return reason_to_refuse(scope["method"], header)


async def _refuse(reason: str, send: Send) -> None:
    body = json.dumps({"__type": "AccessDeniedException", "message": reason}).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **SECURITY_HEADERS}
    raw_headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": HTTP_FORBIDDEN, "headers": raw_headers})
    await send({"type": "http.response.body", "body": body})


async def _close(receive: Receive, send: Send) -> None:
    """Refuse a WebSocket: no service that is started has any."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})


def main() -> None:
    """Run ministack in the foreground, as its own command does."""
    # Imported here: it reads the environment as it is imported, and takes a second.
    from ministack import app as ministack  # type: ignore[import-untyped]
    from ministack.services import dynamodb  # type: ignore[import-untyped]

    speed_up(dynamodb)

    if (folder := os.environ.get(SNAPSHOT_VARIABLE)) is not None:
        try:
            read_state(Path(folder))
        except StackError as error:
            sys.exit(str(error))
    ministack.app = for_this_machine(with_snapshots(ministack.app))
    ministack.main()


if __name__ == "__main__":
    main()
