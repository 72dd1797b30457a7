"""Low-stock bounds are lowered in two runs, and never below a threshold, even among other writers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.bootstrap import Storage
from chalicelib.domain.low_stock import LowStockBound
from chalicelib.engine.low_stock_bounds import LowStockBounds
from chalicelib.storage.skus import Written
from inventory_common.pages import PageRequest
from inventory_common.skus import Sku
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import BOUND_PLAN_SECONDS

from ..process import Process
from ..shop import NOW, PRODUCT, VENDOR, Tables, a_product, a_sku

HIGH = a_sku(f"SKU-{PRODUCT}-HIGH", reorder_threshold=100)
LOW = a_sku(f"SKU-{PRODUCT}-LOW", reorder_threshold=5)
LATER = plus_seconds(NOW, BOUND_PLAN_SECONDS)
SOONER = plus_seconds(NOW, BOUND_PLAN_SECONDS - 1)


@pytest.fixture
def storage(process: Process, tables: Tables) -> Storage:
    """A vendor's bound of 100, and SKUs with thresholds of 5 at most."""
    storage = process.storage
    tables.put(a_product())
    assert storage.skus.add(HIGH, None, None) == Written()
    assert storage.skus.add(LOW, LowStockBound(VENDOR, 100), None) == Written()
    lowered = a_sku(HIGH.sku, reorder_threshold=3, version=HIGH.version + 1)
    assert storage.skus.update(HIGH, lowered) == Written()
    return storage


def run(storage: Storage, now: str) -> dict[str, int]:
    return LowStockBounds(storage.bounds, lambda: now).lower()


def bound(storage: Storage) -> LowStockBound:
    [found] = storage.bounds.all().bounds
    return found


def bound_for_a_new_sku(storage: Storage) -> LowStockBound | None:
    return storage.state.read_for_new_sku(PRODUCT, VENDOR, None).bound


def low_with_threshold(threshold: int) -> Sku:
    return a_sku(LOW.sku, reorder_threshold=threshold, version=LOW.version + 1)


def test_a_bound_is_lowered_by_the_second_run(storage: Storage) -> None:
    assert run(storage, NOW) == {"bounds": 1, "planned": 1, "lowered": 0}
    assert bound(storage) == LowStockBound(VENDOR, 100, 5, NOW)
    assert run(storage, SOONER) == {"bounds": 1, "planned": 0, "lowered": 0}
    assert run(storage, LATER) == {"bounds": 1, "planned": 0, "lowered": 1}
    assert bound(storage) == LowStockBound(VENDOR, 5)
    assert run(storage, LATER) == {"bounds": 1, "planned": 0, "lowered": 0}
    found = storage.skus.low_stock_of_vendor(VENDOR, PageRequest())
    assert [sku["sku"] for sku in found.documents] == [HIGH.sku, LOW.sku]


def test_a_new_sku_with_a_higher_threshold_withdraws_the_plan(storage: Storage) -> None:
    run(storage, NOW)
    read = bound_for_a_new_sku(storage)
    storage.skus.add(a_sku(f"SKU-{PRODUCT}-NEW", reorder_threshold=6), read, None)
    assert bound(storage) == LowStockBound(VENDOR, 100)
    run(storage, LATER)
    assert bound(storage).lowering_to == 6


def test_a_new_sku_with_the_planned_threshold_does_not_withdraw_the_plan(storage: Storage) -> None:
    run(storage, NOW)
    read = bound_for_a_new_sku(storage)
    assert read is not None
    assert read.threshold_max == 5
    storage.skus.add(a_sku(f"SKU-{PRODUCT}-NEW", reorder_threshold=5), read, None)
    assert run(storage, LATER)["lowered"] == 1


def test_a_raised_threshold_withdraws_the_plan(storage: Storage) -> None:
    run(storage, NOW)
    storage.skus.update(LOW, low_with_threshold(40))
    assert bound(storage) == LowStockBound(VENDOR, 100)


def test_a_sku_whose_bound_was_read_before_the_plan_prevents_the_lowering(storage: Storage) -> None:
    """The request finds the bound high enough, and writes its SKU after the plan was stored."""
    read = bound_for_a_new_sku(storage)
    run(storage, NOW)
    storage.skus.add(a_sku(f"SKU-{PRODUCT}-LATE", reorder_threshold=90), read, None)
    assert bound(storage).lowering_to == 5, "the request did not write the bound"
    assert run(storage, LATER) == {"bounds": 1, "planned": 0, "lowered": 0}
    assert bound(storage) == LowStockBound(VENDOR, 100), "the run found the SKU and withdrew the plan"


def test_a_threshold_that_is_raised_right_after_a_lowering_raises_the_bound(storage: Storage) -> None:
    run(storage, NOW)
    run(storage, LATER)
    storage.skus.update(LOW, low_with_threshold(40))
    assert bound(storage) == LowStockBound(VENDOR, 40)


def test_a_plan_that_was_withdrawn_meanwhile_is_not_executed(storage: Storage) -> None:
    run(storage, NOW)
    planned = bound(storage)
    storage.bounds.raise_to(VENDOR, 50)
    assert not storage.bounds.compare_and_set(planned, LowStockBound(VENDOR, 5))
    assert bound(storage) == LowStockBound(VENDOR, 100)
    assert not storage.bounds.compare_and_set(LowStockBound(VENDOR, 99), LowStockBound(VENDOR, 5))


def test_a_bound_that_is_lowered_between_the_two_writes_of_a_raise_is_raised(
    storage: Storage, dynamodb: Any
) -> None:
    run(storage, NOW)
    acts: list[Callable[[], Any]] = [lambda: None, lambda: run(storage, LATER)]

    def interrupt(**_: Any) -> None:
        if acts:
            acts.pop(0)()

    events = dynamodb.meta.events
    events.register("before-call.dynamodb.UpdateItem", interrupt)
    try:
        storage.bounds.raise_to(VENDOR, 50)
    finally:
        events.unregister("before-call.dynamodb.UpdateItem", interrupt)
    assert bound(storage) == LowStockBound(VENDOR, 50)
