"""``make run`` (``python -m local``) as a person runs it, on free ports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from local.settings import HOST
from tests.integration.processes import (
    ROOT,
    Process,
    descendants_of,
    distinct_free_ports,
    is_open,
    wait_until,
)
from tests.support.stack_environment import stack_environment

STOP_SECONDS = 30.0


class RunningStack(Process):
    """The whole system in the foreground, with its output in a file.

    Parameters
    ----------
    folder : Path
        For its output and its state.
    has_console : bool
        Whether the console is built beside it.
    ports : Mapping[str, int], optional
        Those of a run before it, as tokens name the issuer's address; free ones if None.
    **settings : str
        Further environment variables, such as ``DYNAMODB_ENDPOINT``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        has_console: bool = False,
        ports: dict[str, int] | None = None,
        **settings: str,
    ) -> None:
        self.ports = distinct_free_ports() if ports is None else ports
        self.environment = stack_environment() | settings
        self.environment |= {f"{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        if has_console:
            # Built of what is installed here: tests.support.no_network has set the other two.
            names = ("npm_config_offline", "PIP_NO_INDEX")
            self.environment |= {"CONSOLE": "1"} | {name: os.environ[name] for name in names}
        state = folder / "state"
        super().__init__(["local", "--state-folder", str(state)], self.environment, folder / "terminal")

    def url(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}"

    def wait_until_ready(self) -> Self:
        wait_until(lambda: "Ready." in self.text() or self.popen.poll() is not None, "stack ready")
        assert "Ready." in self.text(), self.text()
        return self

    def printed_commands(self, program: str) -> list[str]:
        """Return the lines of its output that call a program."""
        lines = map(str.strip, self.text().splitlines())
        return [line for line in lines if line.startswith(f"{program} ")]

    def descendants(self) -> set[int]:
        """Return the ids of all processes below it."""
        return descendants_of(self.popen.pid)

    def open_ports(self) -> list[str]:
        return [name for name, port in self.ports.items() if is_open(port)]

    def operation(self, name: str) -> tuple[int, str]:
        """Run an operator's command, and return its exit code and its report."""
        ran = subprocess.run(
            [sys.executable, "-m", "local.operation", name],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        asked, _, report = ran.stdout.partition("\n")
        assert asked == f"{name}: local stack, DynamoDB at {self.url('aws')}"
        return ran.returncode, report

    def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.popen.send_signal(number)
        return self.popen.wait(STOP_SECONDS)

    def kill_if_running(self) -> None:
        """Stop it if a test has not; its children end with it."""
        if self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        self.close()


def is_alive(pid: int) -> bool:
    """Return whether a process still runs; a zombie does not."""
    listing = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(listing.stdout.strip()) and not listing.stdout.startswith("Z")
