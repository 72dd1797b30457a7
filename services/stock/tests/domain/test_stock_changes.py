"""Restocks and adjustments of one SKU."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.commands import StockCount
from chalicelib.domain.decisions import NOTHING_TO_WRITE
from chalicelib.domain.stock_changes import adjust, restock
from inventory_common.errors import (
    AdjustmentBelowReserved,
    CountStale,
    IdempotencyKeyReused,
    ProductInactive,
    SkuInactive,
    SkuNotFound,
    StockLimitExceeded,
)
from inventory_common.identity import Scope
from inventory_common.ids import StockKey
from inventory_common.limits import STOCK_MAX
from inventory_common.skus import Sku
from inventory_common.timestamps import plus_seconds

from ..shop import (
    BLACK,
    NOW,
    OTHER_VENDOR,
    VENDOR,
    WHITE,
    a_context,
    a_key,
    a_restock,
    a_sku,
    a_state,
    an_adjustment,
    write_set_of,
)

CONTEXT = a_context(notes="counted")
SAME_DAY = a_context(plus_seconds(NOW, 86_400))
A_DAY_LATER = a_context(plus_seconds(NOW, 86_401))
EXECUTED = a_key().record([], NOW)
FIGURES = {"current_stock": 50, "reserved_stock": 20, "available_stock": 30}


# Restocks


def test_a_restock_adds_units_and_writes_an_idempotency_record() -> None:
    write_set = write_set_of(restock(a_state(a_sku(BLACK, 50, 5)), a_restock(25), a_context(notes="monthly")))
    [movement] = write_set.movements
    assert (movement.after.current_stock, movement.after.reserved_stock) == (75, 5)
    assert movement.record.notes == "monthly"
    assert write_set.order is None
    record = write_set.idempotency_record
    assert record is not None
    assert (record.idempotency_id, record.payload_hash) == (a_key().idempotency_id, a_key().payload_hash)
    assert record.results == [
        {"transaction_id": movement.record.transaction_id, "timestamp": movement.record.timestamp}
    ]


def test_a_restock_that_is_sent_again_is_not_executed_again() -> None:
    assert (
        restock(a_state(a_sku(), idempotency_record=EXECUTED), a_restock(), a_context()) == NOTHING_TO_WRITE
    )


def test_a_replayed_restock_is_not_refused_if_the_sku_was_deactivated_since() -> None:
    state = a_state(a_sku(current=STOCK_MAX, is_active=False), idempotency_record=EXECUTED)
    assert restock(state, a_restock(), a_context()) == NOTHING_TO_WRITE


def test_an_idempotency_key_stands_for_one_payload() -> None:
    state = a_state(a_sku(), idempotency_record=a_key(body='{"quantity":1}').record([], NOW))
    with pytest.raises(IdempotencyKeyReused):
        restock(state, a_restock(2, idempotency_key=a_key(body='{"quantity":2}')), a_context())


@pytest.mark.parametrize("body", ["{}", '{"other":1}'])
def test_an_idempotency_key_can_be_used_again_a_day_later(body: str) -> None:
    state = a_state(a_sku(), idempotency_record=a_key(body=body).record([], NOW))
    assert write_set_of(restock(state, a_restock(), A_DAY_LATER))
    if body == "{}":
        assert restock(state, a_restock(), SAME_DAY) == NOTHING_TO_WRITE


def test_another_vendors_sku_cannot_be_restocked() -> None:
    state = a_state(a_sku())
    with pytest.raises(SkuNotFound):
        restock(state, a_restock(scope=Scope(OTHER_VENDOR)), a_context())
    assert write_set_of(restock(state, a_restock(scope=Scope(VENDOR)), a_context()))


def test_another_vendor_cannot_replay_a_restock() -> None:
    with pytest.raises(SkuNotFound):
        restock(
            a_state(a_sku(), idempotency_record=EXECUTED),
            a_restock(scope=Scope(OTHER_VENDOR)),
            a_context(),
        )


def test_an_unknown_sku_cannot_be_restocked() -> None:
    with pytest.raises(SkuNotFound):
        restock(a_state(), a_restock(), a_context())


@pytest.mark.parametrize(
    ("sku", "error"),
    [
        (a_sku(is_active=False), SkuInactive),
        (a_sku(product_is_active=False), ProductInactive),
        (a_sku(current=STOCK_MAX), StockLimitExceeded),
    ],
    ids=["deactivated", "product deactivated", "full"],
)
def test_a_deactivated_or_full_sku_is_not_restocked(sku: Sku, error: type[Exception]) -> None:
    with pytest.raises(error):
        restock(a_state(sku), a_restock(1), a_context())


# Adjustments


@pytest.mark.parametrize(
    ("correction", "change"),
    [
        (-7, -7),
        (+7, +7),
        (-30, -30),
        (StockCount(43, 50), -7),
        (StockCount(57, 50), +7),
        (StockCount(50, 50), 0),
        (StockCount(20, 50), -30),
    ],
    ids=str,
)
def test_an_adjustment_changes_the_stock_by_a_number_of_units_or_to_a_count(
    correction: int | StockCount, change: int
) -> None:
    state = a_state(a_sku(current=50, reserved=20))
    write_set = write_set_of(adjust(state, an_adjustment(correction), CONTEXT))
    [movement] = write_set.movements
    assert (movement.after.current_stock, movement.after.reserved_stock) == (50 + change, 20)
    record = movement.record
    assert record.transaction_type == "manual_adjustment"
    assert (record.quantity, record.quantity_change) == (abs(change), change)
    assert (record.order_id, record.notes) == (None, "counted")
    assert write_set.order is None
    assert write_set.idempotency_record == a_key().record(
        [{"transaction_id": record.transaction_id, "timestamp": record.timestamp}], NOW
    )


@pytest.mark.parametrize("correction", [-31, -50, -51, StockCount(19, 50), StockCount(0, 50)], ids=str)
def test_an_adjustment_cannot_leave_fewer_units_than_are_reserved(correction: int | StockCount) -> None:
    with pytest.raises(AdjustmentBelowReserved) as refused:
        adjust(a_state(a_sku(current=50, reserved=20)), an_adjustment(correction), CONTEXT)
    assert refused.value.members == FIGURES


@pytest.mark.parametrize(
    "count", [StockCount(60, 49), StockCount(60, 51), StockCount(50, 0), StockCount(0, 30)], ids=str
)
def test_a_count_is_stale_if_the_stock_is_not_the_expected_one(count: StockCount) -> None:
    with pytest.raises(CountStale) as refused:
        adjust(a_state(a_sku(current=50, reserved=20)), an_adjustment(count), CONTEXT)
    assert refused.value.members == FIGURES


@pytest.mark.parametrize("correction", [2, StockCount(STOCK_MAX + 1, STOCK_MAX - 1)], ids=str)
def test_an_adjustment_cannot_exceed_the_maximum_stock(correction: int | StockCount) -> None:
    state = a_state(a_sku(current=STOCK_MAX - 1))
    with pytest.raises(StockLimitExceeded):
        adjust(state, an_adjustment(correction), CONTEXT)
    assert write_set_of(adjust(state, an_adjustment(1), CONTEXT))


@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_a_deactivated_sku_can_be_adjusted(flag: str) -> None:
    assert write_set_of(adjust(a_state(a_sku(BLACK, 50, 0, **{flag: False})), an_adjustment(-7), CONTEXT))


def test_another_vendors_sku_cannot_be_adjusted() -> None:
    state = a_state(a_sku(current=50))
    with pytest.raises(SkuNotFound):
        adjust(state, an_adjustment(-7, scope=Scope(OTHER_VENDOR)), CONTEXT)
    assert write_set_of(adjust(state, an_adjustment(-7, scope=Scope(VENDOR)), CONTEXT))


def test_an_unknown_sku_cannot_be_adjusted() -> None:
    with pytest.raises(SkuNotFound):
        adjust(a_state(a_sku(WHITE, 50)), an_adjustment(-7, BLACK), CONTEXT)


@pytest.mark.parametrize("product_id", ["PROD-AAAAA", "PROD-ZZZZZ"])
def test_a_sku_is_not_found_under_another_product(product_id: str) -> None:
    command = replace(an_adjustment(1), key=StockKey(product_id, BLACK))
    with pytest.raises(SkuNotFound):
        adjust(a_state(a_sku(current=5)), command, a_context())


def test_an_adjustment_is_executed_once() -> None:
    # It was executed then, and would be refused now.
    state = a_state(a_sku(current=3), idempotency_record=EXECUTED)
    assert adjust(state, an_adjustment(-7), CONTEXT) == NOTHING_TO_WRITE
    assert adjust(state, an_adjustment(StockCount(1, 9)), CONTEXT) == NOTHING_TO_WRITE
    state = a_state(a_sku(), idempotency_record=EXECUTED)
    with pytest.raises(IdempotencyKeyReused):
        adjust(state, an_adjustment(1, idempotency_key=a_key(body="other")), CONTEXT)
    with pytest.raises(SkuNotFound):
        adjust(state, an_adjustment(1, scope=Scope(OTHER_VENDOR)), CONTEXT)


def test_the_key_of_an_adjustment_can_be_used_again_a_day_later() -> None:
    state = a_state(a_sku(), idempotency_record=EXECUTED)
    assert adjust(state, an_adjustment(1), SAME_DAY) == NOTHING_TO_WRITE
    assert write_set_of(adjust(state, an_adjustment(1), A_DAY_LATER))
