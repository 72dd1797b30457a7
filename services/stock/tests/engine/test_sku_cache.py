"""The SKU cache of a process: it saves reads, and leads to no response and no refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.commands import BatchedCommand, SettleOrder
from chalicelib.domain.orders import OrderOutcome, OrderStatus
from chalicelib.engine.sku_cache import SkuCache
from inventory_common.errors import (
    AdjustmentBelowReserved,
    IdempotencyKeyReused,
    InsufficientStock,
    OrderCancelled,
    OrderConfirmed,
    OrderExists,
    SkuInactive,
    SkuNotFound,
)
from inventory_common.idempotency import IdempotencyKey
from inventory_common.ids import StockKey

from ..other_writers import InterruptedStateStore
from ..process import Process
from ..shop import (
    BLACK,
    ORDER,
    PRODUCT,
    WHITE,
    Tables,
    a_change,
    a_key,
    a_restock,
    a_sku,
    an_adjustment,
    an_order_of,
)
from ..stores import RecordingStateStore

CallsOf = Callable[[Callable[[], Any]], list[str]]
BLACK_KEY, WHITE_KEY = StockKey(PRODUCT, BLACK), StockKey(PRODUCT, WHITE)


@pytest.fixture
def recorded(process: Process) -> RecordingStateStore:
    return RecordingStateStore(process.storage.state)


@pytest.fixture
def first(process: Process, recorded: RecordingStateStore) -> Process:
    """A process whose calls are recorded."""
    return process.over(state=recorded)


@pytest.fixture
def second(process: Process) -> Process:
    """Another process, with a cache of its own."""
    return process.restarted()


@pytest.fixture
def calls_of(recorded: RecordingStateStore) -> CallsOf:
    """Executes a command, and returns the calls of the first process meanwhile."""

    def calls_of(command: Callable[[], Any]) -> list[str]:
        recorded.clear()
        command()
        return list(recorded.calls)

    return calls_of


def key(number: int) -> IdempotencyKey:
    return a_key(f"key-{number}")


def one_black(number: int) -> Any:
    return an_order_of((BLACK, 1), order_id=f"ORDER-{number}")


# Calls that it saves


def test_a_command_on_skus_that_the_process_wrote_last_is_one_call(
    first: Process, tables: Tables, calls_of: CallsOf
) -> None:
    tables.put(a_sku(current=9), a_sku(WHITE, 9))
    both = an_order_of((BLACK, 1), (WHITE, 1), order_id="ORDER-1")
    assert calls_of(lambda: first.place(both)) == ["read", "commit"]
    again = an_order_of((BLACK, 1), (WHITE, 1), order_id="ORDER-2")
    assert calls_of(lambda: first.place(again)) == ["commit"]
    assert calls_of(lambda: first.restock(a_restock(2, idempotency_key=key(1)))) == ["commit"]
    assert calls_of(lambda: first.adjust(an_adjustment(-1, idempotency_key=key(2)))) == ["commit"]
    assert calls_of(lambda: first.place(an_order_of((BLACK, 8), order_id="ORDER-3"))) == ["commit"]
    sku = first.sku()
    assert (sku.current_stock, sku.reserved_stock, sku.sequence, sku.version) == (10, 10, 5, 6)


@pytest.mark.parametrize(("name", "left"), [("confirm", 7), ("cancel", 10)])
def test_an_order_of_skus_that_the_process_wrote_last_is_settled_in_two_calls(
    first: Process, second: Process, tables: Tables, calls_of: CallsOf, name: str, left: int
) -> None:
    tables.put(a_sku(current=9))
    for number in (1, 2, 3):
        first.place(one_black(number))

    def settle(number: int) -> Any:
        return getattr(first, name)(SettleOrder(f"ORDER-{number}"))

    assert calls_of(lambda: settle(1)) == ["read", "commit"]
    second.restock(a_restock(1))
    assert calls_of(lambda: settle(2)) == ["read", "commit", "read", "commit"]
    getattr(second, name)(SettleOrder("ORDER-3"))
    assert calls_of(lambda: settle(3)) == ["read"], "a replay"
    sku = first.sku()
    assert (sku.current_stock, sku.reserved_stock) == (left, 0)


def test_a_sku_that_another_process_changed_costs_one_transaction_and_no_read(
    first: Process, second: Process, tables: Tables, calls_of: CallsOf
) -> None:
    tables.put(a_sku(current=9))
    first.place(one_black(1))
    second.place(one_black(2))
    assert calls_of(lambda: first.place(one_black(3))) == ["commit", "commit"]
    # A contended SKU is read the next time, and cached again after a commit without conflict.
    assert calls_of(lambda: first.place(one_black(4))) == ["read", "commit"]
    assert calls_of(lambda: first.place(one_black(5))) == ["commit"]
    assert first.sku().reserved_stock == 5


def test_after_a_conflict_over_one_sku_the_others_are_read(
    first: Process, second: Process, tables: Tables, calls_of: CallsOf
) -> None:
    tables.put(a_sku(current=9), a_sku(WHITE, 9))
    first.place(an_order_of((BLACK, 1), (WHITE, 1), order_id="ORDER-1"))
    second.restock(a_restock(1, WHITE))
    order = an_order_of((BLACK, 1), (WHITE, 8), order_id="ORDER-2")
    assert calls_of(lambda: first.place(order)) == ["commit", "read", "commit"]


def test_a_batch_that_is_sent_again_reads_its_orders_once(
    first: Process, tables: Tables, calls_of: CallsOf
) -> None:
    tables.put(a_sku(current=99))
    lines = an_order_of((BLACK, 1)).lines
    batch = [BatchedCommand(f"ORDER-{number}", "place", lines) for number in range(40)]
    assert calls_of(lambda: first.batch(batch)) == ["read", "commit"]
    assert calls_of(lambda: first.batch(batch)) == ["commit", "read"]
    assert all(isinstance(each, OrderOutcome) and each.replayed for each in first.batch(batch))


def test_the_transactions_of_one_batch_continue_from_each_other(
    first: Process, tables: Tables, calls_of: CallsOf
) -> None:
    tables.put(a_sku(current=200))
    lines = an_order_of((BLACK, 1)).lines
    batch = [BatchedCommand(f"ORDER-{number}", "place", lines) for number in range(147)]
    assert calls_of(lambda: first.batch(batch)) == ["read", "commit", "commit", "commit"]


# What it never decides


def test_no_command_is_refused_because_of_a_cached_sku(
    first: Process, second: Process, tables: Tables, calls_of: CallsOf
) -> None:
    tables.put(a_sku(current=5))
    first.place(an_order_of((BLACK, 5)))
    second.restock(a_restock(3))
    order = an_order_of((BLACK, 3), order_id="ORDER-2")
    assert calls_of(lambda: first.place(order)) == ["read", "commit"]


def test_units_of_a_cached_sku_that_another_process_sold_are_not_sold_again(
    first: Process, second: Process, tables: Tables
) -> None:
    tables.put(a_sku(current=5))
    first.place(one_black(1))
    second.place(an_order_of((BLACK, 4), order_id="ORDER-2"))
    with pytest.raises(InsufficientStock) as refused:
        first.place(one_black(3))
    assert refused.value.members["lines"][0]["available"] == 0
    with pytest.raises(AdjustmentBelowReserved):
        first.adjust(an_adjustment(-1))


def test_a_cached_sku_that_another_process_deactivated_is_refused(
    first: Process, second: Process, tables: Tables
) -> None:
    tables.put(a_sku(current=5))
    first.place(an_order_of((BLACK, 1)))
    second.change_sku(a_change(is_active=False))
    with pytest.raises(SkuInactive):
        first.place(one_black(2))
    with pytest.raises(SkuInactive):
        first.restock(a_restock(1))


def test_a_command_that_returns_the_sku_returns_the_current_one(
    first: Process, second: Process, tables: Tables
) -> None:
    tables.put(a_sku(current=5))
    first.restock(a_restock(1, idempotency_key=key(1)))
    second.change_sku(a_change(variant_name="Midnight - Large", reorder_threshold=3))
    commands: list[Callable[[], Any]] = [
        lambda: first.restock(a_restock(1, idempotency_key=key(2))),
        lambda: first.adjust(an_adjustment(1, idempotency_key=key(3))),
    ]
    for price, command in enumerate(commands, start=2):
        returned = command().sku
        assert returned == first.sku()
        assert returned.variant_name == "Midnight - Large"
        second.change_sku(a_change(unit_price=price))


@pytest.mark.parametrize("is_cached", [True, False])
def test_a_replay_is_recognised_with_and_without_a_cached_sku(
    first: Process, second: Process, tables: Tables, is_cached: bool
) -> None:
    tables.put(a_sku(current=9))
    process = first if is_cached else second
    first.place(an_order_of((BLACK, 2)))
    first.restock(a_restock(3))
    first.cancel(SettleOrder("ORDER-CANCELLED"))
    placed = process.place(an_order_of((BLACK, 2)))
    assert (placed.replayed, placed.order.status) == (True, OrderStatus.RESERVED)
    assert process.restock(a_restock(3)).replayed
    with pytest.raises(IdempotencyKeyReused):
        process.restock(a_restock(4, idempotency_key=a_key(body='{"quantity": 4}')))
    with pytest.raises(OrderExists):
        process.place(an_order_of((BLACK, 3)))
    with pytest.raises(OrderCancelled):
        process.place(an_order_of((BLACK, 1), order_id="ORDER-CANCELLED"))
    assert first.sku().sequence == 2


@pytest.mark.parametrize(
    ("ours", "theirs"), [("confirm", "confirm"), ("confirm", "cancel"), ("cancel", "confirm")]
)
def test_an_order_that_another_process_settles_between_read_and_commit_is_settled_once(
    first: Process, second: Process, tables: Tables, ours: str, theirs: str
) -> None:
    tables.put(a_sku(current=9))
    first.place(an_order_of((BLACK, 2)))
    state = InterruptedStateStore(first.storage.state, lambda: getattr(second, theirs)(SettleOrder(ORDER)))
    interrupted = first.through(state=state)
    if ours == theirs:
        assert getattr(interrupted, ours)(SettleOrder(ORDER)).replayed
    else:
        with pytest.raises((OrderConfirmed, OrderCancelled)):
            getattr(interrupted, ours)(SettleOrder(ORDER))
    assert state.commits >= 1
    assert len(tables.records()) == 2
    assert first.sku().current_stock == (7 if theirs == "confirm" else 9)


def test_a_sku_cached_before_a_restore_of_the_tables_leads_to_no_log_record(
    first: Process, second: Process, tables: Tables, dynamodb: Any
) -> None:
    tables.put(a_sku(current=9))
    first.place(an_order_of((BLACK, 2)))
    # The tables are restored, and another process writes a record of the same sequence number.
    tables.put(a_sku(current=9))
    [lost] = tables.records()
    dynamodb.delete_item(
        TableName="StockTransactions", Key={name: lost[name] for name in ("transaction_id", "timestamp")}
    )
    second.place(an_order_of((BLACK, 3), order_id="ORDER-AFTER"))
    first.place(an_order_of((BLACK, 1), order_id="ORDER-NEXT"))
    one, two = sorted(tables.records(), key=lambda record: int(record["sequence"]["N"]))
    assert two["previous_hash"] == one["hash"]
    assert two["reserved_before"] == one["reserved_after"] == {"N": "3"}


def test_a_tombstone_refuses_a_place_of_the_process_that_wrote_it(first: Process, tables: Tables) -> None:
    tables.put(a_sku(current=9))
    first.cancel(SettleOrder(ORDER))
    with pytest.raises(OrderCancelled):
        first.place(an_order_of((BLACK, 1)))
    assert first.sku().sequence == 0


def test_a_cached_sku_is_not_found_under_another_product(first: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    first.restock(a_restock(1, idempotency_key=key(1)))
    elsewhere = StockKey("PROD-AAAAA", BLACK)
    with pytest.raises(SkuNotFound):
        first.restock(replace(a_restock(1, idempotency_key=key(2)), key=elsewhere))
    with pytest.raises(SkuNotFound):
        first.adjust(replace(an_adjustment(1, idempotency_key=key(3)), key=elsewhere))
    assert first.sku().current_stock == 6


# The cache itself


def test_the_cache_returns_skus_as_they_were_put_last() -> None:
    cache = SkuCache()
    cache.put_all([a_sku(BLACK, 1), a_sku(WHITE, 2)])
    cache.put_all([a_sku(BLACK, 3)])
    cached = cache.get_all([BLACK_KEY, WHITE_KEY])
    assert cached is not None
    assert {key: sku.current_stock for key, sku in cached.items()} == {BLACK_KEY: 3, WHITE_KEY: 2}


def test_the_cache_returns_all_skus_or_none() -> None:
    cache = SkuCache()
    cache.put_all([a_sku(BLACK, 1)])
    assert cache.get_all([BLACK_KEY, WHITE_KEY]) is None
    cache.discard_all([BLACK_KEY, WHITE_KEY])
    assert cache.get_all([BLACK_KEY]) is None


def test_the_cache_is_bounded_and_drops_the_least_recently_written_sku() -> None:
    cache = SkuCache(skus_max=2)
    third = f"SKU-{PRODUCT}-THIRD"
    cache.put_all([a_sku(BLACK), a_sku(WHITE)])
    cache.put_all([a_sku(BLACK)])
    cache.put_all([a_sku(third)])
    assert cache.get_all([WHITE_KEY]) is None
    assert cache.get_all([BLACK_KEY, StockKey(PRODUCT, third)]) is not None
