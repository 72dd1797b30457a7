"""Reads of several items that are of different moments: BatchGetItem is no snapshot.

Another copy of a command, or another command, may commit between the read of its order or idempotency record
and that of its SKUs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.decisions import ReadSet, WriteSet
from chalicelib.domain.holds import expire
from chalicelib.domain.orders import Order
from chalicelib.engine.transaction_batch import UnitOfWork
from chalicelib.storage.state import Committed, StateStore, Unanswered, WriteConflict
from inventory_common.errors import InsufficientStock, QuantityExceedsReserved, StockLimitExceeded
from inventory_common.ids import StockKey
from inventory_common.limits import STOCK_MAX, TOMBSTONE_SECONDS

from ..batches import execute_all, names_of, place_work, recorded_executor, settle_work
from ..other_writers import InconsistentStateStore
from ..process import Process
from ..shop import (
    ACTOR,
    BLACK,
    ORDER,
    PRODUCT,
    WHITE,
    Clock,
    MonotonicClock,
    Tables,
    a_key,
    a_line,
    a_restock,
    a_sku,
    an_order,
    an_order_of,
    units,
)

BLACK_KEY = StockKey(PRODUCT, BLACK)
Inconsistent = Callable[[Callable[[], Any]], Process]


@pytest.fixture
def inconsistent(process: Process) -> Inconsistent:
    """Makes another process, during whose first read another writer acts."""
    return lambda act: process.over(state=InconsistentStateStore(process.storage.state, act))


# A copy of the same command


def test_a_place_whose_first_copy_took_the_last_units_is_a_replay(
    process: Process, inconsistent: Inconsistent, tables: Tables
) -> None:
    tables.put(a_sku(current=5))
    other = inconsistent(lambda: process.place(an_order_of((BLACK, 5))))
    placed = other.place(an_order_of((BLACK, 5)))
    assert (placed.replayed, placed.order.status) == (True, "reserved")
    assert process.sku().reserved_stock == 5


def test_a_place_that_finds_the_last_units_taken_by_another_order_is_refused(
    process: Process, inconsistent: Inconsistent, tables: Tables
) -> None:
    tables.put(a_sku(current=5))
    other = inconsistent(lambda: process.place(an_order_of((BLACK, 5), order_id="ORDER-2")))
    with pytest.raises(InsufficientStock):
        other.place(an_order_of((BLACK, 5)))
    assert process.order(ORDER) is None


def test_a_place_whose_first_copy_replaced_an_expired_tombstone_is_a_replay(
    process: Process, tables: Tables, clock: Clock
) -> None:
    tables.put(a_sku(current=5))
    process.cancel(SettleOrder(ORDER))
    clock.advance(TOMBSTONE_SECONDS)
    state = InconsistentStateStore(process.storage.state, lambda: process.place(an_order_of((BLACK, 5))))
    placed = process.through(state=state).place(an_order_of((BLACK, 5)))
    assert (placed.replayed, placed.order.reserved) == (True, 5)


def test_a_place_over_an_expired_tombstone_is_refused_if_units_are_short(
    process: Process, tables: Tables, clock: Clock
) -> None:
    tables.put(a_sku(current=5))
    process.cancel(SettleOrder(ORDER))
    clock.advance(TOMBSTONE_SECONDS)
    with pytest.raises(InsufficientStock):
        process.place(an_order_of((BLACK, 6)))


def test_a_restock_whose_first_copy_filled_the_sku_is_a_replay(
    process: Process, inconsistent: Inconsistent, tables: Tables
) -> None:
    tables.put(a_sku(current=STOCK_MAX - 5))
    done = inconsistent(lambda: process.restock(a_restock(5))).restock(a_restock(5))
    assert (done.replayed, done.record.stock_after, done.sku.current_stock) == (True, STOCK_MAX, STOCK_MAX)


def test_a_restock_of_a_sku_that_another_restock_filled_is_refused(
    process: Process, inconsistent: Inconsistent, tables: Tables
) -> None:
    tables.put(a_sku(current=STOCK_MAX - 5))
    another = a_restock(5, idempotency_key=a_key(key="another"))
    with pytest.raises(StockLimitExceeded):
        inconsistent(lambda: process.restock(another)).restock(a_restock(5))


def test_a_replayed_restock_returns_the_current_sku(
    process: Process, inconsistent: Inconsistent, tables: Tables
) -> None:
    tables.put(a_sku(current=0))
    process.restock(a_restock(7))
    # The idempotency record is read before another restock, and the SKU after it.
    another = a_restock(1, idempotency_key=a_key(key="another"))
    done = inconsistent(lambda: process.restock(another)).restock(a_restock(7))
    assert (done.replayed, done.record.stock_after, done.sku.current_stock) == (True, 7, 8)


@pytest.mark.parametrize("name", ["confirm", "cancel"])
def test_a_partial_settlement_whose_first_copy_was_executed_is_a_replay(
    process: Process, inconsistent: Inconsistent, tables: Tables, name: str
) -> None:
    tables.put(a_sku(current=5))
    process.place(an_order_of((BLACK, 5)))
    command = SettleOrder(ORDER, units((BLACK, 5)), a_key())
    other = inconsistent(lambda: getattr(process, name)(command))
    assert getattr(other, name)(command).replayed
    assert process.sku().sequence == 2


def test_a_partial_settlement_of_units_that_another_command_settled_is_refused(
    process: Process, inconsistent: Inconsistent, tables: Tables
) -> None:
    tables.put(a_sku(current=5))
    process.place(an_order_of((BLACK, 5)))
    part = units((BLACK, 3))
    other = inconsistent(lambda: process.confirm(SettleOrder(ORDER, part, a_key(key="one"))))
    with pytest.raises(QuantityExceedsReserved):
        other.confirm(SettleOrder(ORDER, part, a_key(key="two")))


# Several orders of one batch


class ScriptedStateStore(StateStore):
    """A state store whose reads return prepared read sets, one after another; nothing may be committed."""

    def __init__(self, state: StateStore, *read_sets: ReadSet) -> None:
        super().__init__(state.database, state.orders, state.products)
        self._read_sets = list(read_sets)

    def read(
        self,
        keys: Iterable[StockKey] = (),
        *,
        orders: Iterable[str] = (),
        idempotency_records: Iterable[str] = (),
    ) -> ReadSet:
        requested = set(keys), set(orders)
        if requested == (set(), set()):
            return ReadSet()
        found = self._read_sets.pop(0)
        assert (set(found.skus), set(found.orders)) == requested
        return found

    def commit(
        self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
    ) -> Committed | WriteConflict | Unanswered:
        raise AssertionError(write_sets)


def expire_work(order_id: str) -> UnitOfWork:
    return UnitOfWork(decide=expire, actor=ACTOR, keys=(BLACK_KEY,), order_id=order_id)


def test_a_read_that_is_consistent_with_one_order_and_no_longer_with_another_is_continued(
    process: Process, clock: Clock
) -> None:
    clock.advance(172_800)

    def order(order_id: str, reserved: int = 0, confirmed: int = 0) -> dict[str, Order]:
        line = a_line(reserved=reserved, confirmed=confirmed)
        return {order_id: an_order(line, order_id=order_id)}

    state = ScriptedStateStore(
        process.storage.state,
        # The SKU no longer includes the five units of ORDER-1, and still the three of ORDER-2,
        ReadSet(
            skus={BLACK_KEY: a_sku(current=3, reserved=3)},
            orders=order("ORDER-1", reserved=5) | order("ORDER-2", reserved=3),
        ),
        # and no longer these when it is read again together with ORDER-1.
        ReadSet(skus={BLACK_KEY: a_sku()}, orders=order("ORDER-1", confirmed=5)),
        ReadSet(skus={BLACK_KEY: a_sku()}, orders=order("ORDER-2", confirmed=3)),
    )
    executor = process.over(state=state).executor
    outcomes = execute_all(executor, [expire_work("ORDER-1"), expire_work("ORDER-2")])
    assert names_of(outcomes) == ["executed before", "executed before"]


def test_an_order_that_is_never_consistent_with_its_sku_does_not_delay_other_orders(
    process: Process, tables: Tables
) -> None:
    tables.put(a_sku(BLACK, 99), a_sku(WHITE, 9))
    placer, _ = recorded_executor(process)
    execute_all(placer, [place_work(n, (WHITE if n == 2 else BLACK, 1)) for n in range(6)])
    sku = process.sku(WHITE)
    tables.put(replace(sku, reserved_stock=0))  # no command of the service does that
    executor, recorded = recorded_executor(process, retry_policy=MonotonicClock().retry_policy())
    outcomes = execute_all(executor, [settle_work(number) for number in range(6)])
    assert names_of(outcomes) == ["confirmed", "confirmed", "Busy", *["confirmed"] * 3]
    assert len(recorded.items_read) < 25
