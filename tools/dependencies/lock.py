"""``python -m tools.dependencies.lock``: write all locks anew, with the newest versions.

``--only "boto3 rich"`` moves these distributions alone; ``--only ""`` none: it adds what the `.in` files
name and the locks lack, and drops what they no longer need.  uv resolves for every Python that the product
supports and every platform at once, and records the hash of each file.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from .locks import LOCKS, ROOT, Lock, LockError, pins_of

__all__ = ["command_of", "write_locks"]

OLDEST_PYTHON: Final = "3.11"
NOT_LOCKED: Final = "pip"
"""Every virtual environment has its own."""
HEADER: Final = "# Written by `make lock` from {source}; edit that.\n"


def command_of(lock: Lock, only: Sequence[str] | None, root: Path = ROOT) -> list[str]:
    """Return the arguments of uv that write a lock.

    Parameters
    ----------
    lock
        The lock to write; those above it are written already.
    only
        The distributions to move to their newest versions; None for all.
    root
        The folder of the repository.
    """
    omitted = [NOT_LOCKED]
    for path in lock.above:
        pins = pins_of((root / path).read_text(encoding="utf-8"))
        # What it pins for some platforms alone may be needed here on all.
        omitted += sorted({pin.name for pin in pins if not pin.condition})
    upgrades = ["--upgrade"] if only is None else [f"--upgrade-package={name}" for name in only]
    dependencies = ["--no-deps"] if lock.path.endswith("/pages.txt") else []
    return [
        *("pip", "compile", "--quiet", "--universal", f"--python-version={OLDEST_PYTHON}"),
        *("--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links"),
        *(f"--no-emit-package={name}" for name in omitted),
        *dependencies,
        *upgrades,
        *(f"--output-file={lock.path}", lock.source),
    ]


def write_locks(uv: Path, only: Sequence[str] | None, root: Path = ROOT) -> list[str]:
    """Write all locks, and return a line for each version that has changed.

    Raises
    ------
    LockError
        If uv fails; its message is the error's.  The lock that failed is as it was.
    """
    changed = []
    for lock in LOCKS:
        path = root / lock.path
        before = _versions(path.read_text(encoding="utf-8")) if path.exists() else {}
        try:
            done = subprocess.run(
                [str(uv), *command_of(lock, only, root)], cwd=root, capture_output=True, text=True
            )
        except OSError as error:
            raise LockError(f"{uv} cannot be run: {error.strerror}. `make lock` installs it.") from error
        if done.returncode != 0:
            raise LockError(f"{lock.source} cannot be locked:\n{done.stderr.strip()}")
        text = HEADER.format(source=Path(lock.source).name) + _without_headers(
            path.read_text(encoding="utf-8")
        )
        path.write_text(text, encoding="utf-8")
        after = _versions(text)
        for name in sorted({*before, *after}):
            old, new = before.get(name, "none"), after.get(name, "none")
            if old != new:
                changed.append(f"{lock.path}: {name} {old} → {new}")
    return changed


def _versions(text: str) -> dict[str, str]:
    """Return the versions of a lock's distributions, by name."""
    versions: dict[str, list[str]] = {}
    for pin in pins_of(text):
        versions.setdefault(pin.name, []).append(pin.version)
    return {name: " and ".join(sorted(each)) for name, each in versions.items()}


def _without_headers(text: str) -> str:
    """Return a lock without the comments before its first pin."""
    lines = text.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[first:])


def main() -> int:
    """Write the locks and print what has changed; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.dependencies.lock", description=__doc__)
    parser.add_argument("--only", help="the distributions to move, separated by spaces (default: all)")
    arguments = parser.parse_args()
    only = None if arguments.only is None else arguments.only.split()
    try:
        changed = write_locks(Path(sys.executable).with_name("uv"), only)
    except LockError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(changed) or "Nothing has changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
