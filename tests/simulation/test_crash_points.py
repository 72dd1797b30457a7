"""Processes that crash during a saga leave no unfinished order: a sample of all such histories.

`python -m tests.simulation --crash-points 2000` runs more of them.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from services.stock.chalicelib.engine.sweeper import Sweeper
from tests.simulation.crash_points import (
    CHANGES,
    RECOVERIES,
    RETRIES,
    SCENARIOS,
    CrashHistory,
    all_histories,
    run_crash_histories,
    sample,
)
from tests.simulation.history import Violation

HISTORIES = 100


def test_no_crash_leaves_an_unfinished_order(engine: Any) -> None:
    counts = run_crash_histories(engine, HISTORIES)
    assert counts["histories"] == HISTORIES < counts["possible"]
    # Without crashes between two steps, the test would show nothing.
    assert counts["in a saga"] > HISTORIES
    assert counts["accepted"] >= HISTORIES // 5
    assert counts["refused"] >= HISTORIES // 20


def test_a_crash_leaves_an_order_amended_or_reopened_as_a_whole_or_not_at_all(engine: Any) -> None:
    counts = run_crash_histories(engine, HISTORIES, CHANGES)
    assert counts["histories"] == HISTORIES < counts["possible"]
    assert counts["before or after"] > HISTORIES
    assert counts["in a saga"] == 0


def test_an_order_that_nobody_amends_again_after_a_crash_is_found(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECOVERIES, "the retry", ())
    with pytest.raises(Violation, match="leaves Order"):
        run_crash_histories(engine, HISTORIES, CHANGES)


def test_the_sample_has_every_scenario_and_every_recovery() -> None:
    calls = dict.fromkeys(((name, lines) for name in SCENARIOS for lines in (4, 6)), 12)
    chosen = sample(list(all_histories(calls)), HISTORIES)
    assert {history.scenario for history in chosen} == SCENARIOS.keys()
    assert {history.recovery for history in chosen} == RECOVERIES.keys()
    assert all(isinstance(history, CrashHistory) for history in chosen)
    assert len({*chosen}) == HISTORIES
    chosen = sample(list(all_histories(dict.fromkeys(((name, 4) for name in CHANGES), 5))), HISTORIES)
    assert {(history.scenario, history.recovery) for history in chosen} == {*product(CHANGES, RETRIES)}


def test_an_unfinished_order_is_found(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sweeper, "sweep", lambda self, request_id: {})
    with pytest.raises(Violation, match="leaves Order"):
        run_crash_histories(engine, HISTORIES)
