"""The processes that the stack starts, watches and stops."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from local.control import CONTROL_VARIABLE, Channel
from local.settings import REPOSITORY_ROOT

STOP_SECONDS = 5.0
POLL_SECONDS = 0.05


class Child:
    """One running module of this repository, or of a library, in a process of its own.

    Parameters
    ----------
    name : str
        Its name in messages; also the name of its log.
    arguments : Sequence[str]
        The module and its arguments, as after ``python -m``.
    environment : Mapping[str, str]
        The whole environment of the process.
    log_path : Path
        Where its output goes; emptied first.
    has_channel : bool
        Whether it receives commands.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log_path: Path,
        *,
        has_channel: bool = False,
    ) -> None:
        self.name = name
        self.log_path = log_path
        self.channel = Channel(name) if has_channel else None
        descriptors: tuple[int, ...] = ()
        own_variables = {}
        if self.channel is not None:
            descriptors = (self.channel.child_descriptor,)
            own_variables[CONTROL_VARIABLE] = str(self.channel.child_descriptor)
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-u", "-m", "local.child", *arguments],
                cwd=REPOSITORY_ROOT,
                env={**environment, **own_variables},
                pass_fds=descriptors,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C in a terminal goes to the whole group; only the stack must handle it.
                process_group=0,
            )
        if self.channel is not None:
            self.channel.close_child_end()

    @property
    def exit_code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll()

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines of its output."""
        text = self.log_path.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def log_end(self) -> str:
        """Return the last lines of its output and the path of the log, as the end of a sentence."""
        return f"the end of {self.log_path}:\n{self.log_tail() or '(empty)'}"

    def terminate(self) -> None:
        """Ask it to stop."""
        self._process.terminate()

    def kill(self) -> None:
        """Stop it."""
        self._process.kill()

    def reap(self) -> None:
        """Wait until it has ended, and close its standard input."""
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self.channel is not None:
            self.channel.close()


def stop_children(children: Iterable[Child]) -> None:
    """Stop all of them by SIGTERM, and after five seconds the remaining ones by SIGKILL."""
    remaining = list(children)
    for child in remaining:
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and any(child.exit_code is None for child in remaining):
        time.sleep(POLL_SECONDS)
    for child in remaining:
        child.kill()
        child.reap()
