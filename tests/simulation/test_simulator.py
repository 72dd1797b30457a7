"""Some seeds of the simulation, and that a seed is a history."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services.stock.chalicelib import transactor
from tests.simulation.faulty_client import HOT, FaultRates
from tests.simulation.simulator import simulate

ROOT = Path(__file__).parents[2]
SEEDS = range(1, 5)
HOT_SEEDS = (6, 7, 8)
STEPS = 1_000


@pytest.mark.parametrize("seed", SEEDS)
def test_a_shop_under_faults_and_deaths_keeps_its_promises(engine: Any, seed: int) -> None:
    report = simulate(engine, seed, STEPS)
    assert report.steps >= STEPS
    # A history in which nothing happens proves nothing.
    assert report.counts["commits"] > 30
    assert report.counts["answered repeated"] > 5


def test_orders_that_lose_once_go_on_in_steps_and_some_processes_die_of_it(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactor, "LOSSES_BEFORE_DIVIDING", 1)  # of two, these few seeds see too few
    usual = FaultRates().transactions
    hot = FaultRates(transactions={**usual, "conflict": HOT * usual["conflict"]})
    counts: Counter[str] = Counter()
    for seed in HOT_SEEDS:
        counts += simulate(engine, seed, STEPS, hot).counts
    assert counts["steps of divided orders"] > 5
    assert counts["steps of orders"] > 5 + counts["steps of divided orders"]


def trace_in_a_process_of_its_own(hash_seed: int) -> str:
    """Return the trace of a seed, made in a new interpreter over a new engine."""
    completed = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seeds", "11", "--steps", "400", "--trace"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return completed.stdout


def test_the_same_seed_gives_the_same_history_to_the_letter(engine: Any) -> None:
    here = simulate(engine, 11, 400).trace
    first, second = trace_in_a_process_of_its_own(1), trace_in_a_process_of_its_own(2)
    assert first == second
    assert first.startswith("\n".join(here))
    assert simulate(engine, 12, 400).trace != here
