"""Refunds of many lines: refused before they begin if the stock has no room, and finished once they began."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.commands import Actor, SettleOrder
from chalicelib.domain.settlements import REFUND
from inventory_common.errors import OrderInProgress, OrderNotFound, StockLimitExceeded
from inventory_common.limits import STOCK_MAX
from inventory_common.owners import Owners
from inventory_common.tuning import SAGA_LEASE_SECONDS

from ..crashes import ProcessDied
from ..large_orders import Ledger, a_large_order
from ..other_writers import InterruptedStateStore, after_commits
from ..process import Process
from ..shop import ORDER, Clock


@pytest.fixture
def confirmed(process: Process, ledger: Ledger) -> None:
    """An order of sixty lines is confirmed."""
    ledger.put_skus(60)
    process.place(a_large_order(60))
    process.confirm(SettleOrder(ORDER))


@pytest.mark.usefixtures("confirmed")
def test_a_refund_for_which_the_stock_has_no_room_does_not_begin(process: Process, ledger: Ledger) -> None:
    ledger.set_stock(55, STOCK_MAX)
    with pytest.raises(StockLimitExceeded):
        process.refund(SettleOrder(ORDER))
    order = process.orders.get(ORDER)
    assert (order.saga_state, order.refunded) == (None, 0)
    # It is not said to another owner either, even if the saga is asked at once.
    stranger = Actor("client:other", "request-9", Owners("till"))
    with pytest.raises(OrderNotFound):
        process.sagas.settle(REFUND, SettleOrder(ORDER), stranger, process.retry_policy.deadline())
    # Units that cannot be sold again do not return to the stock.
    assert process.refund(SettleOrder(ORDER, restock=False)).order.status == "refunded"


@pytest.mark.usefixtures("confirmed")
def test_a_refund_whose_stock_becomes_full_continues_when_there_is_room(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    state = InterruptedStateStore(
        process.storage.state, *after_commits(1, lambda: ledger.set_stock(55, STOCK_MAX))
    )
    waiting = process.through(state=state).refund(SettleOrder(ORDER))
    assert (waiting.finishes_later, waiting.order.status) == (True, "refunding")
    clock.advance(SAGA_LEASE_SECONDS + 1)
    assert sweeper.sweep("no room")["failed"] == 1
    ledger.set_stock(55, 3)
    clock.advance(SAGA_LEASE_SECONDS + 1)
    assert sweeper.sweep("room")["completed"] == 1
    assert process.orders.get(ORDER).status == "refunded"


@pytest.mark.usefixtures("confirmed")
def test_a_refund_on_other_terms_is_refused_until_the_first_is_finished(
    process: Process, dying: Callable[[int], Process]
) -> None:
    with pytest.raises(ProcessDied):
        dying(8).refund(SettleOrder(ORDER))
    assert process.orders.get(ORDER).saga_state == "refunding"
    with pytest.raises(OrderInProgress):
        process.refund(SettleOrder(ORDER, restock=False))
    assert process.refund(SettleOrder(ORDER)).order.status == "refunded"
