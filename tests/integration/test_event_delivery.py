"""Every committed change reaches a consumer, while publisher and consumer are killed at random points.

The benchmark does the same with 10,000 changes.
"""

from __future__ import annotations

import random

import pytest

from tests.benchmarks.event_delivery import deliver
from tests.support.engines import ENGINE


@pytest.mark.skipif(ENGINE != "embedded", reason="the bus is in the embedded AWS")
def test_no_event_is_missing_and_duplicates_are_equal() -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    result = deliver(400, seed)
    assert result.problems == []
    assert result.changes >= 400
    assert result.events > 0
    assert min(result.publisher_kills, result.consumer_kills) >= 1
