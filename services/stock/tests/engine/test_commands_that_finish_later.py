"""Settlements whose time runs out after they have begun: 202, and they finish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import Answer, Client

from chalicelib.domain.commands import BatchedCommand, SettleOrder
from chalicelib.domain.decisions import NeedsSaga
from chalicelib.domain.orders import OrderOutcome
from chalicelib.domain.settlements import CANCEL, CONFIRM, REFUND
from inventory_common.errors import Busy, OrderInProgress
from inventory_common.tuning import SAGA_LEASE_SECONDS

from ..large_orders import MULTI_PART_LINES, Ledger, a_large_order
from ..other_writers import InterruptedStateStore, SlowStateStore, after_commits
from ..process import Process
from ..shop import ACTOR, ORDER, ORDER_PATH, Clock, MonotonicClock

ShopOf = Callable[[Process], Client]
SETTLED = {"confirm": "confirmed", "cancel": "cancelled", "refund": "refunded"}
RUNNING = {"confirm": "confirming", "cancel": "cancelling", "refund": "refunding"}


@pytest.fixture(params=["confirm", "cancel", "refund"])
def command(request: Any, process: Process, ledger: Ledger) -> str:
    """A command on an order of two parts, which is placed, and for a refund confirmed."""
    ledger.put_skus(MULTI_PART_LINES)
    process.place(a_large_order(MULTI_PART_LINES))
    if request.param == "refund":
        process.confirm(SettleOrder(ORDER))
    return str(request.param)


def slow(process: Process, commits: int) -> Process:
    """A process whose time runs out during the commit after so many."""
    time = MonotonicClock()
    state = InterruptedStateStore(process.storage.state, *after_commits(commits, lambda: time.advance(11)))
    return replace(process.over(state=state), retry_policy=time.retry_policy())


def post(shop: Client, token: str, command: str) -> Answer:
    return shop.post(f"{ORDER_PATH}/{command}", token=token)


@pytest.mark.parametrize("commits", [0, 1])
def test_a_settlement_that_has_begun_is_accepted(
    process: Process, shop_of: ShopOf, orders: str, command: str, commits: int
) -> None:
    accepted = post(shop_of(slow(process, commits)), orders, command)
    assert (accepted.status, accepted.headers["Retry-After"]) == (202, "2")
    assert accepted.json == process.orders.get(ORDER).document()
    assert accepted.json["status"] == RUNNING[command]
    done = post(shop_of(process), orders, command)
    assert (done.status, done.json["status"]) == (200, SETTLED[command])


def test_a_duplicate_continues_it_and_is_accepted_as_long_as_it_is_not_done(
    process: Process, command: str
) -> None:
    first = getattr(slow(process, 0), command)(SettleOrder(ORDER))
    second = getattr(slow(process, 0), command)(SettleOrder(ORDER))
    assert (first.finishes_later, second.finishes_later) == (True, True)
    assert 0 < len(remaining(second)) < len(remaining(first))
    third = getattr(process, command)(SettleOrder(ORDER))
    assert not third.finishes_later
    assert third.order.status == SETTLED[command]


def test_a_duplicate_whose_time_runs_out_before_a_step_of_its_own_is_accepted(
    process: Process, command: str
) -> None:
    running = getattr(slow(process, 0), command)(SettleOrder(ORDER)).order
    settlement = {"confirm": CONFIRM, "cancel": CANCEL, "refund": REFUND}[command]
    over = process.retry_policy.monotonic() - 1
    needed = NeedsSaga(running=running)
    outcome = process.sagas.settle(settlement, SettleOrder(ORDER), ACTOR, over, needed)
    assert outcome.finishes_later
    assert outcome.order.status == RUNNING[command]


def test_the_sweeper_finishes_it(process: Process, sweeper: Process, clock: Clock, command: str) -> None:
    getattr(slow(process, 0), command)(SettleOrder(ORDER))
    clock.advance(SAGA_LEASE_SECONDS + 1)
    assert sweeper.sweep()["completed"] == 1
    assert process.orders.get(ORDER).status == SETTLED[command]


def test_another_command_is_refused_meanwhile(process: Process, command: str) -> None:
    getattr(slow(process, 0), command)(SettleOrder(ORDER))
    other = "cancel" if command == "confirm" else "confirm"
    with pytest.raises(OrderInProgress):
        getattr(process, other)(SettleOrder(ORDER))


def test_nothing_has_begun_if_time_runs_out_before_the_first_write(process: Process, command: str) -> None:
    before = process.orders.get(ORDER)
    time = MonotonicClock()
    state = SlowStateStore(process.storage.state, lambda: time.advance(11))
    late = replace(process.over(state=state), retry_policy=time.retry_policy())
    with pytest.raises(Busy):
        getattr(late, command)(SettleOrder(ORDER))
    assert process.orders.get(ORDER) == before


def test_a_batch_reports_202_for_it(process: Process, shop_of: ShopOf, ledger: Ledger, orders: str) -> None:
    ledger.put_skus(MULTI_PART_LINES)
    process.place(a_large_order(MULTI_PART_LINES))
    body = {"orders": [{"order_id": ORDER, "command": "confirm"}]}
    [entry] = shop_of(slow(process, 0)).post("/orders/batch", body, orders).json["results"]
    assert (entry["status_code"], entry["order"]["status"]) == (202, "confirming")
    [entry] = shop_of(process).post("/orders/batch", body, orders).json["results"]
    assert (entry["status_code"], entry["order"]["status"]) == (200, "confirmed")
    [outcome] = process.batch([BatchedCommand(ORDER, "confirm")])
    assert isinstance(outcome, OrderOutcome)
    assert outcome.replayed


def remaining(outcome: OrderOutcome) -> list[str]:
    """Return the SKUs whose units are as they were before the command."""
    lines = outcome.order.lines.values()
    if outcome.order.status == "refunding":
        return [line.sku for line in lines if not line.refunded]
    return [line.sku for line in lines if line.reserved]
