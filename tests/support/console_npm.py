"""npm on the console's sources, for tests: with what ``make install`` has fetched, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from local.console.sources import CONSOLE, is_installed
from tests.support.needs import not_here

__all__ = ["assert_passes", "need_packages"]

ROOT: Final = Path(__file__).resolve().parents[2]


def need_packages() -> None:
    """Skip or fail a test if `make install` has not installed the packages of the console's lock."""
    if not is_installed(CONSOLE):
        not_here(
            "Nothing was tested: console/node_modules is not what its lock says; make install installs it"
        )


def assert_passes(*arguments: str, timeout_seconds: float, **variables: str) -> str:
    """Run npm, and return its output; if it fails, that is the message."""
    ran = subprocess.run(
        [sys.executable, "-m", "local.console.npm", *arguments],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=timeout_seconds,
    )
    if ran.returncode != 0:
        pytest.fail(f"npm {' '.join(arguments)} failed:\n{ran.stdout}", pytrace=False)
    return ran.stdout
