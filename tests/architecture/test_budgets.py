"""Each group of suites has a budget, which a slower machine scales and nothing lowers."""

from __future__ import annotations

import threading

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


def test_a_group_over_its_budget_fails_and_is_named_with_its_slowest_suites() -> None:
    lines, has_failed = kept(GROUPS, {"a": 50, "b": 30, "c": 40, "d": 600}, 1.0, 2)
    assert has_failed
    assert lines[1] == (
        "make short                 1.2 of 1 minutes: OVER the 1.0 that this machine has"
        "; the slowest are a 50 s, c 40 s, b 30 s"
    )
    assert "OVER" not in lines[2]


def test_a_slower_machine_has_more_time_but_the_excess_is_reported() -> None:
    took = {"a": 50.0, "b": 30.0, "c": 40.0}
    assert kept(GROUPS, took, 1.1, 2)[1] is True
    lines, has_failed = kept(GROUPS, took, 1.2, 2)
    assert not has_failed
    assert "1.2 of 1 minutes: OVER, but within the 1.2 that this machine has; the slowest are a" in lines[1]


def test_a_group_that_has_not_run_as_a_whole_has_no_budget() -> None:
    assert kept(GROUPS, {"a": 1_000, "b": 1_000}, 1.0, 2) == ([], False)


def test_a_factor_is_the_median_of_the_samples_and_never_below_one(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 3.0, 10.0, 11.0])
    monkeypatch.setattr(budgets, "work", lambda: 0)
    monkeypatch.setattr(budgets, "REFERENCE_SECONDS", 1.0)
    monkeypatch.setattr("tests.support.budgets.time.perf_counter", lambda: next(times))
    machine = Machine()
    assert machine.factor == 1.0
    machine.sample()
    machine.sample()
    assert machine.factor == 2.0
    fast = Machine()
    monkeypatch.setattr("tests.support.budgets.time.perf_counter", lambda: 0.0)
    fast.sample()
    assert fast.factor == 1.0


def test_a_machine_is_watched_while_the_suites_run(monkeypatch: pytest.MonkeyPatch) -> None:
    sampled = threading.Semaphore(0)
    monkeypatch.setattr(budgets, "EVERY_SECONDS", 0.001)
    monkeypatch.setattr(Machine, "sample", lambda _: sampled.release())
    with Machine():
        assert all(sampled.acquire(timeout=30) for _ in range(3))


def test_the_work_is_always_the_same() -> None:
    assert budgets.work() == budgets.work()
