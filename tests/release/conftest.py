"""Clones of this repository as it is now, in which releases can be made."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.release.repositories import git
from tests.support.needs import need_wheels

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of the files of this one, also those that are not committed yet."""
    folder = tmp_path_factory.mktemp("origin")
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Everything")
    return folder


@pytest.fixture(scope="session")
def clone(origin: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Returns a function that makes a clone."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("clone") / "inventory"
        git(origin, "clone", "--quiet", str(origin), str(folder))
        return folder

    return make


@pytest.fixture(scope="session")
def wheels() -> None:
    """The wheels of the zips, without which no release can be built."""
    need_wheels()


@pytest.fixture
def repository(clone: Callable[[], Path]) -> Path:
    return clone()
