"""The simulator finds each planted bug; if it misses one, the simulator has to be improved.

Each bug gets some seeds of 1,000 steps.  A change of the service shifts all histories, and may shift one past
a bug, which another seed then meets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulation.faulty_client import FaultRates
from tests.simulation.planted_bugs import PLANTED_BUGS
from tests.simulation.simulator import SimulationFailed, simulate

SEEDS = range(1, 13)
FIRST_SEEDS = {"the sweeper releases an order that is being settled": 10}
"""The seeds that come first, of bugs that most seeds miss: it only saves time."""
STEPS = 1_000

ERRORS_OF_A_PLANT = (AttributeError, ImportError, KeyError, NameError, TypeError)
"""A plant that does not fit the service fails with one of these: that is no bug found."""


def violation(engine: Any, seed: int) -> SimulationFailed | None:
    try:
        simulate(engine, seed, STEPS, FaultRates())
    except SimulationFailed as failed:
        return failed
    return None


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and the errors that it was raised from."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def test_there_are_at_least_ten() -> None:
    assert len(PLANTED_BUGS) >= 10


@pytest.mark.parametrize("name", PLANTED_BUGS)
def test_the_simulator_finds(engine: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    PLANTED_BUGS[name](monkeypatch)
    seeds = sorted(SEEDS, key=lambda seed: seed != FIRST_SEEDS.get(name))
    failed = next(filter(None, (violation(engine, seed) for seed in seeds)), None)
    assert failed is not None
    assert not any(isinstance(cause, ERRORS_OF_A_PLANT) for cause in causes(failed)), failed
