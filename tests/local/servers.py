"""Servers of the local stack that run in a thread of a test."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any


def stop(server: Any, thread: threading.Thread) -> None:
    """End a server's loop in its own thread, the only one that may use its sockets."""
    with suppress(OSError):  # the loop was awake already, and has closed what would wake it
        server.trigger.pull_trigger(server.close)
    thread.join(10)
    assert not thread.is_alive()
    server.task_dispatcher.shutdown()
