"""Settlements of many named lines, as sagas: exactly the named units, once per key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.orders import Order
from chalicelib.storage.state import WriteConflict
from inventory_common.errors import (
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    InsufficientStock,
    OrderInProgress,
    QuantityExceedsReserved,
    RefundExceedsConfirmed,
    SkuNotFound,
    StockLimitExceeded,
)
from inventory_common.ids import StockKey
from inventory_common.limits import ORDER_LINES_MAX, STOCK_MAX
from inventory_common.tuning import SAGA_LEASE_SECONDS

from ..crashes import ProcessDied
from ..large_orders import Ledger, a_large_order, sku_id
from ..other_writers import InterruptedStateStore, after_commits
from ..process import Process
from ..shop import ORDER, ORDER_PATH, Clock, MonotonicClock, a_key, settlement_body, units

LINES = 60
"""Lines of the order, in two parts; three units of each are placed."""
NAMED = 55
"""Lines that are settled: more than one transaction can hold."""
Dying = Callable[[int], Process]
FIGURE = {"confirm": "confirmed", "cancel": "cancelled", "refund": "refunded"}


def named(count: int = NAMED, quantity: int = 1) -> dict[StockKey, int]:
    return units(*((sku_id(number), quantity) for number in range(count)))


def settle(name: str = "confirm", key: str = "k", count: int = NAMED) -> Any:
    command = SettleOrder(ORDER, named(count), a_key(key, f"{name} {count}"))
    return lambda process: getattr(process, name)(command)


@pytest.fixture
def placed(process: Process, ledger: Ledger) -> None:
    ledger.put_skus(LINES)
    process.place(a_large_order(LINES, quantity=3))


def settled_units(order: Order | None, name: str = "confirm") -> list[int]:
    assert order is not None
    return [getattr(order.lines[StockKey.of(sku_id(number))], FIGURE[name]) for number in range(LINES)]


EXACTLY = [1] * NAMED + [0] * (LINES - NAMED)


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("name", FIGURE)
def test_exactly_the_named_units_are_settled_and_a_duplicate_is_a_replay(
    process: Process, ledger: Ledger, name: str
) -> None:
    if name == "refund":
        process.confirm(SettleOrder(ORDER))
    before = len(ledger.records())
    first, second = settle(name)(process), settle(name)(process)
    assert (first.replayed, second.replayed, second.order) == (False, True, first.order)
    assert settled_units(process.order(ORDER), name) == EXACTLY
    assert len(ledger.records()) == before + NAMED
    order = process.order(ORDER)
    assert order is not None
    assert (order.saga, order.was_settled_in_part) == (None, True)
    assert not any(line.pending for line in order.lines.values())
    ledger.assert_consistent()


@pytest.mark.usefixtures("placed")
def test_the_first_write_stores_the_key_and_the_pending_units_of_each_line(
    process: Process, dying: Dying, ledger: Ledger, dynamodb: Any
) -> None:
    calls = 0
    while (order := process.orders.get(ORDER)).saga is None:
        calls += 1
        with pytest.raises(ProcessDied):
            settle()(dying(calls))
    assert [line.pending for _, line in sorted(order.lines.items())] == EXACTLY
    assert order.status == "confirming"
    assert "pending" not in str(order.document())
    key = {"product_id": {"S": ORDER}, "sku": {"S": "#ORDER"}}
    main = dynamodb.get_item(TableName="VendorInventory", Key=key, ConsistentRead=True)["Item"]
    assert main["lines"] == {"M": {}}
    assert process.storage.state.read(idempotency_records=[a_key("k").idempotency_id]).idempotency_records


@pytest.mark.parametrize("recovery", ["retry", "sweeper"])
def test_a_process_that_dies_after_any_call_has_settled_none_or_finishes_exactly_these(
    process: Process, dying: Dying, sweeper: Process, clock: Clock, ledger: Ledger, recovery: str
) -> None:
    ledger.put_skus(LINES, stock=200)
    deaths = 0
    for calls in range(1, 30):
        key = f"k{calls}"
        order_id = f"{ORDER}-{calls}"
        process.place(a_large_order(LINES, quantity=3, order_id=order_id))
        command = SettleOrder(order_id, named(), a_key(key))
        try:
            dying(calls).confirm(command)
        except ProcessDied:
            deaths += 1
        else:
            break
        order = process.order(order_id)
        has_begun = order is not None and (order.saga is not None or order.confirmed > 0)
        if recovery == "retry":
            assert not process.confirm(command).finishes_later
        else:
            clock.advance(SAGA_LEASE_SECONDS + 1)
            sweeper.sweep()
        expected = EXACTLY if has_begun or recovery == "retry" else [0] * LINES
        assert settled_units(process.order(order_id)) == expected
    assert deaths > 4


@pytest.mark.usefixtures("placed")
def test_only_the_duplicate_with_its_key_joins_it(process: Process) -> None:
    time = MonotonicClock()
    state = InterruptedStateStore(process.storage.state, *after_commits(0, lambda: time.advance(11)))
    slow = replace(process.over(state=state), retry_policy=time.retry_policy())
    assert settle()(slow).finishes_later
    for command in (
        settle(key="other"),
        settle("cancel", key="other"),
        lambda process: process.confirm(SettleOrder(ORDER, None, a_key("whole"))),
        lambda process: process.confirm(SettleOrder(ORDER, named(1), a_key("one"))),
    ):
        with pytest.raises(OrderInProgress):
            command(process)
    with pytest.raises(IdempotencyKeyReused):
        settle(count=NAMED + 1)(process)
    assert settled_units(process.order(ORDER)) == [0] * LINES
    done = settle()(process)
    assert (done.finishes_later, settled_units(done.order)) == (False, EXACTLY)


@pytest.mark.usefixtures("placed")
def test_what_cannot_be_settled_is_refused_before_anything_is_written(
    process: Process, ledger: Ledger
) -> None:
    before = process.orders.get(ORDER)
    with pytest.raises(QuantityExceedsReserved):
        process.confirm(SettleOrder(ORDER, named(quantity=4), a_key()))
    with pytest.raises(RefundExceedsConfirmed):
        process.refund(SettleOrder(ORDER, named(), a_key()))
    with pytest.raises(SkuNotFound):
        process.confirm(SettleOrder(ORDER, named(LINES + 1), a_key()))
    with pytest.raises(IdempotencyKeyRequired):
        process.confirm(SettleOrder(ORDER, named()))
    assert process.orders.get(ORDER) == before
    process.confirm(SettleOrder(ORDER))
    confirmed = process.orders.get(ORDER)
    ledger.set_stock(3, STOCK_MAX)
    with pytest.raises(StockLimitExceeded):
        process.refund(SettleOrder(ORDER, named(), a_key()))
    assert process.orders.get(ORDER) == confirmed


@pytest.mark.usefixtures("placed")
def test_a_replay_of_a_refund_needs_no_room(process: Process, ledger: Ledger) -> None:
    process.confirm(SettleOrder(ORDER))
    settle("refund")(process)
    ledger.set_stock(3, STOCK_MAX)
    assert settle("refund")(process).replayed


def test_named_lines_whose_skus_are_contended_become_a_saga(process: Process, ledger: Ledger) -> None:
    ledger.put_skus(3)
    process.place(a_large_order(3, quantity=3))
    hot = frozenset({StockKey.of(sku_id(1))})

    def contended() -> WriteConflict:
        return WriteConflict(found=process.storage.state.read(hot), contended=hot)

    state = InterruptedStateStore(process.storage.state, contended, contended)
    command = SettleOrder(ORDER, named(3, 2), a_key())
    confirmed = process.through(state=state).confirm(command)
    assert state.commits == 5  # two conflicts, the beginning, the contended SKU, the others
    assert [line.confirmed for line in confirmed.order.lines.values()] == [2, 2, 2]
    assert process.confirm(command).replayed
    ledger.assert_consistent()


def test_as_many_lines_as_an_order_can_have_are_settled_over_http(
    process: Process, shop: Client, ledger: Ledger, orders: str
) -> None:
    ledger.put_skus(ORDER_LINES_MAX)
    process.place(a_large_order(ORDER_LINES_MAX, quantity=2))
    body = settlement_body(*((sku_id(number), 1) for number in range(ORDER_LINES_MAX)))
    answer = shop.post(f"{ORDER_PATH}/confirm", body, orders, idempotency_key="k")
    assert (answer.status, answer.json["status"]) == (200, "partially_confirmed")
    assert {line["confirmed"] for line in answer.json["lines"]} == {1}
    assert ledger.totals() == (4 * ORDER_LINES_MAX, ORDER_LINES_MAX)
    with pytest.raises(InsufficientStock):
        process.place(a_large_order(1, quantity=4, order_id="ORDER-2"))
