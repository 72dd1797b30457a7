"""The terraform program: a fixture of all tests that run it."""

import shutil

import pytest

from tests.support.needs import not_here

__all__ = ["program"]


@pytest.fixture(scope="session")
def program() -> str:
    """The path of the program; in CI, it must exist."""
    found = shutil.which("terraform")
    if found is None:
        not_here("terraform is not on this machine: the infrastructure tests need it")
    return found
