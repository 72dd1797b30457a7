"""The time that each group of suites may take, on any machine.

A budget holds for two quiet cores of the reference machine.  On a slower or a busier one it is scaled: a
fixed piece of work is timed before each suite and at the end, and the mean of its times, over that on the
reference machine, is the factor.  It is never below 1.
"""

from __future__ import annotations

import heapq
import statistics
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["Group", "Machine", "kept", "work"]

REFERENCE_SECONDS: Final = 0.25
"""How long `work` takes on the reference machine."""
_ROUNDS: Final = 1_000_000
SLOWEST_NAMED: Final = 3


@dataclass(frozen=True)
class Group:
    """Suites that one task of make runs.

    Attributes
    ----------
    task : str
        Such as ``make test-long``.
    budget_minutes : float
        How long it may take on the reference machine.
    suites : tuple of str
        In the order in which they start.
    """

    task: str
    budget_minutes: float
    suites: tuple[str, ...]


class Machine:
    """How much slower this machine is than the reference machine, while the suites run."""

    def __init__(self) -> None:
        self._samples: list[float] = []
        self._lock = threading.Lock()

    def sample(self) -> None:
        """Time the fixed work; one thread at a time, as they would wait for each other."""
        with self._lock:
            began = time.perf_counter()
            work()
            self._samples.append((time.perf_counter() - began) / REFERENCE_SECONDS)

    @property
    def factor(self) -> float:
        """What budgets are multiplied by."""
        return max(1.0, statistics.fmean(self._samples)) if self._samples else 1.0


def work() -> int:
    """Do a fixed piece of work, of the kind that tests do: objects, texts and dictionaries."""
    seen: dict[str, int] = {}
    total = 0
    for number in range(_ROUNDS):
        key = str(number % 997)
        total += seen.setdefault(key, number)
    return total


def makespan(seconds: Iterable[float], at_once: int) -> float:
    """Return how long suites take that start in this order, as many at a time."""
    ends = [0.0] * at_once
    for each in seconds:
        heapq.heapreplace(ends, ends[0] + each)
    return max(ends)


def kept(
    groups: Mapping[str, Group], took: Mapping[str, float], factor: float, at_once: int
) -> tuple[list[str], bool]:
    """Compare the time of each group that has run as a whole with its budget.

    Returns
    -------
    tuple of list of str and bool
        Lines to print, and whether a budget was exceeded.
    """
    lines, over = [], False
    for group in groups.values():
        if not took.keys() >= {*group.suites}:
            continue
        minutes = makespan((took[suite] for suite in group.suites), at_once) / 60
        allowed = group.budget_minutes * factor
        line = f"{group.task:24} {minutes:5.1f} of {group.budget_minutes:g} minutes"
        if minutes > allowed:
            over = True
            slowest = sorted(group.suites, key=lambda suite: -took[suite])[:SLOWEST_NAMED]
            named = ", ".join(f"{suite} {took[suite]:.0f} s" for suite in slowest)
            line += f", OVER the {allowed:.1f} that this machine has; the slowest: {named}"
        lines.append(line)
    if lines:
        speed = f"Fixed work took {factor:.2f} times as long as on the reference machine."
        lines = ["── Budgets", *lines, speed, ""]
    return lines, over
