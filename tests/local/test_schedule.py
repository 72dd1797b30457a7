"""Schedules of the local stack: a function is invoked once a period, by a clock that the test sets."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from local.errors import StackError
from local.schedule import Schedule


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Work:
    """Records its invocations, takes some time, and fails if the test says so."""

    clock: Clock
    takes_seconds: float = 0.0
    failing: Exception | None = None
    events: list[Mapping[str, Any]] = field(default_factory=list)

    def __call__(self, event: Mapping[str, Any]) -> None:
        self.events.append(event)
        self.clock.seconds += self.takes_seconds
        if self.failing is not None:
            raise self.failing


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def work(clock: Clock) -> Work:
    return Work(clock)


@pytest.mark.parametrize(
    ("expression", "period_seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(1 hour)", 3_600), ("rate(2 days)", 172_800)],
)
def test_a_function_is_invoked_once_in_each_period(
    clock: Clock, work: Work, expression: str, period_seconds: int
) -> None:
    schedule = Schedule(expression, work, clock)
    started = []
    for _ in range(3):
        for seconds in (0, period_seconds - 1, 1):
            clock.seconds += seconds
            schedule.poll()
            schedule.poll()
            started.append(len(work.events))
    assert started == [0, 0, 1, 1, 1, 2, 2, 2, 3]


def test_periods_that_pass_during_a_long_run_are_skipped(clock: Clock, work: Work) -> None:
    work.takes_seconds = 200
    schedule = Schedule("rate(1 minute)", work, clock)
    clock.seconds += 60
    schedule.poll()
    assert len(work.events) == 1
    schedule.poll()
    work.takes_seconds = 0
    clock.seconds += 60
    schedule.poll()
    schedule.poll()
    assert len(work.events) == 3


def test_periods_without_a_poll_are_skipped(clock: Clock, work: Work) -> None:
    schedule = Schedule("rate(1 minute)", work, clock)
    clock.seconds += 600
    schedule.poll()
    schedule.poll()
    clock.seconds += 59
    schedule.poll()
    assert len(work.events) == 1


def test_a_failed_run_is_logged_and_the_next_one_takes_place(
    clock: Clock, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    work.failing = ValueError("the function broke")
    schedule = Schedule("rate(1 minute)", work, clock)
    with caplog.at_level(logging.ERROR, "local.schedule"):
        for _ in range(2):
            clock.seconds += 60
            schedule.poll()
    assert len(work.events) == 2
    assert [record.message for record in caplog.records] == ["a scheduled function failed"] * 2
    assert "the function broke" in caplog.text


def test_an_exit_of_the_process_is_not_caught(clock: Clock, work: Work) -> None:
    def stopped(_: Any) -> None:
        raise SystemExit(0)

    schedule = Schedule("rate(1 minute)", stopped, clock)
    clock.seconds += 60
    with pytest.raises(SystemExit):
        schedule.poll()


def test_the_event_has_lambdas_form(clock: Clock, work: Work) -> None:
    schedule = Schedule("rate(1 minute)", work, clock)
    for _ in range(2):
        clock.seconds += 60
        schedule.poll()
    first, second = work.events
    assert first["source"] == "aws.events"
    assert first["detail-type"] == "Scheduled Event"
    assert first["id"] != second["id"]
    assert datetime.fromisoformat(first["time"]).tzinfo is not None


@pytest.mark.parametrize(
    "expression",
    ["", "rate(0 minutes)", "rate(1 second)", "rate(minute)", "rate(1 minute) ", "cron(0 12 * * ? *)"],
)
def test_an_unsupported_schedule_is_reported_in_one_sentence(
    clock: Clock, work: Work, expression: str
) -> None:
    with pytest.raises(StackError, match="supports schedules such as"):
        Schedule(expression, work, clock)
