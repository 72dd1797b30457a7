"""A supervisor with three small services, as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.fetch import fetch
from local.ports import free_port
from local.settings import DEFAULT_PORTS, HOST
from tests.integration.processes import descendants_of, is_open
from tests.local.fake_console import FakeConsole
from tests.support.stack_environment import stack_environment

DEADLINE_SECONDS = 30.0
ROOT = Path(__file__).resolve().parents[2]
ENV = stack_environment()


FAKE_APP = """
import os
from chalice import Chalice
from chalicelib.answer import ANSWER

app = Chalice(app_name="fake")
app.subscriptions, app.schedules = {}, {}


@app.route("/health")
def health():
    return {"answer": ANSWER, "pid": os.getpid(), "environment": dict(os.environ)}
"""


class RunningStack:
    """A supervisor that has been started, and its output."""

    def __init__(
        self,
        services_folder: Path,
        state_folder: Path,
        wrapper: list[str],
        console: FakeConsole | None = None,
        **variables: str,
    ) -> None:
        self.ports = distinct_free_ports()
        self.state_folder = state_folder
        state_folder.mkdir(exist_ok=True)
        self.output_path = state_folder / "output"
        ports = {f"{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        folders = ["--services-folder", str(services_folder), "--state-folder", str(state_folder)]
        if console is not None:
            folders += console.arguments
            variables = {"CONSOLE": "1", "PATH": console.path} | variables
        with self.output_path.open("wb") as output:
            self.process = subprocess.Popen(
                [*wrapper, sys.executable, "-m", "local", *folders],
                cwd=ROOT,
                env={**ENV, **ports, **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self.output_path.read_text(encoding="utf-8")

    @property
    def is_ready(self) -> bool:
        return "Ready." in self.output

    def wait_until_ready(self) -> RunningStack:
        wait_until(lambda: self.is_ready or self.process.poll() is not None, "stack ready")
        assert self.is_ready, self.output
        return self

    def wait_for_exit(self) -> int:
        return self.process.wait(timeout=30)

    def health(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(fetch(f"http://{HOST}:{self.ports[name]}/health")[1])
        return document

    def descendants(self) -> set[int]:
        """Process ids of everything below the supervisor."""
        return descendants_of(self.process.pid)

    def assert_nothing_is_left(self, processes: set[int]) -> None:
        assert processes
        wait_until(lambda: not any(map(is_alive, processes)), f"end of {processes}")
        assert not [name for name, port in self.ports.items() if is_open(port)]


def write_fake_service(folder: Path, app_source: str = FAKE_APP) -> None:
    """Write a service of the usual shape: app.py beside chalicelib."""
    (folder / "chalicelib").mkdir(parents=True)
    (folder / "chalicelib" / "__init__.py").touch()
    (folder / "chalicelib" / "answer.py").write_text(f"ANSWER = {folder.name!r}\n")
    (folder / "app.py").write_text(app_source)


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Poll until the condition is true; fail with a description of it otherwise."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {DEADLINE_SECONDS} s: {what}"
        time.sleep(0.02)


def distinct_free_ports() -> dict[str, int]:
    while len(set((ports := {name: free_port() for name in DEFAULT_PORTS}).values())) < len(ports):
        pass
    return ports


def is_alive(pid: int) -> bool:
    """Return whether a process still runs; a zombie does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


Start = Callable[..., RunningStack]
