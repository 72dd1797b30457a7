"""Two commands at once on one order or SKU: the slower one is decided again on what the faster one left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.commands import SettleOrder, StockCount
from inventory_common.errors import (
    AdjustmentBelowReserved,
    CountStale,
    OrderConfirmed,
    QuantityExceedsReserved,
    RefundExceedsConfirmed,
)

from ..other_writers import InterruptedStateStore
from ..process import Process
from ..shop import BLACK, ORDER, Tables, a_key, a_restock, a_sku, an_adjustment, an_order_of, units

Command = Callable[[Process, str], Any]


def part(name: str, quantity: int, **rest: Any) -> Command:
    """Settle so many black units of the order; the Idempotency-Key distinguishes two such commands."""
    return lambda process, key: getattr(process, name)(
        SettleOrder(ORDER, units((BLACK, quantity)), a_key(key), **rest)
    )


def whole(name: str) -> Command:
    """Settle the whole order; as it was settled in part before, that takes a key too."""
    return lambda process, key: getattr(process, name)(SettleOrder(ORDER, idempotency_key=a_key(key)))


def adjustment(correction: int | StockCount) -> Command:
    return lambda process, key: process.adjust(an_adjustment(correction, idempotency_key=a_key(key)))


COMMANDS: dict[str, Command] = {
    "confirm 2": part("confirm", 2),
    "cancel 2": part("cancel", 2),
    "refund 1": part("refund", 1),
    "refund 2": part("refund", 2),
    "refund 2 unsellable": part("refund", 2, restock=False),
    "confirm all": whole("confirm"),
    "cancel all": whole("cancel"),
    "refund all": whole("refund"),
    "adjust -4": adjustment(-4),
    "count 6 of 7": adjustment(StockCount(6, 7)),
    "another order of 2": lambda process, key: process.place(an_order_of((BLACK, 2), order_id="ORDER-2")),
    "restock 5": lambda process, key: process.restock(a_restock(5, idempotency_key=a_key(key))),
}


@pytest.fixture
def confirmed_in_part(process: Process, tables: Tables) -> None:
    """Nine units, five ordered, two of these confirmed: 7 in stock, 3 reserved, 2 refundable."""
    tables.put(a_sku(current=9))
    process.place(an_order_of((BLACK, 5)))
    process.confirm(SettleOrder(ORDER, units((BLACK, 2)), a_key("before")))


def execute_at_once(process: Process, slower: str, faster: str) -> None:
    """Execute the faster command between the read and the first commit of the slower one."""
    state = InterruptedStateStore(process.storage.state, lambda: COMMANDS[faster](process, "faster"))
    COMMANDS[slower](process.through(state=state), "slower")


def figures(process: Process) -> tuple[int, ...]:
    """Stock and reserved stock; the order's reserved, confirmed, cancelled, refunded units; log records."""
    sku, order = process.sku(), process.orders.get(ORDER)
    of_order = (order.reserved, order.confirmed, order.cancelled, order.refunded)
    return sku.current_stock, sku.reserved_stock, *of_order, sku.sequence


