"""What a suite needs of the machine: without it, it fails in CI and is skipped elsewhere, and says why."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

from tools.dependencies.wheels import missing as missing_wheels

__all__ = ["need_wheels", "not_here"]


def not_here(what: str) -> NoReturn:
    """Skip a test with a message, or fail it where `CI` is set."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def need_wheels() -> None:
    """Skip or fail a test if `make install` has not fetched the wheels of the present locks."""
    why = missing_wheels()
    if why is not None:
        not_here(f"Nothing was tested: {why}")
