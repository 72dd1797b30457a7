"""The time that each group of suites may take, on any machine.

A budget holds for two quiet cores of the reference machine.  On a slower or a busier one it is scaled: a
fixed piece of work is timed every few seconds while the suites run, and the median of its times, over that on
the idle reference machine, is the factor.  It is never below 1.  As the work shares the cores with the
suites, it takes longer than on an idle machine even where nothing else runs: a group fails the run only when
it is well over its budget, but each that is over it is reported.
"""

from __future__ import annotations

import heapq
import statistics
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

__all__ = ["Group", "Machine", "kept", "work"]

REFERENCE_SECONDS: Final = 0.05
"""How long `work` takes on the idle reference machine."""
EVERY_SECONDS: Final = 5.0
SLOWEST_NAMED: Final = 3
_ROUNDS: Final = 250_000


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
    """How much slower this machine is than the reference machine, while the block runs."""

    def __init__(self) -> None:
        self._samples: list[float] = []
        self._ended = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watching.join()

    def _watch(self) -> None:
        self.sample()
        while not self._ended.wait(EVERY_SECONDS):
            self.sample()

    def sample(self) -> None:
        """Time the fixed work."""
        began = time.perf_counter()
        work()
        self._samples.append((time.perf_counter() - began) / REFERENCE_SECONDS)

    @property
    def factor(self) -> float:
        """What budgets are multiplied by."""
        return max(1.0, statistics.median(self._samples)) if self._samples else 1.0


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
        Lines to print, and whether a group took more than its budget times the factor.
    """
    lines, has_failed = [], False
    for group in groups.values():
        if not took.keys() >= {*group.suites}:
            continue
        minutes = makespan((took[suite] for suite in group.suites), at_once) / 60
        allowed = group.budget_minutes * factor
        line = f"{group.task:24} {minutes:5.1f} of {group.budget_minutes:g} minutes"
        if minutes > group.budget_minutes:
            slowest = sorted(group.suites, key=lambda suite: -took[suite])[:SLOWEST_NAMED]
            named = ", ".join(f"{suite} {took[suite]:.0f} s" for suite in slowest)
            if minutes > allowed:
                has_failed = True
                line += f": OVER the {allowed:.1f} that this machine has"
            else:
                line += f": OVER, but within the {allowed:.1f} that this machine has"
            line += f"; the slowest are {named}"
        lines.append(line)
    if lines:
        lines = ["── Budgets", *lines, ""]
    return lines, has_failed
