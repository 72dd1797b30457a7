"""An embedded AWS for the simulations; each run has tables of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.embedded_aws import embedded_aws
from tests.simulation.engine import engine_client
from tests.support.small_limits import limits_are_small


@pytest.fixture(scope="session")
def engine() -> Iterator[Any]:
    with embedded_aws() as endpoint_url:
        yield engine_client(endpoint_url)


@pytest.fixture(autouse=True)
def small_limits() -> Iterator[None]:
    with limits_are_small():
        yield
