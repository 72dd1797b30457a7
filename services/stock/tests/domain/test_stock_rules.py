"""What each transaction requires of a SKU, and what it changes: the table of stock semantics, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fixed_ledger_key import LEDGER_KEY

from chalicelib.domain.stock_rules import FIRST_STEP, move_stock
from inventory_common.errors import InternalError, ProductInactive, SkuInactive, StockLimitExceeded
from inventory_common.ids import transaction_id
from inventory_common.ledger_keys import from_base64url
from inventory_common.limits import STOCK_MAX
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import TransactionType, record_hash

from ..shop import ACTOR, BLACK, NOW, ORDER, PRODUCT, VENDOR, a_context, a_sku

RESTOCK = TransactionType.RESTOCK
PLACED = TransactionType.ORDER_PLACED
CONFIRMED = TransactionType.ORDER_CONFIRMED
CANCELLED = TransactionType.ORDER_CANCELLED
REFUND = TransactionType.REFUND
ADJUSTMENT = TransactionType.MANUAL_ADJUSTMENT

ROWS = {
    # of 50 units, 20 reserved, 7 move: current, reserved, quantity_change
    RESTOCK: (57, 20, +7),
    PLACED: (50, 27, 0),
    CONFIRMED: (43, 13, -7),
    CANCELLED: (50, 13, 0),
}


@pytest.mark.parametrize("transaction_type", ROWS)
def test_each_transaction_changes_the_stock_as_the_table_states(transaction_type: TransactionType) -> None:
    current, reserved, quantity_change = ROWS[transaction_type]
    moved = move_stock(a_sku(current=50, reserved=20), transaction_type, 7, a_context())
    assert (moved.after.current_stock, moved.after.reserved_stock) == (current, reserved)
    assert moved.after.available_stock == current - reserved
    record = moved.record
    assert record.transaction_type == transaction_type
    assert (record.quantity, record.quantity_change) == (7, quantity_change)
    assert (record.stock_before, record.stock_after) == (50, current)
    assert (record.reserved_before, record.reserved_after) == (20, reserved)


def test_a_record_states_when_by_whom_for_which_order_and_why_stock_was_moved() -> None:
    before = a_sku(current=50)
    moved = move_stock(before, PLACED, 5, a_context(order_id=ORDER, notes="by telephone"), step=FIRST_STEP)
    document = moved.record.document()
    chain_hash = document.pop("hash")
    assert LEDGER_KEY.public_key(NOW).verifies_hash(chain_hash, from_base64url(document.pop("signature")))
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
        "form": 1,
        "command": "place",
        "reason": None,
        "order_step": 1,
        "order_previous": None,
        "previous_hash": FIRST_PREVIOUS_HASH,
        "key_id": "test-1",
    }
    assert chain_hash == record_hash(document)
    assert moved.before is before


def test_a_movement_changes_the_stock_and_the_chain_head_of_a_sku_alone() -> None:
    before = a_sku(current=50, variant_attributes={"color": "Black"}, version=4)
    moved = move_stock(before, RESTOCK, 5, a_context())
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


def test_the_records_of_a_sku_are_numbered_and_chained_without_a_gap() -> None:
    sku, head = a_sku(), FIRST_PREVIOUS_HASH
    for sequence in range(1, 6):
        moved = move_stock(sku, RESTOCK, 1, a_context())
        assert (moved.record.sequence, moved.record.previous_hash) == (sequence, head)
        sku, head = moved.after, moved.record.hash
    assert (sku.sequence, sku.ledger_hash, sku.current_stock) == (5, head, 5)


@pytest.mark.parametrize("seconds", [-3600, -1, 0])
def test_the_timestamps_of_a_sku_increase_even_if_the_clock_goes_back(seconds: int) -> None:
    first = move_stock(a_sku(), RESTOCK, 1, a_context())
    second = move_stock(first.after, RESTOCK, 1, a_context(plus_seconds(NOW, seconds)))
    assert second.record.timestamp == "2026-02-23T10:30:00.000001Z"
    assert second.after.last_updated == second.after.last_transaction_at == second.record.timestamp


def test_a_later_time_is_recorded_as_it_is() -> None:
    first = move_stock(a_sku(), RESTOCK, 1, a_context())
    second = move_stock(first.after, RESTOCK, 1, a_context("2026-02-23T10:30:00.000002Z"))
    assert second.record.timestamp == "2026-02-23T10:30:00.000002Z"


@pytest.mark.parametrize("transaction_type", [RESTOCK, PLACED])
def test_a_deactivated_sku_cannot_be_restocked_or_ordered(transaction_type: TransactionType) -> None:
    with pytest.raises(SkuInactive) as refused:
        move_stock(a_sku(current=50, is_active=False), transaction_type, 1, a_context())
    assert refused.value.members == {"product_id": PRODUCT, "sku": BLACK}


@pytest.mark.parametrize("transaction_type", [RESTOCK, PLACED])
def test_a_sku_of_a_deactivated_product_cannot_be_restocked_or_ordered(
    transaction_type: TransactionType,
) -> None:
    with pytest.raises(ProductInactive) as refused:
        move_stock(a_sku(current=50, product_is_active=False), transaction_type, 1, a_context())
    assert refused.value.members == {"product_id": PRODUCT}


@pytest.mark.parametrize("transaction_type", [CONFIRMED, CANCELLED])
@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_reserved_units_of_a_deactivated_sku_can_still_be_settled(
    transaction_type: TransactionType, flag: str
) -> None:
    moved = move_stock(a_sku(BLACK, 5, 5, **{flag: False}), transaction_type, 5, a_context())
    assert moved.after.reserved_stock == 0
    assert not moved.needs_active


@pytest.mark.parametrize("transaction_type", [RESTOCK, PLACED])
def test_a_restock_or_a_place_requires_an_active_sku_until_it_is_committed(
    transaction_type: TransactionType,
) -> None:
    assert move_stock(a_sku(current=5), transaction_type, 5, a_context()).needs_active


def test_a_sku_can_be_restocked_to_the_maximum_stock() -> None:
    moved = move_stock(a_sku(current=STOCK_MAX - 3), RESTOCK, 3, a_context())
    assert moved.after.current_stock == STOCK_MAX


def test_a_sku_cannot_be_restocked_above_the_maximum_stock() -> None:
    with pytest.raises(StockLimitExceeded) as refused:
        move_stock(a_sku(current=STOCK_MAX - 3), RESTOCK, 4, a_context())
    assert refused.value.members == {"current_stock": STOCK_MAX - 3, "limit": STOCK_MAX}


@pytest.mark.parametrize(
    ("transaction_type", "reserved"),
    [(PLACED, 4), (CONFIRMED, 1), (CANCELLED, 1)],
    ids=["more than available", "settling more than reserved", "releasing more than reserved"],
)
def test_an_impossible_movement_is_a_defect_and_never_a_record(
    transaction_type: TransactionType, reserved: int
) -> None:
    with pytest.raises(InternalError):
        move_stock(a_sku(current=5, reserved=reserved), transaction_type, 2, a_context())


@pytest.mark.parametrize("transaction_type", TransactionType)
def test_a_restock_or_an_adjustment_returns_the_sku(transaction_type: TransactionType) -> None:
    moved = move_stock(a_sku(current=50, reserved=20), transaction_type, 7, a_context())
    assert moved.returns_sku is (transaction_type in ("restock", "manual_adjustment"))


# Refunds and adjustments


@pytest.mark.parametrize(
    ("restock", "current", "change"), [(True, 57, +7), (False, 50, 0)], ids=["sellable", "unsellable"]
)
def test_refunded_units_are_added_to_the_stock_unless_they_cannot_be_sold_again(
    restock: bool, current: int, change: int
) -> None:
    moved = move_stock(a_sku(current=50, reserved=20), REFUND, 7, a_context(order_id=ORDER), restock=restock)
    assert (moved.after.current_stock, moved.after.reserved_stock) == (current, 20)
    record = moved.record
    assert (record.transaction_type, record.quantity, record.quantity_change) == ("refund", 7, change)
    assert (record.stock_before, record.stock_after) == (50, current)
    assert (record.reserved_before, record.reserved_after) == (20, 20)
    assert record.order_id == ORDER


def test_unsellable_refunded_units_continue_the_chain_like_others() -> None:
    before = a_sku(current=50, version=4)
    moved = move_stock(before, REFUND, 7, a_context(), restock=False)
    assert moved.after == replace(
        before,
        sequence=1,
        ledger_hash=moved.record.hash,
        last_transaction_at=NOW,
        last_transaction_id=moved.record.transaction_id,
        last_updated_by="client:order-system",
        version=5,
    )


def test_unsellable_units_can_be_refunded_at_the_maximum_stock() -> None:
    full = a_sku(current=STOCK_MAX)
    assert move_stock(full, REFUND, 7, a_context(), restock=False).after.current_stock == STOCK_MAX
    with pytest.raises(StockLimitExceeded):
        move_stock(full, REFUND, 1, a_context())


@pytest.mark.parametrize("transaction_type", [REFUND, ADJUSTMENT])
@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_a_deactivated_sku_can_be_refunded_and_adjusted(transaction_type: TransactionType, flag: str) -> None:
    moved = move_stock(a_sku(BLACK, 5, 0, **{flag: False}), transaction_type, 1, a_context(notes="counted"))
    assert moved.after.current_stock == 6
    assert not moved.needs_active
