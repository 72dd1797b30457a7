"""Read sets: what commands see, and what the next command of a batch sees."""

from __future__ import annotations

import pytest

from chalicelib.domain.decisions import ReadSet
from chalicelib.domain.placing import place
from inventory_common.errors import InsufficientStock, InternalError, OrderDamaged
from inventory_common.ids import StockKey

from ..shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    WHITE,
    a_context,
    a_key,
    a_line,
    a_sku,
    a_state,
    an_order,
    an_order_of,
    write_set_of,
)

BLACK_KEY, WHITE_KEY = StockKey(PRODUCT, BLACK), StockKey(PRODUCT, WHITE)


def test_newer_items_replace_older_ones() -> None:
    order, settled = an_order(a_line(reserved=1)), an_order(a_line(confirmed=1))
    record = a_key().record([], NOW)
    white = a_sku(WHITE, 1)
    older = ReadSet(skus={BLACK_KEY: a_sku(BLACK, 1), WHITE_KEY: white}, orders={ORDER: order})
    newer = older.updated(ReadSet(skus={BLACK_KEY: a_sku(BLACK, 2)}))
    assert newer == ReadSet(skus={BLACK_KEY: a_sku(BLACK, 2), WHITE_KEY: white}, orders={ORDER: order})
    newest = newer.updated(
        ReadSet(orders={ORDER: settled}, idempotency_records={record.idempotency_id: record})
    )
    assert newest.state_of(ORDER, record.idempotency_id) == a_state(
        a_sku(BLACK, 2), white, order=settled, idempotency_record=record
    )
    assert newest.updated(ReadSet()) == newest


def test_what_is_malformed_is_not_absent() -> None:
    """A command that needs it is refused; an order that counts as absent would be placed again."""
    read_set = ReadSet(malformed=frozenset({BLACK_KEY, ORDER}))
    assert not read_set.is_empty
    read_set.require_readable([WHITE_KEY, "ORDER-OTHER", None])
    with pytest.raises(InternalError, match=BLACK):
        read_set.require_readable([WHITE_KEY, BLACK_KEY])
    with pytest.raises(OrderDamaged, match=ORDER):
        read_set.require_readable([WHITE_KEY, ORDER])


def test_a_newer_read_says_what_is_malformed() -> None:
    older = ReadSet(malformed=frozenset({BLACK_KEY, ORDER}))
    repaired = older.updated(ReadSet(skus={BLACK_KEY: a_sku(BLACK, 1)}))
    assert repaired.malformed == {ORDER}
    assert older.updated(ReadSet(malformed=frozenset({WHITE_KEY}))).malformed == {BLACK_KEY, ORDER, WHITE_KEY}
    damaged = repaired.updated(ReadSet(malformed=frozenset({BLACK_KEY})))
    with pytest.raises(InternalError):
        damaged.require_readable([BLACK_KEY])


def test_a_command_sees_its_own_order_and_idempotency_record_alone() -> None:
    order, record = an_order(a_line(reserved=1)), a_key().record([], NOW)
    read_set = ReadSet(orders={ORDER: order}, idempotency_records={record.idempotency_id: record})
    assert read_set.state_of("ORDER-OTHER", "other") == a_state()
    assert read_set.state_of(ORDER) == a_state(order=order)


def test_the_next_command_of_a_batch_sees_the_state_that_the_one_before_it_leaves() -> None:
    read_set = ReadSet(skus={BLACK_KEY: a_sku(BLACK, 5)})
    first = place(read_set.state_of(ORDER), an_order_of((BLACK, 3)), a_context(order_id=ORDER))
    after = read_set.after(write_set_of(first))
    assert after.skus[BLACK_KEY].available_stock == 2
    assert after.orders[ORDER].reserved == 3
    second = an_order_of((BLACK, 3), order_id="ORDER-2")
    with pytest.raises(InsufficientStock):
        place(after.state_of("ORDER-2"), second, a_context(order_id="ORDER-2"))
