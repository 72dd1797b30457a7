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
    SOURCE,
    WHITE,
    Tables,
    a_change,
    a_restock,
    a_sku,
    an_adjustment,
    an_intent,
    asking,
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
    return an_intent(f"key-{number}")


def test_a_command_on_what_the_process_wrote_last_is_one_call(
    here: StockService, tables: Tables, calls_of: Any
) -> None:
    tables.keep(a_sku(current=9), a_sku(WHITE, 9))
    both = asking((BLACK, 1), (WHITE, 1), order_id="ORDER-1")
    assert calls_of(lambda: here.place(both, SOURCE)) == ["read", "commit"]
    again = asking((BLACK, 1), (WHITE, 1), order_id="ORDER-2")
    assert calls_of(lambda: here.place(again, SOURCE)) == ["commit"]
    assert calls_of(lambda: here.restock(a_restock(2, idempotency_key=key(1)), SOURCE)) == ["commit"]
    assert calls_of(lambda: here.adjust(an_adjustment(-1, idempotency_key=key(2)), SOURCE)) == ["commit"]
    assert calls_of(lambda: here.place(asking((BLACK, 8), order_id="ORDER-3"), SOURCE)) == ["commit"]
    sku = here.gateway.sku(PRODUCT, BLACK)
    assert (sku.current_stock, sku.reserved_stock, sku.sequence, sku.version) == (10, 10, 5, 6)


@pytest.mark.parametrize(("name", "left"), [("confirm", 7), ("cancel", 10)])
def test_an_order_on_what_the_process_wrote_last_is_settled_in_two_calls(
    here: StockService, elsewhere: StockService, tables: Tables, calls_of: Any, name: str, left: int
) -> None:
    tables.keep(a_sku(current=9))
    for number in (1, 2, 3):
        here.place(asking((BLACK, 1), order_id=f"ORDER-{number}"), SOURCE)

    def settle(number: int) -> Any:
        return getattr(here, name)(SettleOrder(f"ORDER-{number}"), SOURCE)

    assert calls_of(lambda: settle(1)) == ["read", "commit"]
    elsewhere.restock(a_restock(1), SOURCE)
    assert calls_of(lambda: settle(2)) == ["read", "commit", "read", "commit"]
    getattr(elsewhere, name)(SettleOrder("ORDER-3"), SOURCE)
    assert calls_of(lambda: settle(3)) == ["read"], "a replay"
    sku = here.gateway.sku(PRODUCT, BLACK)
    assert (sku.current_stock, sku.reserved_stock) == (left, 0)


@pytest.mark.parametrize("at_once", [("confirm", "confirm"), ("confirm", "cancel"), ("cancel", "confirm")])
def test_an_order_that_is_settled_between_its_reading_and_the_guess_is_settled_once(
    here: StockService, elsewhere: StockService, tables: Tables, at_once: tuple[str, str]
) -> None:
    tables.keep(a_sku(current=9))
    here.place(asking((BLACK, 2)), SOURCE)
    ours, theirs = at_once
    commit = here.gateway.commit

    def after_theirs(*arguments: Any, **named: Any) -> None:
        here.gateway.commit = commit
        getattr(elsewhere, theirs)(SettleOrder(ORDER), SOURCE)
        commit(*arguments, **named)

    here.gateway.commit = after_theirs
    if ours == theirs:
        assert getattr(here, ours)(SettleOrder(ORDER), SOURCE).replayed
    else:
        with pytest.raises((OrderConfirmed, OrderCancelled)):
            getattr(here, ours)(SettleOrder(ORDER), SOURCE)
    assert len(tables.records()) == 2
    assert here.gateway.sku(PRODUCT, BLACK).current_stock == (7 if theirs == "confirm" else 9)


def test_a_sku_that_another_process_changed_costs_one_transaction_and_no_read(
    here: StockService, elsewhere: StockService, tables: Tables, calls_of: Any
) -> None:
    tables.keep(a_sku(current=9))
    here.place(asking((BLACK, 1), order_id="ORDER-1"), SOURCE)
    elsewhere.place(asking((BLACK, 1), order_id="ORDER-2"), SOURCE)
    order = asking((BLACK, 1), order_id="ORDER-3")
    assert calls_of(lambda: here.place(order, SOURCE)) == ["commit", "commit"]
    # What has been contested is read the next time, and remembered again when nobody was in the way.
    order = asking((BLACK, 1), order_id="ORDER-4")
    assert calls_of(lambda: here.place(order, SOURCE)) == ["read", "commit"]
    order = asking((BLACK, 1), order_id="ORDER-5")
    assert calls_of(lambda: here.place(order, SOURCE)) == ["commit"]
    assert here.gateway.sku(PRODUCT, BLACK).reserved_stock == 5


