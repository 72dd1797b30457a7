"""Low-stock bounds are lowered, and never below what a SKU needs, whoever writes meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.bounds import BoundLowering, next_state
from chalicelib.inventory_gateway import InventoryGateway
from chalicelib.inventory_items import LowStockBound
from inventory_common.pages import PageRequest
from inventory_common.settings import Settings
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import BOUND_PLAN_SECONDS

from .shop import NOW, PRODUCT, VENDOR, a_product, a_sku

SETTINGS = Settings(
    jwks_url="http://127.0.0.1/jwks.json",
    token_issuer="issuer",
    token_audiences=("shop",),
    machine_client_ids=("order-system",),
)
HIGH = a_sku(f"SKU-{PRODUCT}-HIGH", reorder_threshold=100)
LOW = a_sku(f"SKU-{PRODUCT}-LOW", reorder_threshold=5)
LATER = plus_seconds(NOW, BOUND_PLAN_SECONDS)
SOONER = plus_seconds(NOW, BOUND_PLAN_SECONDS - 1)


@pytest.fixture
def gateway(dynamodb: Any) -> InventoryGateway:
    """A vendor's bound at 100, and SKUs that need 5 at most."""
    gateway = InventoryGateway(dynamodb, SETTINGS)
    dynamodb.put_item(TableName="Products-table", Item=a_product().to_item())
    gateway.add_sku(HIGH, None, None)
    gateway.add_sku(LOW, 100, None)
    lowered = a_sku(HIGH.sku, reorder_threshold=3, version=HIGH.version + 1)
    gateway.update_sku(HIGH, lowered)
    return gateway


def run(gateway: InventoryGateway, now: str) -> dict[str, int]:
    return BoundLowering(gateway, lambda: now).run()


def bound(gateway: InventoryGateway) -> LowStockBound:
    [found] = gateway.bounds_and_thresholds()[0]
    return found


def test_a_bound_is_lowered_by_the_second_run(gateway: InventoryGateway) -> None:
    assert run(gateway, NOW) == {"bounds": 1, "planned": 1, "lowered": 0}
    assert bound(gateway) == LowStockBound(VENDOR, 100, 5, NOW)
    assert run(gateway, SOONER) == {"bounds": 1, "planned": 0, "lowered": 0}
    assert run(gateway, LATER) == {"bounds": 1, "planned": 0, "lowered": 1}
    assert bound(gateway) == LowStockBound(VENDOR, 5)
    assert run(gateway, LATER) == {"bounds": 1, "planned": 0, "lowered": 0}
    found = gateway.low_stock_of_vendor(VENDOR, PageRequest())
    assert [sku["sku"] for sku in found.documents] == [HIGH.sku, LOW.sku]


def test_a_new_sku_that_needs_more_takes_the_plan_back(gateway: InventoryGateway) -> None:
    run(gateway, NOW)
    _, known, _ = gateway.product_and_bound(PRODUCT, VENDOR, None)
    gateway.add_sku(a_sku(f"SKU-{PRODUCT}-NEW", reorder_threshold=6), known, None)
    assert bound(gateway) == LowStockBound(VENDOR, 100)
    run(gateway, LATER)
    assert bound(gateway).lowering_to == 6


def test_a_new_sku_that_needs_no_more_leaves_the_plan(gateway: InventoryGateway) -> None:
    run(gateway, NOW)
    _, known, _ = gateway.product_and_bound(PRODUCT, VENDOR, None)
    assert known == 5
    gateway.add_sku(a_sku(f"SKU-{PRODUCT}-NEW", reorder_threshold=5), known, None)
    assert run(gateway, LATER)["lowered"] == 1


def test_a_raised_threshold_takes_the_plan_back(gateway: InventoryGateway) -> None:
    run(gateway, NOW)
    gateway.update_sku(LOW, a_sku(LOW.sku, reorder_threshold=40, version=LOW.version + 1))
    assert bound(gateway) == LowStockBound(VENDOR, 100)


def test_whoever_saw_the_bound_before_the_plan_is_waited_for(gateway: InventoryGateway) -> None:
    """The request read that the bound is high enough; its SKU comes after the plan."""
    _, known, _ = gateway.product_and_bound(PRODUCT, VENDOR, None)
    run(gateway, NOW)
    gateway.add_sku(a_sku(f"SKU-{PRODUCT}-LATE", reorder_threshold=90), known, None)
    assert bound(gateway).lowering_to == 5, "it has not touched the bound"
    assert run(gateway, LATER) == {"bounds": 1, "planned": 0, "lowered": 0}
    assert bound(gateway) == LowStockBound(VENDOR, 100), "the plan has seen its SKU and is given up"


def test_a_threshold_that_comes_right_after_a_lowering_raises_the_bound(
    gateway: InventoryGateway,
) -> None:
    run(gateway, NOW)
    run(gateway, LATER)
    gateway.update_sku(LOW, a_sku(LOW.sku, reorder_threshold=40, version=LOW.version + 1))
    assert bound(gateway) == LowStockBound(VENDOR, 40)


def test_a_plan_that_was_taken_back_meanwhile_is_not_carried_out(gateway: InventoryGateway) -> None:
    run(gateway, NOW)
    planned = bound(gateway)
    gateway._raise_bound(VENDOR, 50)
    assert not gateway.replace_bound(planned, LowStockBound(VENDOR, 5))
    assert bound(gateway) == LowStockBound(VENDOR, 100)
    assert not gateway.replace_bound(LowStockBound(VENDOR, 99), LowStockBound(VENDOR, 5))


def test_a_bound_that_is_lowered_between_two_steps_of_raising_is_raised(
    gateway: InventoryGateway, dynamodb: Any
) -> None:
    run(gateway, NOW)
    calls = iter([None, lambda: run(gateway, LATER)])

    def meddle(**_: Any) -> None:
        step = next(calls, None)
        if step is not None:
            step()

    events = dynamodb.meta.events
    events.register("before-call.dynamodb.UpdateItem", meddle)
    try:
        gateway._raise_bound(VENDOR, 50)
    finally:
        events.unregister("before-call.dynamodb.UpdateItem", meddle)
    assert bound(gateway) == LowStockBound(VENDOR, 50)


@pytest.mark.parametrize(
    ("state", "highest", "now", "then"),
    [
        (LowStockBound(VENDOR, 10), 10, NOW, LowStockBound(VENDOR, 10)),
        (LowStockBound(VENDOR, 10), 11, NOW, LowStockBound(VENDOR, 10)),
        (LowStockBound(VENDOR, 10), 9, NOW, LowStockBound(VENDOR, 10, 9, NOW)),
        (LowStockBound(VENDOR, 10, 9, NOW), 9, SOONER, LowStockBound(VENDOR, 10, 9, NOW)),
        (LowStockBound(VENDOR, 10, 9, NOW), 9, LATER, LowStockBound(VENDOR, 9)),
        (LowStockBound(VENDOR, 10, 9, NOW), 3, LATER, LowStockBound(VENDOR, 9)),
        (LowStockBound(VENDOR, 10, 9, NOW), 10, LATER, LowStockBound(VENDOR, 10)),
        (LowStockBound(VENDOR, 10, 9, NOW), 10, NOW, LowStockBound(VENDOR, 10)),
    ],
)
def test_what_becomes_of_a_bound(state: LowStockBound, highest: int, now: str, then: LowStockBound) -> None:
    assert next_state(state, highest, now) == then
