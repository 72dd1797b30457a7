"""How a write that conflicts with another is retried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from inventory_common.errors import Busy
from inventory_common.retry_policy import RetryPolicy


@dataclass
class Time:
    """A clock that advances by sleeping, and dice that always show the highest number; both are recorded."""

    seconds: float = 100.0
    slept: list[float] = field(default_factory=list)
    drawn: list[tuple[float, float]] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def uniform(self, low: float, high: float) -> float:
        self.drawn.append((low, high))
        return high

    def retry_policy(self, **limits: Any) -> RetryPolicy:
        return RetryPolicy(monotonic=self.monotonic, sleep=self.sleep, uniform=self.uniform, **limits)


def attempts_of(retry_policy: RetryPolicy, conflict: Callable[[], None] = lambda: None) -> list[int]:
    """Return the attempts of a write that always conflicts."""
    made: list[int] = []
    try:
        for attempt in retry_policy.attempts():
            made.append(attempt)
            conflict()
    except Busy:
        return made
    raise AssertionError("attempts end by raising Busy")


def test_a_write_that_succeeds_at_once_does_not_pause() -> None:
    time = Time()
    for attempt in time.retry_policy().attempts():
        assert attempt == 1
        break
    assert (time.slept, time.drawn) == ([], [])


def test_a_write_that_always_conflicts_ends_after_a_bounded_number_of_attempts() -> None:
    assert attempts_of(Time().retry_policy(attempts_max=4)) == [1, 2, 3, 4]


def test_a_write_that_always_conflicts_ends_before_the_deadline() -> None:
    time = Time()
    made = attempts_of(time.retry_policy(attempts_max=10_000, deadline_seconds=2.0))
    assert 2 < len(made) < 100
    assert time.seconds <= 102.0


def test_slow_attempts_count_against_the_deadline() -> None:
    time = Time()

    def conflict_slowly() -> None:
        time.seconds += 1.5

    assert attempts_of(time.retry_policy(deadline_seconds=2.0), conflict_slowly) == [1, 2]


def test_the_longest_pause_doubles_with_each_attempt_up_to_a_limit() -> None:
    time = Time()
    limits = {"attempts_max": 6, "first_pause_seconds": 0.25, "longest_pause_seconds": 1.0}
    attempts_of(time.retry_policy(**limits))
    assert time.drawn[:5] == [(0, 0.25), (0, 0.5), (0, 1.0), (0, 1.0), (0, 1.0)]
    assert time.slept[:5] == [0.25, 0.5, 1.0, 1.0, 1.0]


def test_a_pause_is_random_and_not_always_the_longest() -> None:
    time = Time()
    retry_policy = RetryPolicy(
        attempts_max=3,
        first_pause_seconds=0.5,
        longest_pause_seconds=1.0,
        monotonic=time.monotonic,
        sleep=time.sleep,
        uniform=lambda low, high: high / 4,
    )
    attempts_of(retry_policy)
    assert time.slept[:2] == [0.125, 0.25]


def test_a_quick_policy_comes_back_soon_and_often_within_the_same_deadline() -> None:
    time = Time()
    quick = time.retry_policy(attempts_max=4, deadline_seconds=60.0).quick()
    assert attempts_of(quick) == list(range(1, 21))
    assert time.drawn[:2] == [(0, 0.03), (0, 0.033)]
    assert max(time.slept) <= 0.2
    assert (quick.deadline_seconds, time.retry_policy().quick().attempts_max) == (60.0, 200)


def test_there_is_no_pause_after_the_last_attempt() -> None:
    time = Time()
    attempts_of(time.retry_policy(attempts_max=4))
    assert len(time.slept) == 3


def test_the_error_says_when_to_retry() -> None:
    with pytest.raises(Busy) as refused:
        list(Time().retry_policy(attempts_max=1).attempts())
    assert refused.value.retry_after_seconds >= 1


def test_a_single_pause_is_random_up_to_its_maximum() -> None:
    time = Time()
    time.retry_policy().pause(0.03)
    assert (time.drawn, time.slept) == ([(0, 0.03)], [0.03])