def test_of_several_skus_those_that_lost_no_race_are_read_all_the_same(
    here: StockService, elsewhere: StockService, tables: Tables, calls_of: Any
) -> None:
    tables.keep(a_sku(current=9), a_sku(WHITE, 9))
    here.place(asking((BLACK, 1), (WHITE, 1), order_id="ORDER-1"), SOURCE)
    elsewhere.restock(a_restock(1, WHITE), SOURCE)
    order = asking((BLACK, 1), (WHITE, 8), order_id="ORDER-2")
    assert calls_of(lambda: here.place(order, SOURCE)) == ["commit", "read", "commit"]


def test_nothing_is_refused_because_of_what_is_remembered(
    here: StockService, elsewhere: StockService, tables: Tables, calls_of: Any
) -> None:
    tables.keep(a_sku(current=5))
    here.place(asking((BLACK, 5)), SOURCE)
    elsewhere.restock(a_restock(3), SOURCE)
    order = asking((BLACK, 3), order_id="ORDER-2")
    assert calls_of(lambda: here.place(order, SOURCE)) == ["read", "commit"]


def test_what_is_remembered_sells_nothing_that_has_gone(
    here: StockService, elsewhere: StockService, tables: Tables
) -> None:
    tables.keep(a_sku(current=5))
    here.place(asking((BLACK, 1), order_id="ORDER-1"), SOURCE)
    elsewhere.place(asking((BLACK, 4), order_id="ORDER-2"), SOURCE)
    with pytest.raises(InsufficientStock) as refused:
        here.place(asking((BLACK, 1), order_id="ORDER-3"), SOURCE)
    assert refused.value.members["lines"][0]["available"] == 0
    with pytest.raises(AdjustmentBelowReserved):
        here.adjust(an_adjustment(-1), SOURCE)


def test_what_is_remembered_as_active_is_sold_only_while_it_is(
    here: StockService, elsewhere: StockService, tables: Tables
) -> None:
    tables.keep(a_sku(current=5))
    here.place(asking((BLACK, 1)), SOURCE)
    elsewhere.change_sku(a_change(is_active=False), SOURCE)
    with pytest.raises(SkuInactive):
        here.place(asking((BLACK, 1), order_id="ORDER-2"), SOURCE)
    with pytest.raises(SkuInactive):
        here.restock(a_restock(1), SOURCE)


def test_a_command_on_one_sku_is_answered_with_the_sku_that_stands(
    here: StockService, elsewhere: StockService, tables: Tables
) -> None:
    tables.keep(a_sku(current=5))
    here.restock(a_restock(1, idempotency_key=key(1)), SOURCE)
    elsewhere.change_sku(a_change(variant_name="Midnight - Large", reorder_threshold=3), SOURCE)
    for number, command in enumerate([here.restock, here.adjust], start=2):
        idempotency_key = key(number)
        asked = (
            a_restock(1, idempotency_key=idempotency_key)
            if number == 2
            else an_adjustment(1, idempotency_key=idempotency_key)
        )
        answered = command(asked, SOURCE).sku
        assert answered == here.gateway.sku(PRODUCT, BLACK)
        assert answered.variant_name == "Midnight - Large"
        elsewhere.change_sku(a_change(unit_price=number), SOURCE)


@pytest.mark.parametrize("is_remembered", [True, False])
def test_repeated_commands_are_found_whatever_is_remembered(
    here: StockService, elsewhere: StockService, tables: Tables, is_remembered: bool
) -> None:
    tables.keep(a_sku(current=9))
    process = here if is_remembered else elsewhere
    here.place(asking((BLACK, 2)), SOURCE)
    here.restock(a_restock(3), SOURCE)
    here.cancel(SettleOrder("ORDER-CANCELLED"), SOURCE)
    placed = process.place(asking((BLACK, 2)), SOURCE)
    assert (placed.replayed, placed.order.status) == (True, OrderStatus.RESERVED)
    assert process.restock(a_restock(3), SOURCE).replayed
    with pytest.raises(IdempotencyKeyReused):
        process.restock(a_restock(4, idempotency_key=an_intent(body='{"quantity": 4}')), SOURCE)
    with pytest.raises(OrderExists):
        process.place(asking((BLACK, 3)), SOURCE)
    with pytest.raises(OrderCancelled):
        process.place(asking((BLACK, 1), order_id="ORDER-CANCELLED"), SOURCE)
    assert here.gateway.sku(PRODUCT, BLACK).sequence == 2


