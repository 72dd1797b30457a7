"""Virtual time, which the scheduler advances, and the skewed clocks of processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

OPENING = datetime(2126, 2, 23, 10, 30, tzinfo=UTC)
"""In the future: the engine removes items whose TTL has passed by its own clock."""
LARGEST_SKEW_SECONDS = 3.0


class VirtualTime:
    """The true time of a simulation, in whole microseconds since its beginning."""

    def __init__(self) -> None:
        self.microseconds = 0

    @property
    def seconds(self) -> float:
        return self.microseconds / 1_000_000

    def advance(self, seconds: float) -> None:
        assert seconds >= 0
        self.microseconds += round(seconds * 1_000_000)


class SkewedClock:
    """The clock of a process, which is ahead of the true time or behind it."""

    def __init__(self, time: VirtualTime, skew_seconds: float) -> None:
        assert abs(skew_seconds) <= LARGEST_SKEW_SECONDS
        self._time = time
        self._skew = timedelta(microseconds=round(skew_seconds * 1_000_000))

    def __call__(self) -> str:
        moment = OPENING + timedelta(microseconds=self._time.microseconds) + self._skew
        return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def seconds_of(moment: str) -> float:
    """Return a timestamp as seconds since the beginning of a simulation."""
    return (datetime.fromisoformat(moment) - OPENING).total_seconds()
