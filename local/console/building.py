"""The console's build, as the stack watches it: whatever becomes of it, the stack goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from local.children import Child
from local.console.status import BUILDING, State, Status, StatusFile, write_status


class Building:
    """The build of one run, in a process of its own.

    Parameters
    ----------
    status_file : Path
        Read by the front; it says at once that the console is being built.
    log_path : Path
        Where the output of the build goes.
    say : Callable[[str], None]
        Writes a line to the terminal.

    Raises
    ------
    OSError
        If the file cannot be written.
    """

    def __init__(self, status_file: Path, log_path: Path, say: Callable[[str], None]) -> None:
        self._status_file = status_file
        self._log_path = log_path
        self._say = say
        self._child: Child | None = None
        status_file.parent.mkdir(parents=True, exist_ok=True)
        write_status(status_file, BUILDING)

    def start(self, arguments: list[str], environment: Mapping[str, str]) -> None:
        """Start the build.

        Parameters
        ----------
        arguments : list of str
            Those of `local.console.build`, besides the file.
        environment : Mapping[str, str]
            Its whole environment.
        """
        module = ["local.console.build", "--status", str(self._status_file), *arguments]
        try:
            self._child = Child("console", module, environment, self._log_path)
        except OSError as error:
            self._give_up(f"The console's build cannot start: {error.strerror}.")

    @property
    def children(self) -> list[Child]:
        """The process, while it runs."""
        return [] if self._child is None else [self._child]

    def poll(self) -> None:
        """Report the build once when it has ended."""
        if self._child is None or self._child.exit_code is None:
            return
        status = StatusFile(self._status_file).read()
        if status.state is State.BUILDING:
            self._give_up(f"The console's build has ended (exit code {self._child.exit_code}).")
        elif status.state is State.FAILED:
            self._say(f"{status.sentence} The services run without it; the log is {self._log_path}.")
        else:
            self._say(status.sentence)
        self._child.reap()
        self._child = None

    def _give_up(self, sentence: str) -> None:
        """Say that there is no console, when the build itself cannot."""
        with suppress(OSError):
            write_status(self._status_file, Status(State.FAILED, sentence=sentence))
        self._say(f"{sentence} The services run without it; the log is {self._log_path}.")
