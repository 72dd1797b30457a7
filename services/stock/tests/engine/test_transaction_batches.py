"""Several commands in one transaction: how they are grouped, and that each is decided on its predecessors."""

from __future__ import annotations

import pytest

from chalicelib.engine.transaction_batch import Executed, Outcome
from inventory_common.errors import InsufficientStock

from ..batches import (
    change_work,
    execute_all,
    names_of,
    orders_in_log,
    place_work,
    put_skus,
    recorded_executor,
    settle_work,
)
from ..process import Process
from ..shop import BLACK, Tables, a_sku


def available(outcome: Outcome) -> int:
    """Return the units that were available according to a refusal of one line."""
    assert isinstance(outcome, InsufficientStock)
    [line] = outcome.members["lines"]
    units: int = line["available"]
    return units


def test_each_order_of_a_batch_gets_what_the_one_before_it_leaves(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    executor, recorded = recorded_executor(process)
    work = [
        place_work(1, (BLACK, 3)),
        place_work(2, (BLACK, 3)),
        place_work(3, (BLACK, 2)),
        place_work(4, (BLACK, 1)),
    ]
    outcomes = execute_all(executor, work)
    assert names_of(outcomes) == ["reserved", "InsufficientStock", "reserved", "InsufficientStock"]
    assert (available(outcomes[1]), available(outcomes[3])) == (2, 0)
    assert recorded.orders_written == [["ORDER-1", "ORDER-3"]]
    assert orders_in_log(tables) == ["ORDER-1", "ORDER-3"]


def test_a_sku_of_many_orders_is_written_once_and_each_order_has_its_log_record(
    process: Process, tables: Tables
) -> None:
    tables.put(a_sku(current=500, version=7))
    executor, recorded = recorded_executor(process)
    outcomes = execute_all(executor, [place_work(number) for number in range(49)])
    assert names_of(outcomes) == ["reserved"] * 49
    assert (recorded.items_read, recorded.actions) == ([50], [99])
    sku = process.sku()
    assert (sku.current_stock, sku.reserved_stock, sku.sequence, sku.version) == (500, 49, 49, 7 + 49)
    assert orders_in_log(tables) == [f"ORDER-{number}" for number in range(49)]
    last = max(tables.records(), key=lambda record: int(record["sequence"]["N"]))
    assert (sku.ledger_hash, sku.last_transaction_at) == (last["hash"]["B"].hex(), last["timestamp"]["S"])


def test_the_fiftieth_order_of_one_sku_is_in_the_next_batch(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=500))
    executor, recorded = recorded_executor(process)
    execute_all(executor, [place_work(number) for number in range(50)])
    assert (recorded.items_read, recorded.actions) == ([50, 2], [99, 3])


@pytest.mark.parametrize(
    ("sizes", "actions"),
    [
        ([24, 25], [100]),
        ([25, 25], [51, 51]),
        ([49, 1], [99, 3]),
        ([1, 48, 1], [100, 3]),
        ([1] * 34, [99, 3]),
    ],
)
def test_a_batch_is_as_large_as_one_transaction(
    process: Process, tables: Tables, sizes: list[int], actions: list[int]
) -> None:
    skus = iter(put_skus(tables, sum(sizes)))
    executor, recorded = recorded_executor(process)
    work = [place_work(n, *[(next(skus), 1) for _ in range(size)]) for n, size in enumerate(sizes)]
    assert names_of(execute_all(executor, work)) == ["reserved"] * len(sizes)
    assert recorded.actions == actions
    assert max(recorded.items_read) <= 100


@pytest.mark.parametrize(("name", "status"), [("confirm", "confirmed"), ("cancel", "cancelled")])
@pytest.mark.parametrize(("is_cached", "items_read"), [(False, [49, 50]), (True, [49])])
def test_settling_orders_of_one_sku_reads_them_and_their_sku_unless_cached_and_is_one_transaction(
    process: Process, tables: Tables, name: str, status: str, is_cached: bool, items_read: list[int]
) -> None:
    tables.put(a_sku(current=100))
    executor, recorded = recorded_executor(process)
    execute_all(executor, [place_work(number) for number in range(49)])
    if not is_cached:
        executor, recorded = recorded_executor(process)
    recorded.clear()
    outcomes = execute_all(executor, [settle_work(number, name) for number in range(49)])
    assert names_of(outcomes) == [status] * 49
    assert (recorded.items_read, recorded.actions) == (items_read, [99])


