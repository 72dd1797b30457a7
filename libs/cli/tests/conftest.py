"""The tests need this folder, for `fake_services`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))

from fake_services import FakeServices

from inventory_cli.__main__ import run
from inventory_client import Retries

AT_ONCE = Retries(attempts=3, first_wait_seconds=0.0)


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def inventory(services: FakeServices, tmp_path: Path) -> Callable[..., int]:
    """The command line against the fake services; returns the exit code."""
    environ = {
        "INVENTORY_CONFIG": str(tmp_path / "config.toml"),
        "INVENTORY_STATE": str(tmp_path / "imports"),
        "HOME": str(tmp_path),
    }

    def call(*arguments: object) -> int:
        if arguments[:1] == ("import",) and "--yes" in arguments and "--concurrency" not in arguments:
            # One by one, so that the services' ids come in the rows' order.
            arguments = (*arguments, "--concurrency", 1)
        return run([str(argument) for argument in arguments], environ, services.transport(), AT_ONCE)

    return call
