"""What a process remembers of SKUs: it saves reads, and neither answers nor refuses anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.commands import SettleOrder
from chalicelib.memory import Memory
from chalicelib.orders import OrderStatus
from chalicelib.snapshot import Readings
from chalicelib.stock_service import StockService
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

from .shop import (
    BLACK,
    ORDER,
    PRODUCT,
    ACTOR,
    WHITE,
    Tables,
    a_change,
    a_restock,
    a_sku,
    an_adjustment,
    a_key,
    an_order_of,
)


class Counted:
    """A gateway that notes its calls of DynamoDB in turn: ``read`` where it asks for any key, ``commit``."""

    def __init__(self, gateway: Any) -> None:
        self._gateway = gateway
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def read(self, skus: Any = (), *, orders: Any = (), idempotency_records: Any = ()) -> Readings:
        skus, orders, idempotency_records = list(skus), list(orders), list(idempotency_records)
        if skus or orders or idempotency_records:
            self.calls.append("read")
        return self._gateway.read(skus, orders=orders, idempotency_records=idempotency_records)

    def commit(self, commits: Any, in_turn: Any = ()) -> None:
        self.calls.append("commit")
        self._gateway.commit(commits, in_turn)


@pytest.fixture
def here(service: StockService) -> StockService:
    """A process of the service, whose calls are counted."""
    return replace(service, gateway=Counted(service.gateway), memory=Memory())


@pytest.fixture
def elsewhere(service: StockService) -> StockService:
    """Another process of it."""
    return replace(service, memory=Memory())


@pytest.fixture
def calls_of(here: StockService) -> Callable[[Callable[[], Any]], list[str]]:
    def calls_of(command: Callable[[], Any]) -> list[str]:
        here.gateway.calls.clear()
        command()
        return list(here.gateway.calls)

    return calls_of


def key(number: int) -> Any:
    return a_key(f"key-{number}")


def test_a_command_on_what_the_process_wrote_last_is_one_call(
    here: StockService, tables: Tables, calls_of: Any
) -> None:
    tables.put(a_sku(current=9), a_sku(WHITE, 9))
    both = an_order_of((BLACK, 1), (WHITE, 1), order_id="ORDER-1")
    assert calls_of(lambda: here.place(both, ACTOR)) == ["read", "commit"]
    again = an_order_of((BLACK, 1), (WHITE, 1), order_id="ORDER-2")
    assert calls_of(lambda: here.place(again, ACTOR)) == ["commit"]
    assert calls_of(lambda: here.restock(a_restock(2, idempotency_key=key(1)), ACTOR)) == ["commit"]
    assert calls_of(lambda: here.adjust(an_adjustment(-1, idempotency_key=key(2)), ACTOR)) == ["commit"]
    assert calls_of(lambda: here.place(an_order_of((BLACK, 8), order_id="ORDER-3"), ACTOR)) == ["commit"]
    sku = here.gateway.sku(PRODUCT, BLACK)
    assert (sku.current_stock, sku.reserved_stock, sku.sequence, sku.version) == (10, 10, 5, 6)


@pytest.mark.parametrize(("name", "left"), [("confirm", 7), ("cancel", 10)])
def test_an_order_on_what_the_process_wrote_last_is_settled_in_two_calls(
    here: StockService, elsewhere: StockService, tables: Tables, calls_of: Any, name: str, left: int
) -> None:
    tables.put(a_sku(current=9))
    for number in (1, 2, 3):
        here.place(an_order_of((BLACK, 1), order_id=f"ORDER-{number}"), ACTOR)

    def settle(number: int) -> Any:
        return getattr(here, name)(SettleOrder(f"ORDER-{number}"), ACTOR)

    assert calls_of(lambda: settle(1)) == ["read", "commit"]
    elsewhere.restock(a_restock(1), ACTOR)
    assert calls_of(lambda: settle(2)) == ["read", "commit", "read", "commit"]
    getattr(elsewhere, name)(SettleOrder("ORDER-3"), ACTOR)
    assert calls_of(lambda: settle(3)) == ["read"], "a replay"
    sku = here.gateway.sku(PRODUCT, BLACK)
    assert (sku.current_stock, sku.reserved_stock) == (left, 0)


@pytest.mark.parametrize("at_once", [("confirm", "confirm"), ("confirm", "cancel"), ("cancel", "confirm")])
def test_an_order_that_is_settled_between_its_reading_and_the_guess_is_settled_once(
    here: StockService, elsewhere: StockService, tables: Tables, at_once: tuple[str, str]
) -> None:
    tables.put(a_sku(current=9))
    here.place(an_order_of((BLACK, 2)), ACTOR)
    ours, theirs = at_once
    commit = here.gateway.commit

    def after_theirs(*arguments: Any, **named: Any) -> None:
        here.gateway.commit = commit
        getattr(elsewhere, theirs)(SettleOrder(ORDER), ACTOR)
        commit(*arguments, **named)

    here.gateway.commit = after_theirs
    if ours == theirs:
        assert getattr(here, ours)(SettleOrder(ORDER), ACTOR).replayed
    else:
        with pytest.raises((OrderConfirmed, OrderCancelled)):
            getattr(here, ours)(SettleOrder(ORDER), ACTOR)
    assert len(tables.records()) == 2
    assert here.gateway.sku(PRODUCT, BLACK).current_stock == (7 if theirs == "confirm" else 9)


def test_a_sku_that_another_process_changed_costs_one_transaction_and_no_read(
    here: StockService, elsewhere: StockService, tables: Tables, calls_of: Any
) -> None:
    tables.put(a_sku(current=9))
    here.place(an_order_of((BLACK, 1), order_id="ORDER-1"), ACTOR)
    elsewhere.place(an_order_of((BLACK, 1), order_id="ORDER-2"), ACTOR)
    order = an_order_of((BLACK, 1), order_id="ORDER-3")
    assert calls_of(lambda: here.place(order, ACTOR)) == ["commit", "commit"]
    # What has been contested is read the next time, and remembered again when nobody was in the way.
    order = an_order_of((BLACK, 1), order_id="ORDER-4")
    assert calls_of(lambda: here.place(order, ACTOR)) == ["read", "commit"]
    order = an_order_of((BLACK, 1), order_id="ORDER-5")
    assert calls_of(lambda: here.place(order, ACTOR)) == ["commit"]
    assert here.gateway.sku(PRODUCT, BLACK).reserved_stock == 5


def test_of_several_skus_those_that_lost_no_race_are_read_all_the_same(
    here: StockService, elsewhere: StockService, tables: Tables, calls_of: Any
) -> None:
    tables.put(a_sku(current=9), a_sku(WHITE, 9))
    here.place(an_order_of((BLACK, 1), (WHITE, 1), order_id="ORDER-1"), ACTOR)
    elsewhere.restock(a_restock(1, WHITE), ACTOR)
    order = an_order_of((BLACK, 1), (WHITE, 8), order_id="ORDER-2")
    assert calls_of(lambda: here.place(order, ACTOR)) == ["commit", "read", "commit"]


def test_nothing_is_refused_because_of_what_is_remembered(
    here: StockService, elsewhere: StockService, tables: Tables, calls_of: Any
) -> None:
    tables.put(a_sku(current=5))
    here.place(an_order_of((BLACK, 5)), ACTOR)
    elsewhere.restock(a_restock(3), ACTOR)
    order = an_order_of((BLACK, 3), order_id="ORDER-2")
    assert calls_of(lambda: here.place(order, ACTOR)) == ["read", "commit"]


def test_what_is_remembered_sells_nothing_that_has_gone(
    here: StockService, elsewhere: StockService, tables: Tables
) -> None:
    tables.put(a_sku(current=5))
    here.place(an_order_of((BLACK, 1), order_id="ORDER-1"), ACTOR)
    elsewhere.place(an_order_of((BLACK, 4), order_id="ORDER-2"), ACTOR)
    with pytest.raises(InsufficientStock) as refused:
        here.place(an_order_of((BLACK, 1), order_id="ORDER-3"), ACTOR)
    assert refused.value.members["lines"][0]["available"] == 0
    with pytest.raises(AdjustmentBelowReserved):
        here.adjust(an_adjustment(-1), ACTOR)


def test_what_is_remembered_as_active_is_sold_only_while_it_is(
    here: StockService, elsewhere: StockService, tables: Tables
) -> None:
    tables.put(a_sku(current=5))
    here.place(an_order_of((BLACK, 1)), ACTOR)
    elsewhere.change_sku(a_change(is_active=False), ACTOR)
    with pytest.raises(SkuInactive):
        here.place(an_order_of((BLACK, 1), order_id="ORDER-2"), ACTOR)
    with pytest.raises(SkuInactive):
        here.restock(a_restock(1), ACTOR)


def test_a_command_on_one_sku_is_answered_with_the_sku_that_stands(
    here: StockService, elsewhere: StockService, tables: Tables
) -> None:
    tables.put(a_sku(current=5))
    here.restock(a_restock(1, idempotency_key=key(1)), ACTOR)
    elsewhere.change_sku(a_change(variant_name="Midnight - Large", reorder_threshold=3), ACTOR)
    for number, command in enumerate([here.restock, here.adjust], start=2):
        idempotency_key = key(number)
        order_body = (
            a_restock(1, idempotency_key=idempotency_key)
            if number == 2
            else an_adjustment(1, idempotency_key=idempotency_key)
        )
        answered = command(order_body, ACTOR).sku
        assert answered == here.gateway.sku(PRODUCT, BLACK)
        assert answered.variant_name == "Midnight - Large"
        elsewhere.change_sku(a_change(unit_price=number), ACTOR)


@pytest.mark.parametrize("is_remembered", [True, False])
def test_repeated_commands_are_found_whatever_is_remembered(
    here: StockService, elsewhere: StockService, tables: Tables, is_remembered: bool
) -> None:
    tables.put(a_sku(current=9))
    process = here if is_remembered else elsewhere
    here.place(an_order_of((BLACK, 2)), ACTOR)
    here.restock(a_restock(3), ACTOR)
    here.cancel(SettleOrder("ORDER-CANCELLED"), ACTOR)
    placed = process.place(an_order_of((BLACK, 2)), ACTOR)
    assert (placed.replayed, placed.order.status) == (True, OrderStatus.RESERVED)
    assert process.restock(a_restock(3), ACTOR).replayed
    with pytest.raises(IdempotencyKeyReused):
        process.restock(a_restock(4, idempotency_key=a_key(body='{"quantity": 4}')), ACTOR)
    with pytest.raises(OrderExists):
        process.place(an_order_of((BLACK, 3)), ACTOR)
    with pytest.raises(OrderCancelled):
        process.place(an_order_of((BLACK, 1), order_id="ORDER-CANCELLED"), ACTOR)
    assert here.gateway.sku(PRODUCT, BLACK).sequence == 2


def test_a_batch_that_is_sent_again_reads_its_orders_once(
    here: StockService, tables: Tables, calls_of: Any
) -> None:
    from chalicelib.commands import BatchedOrder

    tables.put(a_sku(current=99))
    lines = an_order_of((BLACK, 1)).lines
    batch = [BatchedOrder(f"ORDER-{number}", "place", lines) for number in range(40)]
    assert calls_of(lambda: here.batch(batch, ACTOR)) == ["read", "commit"]
    assert calls_of(lambda: here.batch(batch, ACTOR)) == ["commit", "read"]
    assert all(result.replayed for result in here.batch(batch, ACTOR))


def test_the_packs_of_one_batch_go_on_from_each_other(
    here: StockService, tables: Tables, calls_of: Any
) -> None:
    from chalicelib.commands import BatchedOrder

    tables.put(a_sku(current=200))
    lines = an_order_of((BLACK, 1)).lines
    batch = [BatchedOrder(f"ORDER-{number}", "place", lines) for number in range(147)]
    assert calls_of(lambda: here.batch(batch, ACTOR)) == ["read", "commit", "commit", "commit"]


def test_what_a_process_remembers_of_before_a_restore_is_no_ground_for_a_record(
    here: StockService, elsewhere: StockService, tables: Tables, dynamodb: Any
) -> None:
    tables.put(a_sku(current=9))
    here.place(an_order_of((BLACK, 2)), ACTOR)
    # The tables are put back to before it, and another process writes a record of the same number.
    tables.put(a_sku(current=9))
    [lost] = tables.records()
    dynamodb.delete_item(
        TableName="StockTransactions", Key={name: lost[name] for name in ("transaction_id", "timestamp")}
    )
    elsewhere.place(an_order_of((BLACK, 3), order_id="ORDER-AFTER"), ACTOR)
    here.place(an_order_of((BLACK, 1), order_id="ORDER-NEXT"), ACTOR)
    first, second = sorted(tables.records(), key=lambda record: int(record["sequence"]["N"]))
    assert second["previous_hash"] == first["hash"]
    assert second["reserved_before"] == first["reserved_after"] == {"N": "3"}


# The memory itself


def test_what_was_written_last_is_remembered() -> None:
    memory = Memory()
    memory.put([a_sku(BLACK, 1), a_sku(WHITE, 2)])
    memory.put([a_sku(BLACK, 3)])
    recalled = memory.recall([BLACK, WHITE])
    assert recalled is not None
    assert {sku: item.current_stock for sku, item in recalled.items()} == {BLACK: 3, WHITE: 2}


def test_what_is_remembered_in_part_is_not_remembered() -> None:
    memory = Memory()
    memory.put([a_sku(BLACK, 1)])
    assert memory.recall([BLACK, WHITE]) is None
    memory.forget([BLACK, WHITE])
    assert memory.recall([BLACK]) is None


def test_the_memory_is_bounded_and_forgets_what_was_written_longest_ago() -> None:
    memory = Memory(skus_max=2)
    third = f"SKU-{PRODUCT}-THIRD"
    memory.put([a_sku(BLACK), a_sku(WHITE)])
    memory.put([a_sku(BLACK)])
    memory.put([a_sku(third)])
    assert memory.recall([WHITE]) is None
    assert memory.recall([BLACK, third]) is not None


def test_an_order_is_placed_again_after_a_tombstone_alone(here: StockService, tables: Tables) -> None:
    tables.put(a_sku(current=9))
    here.cancel(SettleOrder(ORDER), ACTOR)
    with pytest.raises(OrderCancelled):
        here.place(an_order_of((BLACK, 1)), ACTOR)
    assert here.gateway.sku(PRODUCT, BLACK).sequence == 0


def test_a_remembered_sku_is_found_under_its_own_product_alone(here: StockService, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    here.restock(a_restock(1, idempotency_key=key(1)), ACTOR)
    elsewhere = replace(a_restock(1, idempotency_key=key(2)), product_id="PROD-AAAAA")
    with pytest.raises(SkuNotFound):
        here.restock(elsewhere, ACTOR)
    with pytest.raises(SkuNotFound):
        here.adjust(replace(an_adjustment(1, idempotency_key=key(3)), product_id="PROD-AAAAA"), ACTOR)
    assert here.gateway.sku(PRODUCT, BLACK).current_stock == 6
