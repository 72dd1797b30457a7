"""Snapshots, on the side of the embedded AWS.

A snapshot is written by a fork of this process: it has all memory as it was at that moment, and writes it to
disk while the embedded AWS goes on.  So writes wait for a fork only, of some milliseconds, however large the
shop is.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from local.control import Message
from local.keeping.disk import sync_folder, write_json
from local.keeping.emulator_state import StateWriter
from local.keeping.folder import MANIFEST, manifest_of
from local.keeping.gate import WriteGate

_RESULT_BYTES = 65_536

log = logging.getLogger(__name__)


class Saver:
    """Executes the supervisor's commands.

    ``changes``
        how many requests may have written something so far
    ``pause`` (``for_seconds``)
        holds writes back; ``paused`` says whether nothing writes any more
    ``save`` (``folder``)
        begins to write a snapshot of this moment
    ``resume``
        lets writes pass again; ``paused_seconds`` says how long they were held back
    ``saved``
        waits until the snapshot is written: ``manifest``, or ``error``
    ``abandon``
        ends the writing

    Parameters
    ----------
    gate : WriteGate
        All requests pass it.
    """

    def __init__(self, gate: WriteGate) -> None:
        self._gate = gate
        self._writer: _Writer | None = None

    async def serve(self, connection: socket.socket) -> None:
        """Execute commands until the connection is closed."""
        reader, writer = await asyncio.open_connection(sock=connection)
        tasks = set()
        while line := await reader.readline():
            # As a task: "abandon" must not wait behind "saved".
            task = asyncio.create_task(self._execute(json.loads(line), writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def _execute(self, command: Message, writer: asyncio.StreamWriter) -> None:
        try:
            reply = await self._reply(command)
        except Exception as error:
            # Otherwise the supervisor would wait for ever.
            log.exception("the command %s failed", command["command"])
            reply = {"error": f"{type(error).__name__}: {error}"}
        writer.write(json.dumps({"id": command["id"], **reply}).encode() + b"\n")
        await writer.drain()

    async def _reply(self, command: Message) -> Message:
        match command["command"]:
            case "changes":
                return {"changes": self._gate.changes}
            case "pause":
                return {"paused": await self._gate.close(command["for_seconds"])}
            case "resume":
                return {"paused_seconds": self._gate.open()}
            case "save":
                return self._save(command)
            case "saved":
                assert self._writer is not None
                return await self._writer.result()
            case "abandon":
                if self._writer is not None:
                    await self._writer.abandon()
                return {}
            case unknown:
                return {"error": f"there is no command {unknown}"}

    def _save(self, command: Message) -> Message:
        if command["while_paused"] and not self._gate.is_closed:
            return {"error": "writes were paused for too long"}
        try:
            self._writer = _Writer(Path(command["folder"]))
        except OSError as error:  # no memory, or no process, for a fork
            return {"error": str(error)}
        return {"changes": self._gate.changes}


class _Writer:
    """The process that writes one snapshot, and its result."""

    def __init__(self, folder: Path) -> None:
        # Imported before the fork: the emulator loads a service at its first request.
        from ministack.services import (  # type: ignore[import-untyped]
            dynamodb,
            kms,  # noqa: F401
            s3,  # noqa: F401
            secretsmanager,  # noqa: F401
            ssm,  # noqa: F401
        )

        self._result, result = os.pipe()
        moment, parent = datetime.now(UTC), os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            # Only this thread changes tables, and another one of the emulator's, which needs the lock for it.
            with dynamodb._lock, warnings.catch_warnings():
                # Python warns that locks of other threads stay locked in the fork.  It takes none of them: it
                # reads memory, writes files, and ends without cleaning up.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._process = os.fork()
        except OSError:
            os.close(self._result)
            os.close(result)
            raise
        if self._process == 0:
            _write_and_exit(folder, moment, parent, result)
        os.close(result)
        self._done = asyncio.ensure_future(asyncio.to_thread(self._wait))

    async def result(self) -> Message:
        """Return the manifest or the error."""
        return await asyncio.shield(self._done)

    async def abandon(self) -> None:
        """End the process if it still runs."""
        if not self._done.done():
            os.kill(self._process, signal.SIGKILL)
        await asyncio.shield(self._done)

    def _wait(self) -> Message:
        parts = []
        while part := os.read(self._result, _RESULT_BYTES):
            parts.append(part)
        os.close(self._result)
        os.waitpid(self._process, 0)
        try:
            result: Message = json.loads(b"".join(parts))
        except ValueError:
            return {"error": "the process that writes it was killed"}
        return result


def _write_and_exit(folder: Path, moment: datetime, parent: int, result: int) -> NoReturn:
    """Write a snapshot, in the fork; nothing of the emulator's runs here any more."""
    try:
        # Signals for the emulator must not be handled, nor reported through its own descriptors.
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # Connections end when the emulator closes them, not later when this process ends.
        for descriptor in map(int, os.listdir("/dev/fd")):
            if descriptor > 2 and descriptor != result:
                with suppress(OSError):  # the one of the list itself
                    os.close(descriptor)

        def check() -> None:
            if os.getppid() != parent:
                os._exit(1)

        message = write_snapshot(folder, moment, check)
    except BaseException as error:
        message = {"error": f"{error}" if isinstance(error, OSError) else f"{type(error).__name__}: {error}"}
    try:
        data = json.dumps(message).encode()
        while data:
            data = data[os.write(result, data) :]
    finally:
        os._exit(0)


def write_snapshot(
    folder: Path, moment: datetime, check: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Write this process's state to a folder, its manifest last, and return the reply to the supervisor.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    files, counts = StateWriter(folder, check).write()
    manifest = manifest_of(moment, files, counts | {"emulator": f"ministack {version('ministack')}"})
    write_json(folder / MANIFEST, manifest)
    sync_folder(folder)
    return {"manifest": manifest}
