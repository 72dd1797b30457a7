"""An embedded AWS of their own for the simulations; each run has tables of its own in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.embedded_aws import embedded_aws
from tests.simulation.engine import engine_client
from tests.simulation.narrow_parts import parts_are_narrow


@pytest.fixture(scope="session")
def engine() -> Iterator[Any]:
    with embedded_aws() as endpoint_url:
        yield engine_client(endpoint_url)


@pytest.fixture(autouse=True)
def narrow_parts() -> Iterator[None]:
    with parts_are_narrow():
        yield
