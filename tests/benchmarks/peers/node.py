"""Systems of Node.js: installed by npm, their data in a PostgreSQL, and their processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from local.console.node import find_node
from local.errors import StackError
from local.fetch import answers_ok
from tests.benchmarks.peers.postgres import Cluster
from tests.benchmarks.peers.systems import FOLDER, CannotRun, System

__all__ = ["Installation", "NodeSystem", "install", "is_suitable"]

SOURCES: Final = Path(__file__).resolve().parent
INSTALL_SECONDS: Final = 900.0
RUN_SECONDS: Final = 600.0
READY_SECONDS: Final = 240.0
STOP_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.2
_VERSION: Final = re.compile(r"v(\d+)\.(\d+)\.\d+")


@dataclass(frozen=True)
class Installation:
    """An installed peer: its folder, the command of Node.js with its version, and the search path."""

    folder: Path
    node: str
    version: str
    path: str


def is_suitable(version: str) -> bool:
    """Return whether a Node.js is one that Medusa and Vendure support.

    Examples
    --------
    >>> [is_suitable(version) for version in ("v20.20.2", "v20.18.9", "v21.7.0", "v22.12.0", "v24.0.1", "")]
    [True, False, False, True, True, False]
    """
    found = _VERSION.fullmatch(version)
    if found is None:
        return False
    numbers = int(found[1]), int(found[2])
    return numbers >= (22, 12) or (20, 19) <= numbers < (21, 0)


def install(name: str) -> Installation:
    """Install the peer of a folder here, unless the same is installed already.

    Raises
    ------
    CannotRun
    """
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("PATH", os.defpath)
    node, npm = shutil.which("node"), shutil.which("npm")
    command: Sequence[str]
    if node is not None and npm is not None and is_suitable(_version_of(node)):
        command = (npm,)
    else:
        try:
            found = find_node(os.environ, _run_to_end, FOLDER / "node")
        except (StackError, OSError) as error:
            raise CannotRun(f"Node.js is missing: {error}") from error
        command, path = found.npm, found.path
        node = shutil.which("node", path=path)
        assert node is not None
    package = (SOURCES / name / "package.json").read_text(encoding="utf-8")
    installed = folder / "installed.json"
    if not installed.exists() or installed.read_text(encoding="utf-8") != package:
        shutil.rmtree(folder)
        shutil.copytree(SOURCES / name, folder)
        options = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        try:
            done = subprocess.run(
                [*command, "install", *options],
                cwd=folder,
                env={**os.environ, "PATH": path},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=INSTALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CannotRun(f"npm did not install {name} within {INSTALL_SECONDS:.0f} s.") from error
        if done.returncode != 0:
            raise CannotRun(f"npm could not install {name}: {done.stderr.strip()[-500:]}")
        installed.write_text(package, encoding="utf-8")
    else:
        shutil.copytree(SOURCES / name, folder, dirs_exist_ok=True)
    return Installation(folder, node, _version_of(node), path)


def _version_of(node: str) -> str:
    with suppress(OSError):
        return subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return ""


def _run_to_end(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StackError(done.stderr.strip()[-500:])


class NodeSystem(System):
    """A peer with a PostgreSQL of its own."""

    peer: ClassVar[str]
    """The name of its folder here."""
    package: ClassVar[str]
    """The package whose version is the peer's."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.cluster = Cluster(folder)
        self.installed: Installation
        self._processes: list[subprocess.Popen[bytes]] = []
        self._log: Path

    def install(self) -> Mapping[str, str]:
        """Install the peer, start its PostgreSQL, and return the versions of both and of Node.js."""
        self.installed = install(self.peer)
        package = json.loads((SOURCES / self.peer / "package.json").read_text(encoding="utf-8"))
        return {
            self.peer.capitalize(): package["dependencies"][self.package],
            "Node.js": self.installed.version.removeprefix("v"),
            "PostgreSQL": self.cluster.start(),
        }

    def environment(self, **settings: str) -> dict[str, str]:
        """Return the environment of a process of the peer."""
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        return {**kept, "PATH": self.installed.path, "NODE_ENV": "production", **settings}

    def run(self, *arguments: str, **settings: str) -> None:
        """Run a script of the peer to its end.

        Raises
        ------
        CannotRun
            If it fails.
        """
        log = self.folder / "run.log"
        process = self._spawn(log, arguments, settings)
        try:
            code: int | None = process.wait(RUN_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        if code != 0:
            raise CannotRun(f"{' '.join(arguments)} has failed ({code}): {_end_of(log)}")

    def serve(self, url: str, *arguments: str, **settings: str) -> None:
        """Start a server of the peer, and return when it answers 200 at an address.

        Raises
        ------
        CannotRun
            If it ends, or does not answer.
        """
        self._log = self.folder / f"server-{len(self._processes)}.log"
        process = self._spawn(self._log, arguments, settings)
        self.wait_for(lambda: answers_ok(url) or process.poll() is not None)
        if process.poll() is not None:
            raise CannotRun(f"{arguments[0]} has ended: {_end_of(self._log)}")

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Return as soon as a condition of the last server holds.

        Raises
        ------
        CannotRun
            If it never does.
        """
        deadline = time.monotonic() + READY_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise CannotRun(f"{self.peer} was not ready in time: {_end_of(self._log)}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        for process in self._processes:
            _signal(process, signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()
        self.cluster.stop()

    def _spawn(
        self, log: Path, arguments: Sequence[str], settings: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        with log.open("wb") as output:
            process = subprocess.Popen(
                [self.installed.node, *arguments],
                cwd=self.installed.folder,
                env=self.environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        return process


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a process and to those that it has started, if it still runs."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace").strip()[-1000:]