@pytest.mark.parametrize("sizes", [[49, 49], [49, 1, 49], [49, 48, 1, 2], [1, 49], [25, 25, 25, 1, 1]])
def test_settling_orders_that_do_not_fit_into_one_transaction_continues_with_the_rest(
    process: Process, tables: Tables, sizes: list[int]
) -> None:
    skus = put_skus(tables, max(sizes))
    executor, recorded = recorded_executor(process)
    execute_all(executor, [place_work(n, *[(sku, 1) for sku in skus[:size]]) for n, size in enumerate(sizes)])
    recorded.clear()
    outcomes = execute_all(executor, [settle_work(number) for number in range(len(sizes))])
    assert names_of(outcomes) == ["confirmed"] * len(sizes)
    orders = [outcome.order for outcome in outcomes if isinstance(outcome, Executed)]
    assert [order and order.order_id for order in orders] == [f"ORDER-{n}" for n in range(len(sizes))]
    assert max(recorded.actions + recorded.items_read) <= 100
    assert len(tables.records()) == 2 * sum(sizes)


def test_settling_orders_of_different_skus_reads_at_most_a_hundred_items_at_once(
    process: Process, tables: Tables
) -> None:
    skus = iter(put_skus(tables, 100))
    executor, recorded = recorded_executor(process)
    sizes = [49, 49, 2]
    execute_all(
        executor, [place_work(n, *[(next(skus), 1) for _ in range(size)]) for n, size in enumerate(sizes)]
    )
    recorded.clear()
    outcomes = execute_all(executor, [settle_work(number) for number in range(len(sizes))])
    assert names_of(outcomes) == ["confirmed"] * 3
    assert max(recorded.items_read) == 100


def test_commands_on_one_order_are_executed_in_their_sequence(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    executor, recorded = recorded_executor(process)
    work = [
        settle_work(1),
        place_work(1, (BLACK, 5)),
        place_work(2, (BLACK, 1)),
        place_work(1, (BLACK, 5)),
        settle_work(1, "cancel"),
        place_work(2, (BLACK, 1)),
        settle_work(1),
    ]
    assert names_of(execute_all(executor, work)) == [
        "OrderNotFound",
        "reserved",
        "InsufficientStock",
        "executed before",
        "cancelled",
        "reserved",
        "OrderCancelled",
    ]
    assert all(len(set(orders)) == len(orders) for orders in recorded.orders_written)


@pytest.mark.parametrize(
    ("skus", "actions"),
    [(33, [99]), (34, [99, 3]), (1, [99, 5])],
    ids=["one each", "one more", "all on one"],
)
def test_changes_of_the_stock_share_a_transaction(
    process: Process, tables: Tables, skus: int, actions: list[int]
) -> None:
    chosen = put_skus(tables, skus)
    executor, recorded = recorded_executor(process)
    work = [change_work(f"key-{n}", chosen[n % skus]) for n in range(51 if skus == 1 else skus)]
    assert names_of(execute_all(executor, work)) == ["changed"] * len(work)
    assert recorded.actions == actions
    assert len(tables.records()) == len(work)


def test_changes_and_orders_share_a_transaction(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=0))
    executor, recorded = recorded_executor(process)
    outcomes = execute_all(
        executor, [place_work(1), change_work("a"), place_work(2), change_work("b", quantity=5)]
    )
    assert names_of(outcomes) == ["InsufficientStock", "changed", "reserved", "changed"]
    assert recorded.actions == [1 + 3 + 3]


def test_commands_with_one_idempotency_record_are_executed_one_after_another(
    process: Process, tables: Tables
) -> None:
    tables.put(a_sku(current=0))
    executor, recorded = recorded_executor(process)
    outcomes = execute_all(
        executor, [change_work("a"), change_work("b"), change_work("a"), change_work("a"), change_work("c")]
    )
    assert names_of(outcomes) == ["changed", "changed", "executed before", "executed before", "changed"]
    assert len(tables.records()) == 3
    assert max(recorded.actions) == 5


def test_no_commands_make_no_call(process: Process) -> None:
    executor, recorded = recorded_executor(process)
    assert execute_all(executor, []) == []
    assert recorded.calls == []
