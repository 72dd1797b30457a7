"""Servers of the local stack that run in a thread of a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from local.server import make_server


def stop(server: Any, thread: threading.Thread) -> None:
    """End a server's loop in its own thread, the only one that may use its sockets."""
    with suppress(OSError):  # the loop was awake already, and has closed what would wake it
        server.trigger.pull_trigger(server.close)
    thread.join(10)
    assert not thread.is_alive()
    server.task_dispatcher.shutdown()


@contextmanager
def serving(application: Any, port: int = 0) -> Iterator[int]:
    """Serve a WSGI application as the stack does; yield its port."""
    server = make_server(application, port)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        stop(server, thread)
