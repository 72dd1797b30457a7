"""An embedded AWS of their own for the simulations; each run has tables of its own in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.embedded_aws import embedded_aws
from tests.simulation.engine import engine_client
from tests.simulation.whole_orders import orders_stay_whole


@pytest.fixture(scope="session")
def engine() -> Iterator[Any]:
    with embedded_aws() as endpoint_url:
        yield engine_client(endpoint_url)


@pytest.fixture(autouse=True)
def whole_orders() -> Iterator[None]:
    with orders_stay_whole():
        yield
