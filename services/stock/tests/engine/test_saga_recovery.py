"""Sagas whose process dies: the retry of the request or the sweeper finishes them, and others wait."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from front_door import Client
from small_limits import limits_are_small
from stored_items import empty_tables

from chalicelib.domain.commands import SettleOrder
from inventory_common.errors import OrderExists, OrderInProgress
from inventory_common.tuning import SAGA_LEASE_SECONDS

from ..crashes import ProcessDied
from ..large_orders import MULTI_PART_LINES, Ledger, a_large_order, sku_id
from ..process import Process
from ..shop import ORDER, ORDER_PATH, Clock, order_body

Dying = Callable[[int], Process]

COMMANDS: dict[str, Callable[[Process, int], Any]] = {
    "place": lambda process, lines: process.place(a_large_order(lines)),
    "confirm": lambda process, _: process.confirm(SettleOrder(ORDER)),
    "cancel": lambda process, _: process.cancel(SettleOrder(ORDER)),
    "refund": lambda process, _: process.refund(SettleOrder(ORDER)),
}
BEFORE = {"place": [], "confirm": ["place"], "cancel": ["place"], "refund": ["place", "confirm"]}
FEW_LINES = 5
"""With small limits it is an order of several parts, as one of `MULTI_PART_LINES` is otherwise."""


@pytest.mark.parametrize(
    ("command", "recovery", "lines"),
    [
        *((command, recovery, FEW_LINES) for command in COMMANDS for recovery in ("retry", "sweeper")),
        ("refund", "retry", MULTI_PART_LINES),
    ],
)
def test_a_process_that_dies_after_any_call_leaves_no_order_between_two_steps(
    process: Process,
    dying: Dying,
    sweeper: Process,
    clock: Clock,
    ledger: Ledger,
    dynamodb: Any,
    command: str,
    recovery: str,
    lines: int,
) -> None:
    """Each call of the command is the last one of its process once."""
    with limits_are_small("chalicelib") if lines == FEW_LINES else nullcontext():
        for calls in range(1, 100):
            ledger.put_skus(lines)
            for earlier in BEFORE[command]:
                COMMANDS[earlier](process, lines)
            before = ledger.totals()
            try:
                COMMANDS[command](dying(calls), lines)
            except ProcessDied:
                recovered(command, recovery, lines, before, process, sweeper, clock, ledger)
            else:
                assert calls > 6, "it never dies"
                return
            empty_tables(dynamodb)
    raise AssertionError("the command never ends")


def recovered(
    command: str,
    recovery: str,
    lines: int,
    before: tuple[int, int],
    process: Process,
    sweeper: Process,
    clock: Clock,
    ledger: Ledger,
) -> None:
    """Let the command be retried, or the sweeper come, and check that no step is missing or doubled."""
    stock, ordered = 5 * lines, 2 * lines
    after = {
        "place": (stock, ordered),
        "confirm": (stock - ordered, 0),
        "cancel": (stock, 0),
        "refund": (stock, 0),
    }[command]
    assert ledger.reserved_by_orders() == ledger.totals()[1]
    if recovery == "retry":
        COMMANDS[command](process, lines)
        assert ledger.totals() == after
    else:
        clock.advance(SAGA_LEASE_SECONDS + 1)
        assert sweeper.sweep()["failed"] == 0
        # A place that was not acknowledged is released; any other saga that has begun is finished.
        assert ledger.totals() in ({(stock, 0), (stock, ordered)} if command == "place" else {before, after})
    assert ledger.reserved_by_orders() == ledger.totals()[1]
    order = process.order(ORDER)
    assert order is None or order.saga is None
    ledger.assert_consistent()


def test_other_commands_are_refused_while_an_order_is_placed(
    process: Process, dying: Dying, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    ledger.put_skus(60)
    with pytest.raises(ProcessDied):
        dying(4).place(a_large_order(60))
    assert process.orders.get(ORDER).status == "placing"
    for command in (process.confirm, process.cancel, process.refund):
        with pytest.raises(OrderInProgress):
            command(SettleOrder(ORDER))
    with pytest.raises(OrderExists):
        process.place(a_large_order(60, quantity=1))
    assert sweeper.sweep() == {"released": 0, "completed": 0, "settled": 0, "failed": 0}
    clock.advance(SAGA_LEASE_SECONDS)
    clock.advance(1)
    assert sweeper.sweep()["completed"] == 1
    assert process.order(ORDER) is None


def test_an_order_that_is_being_placed_is_answered_with_retry_after(
    dying: Dying, ledger: Ledger, shop: Client, orders: str
) -> None:
    ledger.put_skus(60)
    with pytest.raises(ProcessDied):
        dying(4).place(a_large_order(60))
    assert shop.get(ORDER_PATH, orders).json["status"] == "placing"
    refused = shop.post(f"{ORDER_PATH}/extend", token=orders)
    assert (refused.status, refused.code) == (409, "order_in_progress")
    assert refused.headers["Retry-After"] == "2"
    body = order_body(*((sku_id(number), 2) for number in range(60)))
    placed = shop.put(ORDER_PATH, body, orders)
    assert (placed.status, placed.json["status"]) == (201, "reserved")
    assert shop.get("/orders?due_before=2100-01-01T00:00:00Z", orders).json["items"] == [placed.json]
