"""``python -m local.console.build``: build the console, unless a build of the same sources was kept.

The stack runs it as a child, with the status file that the front reads; ``make console`` in a terminal.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

from local.console.commands import run
from local.console.node import Node, find_node
from local.console.site import PAGE
from local.console.sources import BUILDS, CONSOLE, PYTHON_VARIABLE, is_installed, sources_hash
from local.console.status import State, Status, write_status
from local.errors import StackError
from local.settings import REPOSITORY_ROOT

KEPT_BUILDS: Final = 3
UNFINISHED: Final = ".building-"
NICENESS: Final = 10
"""The stack goes first."""
NPM_CI: Final = (
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--fetch-retries=2",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
)
NO_REGISTRY: Final = "npm's registry does not answer"
NO_INDEX: Final = (
    "there is no Node.js 22.12 or newer here, and no package index answers from which to install its wheel"
)


@dataclass(frozen=True)
class Built:
    """A build: its folder, and how it was made, as the end of a sentence."""

    folder: Path
    how: str


class Builder:
    """Builds the console of one folder.

    Parameters
    ----------
    console : Path
        Its sources.
    builds : Path
        Where builds are kept; one builder at a time uses it.
    environ : Mapping[str, str]
        The environment of npm and pip.
    """

    def __init__(self, console: Path, builds: Path, environ: Mapping[str, str]) -> None:
        self._console = console
        self._builds = builds
        self._environ = environ

    def build(self) -> Built:
        """Return the build of the sources as they are now.

        Raises
        ------
        StackError, OSError
            If it cannot be built; the message says why in a few words.
        """
        began = time.monotonic()
        with self._alone():
            folder = self._builds / sources_hash(self._console)
            if (folder / PAGE).exists():
                os.utime(folder)
                return Built(folder, "kept from an earlier build")
            how = "installed and built" if self._install() else "built"
            unfinished = self._builds / f"{UNFINISHED}{os.getpid()}"
            output = ["--outDir", str(unfinished), "--emptyOutDir", "--manifest"]
            try:
                self._npm("run", "build", "--", *output)
                if not (unfinished / PAGE).exists():
                    raise StackError(f"the build has no {PAGE}")
                shutil.rmtree(folder, ignore_errors=True)  # one without a page
                unfinished.rename(folder)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
            self._remove_old()
        return Built(folder, f"{how} in {time.monotonic() - began:.0f} s")

    def install(self) -> str:
        """Install what the build and the console's tests need; return how, as the end of a sentence.

        Raises
        ------
        StackError, OSError
            If it cannot be installed.
        """
        began = time.monotonic()
        with self._alone():
            is_new = self._install()
        return f"installed in {time.monotonic() - began:.0f} s" if is_new else "installed already"

    def _install(self) -> bool:
        """Install the packages of the lock, unless they are there; return whether they were not."""
        if is_installed(self._console):
            return False
        try:
            self._npm(*NPM_CI)
            if not is_installed(self._console):
                raise StackError("npm has not installed what the lock says")
        except BaseException:
            # Half of the packages are of no use, and may be what has filled the disk.
            shutil.rmtree(self._console / "node_modules", ignore_errors=True)
            raise
        return True

    def node(self) -> Node:
        """Return the Node.js that everything here is done with; install its wheel if there is none.

        Raises
        ------
        StackError, OSError
            If it cannot be installed.
        """
        pip = partial(run, folder=REPOSITORY_ROOT, environ=self._environ, silence=NO_INDEX)
        return find_node(self._environ, pip, self._builds / ".node")

    def _npm(self, *arguments: str) -> None:
        node = self.node()
        print(f"npm {' '.join(arguments)}, with Node.js {node.version}", flush=True)
        environ = {**self._environ, "PATH": node.path, PYTHON_VARIABLE: sys.executable}
        silence = NO_REGISTRY if arguments[0] == "ci" else None
        run([*node.npm, *arguments], self._console, environ, silence)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._builds.mkdir(parents=True, exist_ok=True)
        with (self._builds / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _remove_old(self) -> None:
        """Remove what killed builds have left, and all but the builds used last."""
        entries = [entry for entry in self._builds.iterdir() if entry.is_dir()]
        builds = [entry for entry in entries if not entry.name.startswith(".")]
        builds.sort(key=lambda entry: entry.stat().st_mtime_ns, reverse=True)
        for entry in entries:
            if entry.name.startswith(UNFINISHED) or entry in builds[KEPT_BUILDS:]:
                shutil.rmtree(entry, ignore_errors=True)


def failure_sentence(error: Exception) -> str:
    """Return the sentence for the terminal and the simple page."""
    reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return f"The console cannot be built: {reason.rstrip('.')}."


def main() -> int:
    """Build the console, or only install what that needs; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local.console.build", description=__doc__)
    parser.add_argument("--console", type=Path, default=CONSOLE, help="the folder of its sources")
    parser.add_argument("--builds", type=Path, default=BUILDS, help="where builds are kept")
    parser.add_argument("--status", type=Path, help="the status file that the front reads")
    parser.add_argument("--install", action="store_true", help="only install what the build needs")
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)
    if arguments.status is not None:
        os.nice(NICENESS)
    builder = Builder(arguments.console.resolve(), arguments.builds.resolve(), os.environ)
    try:
        if arguments.install:
            print(f"The console's packages are {builder.install()}.")
            return 0
        built = builder.build()
    except (StackError, OSError, ValueError, LookupError) as error:
        status = Status(State.FAILED, sentence=failure_sentence(error))
    else:
        status = Status(State.READY, str(built.folder), f"The console is ready: {built.how}.")
    if arguments.status is not None:
        write_status(arguments.status, status)
    print(status.sentence, flush=True)
    return 0 if status.state is State.READY else 1


def _exit(number: int, frame: FrameType | None) -> None:
    # `finally` blocks end the commands that run.
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
