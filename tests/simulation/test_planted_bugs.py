"""The simulator finds each planted bug; a bug that it misses is a reason to make it stronger.

Each takes a seed of 1,000 steps.  The service's next change shifts all histories, and may shift one past a
bug: then another seed meets it.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.faulty_client import FaultRates
from tests.simulation.planted_bugs import PLANTED_BUGS
from tests.simulation.simulator import SimulationFailed, simulate

SEEDS = range(1, 13)
STEPS = 1_000


def is_found(engine: Any, seed: int) -> bool:
    try:
        simulate(engine, seed, STEPS, FaultRates())
    except SimulationFailed:
        return True
    return False


def test_there_are_at_least_ten() -> None:
    assert len(PLANTED_BUGS) >= 10


@pytest.mark.parametrize("name", PLANTED_BUGS)
def test_the_simulator_finds(engine: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    PLANTED_BUGS[name](monkeypatch)
    assert any(is_found(engine, seed) for seed in SEEDS)
