"""Each group of suites has a budget, which a slower machine scales and nothing lowers."""

from __future__ import annotations

import pytest

from tests.support import budgets
from tests.support.budgets import Group, Machine, kept, makespan

GROUPS = {"short": Group("make short", 1, ("a", "b", "c")), "long": Group("make long", 10, ("d",))}


@pytest.mark.parametrize(
    ("seconds", "at_once", "expected"),
    [([], 2, 0), ([3, 2, 1], 1, 6), ([3, 2, 1], 2, 3), ([3, 2, 2], 2, 4), ([5, 1, 1, 1], 2, 5)],
)
def test_suites_take_as_long_as_the_lane_that_ends_last(
    seconds: list[float], at_once: int, expected: float
) -> None:
    assert makespan(seconds, at_once) == expected


def test_a_group_within_its_budget_is_shown() -> None:
    lines, over = kept(GROUPS, {"a": 30, "b": 30, "c": 30, "d": 60}, 1.0, 2)
    assert not over
    assert lines[:3] == [
        "── Budgets",
        "make short                 1.0 of 1 minutes",
        "make long                  1.0 of 10 minutes",
    ]


def test_a_group_over_its_budget_is_named_with_its_slowest_suites() -> None:
    lines, over = kept(GROUPS, {"a": 50, "b": 30, "c": 40, "d": 600}, 1.0, 2)
    assert over
    assert (
        "1.2 of 1 minutes, OVER the 1.0 that this machine has; the slowest: a 50 s, c 40 s, b 30 s"
        in lines[1]
    )
    assert "OVER" not in lines[2]


def test_a_slower_machine_has_more_time() -> None:
    took = {"a": 50.0, "b": 30.0, "c": 40.0}
    assert kept(GROUPS, took, 1.2, 2)[1] is False
    assert kept(GROUPS, took, 1.1, 2)[1] is True


def test_a_group_that_has_not_run_as_a_whole_has_no_budget() -> None:
    assert kept(GROUPS, {"a": 1_000, "b": 1_000}, 1.0, 2) == ([], False)


def test_a_factor_is_the_mean_of_the_samples_and_never_below_one(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 3.0, 10.0, 11.0])
    monkeypatch.setattr(budgets, "work", lambda: 0)
    monkeypatch.setattr(budgets, "REFERENCE_SECONDS", 1.0)
    monkeypatch.setattr(budgets.time, "perf_counter", lambda: next(times))
    machine = Machine()
    assert machine.factor == 1.0
    machine.sample()
    machine.sample()
    assert machine.factor == 2.0
    fast = Machine()
    monkeypatch.setattr(budgets.time, "perf_counter", lambda: 0.0)
    fast.sample()
    assert fast.factor == 1.0


def test_the_work_is_always_the_same() -> None:
    assert budgets.work() == budgets.work()
