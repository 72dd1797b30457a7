"""The sources of the console, and the hash by which its builds are kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from local.settings import REPOSITORY_ROOT

CONSOLE: Final = REPOSITORY_ROOT / "console"
BUILDS: Final = REPOSITORY_ROOT / ".local" / "console"
"""One folder for each build, named by the hash of its sources."""
LOCK: Final = "package-lock.json"
NOT_BUILT: Final = {"node_modules", "dist", "browser", "coverage", "scripts"}
"""Folders of the console that its build does not read."""
OUTSIDE: Final = ("libs/common/inventory_common", "libs/imports/inventory_imports", "requirements/run.txt")
"""What else it reads, in the checkout: the Python that the import screen runs."""
PYTHON_VARIABLE: Final = "INVENTORY_PYTHON"
"""The environment variable of the build with the interpreter that has these packages."""
HASH_DIGITS: Final = 16


def sources_hash(console: Path) -> str:
    """Return the hash of what a build is made of: names and contents.

    Raises
    ------
    OSError
        If they cannot be read.
    """
    digest = hashlib.sha256()
    files = [(file.relative_to(console), file) for file in _sources(console)]
    files += [(file.relative_to(REPOSITORY_ROOT), file) for file in _outside()]
    for name, file in files:
        content = file.read_bytes()
        digest.update(f"{name.as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:HASH_DIGITS]


def is_installed(console: Path) -> bool:
    """Return whether ``node_modules`` has what the lock says, by the note that npm leaves in it.

    Packages for other platforms may be missing.

    Raises
    ------
    OSError, ValueError
        If the lock cannot be read.
    """
    locked = json.loads((console / LOCK).read_text(encoding="utf-8"))["packages"]
    try:
        note = json.loads((console / "node_modules" / ".package-lock.json").read_text(encoding="utf-8"))
        installed = note["packages"]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return all(
        installed[path].get("integrity") == package.get("integrity")
        if path in installed
        else package.get("optional", False)
        for path, package in locked.items()
        if path  # the console itself
    )


def _sources(console: Path) -> Iterator[Path]:
    """Yield the files in the order of their names, without tests."""
    for entry in sorted(console.iterdir()):
        if entry.name in NOT_BUILT:
            continue
        files = sorted(entry.rglob("*")) if entry.is_dir() else [entry]
        yield from (file for file in files if file.is_file() and ".test." not in file.name)


def _outside() -> Iterator[Path]:
    for name in OUTSIDE:
        path = REPOSITORY_ROOT / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]
