"""A copy of the sources, and the wheels that every test of this folder needs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.needs import need_wheels

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, fetched_wheels: None) -> Path:
    """A copy of the libraries' sources, in which pip may build."""
    folder = tmp_path_factory.mktemp("checkout")
    copied = shutil.ignore_patterns("*.egg-info", "build", "__pycache__", ".*_cache")
    shutil.copytree(ROOT / "libs", folder / "libs", ignore=copied)
    return folder


@pytest.fixture(scope="session")
def fetched_wheels() -> None:
    """The wheels that pip installs from."""
    need_wheels()
