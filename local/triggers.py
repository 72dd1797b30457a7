"""``python -m local.triggers stock``: invoke a service's functions for streams and schedules.

It reads the tables' streams, as event source mappings do in production, and runs the schedules, as
EventBridge does; no service calls it.  Before the supervisor takes a snapshot, it commands to ``hold``: to
read the streams to their ends and then to do nothing, until it commands to ``release``.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from local.control import Commands, Message, inherited_socket
from local.errors import StackError
from local.event_source import EventSource, Function, connect_streams
from local.gateway import LambdaContext
from local.interruption import exit_on_signals
from local.schedule import Schedule
from local.service import load_app
from local.settings import SERVICES_FOLDER

POLL_SECONDS = 0.2
SHORT_PAUSE_SECONDS = 0.002
"""Between two looks at streams while a snapshot waits for their ends."""


def event_sources(app: Any, functions: Any, prefix: str) -> list[EventSource]:
    """Return an event source for each function of a service that reads a stream.

    Parameters
    ----------
    app : RestService
        Its `subscriptions` have the names of the functions.
    functions : module
        The module with the functions.
    prefix : str
        Put before each table's name.

    Raises
    ------
    StackError
        If a table has no stream.
    """
    tables, streams = boto3.client("dynamodb"), connect_streams()
    return [
        EventSource(
            streams,
            _stream_of(tables, prefix + subscription.table.name),
            subscription.matches,
            _with_context(name, getattr(functions, name)),
            subscription.batch_size,
        )
        for name, subscription in app.subscriptions.items()
    ]


class Readers:
    """Threads that read streams, one for each source: a slow function delays no other stream.

    Parameters
    ----------
    sources : Sequence[EventSource]
        The streams.
    """

    def __init__(self, sources: Sequence[EventSource]) -> None:
        self._may_read = threading.Event()
        self._may_read.set()
        self._reading = [threading.Lock() for _ in sources]
        self._error: BaseException | None = None
        for source, reading in zip(sources, self._reading, strict=True):
            threading.Thread(target=self._read, args=(source, reading), daemon=True).start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Wait until no thread reads, and keep them from reading."""
        self._may_read.clear()
        for reading in self._reading:
            reading.acquire()
        try:
            yield
        finally:
            for reading in self._reading:
                reading.release()
            self._may_read.set()

    def check(self) -> None:
        """Raise the error that has ended a thread."""
        if self._error is not None:
            raise self._error

    def _read(self, source: EventSource, reading: threading.Lock) -> None:
        try:
            while True:
                self._may_read.wait()
                with reading:
                    is_busy = self._may_read.is_set() and source.poll() and source.is_behind
                if not is_busy:
                    # As Lambda does: a few records at a time would cost as many calls as full batches.
                    time.sleep(POLL_SECONDS)
        except BaseException as error:
            self._error = error


def run(sources: Sequence[EventSource], schedules: Sequence[Schedule], commands: Commands) -> None:
    """Read the streams and run the schedules, until stopped."""
    readers = Readers(sources)
    while True:
        command = commands.wait(POLL_SECONDS)
        if command is not None and command["command"] == "hold":
            with readers.paused():
                while command is not None and command["command"] == "hold":
                    commands.reply(command, **read_to_the_end(sources, command["for_seconds"]))
                    command = commands.wait(None)
        readers.check()
        for schedule in schedules:
            schedule.poll()


def read_to_the_end(sources: Sequence[EventSource], seconds: float | None) -> Message:
    """Read streams, side by side, until none of them has another record.

    Parameters
    ----------
    sources : Sequence[EventSource]
        The streams.
    seconds : float, optional
        When to give up; never if None.

    Returns
    -------
    Message
        ``is_at_end``; ``was_at_end``, whether there was no record at all.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    is_first = True
    with ThreadPoolExecutor(max(1, len(sources))) as pool:
        while True:
            is_at_end = all(list(pool.map(lambda source: source.poll_to_the_end(), sources)))
            if is_at_end or (deadline is not None and time.monotonic() > deadline):
                return {"is_at_end": is_at_end, "was_at_end": is_at_end and is_first}
            is_first = False
            time.sleep(SHORT_PAUSE_SECONDS)


def _stream_of(tables: Any, table_name: str) -> str:
    arn = tables.describe_table(TableName=table_name)["Table"].get("LatestStreamArn")
    if arn is None:
        raise StackError(f"Table {table_name} has no stream; enable one with new and old images.")
    return str(arn)


def _with_context(name: str, function: Any) -> Function:
    def call(event: Mapping[str, Any]) -> Any:
        return function(event, LambdaContext(str(uuid.uuid4()), name))

    return call


def main() -> None:
    """Run the triggers of the service named on the command line, until stopped."""
    parser = argparse.ArgumentParser(prog="python -m local.triggers")
    parser.add_argument("name", help="the service's folder")
    parser.add_argument("--services-folder", type=Path, default=SERVICES_FOLDER)
    arguments = parser.parse_args()
    exit_on_signals()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    app: Any = load_app((arguments.services_folder / arguments.name).resolve())
    try:
        functions = sys.modules["app"]
        sources = event_sources(app, functions, os.environ.get("TABLE_NAME_PREFIX", ""))
        schedules = [
            Schedule(expression, _with_context(name, getattr(functions, name)))
            for name, expression in app.schedules.items()
        ]
    except StackError as error:
        sys.exit(str(error))
    run(sources, schedules, Commands(inherited_socket()))


if __name__ == "__main__":
    main()