@pytest.mark.usefixtures("confirmed_in_part")
@pytest.mark.parametrize(
    ("slower", "faster", "expected"),
    [
        # current and reserved stock; reserved, confirmed, cancelled, refunded of the order; log records
        ("confirm 2", "refund 1", (6, 1, 1, 4, 0, 1, 4)),
        ("refund 1", "confirm 2", (6, 1, 1, 4, 0, 1, 4)),
        ("refund 2", "confirm all", (6, 0, 0, 5, 0, 2, 4)),
        ("refund 2 unsellable", "cancel 2", (7, 1, 1, 2, 2, 2, 4)),
        ("cancel 2", "refund all", (9, 1, 1, 2, 2, 2, 4)),
        ("cancel all", "confirm 2", (5, 0, 0, 4, 1, 0, 4)),
        ("confirm all", "cancel 2", (6, 0, 0, 3, 2, 0, 4)),
        ("refund all", "confirm 2", (9, 1, 1, 4, 0, 4, 4)),
        ("refund all", "refund 1", (9, 3, 3, 2, 0, 2, 4)),
        ("confirm 2", "adjust -4", (1, 1, 1, 4, 0, 0, 4)),
        ("adjust -4", "confirm 2", (1, 1, 1, 4, 0, 0, 4)),
        ("cancel 2", "adjust -4", (3, 1, 1, 2, 2, 0, 4)),
        ("adjust -4", "refund 1", (4, 3, 3, 2, 0, 1, 4)),
        ("refund 1", "adjust -4", (4, 3, 3, 2, 0, 1, 4)),
        ("confirm 2", "count 6 of 7", (4, 1, 1, 4, 0, 0, 4)),
        # A cancel leaves the units in stock: a count of as many is not stale.
        ("count 6 of 7", "cancel 2", (6, 1, 1, 2, 2, 0, 4)),
        ("confirm 2", "another order of 2", (5, 3, 1, 4, 0, 0, 4)),
        ("cancel 2", "restock 5", (12, 1, 1, 2, 2, 0, 4)),
    ],
)
def test_the_slower_command_is_executed_after_the_faster_one(
    process: Process, slower: str, faster: str, expected: tuple[int, ...]
) -> None:
    execute_at_once(process, slower, faster)
    assert figures(process) == expected


@pytest.mark.usefixtures("confirmed_in_part")
@pytest.mark.parametrize(
    ("slower", "faster", "refusal", "expected"),
    [
        ("confirm 2", "confirm 2", QuantityExceedsReserved, (5, 1, 1, 4, 0, 0, 3)),
        ("confirm 2", "cancel 2", QuantityExceedsReserved, (7, 1, 1, 2, 2, 0, 3)),
        ("cancel 2", "confirm 2", QuantityExceedsReserved, (5, 1, 1, 4, 0, 0, 3)),
        ("cancel 2", "cancel 2", QuantityExceedsReserved, (7, 1, 1, 2, 2, 0, 3)),
        ("confirm 2", "confirm all", QuantityExceedsReserved, (4, 0, 0, 5, 0, 0, 3)),
        ("confirm 2", "cancel all", QuantityExceedsReserved, (7, 0, 0, 2, 3, 0, 3)),
        ("cancel 2", "confirm all", OrderConfirmed, (4, 0, 0, 5, 0, 0, 3)),
        ("refund 2", "refund 1", RefundExceedsConfirmed, (8, 3, 3, 2, 0, 1, 3)),
        ("refund 1", "refund all", RefundExceedsConfirmed, (9, 3, 3, 2, 0, 2, 3)),
        ("refund 1", "refund 2 unsellable", RefundExceedsConfirmed, (7, 3, 3, 2, 0, 2, 3)),
        ("adjust -4", "another order of 2", AdjustmentBelowReserved, (7, 5, 3, 2, 0, 0, 3)),
        ("adjust -4", "adjust -4", AdjustmentBelowReserved, (3, 3, 3, 2, 0, 0, 3)),
        ("count 6 of 7", "confirm 2", CountStale, (5, 1, 1, 4, 0, 0, 3)),
        ("count 6 of 7", "refund 1", CountStale, (8, 3, 3, 2, 0, 1, 3)),
    ],
)
def test_the_slower_command_is_refused_with_nothing_written_if_the_faster_one_prevents_it(
    process: Process, slower: str, faster: str, refusal: type[Exception], expected: tuple[int, ...]
) -> None:
    with pytest.raises(refusal):
        execute_at_once(process, slower, faster)
    assert figures(process) == expected


@pytest.mark.usefixtures("confirmed_in_part")
@pytest.mark.parametrize("name", ["confirm 2", "cancel 2", "refund 1", "adjust -4", "count 6 of 7"])
def test_of_two_copies_of_one_command_one_is_executed(process: Process, name: str) -> None:
    copies: list[Any] = []
    command = COMMANDS[name]
    state = InterruptedStateStore(
        process.storage.state, lambda: copies.append(command(process, "the same key"))
    )
    second = command(process.through(state=state), "the same key")
    [first] = copies
    assert (first.replayed, second.replayed) == (False, True)
    assert second == first._replace(replayed=True)
    assert figures(process)[-1] == 3
