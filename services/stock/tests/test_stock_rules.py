"""What each transaction demands of a SKU and changes: the table of stock semantics, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.stock_rules import move
from inventory_common.errors import ProductInactive, SkuInactive, StockLimitExceeded
from inventory_common.ids import transaction_id
from inventory_common.limits import STOCK_MAX
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import TransactionType, record_hash

from .shop import BLACK, NOW, ORDER, PRODUCT, ACTOR, VENDOR, a_sku, a_context

RESTOCK = TransactionType.RESTOCK
PLACED = TransactionType.ORDER_PLACED
CONFIRMED = TransactionType.ORDER_CONFIRMED
CANCELLED = TransactionType.ORDER_CANCELLED

ROWS = {
    # of 50 units, 20 reserved, 7 move: current, reserved, quantity_change
    RESTOCK: (57, 20, +7),
    PLACED: (50, 27, 0),
    CONFIRMED: (43, 13, -7),
    CANCELLED: (50, 13, 0),
}


@pytest.mark.parametrize("kind", ROWS)
def test_each_transaction_changes_what_the_table_says(kind: TransactionType) -> None:
    current, reserved, quantity_change = ROWS[kind]
    moved = move(a_sku(current=50, reserved=20), kind, 7, a_context())
    assert (moved.after.current_stock, moved.after.reserved_stock) == (current, reserved)
    assert moved.after.available_stock == current - reserved
    record = moved.record
    assert record.transaction_type == kind
    assert (record.quantity, record.quantity_change) == (7, quantity_change)
    assert (record.stock_before, record.stock_after) == (50, current)
    assert (record.reserved_before, record.reserved_after) == (20, reserved)


def test_a_record_says_who_when_for_which_order_and_why() -> None:
    before = a_sku(current=50)
    moved = move(before, PLACED, 5, a_context(order_id=ORDER, notes="by telephone"))
    document = moved.record.document()
    sealed = document.pop("hash")
    assert document == {
        "transaction_id": transaction_id(BLACK, 1),
        "timestamp": NOW,
        "product_id": PRODUCT,
        "sku": BLACK,
        "vendor_id": VENDOR,
        "transaction_type": "order_placed",
        "quantity_change": 0,
        "stock_before": 50,
        "stock_after": 50,
        "order_id": ORDER,
        "performed_by": ACTOR.performed_by,
        "notes": "by telephone",
        "sequence": 1,
        "quantity": 5,
        "reserved_before": 0,
        "reserved_after": 5,
        "request_id": ACTOR.request_id,
        "previous_hash": FIRST_PREVIOUS_HASH,
    }
    assert sealed == record_hash(document)
    assert moved.before is before


def test_a_sku_after_a_movement_is_the_head_of_its_ledger_and_otherwise_the_same() -> None:
    before = a_sku(current=50, variant_attributes={"color": "Black"}, version=4)
    moved = move(before, RESTOCK, 5, a_context())
    assert moved.after == replace(
        before,
        current_stock=55,
        sequence=1,
        ledger_hash=moved.record.hash,
        last_transaction_at=NOW,
        last_transaction_id=moved.record.transaction_id,
        last_updated=NOW,
        last_updated_by=ACTOR.performed_by,
        version=5,
    )


def test_records_of_a_sku_are_chained_without_a_gap() -> None:
    sku, head = a_sku(), FIRST_PREVIOUS_HASH
    for sequence in range(1, 6):
        moved = move(sku, RESTOCK, 1, a_context())
        assert (moved.record.sequence, moved.record.previous_hash) == (sequence, head)
        sku, head = moved.after, moved.record.hash
    assert (sku.sequence, sku.ledger_hash, sku.current_stock) == (5, head, 5)


@pytest.mark.parametrize("seconds", [-3600, -1, 0])
def test_the_timestamps_of_a_sku_increase_though_a_clock_goes_back(seconds: int) -> None:
    first = move(a_sku(), RESTOCK, 1, a_context())
    second = move(first.after, RESTOCK, 1, a_context(plus_seconds(NOW, seconds)))
    assert second.record.timestamp == "2026-02-23T10:30:00.000001Z"
    assert second.after.last_updated == second.after.last_transaction_at == second.record.timestamp


def test_a_clock_that_goes_on_is_believed() -> None:
    first = move(a_sku(), RESTOCK, 1, a_context())
    second = move(first.after, RESTOCK, 1, a_context("2026-02-23T10:30:00.000002Z"))
    assert second.record.timestamp == "2026-02-23T10:30:00.000002Z"


@pytest.mark.parametrize("kind", [RESTOCK, PLACED])
def test_a_deactivated_sku_takes_no_stock_and_no_order(kind: TransactionType) -> None:
    with pytest.raises(SkuInactive) as refused:
        move(a_sku(current=50, is_active=False), kind, 1, a_context())
    assert refused.value.members == {"product_id": PRODUCT, "sku": BLACK}


@pytest.mark.parametrize("kind", [RESTOCK, PLACED])
def test_a_sku_of_a_deactivated_product_takes_no_stock_and_no_order(kind: TransactionType) -> None:
    with pytest.raises(ProductInactive) as refused:
        move(a_sku(current=50, product_is_active=False), kind, 1, a_context())
    assert refused.value.members == {"product_id": PRODUCT}


@pytest.mark.parametrize("kind", [CONFIRMED, CANCELLED])
@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_reserved_units_of_a_deactivated_sku_can_still_be_settled(kind: TransactionType, flag: str) -> None:
    moved = move(a_sku(current=5, reserved=5, **{flag: False}), kind, 5, a_context())
    assert moved.after.reserved_stock == 0
    assert not moved.needs_active


@pytest.mark.parametrize("kind", [RESTOCK, PLACED])
def test_new_stock_and_new_orders_need_the_sku_active_until_they_commit(kind: TransactionType) -> None:
    assert move(a_sku(current=5), kind, 5, a_context()).needs_active


def test_a_sku_can_be_filled_to_the_limit() -> None:
    moved = move(a_sku(current=STOCK_MAX - 3), RESTOCK, 3, a_context())
    assert moved.after.current_stock == STOCK_MAX


def test_a_sku_cannot_be_filled_over_the_limit() -> None:
    with pytest.raises(StockLimitExceeded) as refused:
        move(a_sku(current=STOCK_MAX - 3), RESTOCK, 4, a_context())
    assert refused.value.members == {"current_stock": STOCK_MAX - 3, "limit": STOCK_MAX}


@pytest.mark.parametrize(
    ("kind", "reserved"),
    [(PLACED, 4), (CONFIRMED, 1), (CANCELLED, 1)],
    ids=["more than available", "settling more than reserved", "releasing more than reserved"],
)
def test_an_impossible_movement_is_a_defect_and_never_a_record(kind: TransactionType, reserved: int) -> None:
    with pytest.raises(AssertionError):
        move(a_sku(current=5, reserved=reserved), kind, 2, a_context())


@pytest.mark.parametrize("kind", TransactionType)
def test_the_sku_of_a_restock_or_an_adjustment_is_answered_whole(kind: TransactionType) -> None:
    moved = move(a_sku(current=50, reserved=20), kind, 7, a_context())
    assert moved.is_answered is (kind in ("restock", "manual_adjustment"))
