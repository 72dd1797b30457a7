"""``python -m tools.dependencies.wheels``: fetch the wheels that packaging and the tests install.

They are those of the services' zips, for each runtime and architecture of Lambda, and those of the product
for this machine.  `make install` fetches them once into the folder `wheels` of the virtual environment;
packaging (`deploy.dependencies`) and the tests then need no package index.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.dependencies import FETCHED_WHEELS
from deploy.target import Target

from .locks import LOCKS, ROOT, LockError

__all__ = ["DOWNLOADS", "Download", "fetch", "missing"]

RUNTIMES: Final = ("python3.11", "python3.12", "python3.13")
ARCHITECTURES: Final = ("arm64", "x86_64")
NOTE: Final = "locks.sha256"
"""The file of the folder that says of which locks it has the wheels; it is written last."""


@dataclass(frozen=True)
class Download:
    """Locks whose wheels are fetched for one platform.

    Attributes
    ----------
    locks : tuple of str
        Relative to the repository.
    target : Target, optional
        The platform; this machine and its Python if None.
    """

    locks: tuple[str, ...]
    target: Target | None = None

    @property
    def options(self) -> list[str]:
        """The options of pip that select the platform."""
        return [] if self.target is None else self.target.pip_options


_SERVICES: Final = tuple(lock.path for lock in LOCKS if lock.path.startswith("services/"))

DOWNLOADS: Final = (
    Download(("requirements/run.txt",)),
    *(Download(_SERVICES, Target(runtime, each)) for runtime in RUNTIMES for each in ARCHITECTURES),
)


def missing(folder: Path = FETCHED_WHEELS, root: Path = ROOT) -> str | None:
    """Return a sentence if a folder does not have the wheels of the present locks, else None."""
    note = folder / NOTE
    if not note.is_file():
        return f"{folder} has no wheels: `make install` fetches them."
    if note.read_text(encoding="utf-8") != _digest(root):
        return f"{folder} has the wheels of other locks than these: `make install` fetches the others."
    return None


def fetch(
    folder: Path = FETCHED_WHEELS, root: Path = ROOT, downloads: Sequence[Download] = DOWNLOADS
) -> None:
    """Fetch all wheels into a folder, which is replaced at the end; those that it has are not fetched again.

    Raises
    ------
    LockError
        If a wheel is not to be had, or has other bytes; the message is pip's.  The folder is as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".wheels-", dir=folder.parent) as name:
        made = Path(name) / "made"
        for each in downloads:
            _download(each, made, folder, root)
        (made / NOTE).write_text(_digest(root), encoding="utf-8")
        if folder.exists():
            folder.rename(Path(name) / "previous")
        made.rename(folder)


def _download(each: Download, made: Path, known: Path, root: Path) -> None:
    locks = [option for lock in each.locks for option in ("-r", str(root / lock))]
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", str(made)),
        *(f"--find-links={path}" for path in (known, made) if path.is_dir()),
        *each.options,
        *locks,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        wheels_of = " on ".join((each.target.runtime, each.target.architecture)) if each.target else "here"
        raise LockError(f"The wheels for {wheels_of} cannot be fetched:\n{done.stderr.strip()}")


def _digest(root: Path) -> str:
    """Return the hash of all that selects wheels."""
    digest = hashlib.sha256(repr((sys.version_info[:2], DOWNLOADS)).encode())
    for path in sorted({lock for each in DOWNLOADS for lock in each.locks}):
        digest.update((root / path).read_bytes())
    return digest.hexdigest()


def main() -> int:
    """Fetch what is missing; return the exit code."""
    argparse.ArgumentParser(prog="python -m tools.dependencies.wheels", description=__doc__).parse_args()
    if missing() is None:
        return 0
    try:
        fetch()
    except LockError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The wheels cannot be kept in {FETCHED_WHEELS}: {error}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
