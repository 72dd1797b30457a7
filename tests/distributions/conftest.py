"""A copy of the sources, and the wheels that every test of this folder needs."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.support.needs import need_wheels
from tools.release.artifacts import build_wheels

ROOT = Path(__file__).resolve().parents[2]


def copy_of_libraries(folder: Path) -> Path:
    copied = shutil.ignore_patterns("*.egg-info", "build", "__pycache__", ".*_cache")
    shutil.copytree(ROOT / "libs", folder / "libs", ignore=copied)
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, fetched_wheels: None) -> Path:
    """A copy of the libraries' sources, in which pip may build."""
    return copy_of_libraries(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory, fetched_wheels: None) -> Path:
    """The wheels of a release, in a folder."""
    folder = tmp_path_factory.mktemp("wheels")
    build_wheels(copy_of_libraries(tmp_path_factory.mktemp("sources")), date(2026, 1, 2), folder)
    return folder


@pytest.fixture(scope="session")
def fetched_wheels() -> None:
    """The wheels that pip installs from."""
    need_wheels()
