"""The lock files: what each environment installs, by exact version and hash.

A lock is written from a file beside it that names the direct dependencies: `run.txt` from `run.in`.  It is
complete: it has their dependencies too, for every supported Python and every platform, so that pip installs
it with ``--no-deps --require-hashes``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["LOCKS", "ROOT", "Lock", "LockError", "Pin", "normalized", "pins_of"]

ROOT: Final = Path(__file__).resolve().parents[2]

_PIN: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[\w.+!]+)(?: ; (?P<condition>[^\\\n]+?))?(?: \\)?$"
)
_HASH: Final = re.compile(r"^    --hash=sha256:(?P<hash>[0-9a-f]{64})(?: \\)?$")


class LockError(Exception):
    """A lock cannot be written or read; the message says why."""


@dataclass(frozen=True)
class Lock:
    """A lock file, relative to the repository, and the locks that are installed below it.

    Attributes
    ----------
    path : str
        The lock.
    above : tuple of str
        Locks whose environment this one is added to: what they pin is not repeated.
    """

    path: str
    above: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The file with the direct dependencies."""
        return self.path.removesuffix(".txt") + ".in"


@dataclass(frozen=True)
class Pin:
    """A distribution in a lock.

    Attributes
    ----------
    name : str
        As indexes compare it.
    version : str
    condition : str
        Where it is needed, as an environment condition of PEP 508; empty for everywhere.
    hashes : frozenset of str
        The SHA-256 of each file of that version, in hexadecimal.
    """

    name: str
    version: str
    condition: str
    hashes: frozenset[str]


_RUN: Final = "requirements/run.txt"
_DEVELOP: Final = "requirements/develop.txt"

LOCKS: Final = (
    Lock(_RUN),
    Lock("requirements/pages.txt"),
    Lock("requirements/console.txt"),
    Lock("requirements/deploy.txt", above=(_RUN,)),
    Lock(_DEVELOP, above=(_RUN,)),
    Lock("requirements/docs.txt", above=(_RUN, _DEVELOP)),
    Lock("requirements/mutation.txt", above=(_RUN, _DEVELOP)),
    Lock("requirements/postgres.txt", above=(_RUN, _DEVELOP)),
    Lock("services/catalog/requirements.txt"),
    Lock("services/stock/requirements.txt"),
    Lock("services/audit/requirements.txt"),
    Lock("requirements/peers.txt"),
    Lock("requirements/policies.txt"),
    Lock("requirements/lock.txt"),
)
"""In the order in which they are written: the pins of earlier ones are constraints of later ones."""


def normalized(name: str) -> str:
    """Return the name of a distribution as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of(text: str) -> list[Pin]:
    """Return the distributions of a lock; one is there several times if platforms need several versions.

    Raises
    ------
    LockError
        If a line is neither a pin nor a hash nor a comment.
    """
    found: list[tuple[re.Match[str], set[str]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if pin := _PIN.match(line):
            found.append((pin, set()))
        elif found and (file_hash := _HASH.match(line)):
            found[-1][1].add(file_hash["hash"])
        else:
            raise LockError(f"line {number} is neither a pin nor a hash: {line}")
    return [
        Pin(normalized(pin["name"]), pin["version"], pin["condition"] or "", frozenset(hashes))
        for pin, hashes in found
    ]