def test_a_batch_that_is_sent_again_reads_its_orders_once(
    here: StockService, tables: Tables, calls_of: Any
) -> None:
    from chalicelib.commands import BatchedOrder

    tables.keep(a_sku(current=99))
    lines = asking((BLACK, 1)).lines
    batch = [BatchedOrder(f"ORDER-{number}", "place", lines) for number in range(40)]
    assert calls_of(lambda: here.batch(batch, SOURCE)) == ["read", "commit"]
    assert calls_of(lambda: here.batch(batch, SOURCE)) == ["commit", "read"]
    assert all(result.replayed for result in here.batch(batch, SOURCE))


def test_the_packs_of_one_batch_go_on_from_each_other(
    here: StockService, tables: Tables, calls_of: Any
) -> None:
    from chalicelib.commands import BatchedOrder

    tables.keep(a_sku(current=200))
    lines = asking((BLACK, 1)).lines
    batch = [BatchedOrder(f"ORDER-{number}", "place", lines) for number in range(147)]
    assert calls_of(lambda: here.batch(batch, SOURCE)) == ["read", "commit", "commit", "commit"]


def test_what_a_process_remembers_of_before_a_restore_is_no_ground_for_a_record(
    here: StockService, elsewhere: StockService, tables: Tables, dynamodb: Any
) -> None:
    tables.keep(a_sku(current=9))
    here.place(asking((BLACK, 2)), SOURCE)
    # The tables are put back to before it, and another process writes a record of the same number.
    tables.keep(a_sku(current=9))
    [lost] = tables.records()
    dynamodb.delete_item(
        TableName="StockTransactions", Key={name: lost[name] for name in ("transaction_id", "timestamp")}
    )
    elsewhere.place(asking((BLACK, 3), order_id="ORDER-AFTER"), SOURCE)
    here.place(asking((BLACK, 1), order_id="ORDER-NEXT"), SOURCE)
    first, second = sorted(tables.records(), key=lambda record: int(record["sequence"]["N"]))
    assert second["previous_hash"] == first["hash"]
    assert second["reserved_before"] == first["reserved_after"] == {"N": "3"}


# The memory itself


def test_what_was_written_last_is_remembered() -> None:
    memory = Memory()
    memory.keep([a_sku(BLACK, 1), a_sku(WHITE, 2)])
    memory.keep([a_sku(BLACK, 3)])
    recalled = memory.recall([BLACK, WHITE])
    assert recalled is not None
    assert {sku: item.current_stock for sku, item in recalled.items()} == {BLACK: 3, WHITE: 2}


def test_what_is_remembered_in_part_is_not_remembered() -> None:
    memory = Memory()
    memory.keep([a_sku(BLACK, 1)])
    assert memory.recall([BLACK, WHITE]) is None
    memory.forget([BLACK, WHITE])
    assert memory.recall([BLACK]) is None


def test_the_memory_is_bounded_and_forgets_what_was_written_longest_ago() -> None:
    memory = Memory(skus_max=2)
    third = f"SKU-{PRODUCT}-THIRD"
    memory.keep([a_sku(BLACK), a_sku(WHITE)])
    memory.keep([a_sku(BLACK)])
    memory.keep([a_sku(third)])
    assert memory.recall([WHITE]) is None
    assert memory.recall([BLACK, third]) is not None


def test_an_order_is_placed_again_after_a_tombstone_alone(here: StockService, tables: Tables) -> None:
    tables.keep(a_sku(current=9))
    here.cancel(SettleOrder(ORDER), SOURCE)
    with pytest.raises(OrderCancelled):
        here.place(asking((BLACK, 1)), SOURCE)
    assert here.gateway.sku(PRODUCT, BLACK).sequence == 0


def test_a_remembered_sku_is_found_under_its_own_product_alone(here: StockService, tables: Tables) -> None:
    tables.keep(a_sku(current=5))
    here.restock(a_restock(1, idempotency_key=key(1)), SOURCE)
    elsewhere = replace(a_restock(1, idempotency_key=key(2)), product_id="PROD-AAAAA")
    with pytest.raises(SkuNotFound):
        here.restock(elsewhere, SOURCE)
    with pytest.raises(SkuNotFound):
        here.adjust(replace(an_adjustment(1, idempotency_key=key(3)), product_id="PROD-AAAAA"), SOURCE)
    assert here.gateway.sku(PRODUCT, BLACK).current_stock == 6
