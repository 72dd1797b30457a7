"""The demo shop on request of the console: the front runs the loader of ``make demo`` as a child."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

from local.children import Child

LOADER: Final = ("demo", "--progress-lines")
"""The module that loads the shop, and its options."""


class DemoRun:
    """At most one run of the loader at a time, which ends with this process.

    A shop that was loaded, or loaded in part, is not doubled by another run.

    Parameters
    ----------
    environment : Mapping[str, str]
        The whole environment of the loader: the ports of the stack.
    log_path : Path
        Where its output goes.
    loader : Sequence[str]
        Another loader.
    """

    def __init__(
        self, environment: Mapping[str, str], log_path: Path, loader: Sequence[str] = LOADER
    ) -> None:
        self._environment = environment
        self._log_path = log_path
        self._loader = loader
        self._lock = Lock()
        self._child: Child | None = None

    def start(self) -> bool:
        """Start the loader; return False if it is running already.

        Raises
        ------
        OSError
            If it cannot be started.
        """
        with self._lock:
            if self._child is not None:
                if self._child.exit_code is None:
                    return False
                self._child.reap()
            self._child = None
            self._child = Child("demo", self._loader, self._environment, self._log_path)
            return True

    def state(self) -> dict[str, Any]:
        """Return how far it is.

        Returns
        -------
        dict
            ``state`` (idle, loading, loaded, failed), ``step`` (what is being done), ``done`` and ``total``
            (jobs of all steps) and ``message`` (why it failed, else None).
        """
        with self._lock:
            child = self._child
            exit_code = None if child is None else child.exit_code
        document: dict[str, Any] = {"state": "idle", "done": 0, "total": 0, "step": "", "message": None}
        if child is None:
            return document
        document |= _last_line(child.log_path)
        if exit_code is None:
            return document | {"state": "loading", "message": None}
        if exit_code == 0:
            return document | {"state": "loaded"}
        return document | {
            "state": "failed",
            "message": document["message"] or f"The loader has ended with exit code {exit_code}.",
        }

    def stop(self) -> None:
        """End the loader if it runs: the next run continues where it was."""
        with self._lock:
            if self._child is not None:
                self._child.kill()
                self._child.reap()
                self._child = None


def _last_line(log: Path) -> dict[str, Any]:
    """Return the newest line of progress; nothing if there is none yet."""
    with suppress(OSError):
        for line in reversed(log.read_text(encoding="utf-8", errors="replace").splitlines()):
            if line.startswith('{"step": '):
                with suppress(ValueError):  # it is being written
                    progress: dict[str, Any] = json.loads(line)
                    return progress
    return {}
