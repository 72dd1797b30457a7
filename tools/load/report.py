"""What a load has measured: rates, latencies and refusals of each command."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

__all__ = ["Report", "percentile"]

_PERCENTILES: Final = (50, 90, 99)


def percentile(sorted_values: Sequence[float], percent: int) -> float:
    """Return the value below or at which so many percent of sorted values are.

    Examples
    --------
    >>> percentile([1.0, 2.0, 3.0, 4.0], 50), percentile([1.0, 2.0, 3.0, 4.0], 99), percentile([5.0], 50)
    (2.0, 4.0, 5.0)
    """
    return sorted_values[max(0, -(-len(sorted_values) * percent // 100) - 1)]


@dataclass
class Report:
    """Seconds of the requests that succeeded, by command, and codes of those that did not; thread-safe."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def succeeded(self, command: str, seconds: float) -> None:
        """Add a request that did what it was asked."""
        with self._lock:
            self.seconds[command].append(seconds)

    def refused(self, command: str, code: str) -> None:
        """Add a request that did not."""
        with self._lock:
            self.refusals[command, code] += 1

    def count(self, command: str) -> int:
        """Return how many requests of a command succeeded."""
        return len(self.seconds[command])

    def lines(self, duration: float) -> Iterator[str]:
        """Yield the report of a load of so many seconds, for people."""
        yield f"{'command':<10}{'done':>8}{'a second':>10}" + "".join(
            f"{f'p{n} ms':>9}" for n in _PERCENTILES
        )
        for command, taken in self.seconds.items():
            ordered = sorted(taken)
            shown = "".join(f"{percentile(ordered, n) * 1000:>9.0f}" for n in _PERCENTILES)
            yield f"{command:<10}{len(taken):>8}{len(taken) / duration:>10.1f}{shown}"
        for (command, code), count in sorted(self.refusals.items()):
            yield f"{command} was refused {count} times: {code}"
