"""The console's build: static files, made by npm from ``console/``, and the headers of each."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from deploy.errors import DeployError
from deploy.node import Node, find_node
from deploy.services import CONSOLE, REPOSITORY_ROOT

INDEX: Final = "index.html"
CONFIGURATION: Final = "config.json"
"""The settings of a stage, which the page reads first; it is no part of a build."""

NEVER_KEPT: Final = "no-store"
ASKED_AGAIN: Final = "no-cache"
KEPT: Final = "public, max-age=31536000, immutable"

_HASHED: Final = "assets/"
"""The folder whose files have a hash of their content in their names."""
_TEXT: Final = "; charset=utf-8"
_MEDIA_TYPES: Final = {
    ".css": f"text/css{_TEXT}",
    ".csv": f"text/csv{_TEXT}",
    ".gif": "image/gif",
    ".html": f"text/html{_TEXT}",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": f"text/javascript{_TEXT}",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": f"text/javascript{_TEXT}",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": f"text/plain{_TEXT}",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".whl": "application/zip",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
"""Not those of this machine, which differ from one to the next: browsers run no script of another type."""
_ROOT_ELEMENT: Final = 'id="root"'
_FIRST_LINES: Final = 6
_LAST_LINES: Final = 12
"""How much is shown of what npm says: its own errors begin with the cause, those of a build end with it."""


@dataclass(frozen=True)
class Build:
    """A folder with a build."""

    folder: Path

    @cached_property
    def paths(self) -> list[str]:
        """The files, relative to the folder: hashed ones first, the page last."""
        files = (each for each in self.folder.rglob("*") if each.is_file())
        found = (each.relative_to(self.folder).as_posix() for each in files)
        return sorted((path for path in found if path != CONFIGURATION), key=_order)

    @cached_property
    def build_id(self) -> str:
        """A name that follows from the names and contents of all files."""
        total = hashlib.sha256()
        for path in sorted(self.paths):
            content = hashlib.sha256((self.folder / path).read_bytes()).hexdigest()
            total.update(f"{content} {path}\n".encode())
        return total.hexdigest()[:16]

    def __str__(self) -> str:
        """Return its name, with its size, for messages."""
        total = sum((self.folder / path).stat().st_size for path in self.paths)
        return f"build {self.build_id} ({len(self.paths)} files, {total / 1e6:.1f} MB)"


def build_console(folder: Path, root: Path = REPOSITORY_ROOT) -> Build:
    """Build the console of a checkout into a folder, which is emptied first.

    Raises
    ------
    DeployError
        If Node, the sources or a package is missing, or the build fails.
    """
    sources = root / CONSOLE
    if not (sources / "package.json").is_file():
        raise DeployError(f"{sources / 'package.json'} was not found: there is no console to build.")
    node = find_node()
    if not _is_installed(sources):
        _npm(node, sources, "ci")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _npm(node, sources, "run", "build", "--", "--outDir", str(folder), "--emptyOutDir")
    return checked(folder)


def checked(folder: Path) -> Build:
    """Return the build in a folder.

    Raises
    ------
    DeployError
        If it contains no page of the console.
    """
    page = folder / INDEX
    if not page.is_file():
        raise DeployError(f"The build has no {INDEX}: {folder} contains no console.")
    if _ROOT_ELEMENT not in page.read_text(encoding="utf-8"):
        raise DeployError(f"{page} is not the console's page: no element has {_ROOT_ELEMENT}.")
    return Build(folder)


def media_type(path: str) -> str:
    """Return the Content-Type of a file."""
    return _MEDIA_TYPES.get(Path(path).suffix.lower(), "application/octet-stream")


def cache_control(path: str) -> str:
    """Return the Cache-Control of a file: hashed ones never change, page and settings are never kept."""
    if path in (INDEX, CONFIGURATION):
        return NEVER_KEPT
    return KEPT if path.startswith(_HASHED) else ASKED_AGAIN


def _order(path: str) -> tuple[bool, bool, str]:
    return path == INDEX, not path.startswith(_HASHED), path


def _is_installed(sources: Path) -> bool:
    """Return whether the packages are those of the lock, of which npm keeps a copy beside them."""
    lock, installed = sources / "package-lock.json", sources / "node_modules" / ".package-lock.json"
    return installed.is_file() and lock.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime


def _npm(node: Node, sources: Path, *arguments: str) -> None:
    command = [*node.npm, *arguments]
    done = subprocess.run(command, cwd=sources, env=node.environment, capture_output=True, text=True)
    if done.returncode != 0:
        lines = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
        if len(lines) > _FIRST_LINES + _LAST_LINES:
            lines[_FIRST_LINES:-_LAST_LINES] = ["…"]
        raise DeployError("\n".join([f"npm {' '.join(arguments[:2])} failed in {sources}:", *lines]))
