"""A low-stock bound is planned to be lowered first, and lowered when every request before that has ended."""

from __future__ import annotations

import pytest

from chalicelib.domain.low_stock import LowStockBound, next_bound
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import BOUND_PLAN_SECONDS

from ..shop import NOW, VENDOR

LATER = plus_seconds(NOW, BOUND_PLAN_SECONDS)
SOONER = plus_seconds(NOW, BOUND_PLAN_SECONDS - 1)


@pytest.mark.parametrize(
    ("bound", "highest_threshold", "now", "following"),
    [
        (LowStockBound(VENDOR, 10), 10, NOW, LowStockBound(VENDOR, 10)),
        (LowStockBound(VENDOR, 10), 11, NOW, LowStockBound(VENDOR, 11)),
        (LowStockBound(VENDOR, 10, 9, NOW), 11, LATER, LowStockBound(VENDOR, 11)),
        (LowStockBound(VENDOR, 10), 9, NOW, LowStockBound(VENDOR, 10, 9, NOW)),
        (LowStockBound(VENDOR, 10, 9, NOW), 9, SOONER, LowStockBound(VENDOR, 10, 9, NOW)),
        (LowStockBound(VENDOR, 10, 9, NOW), 9, LATER, LowStockBound(VENDOR, 9)),
        (LowStockBound(VENDOR, 10, 9, NOW), 3, LATER, LowStockBound(VENDOR, 9)),
        (LowStockBound(VENDOR, 10, 9, NOW), 10, LATER, LowStockBound(VENDOR, 10)),
        (LowStockBound(VENDOR, 10, 9, NOW), 10, NOW, LowStockBound(VENDOR, 10)),
    ],
)
def test_a_bound_is_planned_to_be_lowered_and_lowered_later_unless_a_threshold_needs_it(
    bound: LowStockBound, highest_threshold: int, now: str, following: LowStockBound
) -> None:
    assert next_bound(bound, highest_threshold, now) == following
