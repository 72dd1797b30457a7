"""What the tests of the console's sources and of its build share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from local.console.build import Builder
from local.console.sources import BUILDS, CONSOLE
from tests.support.console_npm import need_packages


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the build of the sources as they are; it is kept for other runs."""
    need_packages()
    return Builder(CONSOLE, BUILDS, os.environ).build().folder
