"""A batch on a SKU over which its process has lost just now is written under a priority lease."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import pytest

from chalicelib.domain.decisions import WriteSet
from chalicelib.engine.contended_skus import CONTENDED_SKUS_MAX, ContendedSkus
from chalicelib.engine.executor import Executor
from chalicelib.storage.state import Committed, StateStore, Unanswered, WriteConflict
from inventory_common.errors import Busy
from inventory_common.ids import StockKey
from inventory_common.tuning import CONTENDED_SECONDS

from ..batches import execute_all, names_of, place_work
from ..process import Process
from ..shop import BLACK, PRODUCT, WHITE, MonotonicClock, Tables, a_sku, an_order_of, immediate

KEY = StockKey.of(BLACK)


class LeasingStateStore(StateStore):
    """Records which SKUs are leased at each commit; others act before it."""

    def __init__(self, state: StateStore, act: Callable[[], object]) -> None:
        super().__init__(state.database, state.orders, state.products)
        self.act = act
        self.leased: list[set[StockKey]] = []

    def commit(
        self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
    ) -> Committed | WriteConflict | Unanswered:
        self.leased.append(set(leased))
        self.act()
        return super().commit(write_sets, leased)


@dataclass
class Rush:
    """Another process that sells the black variant before each commit, if it is not leased."""

    executor: Executor
    state: LeasingStateStore
    clock: MonotonicClock
    sold: int = 0
    waited: int = 0

    def batch(self, name: str, *skus: str) -> list[str]:
        work = [place_work(f"{name}-{n}", (sku, 1)) for n, sku in enumerate(skus or [BLACK] * 3)]
        return names_of(execute_all(self.executor, work))


@pytest.fixture
def rush(process: Process, tables: Tables) -> Rush:
    tables.put(a_sku(BLACK, 99), a_sku(WHITE, 99))
    other = replace(process.restarted(), retry_policy=immediate(attempts_max=1))

    def sell() -> None:
        try:
            other.place(an_order_of((BLACK, 1), order_id=f"ORDER-FAST-{mine.sold}"))
            mine.sold += 1
        except Busy:
            mine.waited += 1

    state, clock = LeasingStateStore(process.storage.state, sell), MonotonicClock()
    slow = replace(
        process.over(state=state), retry_policy=replace(immediate(), monotonic=lambda: clock.seconds)
    )
    mine = Rush(slow.executor, state, clock)
    return mine


def test_a_batch_that_lost_is_written_under_a_lease(rush: Rush) -> None:
    assert rush.batch("first") == ["reserved"] * 3
    assert rush.state.leased[0] == set()
    assert rush.state.leased[-1] == {KEY}
    assert rush.waited == 1


def test_the_next_batch_takes_the_lease_at_once(rush: Rush) -> None:
    rush.batch("first")
    del rush.state.leased[:]
    assert rush.batch("next") == ["reserved"] * 3
    assert rush.state.leased == [{KEY}]


def test_some_seconds_after_the_last_conflict_no_lease_is_taken(rush: Rush) -> None:
    rush.batch("first")
    rush.state.act = lambda: None
    del rush.state.leased[:]
    rush.clock.seconds += CONTENDED_SECONDS - 0.1
    rush.batch("before")
    rush.clock.seconds += 0.1
    rush.batch("after")
    assert rush.state.leased == [{KEY}, set()]


@pytest.mark.parametrize("skus", [[BLACK], [WHITE, WHITE], [BLACK, WHITE]])
def test_a_single_command_another_sku_and_several_take_none(rush: Rush, skus: list[str]) -> None:
    """One command costs less than a lease; and who waits for several leases holds up the others."""
    rush.batch("first")
    rush.state.act = lambda: None
    del rush.state.leased[:]
    assert rush.batch("next", *skus) == ["reserved"] * len(skus)
    assert rush.state.leased == [set()]


def test_the_skus_of_the_last_conflicts_are_kept() -> None:
    contended = ContendedSkus()
    keys = [StockKey.of(f"SKU-{PRODUCT}-{number}") for number in range(CONTENDED_SKUS_MAX + 1)]
    contended.add_all(keys[:-1], 0.0)
    assert all(contended.has(key, 1.0) for key in keys[:-1])
    contended.add_all(keys[:1], 1.0)
    contended.add_all(keys[-1:], 1.0)
    assert [key for key in keys if not contended.has(key, 1.0)] == keys[1:2]
    assert contended.has(keys[0], 1.0 + CONTENDED_SECONDS - 0.1)
    assert not contended.has(keys[0], 1.0 + CONTENDED_SECONDS)
