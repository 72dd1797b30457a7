"""Transaction batches that lose against other writers: decided again, divided, or refused one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from chalicelib.domain.decisions import ReadSet, WriteSet
from chalicelib.storage.state import Committed, Unanswered, WriteConflict
from inventory_common.errors import InsufficientStock
from inventory_common.ids import StockKey

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
from ..other_writers import conflict
from ..process import Process
from ..shop import BLACK, WHITE, Tables, a_restock, a_sku, an_order_of, immediate
from ..stores import RecordingStateStore


def test_a_batch_that_conflicts_over_a_sku_is_decided_again_on_its_image_without_a_read(
    process: Process, tables: Tables
) -> None:
    tables.put(a_sku(current=5))
    executor, recorded = recorded_executor(
        process, lambda: process.place(an_order_of((BLACK, 3), order_id="ORDER-FAST"))
    )
    outcomes = execute_all(executor, [place_work(1, (BLACK, 2)), place_work(2, (BLACK, 2))])
    assert names_of(outcomes) == ["reserved", "InsufficientStock"]
    assert isinstance(outcomes[1], InsufficientStock)
    assert outcomes[1].members["lines"][0]["available"] == 0
    # The batch's own read, and that of the refused order: it may have been placed meanwhile.
    assert recorded.items_read == [3, 1]
    assert orders_in_log(tables) == ["ORDER-FAST", "ORDER-1"]


def test_a_command_is_refused_only_if_its_batch_commits(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    executor, recorded = recorded_executor(process, lambda: process.restock(a_restock(9)))
    outcomes = execute_all(executor, [place_work(1, (BLACK, 5)), place_work(2, (BLACK, 5))])
    assert names_of(outcomes) == ["reserved", "reserved"]
    assert recorded.orders_written == [["ORDER-1"], ["ORDER-1", "ORDER-2"]]


def test_an_order_that_changed_meanwhile_leaves_the_batch_and_the_others_are_placed(
    process: Process, tables: Tables
) -> None:
    tables.put(a_sku(BLACK, 9), a_sku(WHITE, 9))
    executor, recorded = recorded_executor(
        process, lambda: process.place(an_order_of((WHITE, 1), order_id="ORDER-2"))
    )
    outcomes = execute_all(executor, [place_work(1), place_work(2, (WHITE, 1)), place_work(3)])
    assert names_of(outcomes) == ["reserved", "executed before", "reserved"]
    assert recorded.orders_written == [["ORDER-1", "ORDER-2", "ORDER-3"], ["ORDER-1", "ORDER-3"]]
    assert len(tables.records()) == 3


@pytest.mark.parametrize("placed_first", [True, False])
def test_a_sku_that_is_deactivated_meanwhile_refuses_only_the_places_of_a_batch(
    process: Process, tables: Tables, placed_first: bool
) -> None:
    tables.put(a_sku(current=9))
    process.place(an_order_of((BLACK, 2), order_id="ORDER-OLD"))

    def deactivate() -> None:
        sku = process.sku()
        tables.put(replace(sku, is_active=False, version=sku.version + 1))

    executor, _ = recorded_executor(process, deactivate)
    work = (
        [place_work("NEW"), settle_work("OLD")] if placed_first else [settle_work("OLD"), place_work("NEW")]
    )
    expected = ["SkuInactive", "confirmed"] if placed_first else ["confirmed", "SkuInactive"]
    assert names_of(execute_all(executor, work)) == expected
    assert orders_in_log(tables) == ["ORDER-OLD", "ORDER-OLD"]


def test_a_batch_that_keeps_meeting_other_transactions_is_halved_and_its_sequence_kept(
    process: Process, tables: Tables
) -> None:
    tables.put(a_sku(current=6))
    executor, recorded = recorded_executor(process, *[conflict] * 4)
    outcomes = execute_all(executor, [place_work(n, (BLACK, n)) for n in (1, 2, 3, 4, 5)])
    assert names_of(outcomes) == ["reserved", "reserved", "reserved", *["InsufficientStock"] * 2]
    first, second = ["ORDER-1", "ORDER-2"], ["ORDER-3"]
    assert recorded.orders_written == [
        first + second,
        first + second,
        first,
        first,
        ["ORDER-1"],
        ["ORDER-2"],
        second,
    ]
    assert orders_in_log(tables) == first + second


def test_a_batch_that_loses_over_several_skus_goes_on_narrower(process: Process, tables: Tables) -> None:
    skus = put_skus(tables, 8)
    executor, recorded = recorded_executor(process, conflict)
    work = [change_work(f"key-{n}", sku) for n, sku in enumerate(skus)]
    assert names_of(execute_all(executor, work)) == ["changed"] * 8
    assert recorded.actions == [24, 6, 6, 6, 6]
    assert len(tables.records()) == 8


def test_the_next_batch_begins_as_narrow_as_the_last_one_ended(process: Process, tables: Tables) -> None:
    skus = put_skus(tables, 8)
    executor, recorded = recorded_executor(process, conflict)
    execute_all(executor, [change_work(f"first-{n}", sku) for n, sku in enumerate(skus)])
    del recorded.actions[:]
    execute_all(executor, [change_work(f"next-{n}", sku) for n, sku in enumerate(skus)])
    assert recorded.actions == [12, 12]  # two SKUs, and four times a fifth more: four


def test_narrower_batches_keep_the_outcomes_in_the_order_of_the_commands(
    process: Process, tables: Tables
) -> None:
    """Commands on one SKU stay together, and are decided in their order."""
    skus = put_skus(tables, 8, stock=3)
    executor, recorded = recorded_executor(process, conflict)
    sizes = [2, 2, 1, 1]  # of each SKU's orders, one after another: only the second does not fit
    work = [place_work(f"{sku}-{n}", (sku, size)) for n, size in enumerate(sizes) for sku in skus]
    names = ["reserved"] * 8 + ["InsufficientStock"] * 8 + ["reserved"] * 8 + ["InsufficientStock"] * 8
    assert names_of(execute_all(executor, work)) == names
    first, *narrower = recorded.orders_written
    assert first == [f"ORDER-{sku}-{n}" for n in (0, 2) for sku in skus]
    assert narrower == [
        [f"ORDER-{sku}-{n}" for n in (0, 2) for sku in skus[begin : begin + 2]] for begin in (0, 2, 4, 6)
    ]


def test_a_batch_whose_answer_was_lost_is_not_divided(process: Process, tables: Tables) -> None:
    """It may have been committed, which only all of it shows."""
    skus = put_skus(tables, 4)

    class LosingTheFirstAnswer(RecordingStateStore):
        def send_again(self, unanswered: Unanswered) -> Committed | WriteConflict | Unanswered:
            return conflict()

        def commit(
            self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
        ) -> Committed | WriteConflict | Unanswered:
            answer = super().commit(write_sets, leased)
            return answer if len(self.actions) > 1 else Unanswered(write_sets, {}, TimeoutError())

    state = LosingTheFirstAnswer(process.storage.state)
    work = [change_work(f"key-{n}", sku) for n, sku in enumerate(skus)]
    outcomes = execute_all(process.over(state=state).executor, work)
    assert names_of(outcomes) == ["executed before"] * 4
    assert len(tables.records()) == 4


def test_one_conflict_does_not_halve_a_batch(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=6))
    executor, recorded = recorded_executor(process, conflict)
    execute_all(executor, [place_work(n) for n in range(4)])
    assert [len(orders) for orders in recorded.orders_written] == [4, 4]


def test_an_order_that_always_meets_other_transactions_is_busy_alone(
    process: Process, tables: Tables
) -> None:
    tables.put(a_sku(current=99))

    class ConflictingOverOneOrder(RecordingStateStore):
        conflicts = 0

        def commit(
            self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
        ) -> Committed | WriteConflict | Unanswered:
            if any(each.order is not None and each.order.order_id == "ORDER-3" for each in write_sets):
                self.conflicts += 1
                return conflict()
            return super().commit(write_sets, leased)

    state = ConflictingOverOneOrder(process.storage.state)
    executor = replace(process.over(state=state), retry_policy=immediate(attempts_max=4)).executor
    outcomes = execute_all(executor, [place_work(n) for n in range(8)])
    assert names_of(outcomes) == [*["reserved"] * 3, "Busy", *["reserved"] * 4]
    assert state.conflicts == 2 + 2 + 2 + 4
    assert "ORDER-3" not in orders_in_log(tables)
    assert len(tables.records()) == 7
    assert process.order("ORDER-3") is None


def test_a_batch_that_always_conflicts_is_busy_as_a_whole_with_nothing_written(
    process: Process, tables: Tables
) -> None:
    tables.put(a_sku(current=999))
    lost = WriteConflict(found=ReadSet(), contended=frozenset({StockKey.of(BLACK)}))
    executor, recorded = recorded_executor(
        process, *[lambda: lost] * 3, retry_policy=immediate(attempts_max=3)
    )
    assert names_of(execute_all(executor, [place_work(1), place_work(2)])) == ["Busy", "Busy"]
    assert recorded.orders_written == [["ORDER-1", "ORDER-2"]] * 3  # halves would lose as well
    assert tables.records() == []
    assert process.order("ORDER-1") is None
