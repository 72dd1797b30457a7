"""A copy of the sources, and the package index that every test of this folder needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "requirements" / "run.txt"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, package_index: None) -> Path:
    """A copy of the libraries' sources, in which pip may build."""
    folder = tmp_path_factory.mktemp("checkout")
    copied = shutil.ignore_patterns("*.egg-info", "build", "__pycache__", ".*_cache")
    shutil.copytree(ROOT / "libs", folder / "libs", ignore=copied)
    return folder


@pytest.fixture(scope="session")
def package_index(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Ask pip for one pinned package, and explain what is missing if there is no index."""
    [pin] = re.findall(r"^rfc8785==[\w.]+", PINS.read_text(encoding="utf-8"), re.MULTILINE)
    folder = tmp_path_factory.mktemp("index")
    download = ["download", "--no-deps", "--no-cache-dir", "--dest", str(folder), pin]
    downloaded = subprocess.run([sys.executable, "-m", "pip", *download], capture_output=True, text=True)
    if downloaded.returncode != 0:
        missing = (
            f"The package index cannot be reached, so that nothing was tested:\n{downloaded.stderr.strip()}"
        )
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
