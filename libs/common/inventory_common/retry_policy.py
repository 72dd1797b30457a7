"""How a write that conflicts with another is retried: backoff with full jitter, bounded by attempts and a
deadline.
"""

import random
import time
from collections.abc import Callable, Iterator
from typing import Final

from .errors import Busy
from .tuning import WRITE_ATTEMPTS_MAX, WRITE_DEADLINE_SECONDS
from .values import value

__all__ = ["RetryPolicy"]

_FIRST_PAUSE_SECONDS: Final = 0.2
"""The longest pause after a write's first lost attempt; it doubles with each.  Other writers get several
transactions done meanwhile; whoever comes back sooner undoes theirs (`tests/benchmarks/retry_policy.py`)."""
_LONGEST_PAUSE_SECONDS: Final = 0.8
"""The longest pause between two attempts of one write."""


@value(kw_only=True)
class RetryPolicy:
    """How long to keep trying; clock, sleep and random numbers are parameters for tests."""

    attempts_max: int = WRITE_ATTEMPTS_MAX
    deadline_seconds: float = WRITE_DEADLINE_SECONDS
    first_pause_seconds: float = _FIRST_PAUSE_SECONDS
    longest_pause_seconds: float = _LONGEST_PAUSE_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform

    def deadline(self) -> float:
        """Return the moment of the monotonic clock at which work that begins now gives up."""
        return self.monotonic() + self.deadline_seconds

    def pause(self, seconds_max: float) -> None:
        """Sleep for a random time of up to `seconds_max`, so that writers that wait together do not return
        together.
        """
        self.sleep(self.uniform(0, seconds_max))

    def attempts(self, deadline: float | None = None) -> Iterator[int]:
        """Yield the number of each attempt, pausing before all but the first.

        Parameters
        ----------
        deadline
            A return value of `deadline`, if it bounds more than these attempts.

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
            # Full jitter: writers that conflicted do not return together.
            pause = self.uniform(0, ceiling)
            if self.monotonic() + pause > deadline:
                break
            self.sleep(pause)
            ceiling = min(2 * ceiling, self.longest_pause_seconds)
        raise Busy("Too many writers compete for the same items; please try again.")
