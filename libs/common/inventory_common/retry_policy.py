"""How a write that conflicts with another is retried: backoff with full jitter, bounded by attempts and a
deadline.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from .errors import Busy
from .tuning import WRITE_ATTEMPTS_MAX, WRITE_DEADLINE_SECONDS
from .values import value

__all__ = ["RetryPolicy"]

_FIRST_PAUSE_SECONDS: Final = 0.2
"""The longest pause after the first conflict of a write; it doubles with each further one.  Other writers
commit several transactions meanwhile; shorter pauses cause conflicts (`tests/benchmarks/contention.py`)."""
_LONGEST_PAUSE_SECONDS: Final = 0.8
"""The longest pause between two attempts of one write."""
_PAUSE_GROWTH: Final = 2.0
"""The factor by which the longest pause grows with each attempt."""

_QUICK_FIRST_PAUSE_SECONDS: Final = 0.03
"""The longest pause after the first conflict of a change of a SKU's or product's attributes."""
_QUICK_LONGEST_PAUSE_SECONDS: Final = 0.2
"""The longest pause between two attempts of such a change."""
_QUICK_PAUSE_GROWTH: Final = 1.1
"""The factor by which the longest pause of such a change grows."""
_QUICK_ATTEMPTS_FACTOR: Final = 5
"""Of a quick policy: even if 7 of 10 attempts fail, 99 of 100 writes succeed within a second."""


@value(kw_only=True)
class RetryPolicy:
    """The bounds of the attempts and pauses of one write; clock, sleep and dice are parameters for tests."""

    attempts_max: int = WRITE_ATTEMPTS_MAX
    deadline_seconds: float = WRITE_DEADLINE_SECONDS
    first_pause_seconds: float = _FIRST_PAUSE_SECONDS
    longest_pause_seconds: float = _LONGEST_PAUSE_SECONDS
    pause_growth: float = _PAUSE_GROWTH
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform

    def quick(self) -> RetryPolicy:
        """Return the policy of a write whose conditions other writers rarely invalidate.

        It fails only while a transaction on its item is in progress, which takes milliseconds; so it comes
        back soon and often, within the same deadline.
        """
        return replace(
            self,
            attempts_max=self.attempts_max * _QUICK_ATTEMPTS_FACTOR,
            first_pause_seconds=_QUICK_FIRST_PAUSE_SECONDS,
            longest_pause_seconds=_QUICK_LONGEST_PAUSE_SECONDS,
            pause_growth=_QUICK_PAUSE_GROWTH,
        )

    def deadline(self) -> float:
        """Return the time of the monotonic clock until which work that begins now is retried."""
        return self.monotonic() + self.deadline_seconds

    def pause(self, seconds_max: float) -> None:
        """Sleep for a random time of up to `seconds_max`, so that waiting writers do not return together."""
        self.sleep(self.uniform(0, seconds_max))

    def attempts(self, deadline: float | None = None) -> Iterator[int]:
        """Yield the number of each attempt, after a pause for all but the first.

        Parameters
        ----------
        deadline
            An earlier result of `deadline`, if other work shares the same deadline.

        Raises
        ------
        Busy
            When the attempts or the time are used up.
        """
        if deadline is None:
            deadline = self.deadline()
        ceiling = self.first_pause_seconds
        for attempt in range(1, self.attempts_max + 1):
            yield attempt
            if attempt == self.attempts_max:
                break
            # Full jitter: writers that conflicted once should not all return at the same time.
            pause = self.uniform(0, ceiling)
            if self.monotonic() + pause > deadline:
                break
            self.sleep(pause)
            ceiling = min(self.pause_growth * ceiling, self.longest_pause_seconds)
        raise Busy("Too many writers compete for the same items; please try again.")
