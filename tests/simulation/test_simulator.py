"""Some seeds of the simulation, and that a seed has one history."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services.stock.chalicelib.engine import conflicts
from tests.simulation.faulty_client import HOT_CONFLICT_FACTOR, FaultRates
from tests.simulation.simulator import simulate

ROOT = Path(__file__).parents[2]
SEEDS = range(1, 5)
CONFLICT_SEEDS = (6, 7, 8)
OUT_OF_TIME_SEEDS, OUT_OF_TIME_RATE = (9, 11, 16), 0.3
STEPS = 1_000
SAME_STEPS = 200


@pytest.mark.parametrize("seed", SEEDS)
def test_no_property_is_violated_under_faults_and_crashes(engine: Any, seed: int) -> None:
    report = simulate(engine, seed, STEPS)
    assert report.steps >= STEPS
    # A history without commits proves nothing.
    assert report.counts["commits"] > 30
    assert report.counts["response replayed"] > 5


def test_orders_continue_as_sagas_after_conflicts(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflicts, "CONFLICTS_BEFORE_SAGA", 1)  # few orders of so few seeds conflict twice
    defaults = FaultRates().transactions
    with_conflicts = FaultRates(
        transactions={**defaults, "conflict": HOT_CONFLICT_FACTOR * defaults["conflict"]}
    )
    counts: Counter[str] = Counter()
    for seed in CONFLICT_SEEDS:
        counts += simulate(engine, seed, STEPS, with_conflicts).counts
        single_item = counts["saga steps of single-item orders"]
        if single_item > 5 and counts["saga steps"] > 5 + single_item:
            return
    raise AssertionError(counts)


def test_places_whose_time_runs_out_are_accepted(engine: Any) -> None:
    transactions = {**FaultRates().transactions, "out of time": OUT_OF_TIME_RATE}
    counts: Counter[str] = Counter()
    for seed in OUT_OF_TIME_SEEDS:
        counts += simulate(engine, seed, STEPS, FaultRates(transactions=transactions)).counts
        if counts["step Acknowledge"]:
            return
    raise AssertionError(counts)


def trace_of_a_new_process(hash_seed: int) -> str:
    """Return the trace of a seed, simulated by a new interpreter over a new engine."""
    completed = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seeds", "11", "--steps", f"{SAME_STEPS}", "--trace"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return completed.stdout


def test_the_same_seed_has_exactly_the_same_history(engine: Any) -> None:
    here = simulate(engine, 11, SAME_STEPS).trace
    first, second = trace_of_a_new_process(1), trace_of_a_new_process(2)
    assert first == second
    assert first.startswith("\n".join(here))
    assert simulate(engine, 12, SAME_STEPS).trace != here
