"""The executor when DynamoDB is slow, throttles, or loses a response; and one command by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.decisions import ReadSet
from inventory_common.errors import Busy, DatabaseUnavailable, SkuInactive

from ..batches import execute_all, names_of, place_work, recorded_executor
from ..other_writers import conflict, throttled
from ..process import Process
from ..shop import BLACK, ORDER, MonotonicClock, Tables, a_sku, an_order_of
from ..stores import RecordingStateStore

# A failing database


def test_a_batch_that_the_database_rejects_fails_alone(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=500))
    executor, _ = recorded_executor(process, lambda: None, throttled)
    outcomes = execute_all(executor, [place_work(number) for number in range(110)])
    assert names_of(outcomes) == [*["reserved"] * 49, *["DatabaseUnavailable"] * 49, *["reserved"] * 12]
    assert len(tables.records()) == 61


def test_a_defect_is_raised(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))

    def defect() -> None:
        raise ZeroDivisionError

    executor, _ = recorded_executor(process, defect)
    with pytest.raises(ZeroDivisionError):
        execute_all(executor, [place_work(1)])


# The deadline


def test_a_command_that_has_not_begun_by_the_deadline_is_busy(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=500))
    time = MonotonicClock()
    executor, recorded = recorded_executor(
        process,
        lambda: time.advance(6),
        lambda: time.advance(6),
        retry_policy=time.retry_policy(deadline_seconds=10.0),
    )
    outcomes = execute_all(executor, [place_work(number) for number in range(200)])
    assert names_of(outcomes) == [*["reserved"] * 98, *["Busy"] * 102]
    assert recorded.items_read == [50, 50]


def test_only_one_batch_waits_for_a_database_that_does_not_respond(process: Process) -> None:
    time = MonotonicClock()

    class NotResponding(RecordingStateStore):
        reads = 0

        def read(self, *_: Any, **__: Any) -> ReadSet:
            self.reads += 1
            time.advance(15.5)
            raise ReadTimeoutError(endpoint_url="http://127.0.0.1")

    state = NotResponding(process.storage.state)
    executor = replace(process.over(state=state), retry_policy=time.retry_policy()).executor
    outcomes = execute_all(executor, [place_work(number) for number in range(500)])
    assert names_of(outcomes) == [*["DatabaseUnavailable"] * 49, *["Busy"] * 451]
    assert state.reads == 1
    assert time.seconds < 29


@pytest.mark.parametrize("is_cached", [True, False])
def test_no_write_begins_after_the_deadline(process: Process, tables: Tables, is_cached: bool) -> None:
    tables.put(a_sku(current=9))
    process.place(an_order_of((BLACK, 1)))
    time = MonotonicClock()

    class SlowReads(RecordingStateStore):
        def read(self, *arguments: Any, **keywords: Any) -> ReadSet:
            time.advance(11)
            return super().read(*arguments, **keywords)

    state = SlowReads(process.storage.state)
    slow = process.through(state=state) if is_cached else process.over(state=state)
    with pytest.raises(Busy, match="slow at the moment"):
        replace(slow, retry_policy=time.retry_policy(deadline_seconds=10.0)).confirm(SettleOrder(ORDER))
    assert process.orders.get(ORDER).status == "reserved"


# One command


def test_the_refusal_of_one_command_is_raised(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5, is_active=False))
    executor, _ = recorded_executor(process)
    with pytest.raises(SkuInactive):
        executor.execute(place_work(1))
    busy, _ = recorded_executor(process, *[conflict] * 9)
    tables.put(a_sku(current=5))
    with pytest.raises(Busy):
        busy.execute(place_work(1))


def test_the_database_error_of_one_command_is_raised_as_it_is(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    executor, _ = recorded_executor(process, throttled)
    with pytest.raises(ClientError):
        executor.execute(place_work(1))
    assert not issubclass(ClientError, DatabaseUnavailable)
