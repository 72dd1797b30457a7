"""Ratios of CPU time, taken in turns, so that a busy machine changes both alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

__all__ = ["ROUNDS", "ratio_of_cpu"]

ROUNDS: Final = 15
ROUND_SECONDS: Final = 0.15


def ratio_of_cpu(one: Callable[[], Any], other: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Return how many times the CPU of the other one takes, the median of some rounds."""
    times = max(1, round(ROUND_SECONDS / max(_cpu_of(other, 5) / 5, 1e-6)))
    _cpu_of(one, 5)
    return median(_cpu_of(one, times) / _cpu_of(other, times) for _ in range(rounds))


def _cpu_of(work: Callable[[], Any], times: int) -> float:
    before = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - before
