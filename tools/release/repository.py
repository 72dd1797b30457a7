"""What git knows of the tree: whether it is clean, and which versions are tagged."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .errors import ReleaseError
from .versions import Version

__all__ = ["check_clean", "tag_of", "tagged"]


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise ReleaseError("git was not found; a release is made from a clone of the repository.") from error
    if done.returncode != 0:
        raise ReleaseError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout


def check_clean(root: Path) -> None:
    """Check that the tree is what is committed.

    Raises
    ------
    ReleaseError
        If a file is changed, or is neither committed nor ignored; or if this is no clone.
    """
    lines = _git(root, "status", "--porcelain").splitlines()
    if lines:
        listed = "\n".join(lines[:10] + (["…"] if len(lines) > 10 else []))
        raise ReleaseError(f"The tree has changes that are not committed:\n{listed}")


def tag_of(version: Version) -> str:
    """Return the name of the tag of a version."""
    return f"v{version}"


def tagged(root: Path) -> list[Version]:
    """Return the versions that are tagged, in ascending order."""
    found = []
    for tag in _git(root, "tag", "--list", "v*").splitlines():
        try:
            found.append(Version.read(tag.removeprefix("v")))
        except ReleaseError:
            continue  # a tag of something else
    return sorted(found)
