"""The version of the distributions: X.Y.Z, and the places where it stands.

Each distribution is built by itself, so that each has its own copy; and it requires the others in exactly its
own version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from .errors import ReleaseError

__all__ = ["LIBRARIES", "Version", "places", "read_version", "write_version"]

LIBRARIES: Final = ("common", "client", "imports", "cli")

_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_ATTRIBUTE: Final = re.compile(r'(?m)^(__version__ = ")([^"]*)(")$')
_REQUIREMENT: Final = re.compile(r'(?m)^(    "inventory-(?:common|client|imports|cli)==)([^"]*)(",)$')


@dataclass(frozen=True, order=True)
class Version:
    """A version X.Y.Z; they are ordered as numbers."""

    major: int
    minor: int
    patch: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the version that a text is.

        Raises
        ------
        ReleaseError
            If it has another form.
        """
        found = _VERSION.fullmatch(text)
        if found is None:
            problem = f"{text!r} is not a version" if text else "Missing VERSION"
            raise ReleaseError(f"{problem}; write VERSION=x.y.z, three numbers without leading zeros.")
        return cls(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def _files(root: Path) -> Iterator[tuple[Path, re.Pattern[str]]]:
    for library in LIBRARIES:
        folder = root / "libs" / library
        yield folder / f"inventory_{library}" / "__init__.py", _ATTRIBUTE
        if library != "common":
            yield folder / "pyproject.toml", _REQUIREMENT


def places(root: Path) -> dict[str, list[str]]:
    """Return what stands as the version in each file that has it, by the file's path in the repository."""
    return {
        path.relative_to(root).as_posix(): [
            found[2] for found in pattern.finditer(path.read_text(encoding="utf-8"))
        ]
        for path, pattern in _files(root)
    }


def read_version(root: Path) -> Version:
    """Return the version of the tree.

    Raises
    ------
    ReleaseError
        If it is missing in a file, or differs between places.
    """
    found = places(root)
    missing = [path for path, versions in found.items() if not versions]
    if missing:
        raise ReleaseError(f"The version is missing in {', '.join(missing)}.")
    versions = {version for each in found.values() for version in each}
    if len(versions) > 1:
        listed = "; ".join(f"{path}: {', '.join(sorted(set(each)))}" for path, each in found.items())
        raise ReleaseError(f"The version differs between files: {listed}.")
    return Version.read(versions.pop())


def write_version(root: Path, version: Version) -> None:
    """Write the version wherever it stands."""
    for path, pattern in _files(root):
        text = path.read_text(encoding="utf-8")
        path.write_text(pattern.sub(rf"\g<1>{version}\g<3>", text), encoding="utf-8")
