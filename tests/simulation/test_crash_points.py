"""Processes that die in the middle of an order leave none that is half done: a sample of all such histories.

`python -m tests.simulation --crash-points 2000` goes through more of them.
"""

from __future__ import annotations

from typing import Any

import pytest

from services.stock.chalicelib.sweeper import Sweeper
from tests.simulation.crash_points import RESCUES, SCENARIOS, CrashPoint, all_points, run_crash_points, spread
from tests.simulation.history import Violation

HISTORIES = 100


def test_no_crash_leaves_a_half_order(engine: Any) -> None:
    counts = run_crash_points(engine, HISTORIES)
    assert counts["histories"] == HISTORIES < counts["possible"]
    # Where nobody dies between two steps, nothing is shown.
    assert counts["in the middle"] > HISTORIES


def test_the_sample_has_every_scenario_and_every_rescue() -> None:
    points = list(all_points(dict.fromkeys(((name, lines) for name in SCENARIOS for lines in (4, 6)), 12)))
    sample = spread(points, HISTORIES)
    assert {point.scenario for point in sample} == SCENARIOS.keys()
    assert {point.rescue for point in sample} == RESCUES.keys()
    assert all(isinstance(point, CrashPoint) for point in sample)
    assert len({*sample}) == HISTORIES


def test_a_half_order_is_noticed(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sweeper, "sweep", lambda self, request_id: {})
    with pytest.raises(Violation, match="leaves Order"):
        run_crash_points(engine, HISTORIES)
