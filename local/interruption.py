"""The signals that stop the stack, or one process of it."""

from __future__ import annotations

import os
import signal
from types import FrameType


def exit_on_signals() -> None:
    """Let SIGTERM and SIGINT raise SystemExit: no traceback, and `finally` blocks still run.

    SIGINT too, because a shell starts background processes with SIGINT ignored.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)


def _exit(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


class Interrupted(Exception):
    """The stack has to stop: a signal arrived, or the parent process has ended."""


class Interruption:
    """Notes SIGINT, SIGTERM and SIGHUP from its creation on, and watches the parent process."""

    def __init__(self) -> None:
        self._parent = os.getppid()
        self.signals = 0
        """How many signals have arrived."""
        signals = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
            signals.append(signal.SIGHUP)
        for number in signals:
            signal.signal(number, self._record)

    def check(self) -> None:
        """Raise Interrupted if the stack has to stop."""
        if self.signals or os.getppid() != self._parent:
            raise Interrupted

    def _record(self, number: int, frame: FrameType | None) -> None:
        # Recorded only: an exception raised here could occur between the start of a process and the line
        # that stores it.
        self.signals += 1
