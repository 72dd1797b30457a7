"""Low-stock bounds are lowered in two runs, never below a threshold, and raised if they are too low."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.bootstrap import Storage
from chalicelib.domain.low_stock import LowStockBound
from chalicelib.engine.low_stock_bounds import LowStockBounds
from chalicelib.storage.skus import Written
from inventory_common.bound_items import bound_key
from inventory_common.items import Item, to_item
from inventory_common.limits import STOCK_MAX
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
    assert isinstance(storage.skus.update(HIGH, lowered, "change-1"), Sku)
    return storage


def run(storage: Storage, now: str) -> dict[str, Any]:
    return LowStockBounds(storage.bounds, lambda: now).correct()


def ran(bounds: int = 1, **counts: int) -> dict[str, Any]:
    """What a run returns that found this many bounds."""
    vendors = {"vendors": [VENDOR]} if {"raised", "added"} & counts.keys() else {}
    return {"bounds": bounds, "planned": 0, "lowered": 0, "raised": 0, "added": 0} | counts | vendors


def bound(storage: Storage) -> LowStockBound:
    [found] = storage.bounds.all().bounds
    return found


def bound_for_a_new_sku(storage: Storage) -> LowStockBound | None:
    return storage.state.read_for_new_sku(PRODUCT, VENDOR, None).bound


def low_with_threshold(threshold: int) -> Sku:
    return a_sku(LOW.sku, reorder_threshold=threshold, version=LOW.version + 1)


def test_a_bound_is_lowered_by_the_second_run(storage: Storage) -> None:
    assert run(storage, NOW) == ran(planned=1)
    assert bound(storage) == LowStockBound(VENDOR, 100, 5, NOW)
    assert run(storage, SOONER) == ran()
    assert run(storage, LATER) == ran(lowered=1)
    assert bound(storage) == LowStockBound(VENDOR, 5)
    assert run(storage, LATER) == ran()
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
    storage.skus.update(LOW, low_with_threshold(40), "change-1")
    assert bound(storage) == LowStockBound(VENDOR, 100)


def test_a_sku_whose_bound_was_read_before_the_plan_prevents_the_lowering(storage: Storage) -> None:
    """The request finds the bound high enough, and writes its SKU after the plan was stored."""
    read = bound_for_a_new_sku(storage)
    run(storage, NOW)
    storage.skus.add(a_sku(f"SKU-{PRODUCT}-LATE", reorder_threshold=90), read, None)
    assert bound(storage).lowering_to == 5, "the request did not write the bound"
    assert run(storage, LATER) == ran()
    assert bound(storage) == LowStockBound(VENDOR, 100), "the run found the SKU and withdrew the plan"


def test_a_threshold_that_is_raised_right_after_a_lowering_raises_the_bound(storage: Storage) -> None:
    run(storage, NOW)
    run(storage, LATER)
    storage.skus.update(LOW, low_with_threshold(40), "change-1")
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


# Bounds that are too low, missing or unreadable, as after a restore or a change by hand


def low_skus(storage: Storage) -> list[str]:
    """The SKUs of the vendor's low-stock list."""
    return [sku["sku"] for sku in storage.skus.low_stock_of_vendor(VENDOR, PageRequest()).documents]


def store_bound(tables: Tables, **attributes: Any) -> None:
    tables.put_item(bound_key(VENDOR) | to_item(attributes))


@pytest.mark.parametrize("plan", [{}, {"lowering_to": 1, "lowering_at": NOW}], ids=["no plan", "a plan"])
def test_a_bound_that_is_too_low_is_raised(storage: Storage, tables: Tables, plan: dict[str, Any]) -> None:
    tables.put(a_sku(LOW.sku, current=4, reorder_threshold=5))
    store_bound(tables, bound=2, **plan)
    assert low_skus(storage) == [HIGH.sku], "the bound hides a SKU"
    assert run(storage, LATER) == ran(raised=1)
    assert bound(storage) == LowStockBound(VENDOR, 5)
    assert low_skus(storage) == [HIGH.sku, LOW.sku]
    assert run(storage, LATER) == ran()


def test_a_missing_bound_is_added(storage: Storage, tables: Tables, dynamodb: Any) -> None:
    dynamodb.delete_item(TableName="VendorInventory", Key=bound_key(VENDOR))
    assert low_skus(storage) == []
    assert run(storage, NOW) == ran(bounds=0, added=1)
    assert low_skus(storage) == [HIGH.sku, LOW.sku]
    assert run(storage, LATER) == ran(lowered=1)
    assert bound(storage) == LowStockBound(VENDOR, 5)


UNREADABLE: dict[str, Item] = {
    "a text": to_item({"bound": "100"}),
    "no number": to_item({"lowering_to": 5, "lowering_at": NOW}),
    "a plan without a number": to_item({"bound": 100, "lowering_to": "5", "lowering_at": NOW}),
    "a plan without a time": to_item({"bound": 100, "lowering_to": 5, "lowering_at": 7}),
}


@pytest.mark.parametrize("attributes", UNREADABLE.values(), ids=UNREADABLE)
def test_a_bound_that_cannot_be_read_hides_nothing_and_is_replaced(
    storage: Storage, tables: Tables, attributes: Item
) -> None:
    tables.put_item(bound_key(VENDOR) | attributes)
    assert low_skus(storage) == [HIGH.sku, LOW.sku]
    read = bound_for_a_new_sku(storage)
    assert run(storage, NOW) == ran(bounds=0, added=1)
    assert bound(storage) == LowStockBound(VENDOR, STOCK_MAX, 5, NOW)
    # A request that read the bound before it was replaced writes its SKU only now.
    assert storage.skus.add(a_sku(f"SKU-{PRODUCT}-LATE", reorder_threshold=90), read, None) == Written()
    assert run(storage, LATER)["lowered"] == 0
    assert len(low_skus(storage)) == 3


@pytest.mark.parametrize("attributes", UNREADABLE.values(), ids=UNREADABLE)
def test_a_threshold_can_be_raised_beside_a_bound_that_cannot_be_read(
    storage: Storage, tables: Tables, attributes: Item
) -> None:
    tables.put_item(bound_key(VENDOR) | attributes)
    assert isinstance(storage.skus.update(LOW, low_with_threshold(40), "change-1"), Sku)
    assert low_skus(storage) == [HIGH.sku, LOW.sku]


def test_a_bound_that_was_written_meanwhile_is_not_added(storage: Storage) -> None:
    assert not storage.bounds.add_missing(LowStockBound(VENDOR, STOCK_MAX))
    assert bound(storage) == LowStockBound(VENDOR, 100)


@pytest.mark.parametrize(
    "damage",
    [
        {"reorder_threshold": {"S": "many"}},
        {"reorder_threshold": {"N": "1.5"}},
        {"vendor_id": {"S": "nobody"}},
        {"vendor_id": {"S": "VENDOR-1 "}},
    ],
    ids=str,
)
def test_a_sku_that_cannot_be_read_does_not_stop_the_run(
    storage: Storage, tables: Tables, damage: Item
) -> None:
    tables.put_item(a_sku(f"SKU-{PRODUCT}-DAMAGED").to_item() | damage)
    assert run(storage, NOW) == ran(planned=1)
