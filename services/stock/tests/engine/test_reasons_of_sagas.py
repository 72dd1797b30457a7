"""Reasons, notes and `restock` of commands in several transactions, also if another process ends them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.commands import Explanation, SettleOrder
from chalicelib.storage.order_items import order_to_item
from inventory_common.errors import OrderInProgress
from inventory_common.ids import StockKey
from inventory_common.limits import ORDER_NOTES_MAX_BYTES, REASON_MAX_CHARACTERS
from inventory_common.tuning import SAGA_LEASE_SECONDS

from ..crashes import ProcessDied
from ..large_orders import Ledger, a_large_order, sku_id
from ..process import Process
from ..shop import ORDER, Clock, a_key, units

LINES = 60
"""Lines of the order, in two parts."""
NAMED = 55
"""Lines that are settled: more than one transaction can hold."""
WHY = Explanation("damaged", "Broken on the way")
Dying = Callable[[int], Process]


def keys(count: int) -> dict[StockKey, int]:
    return units(*((sku_id(number), 1) for number in range(count)))


@pytest.fixture
def confirmed(process: Process, ledger: Ledger) -> None:
    ledger.put_skus(LINES)
    process.place(a_large_order(LINES))
    process.confirm(SettleOrder(ORDER))


def logged(ledger: Ledger, transaction_type: str = "refund") -> list[tuple[str, Any, Any, int]]:
    """Return SKU, reason, notes and change of stock of each record of a type."""
    return [
        (
            record["sku"]["S"],
            record.get("reason", {}).get("S"),
            record.get("notes", {}).get("S"),
            int(record["quantity_change"]["N"]),
        )
        for record in sorted(ledger.records(transaction_type), key=lambda each: each["sku"]["S"])
    ]


def a_refund(count: int = NAMED) -> SettleOrder:
    """The refund of named lines, of which each third one does not return to the stock."""
    restock_of = {key: number % 3 > 0 for number, key in enumerate(keys(count))}
    return SettleOrder(ORDER, keys(count), a_key("k"), False, explanation=WHY, restock_of=restock_of)


EXPECTED = [(sku_id(number), WHY.reason, WHY.notes, int(number % 3 > 0)) for number in range(NAMED)]


@pytest.mark.usefixtures("confirmed")
def test_a_refund_of_many_lines_keeps_the_reason_and_the_restock_of_each(
    process: Process, ledger: Ledger
) -> None:
    order = process.refund(a_refund()).order
    assert logged(ledger) == EXPECTED
    explained = [key.sku for key, line in sorted(order.lines.items()) if line.reason == WHY.reason]
    assert explained == [sku_id(number) for number in range(NAMED)]
    assert not any(line.without_restock for line in order.lines.values())
    ledger.assert_consistent()


def begun_and_abandoned(process: Process, dying: Dying, run: Callable[[Process], Any]) -> None:
    """Let processes die after ever more calls, until one has begun the saga."""
    for calls in range(1, 20):
        with pytest.raises(ProcessDied):
            run(dying(calls))
        order = process.order(ORDER)
        if order is not None and order.saga is not None:
            return
    raise AssertionError("no process began the saga")


@pytest.mark.usefixtures("confirmed")
@pytest.mark.parametrize("recovery", ["retry", "sweeper"])
def test_a_refund_that_another_process_finishes_keeps_its_reason_and_restock(
    process: Process, dying: Dying, sweeper: Process, clock: Clock, ledger: Ledger, recovery: str
) -> None:
    begun_and_abandoned(process, dying, lambda dies: dies.refund(a_refund()))
    assert logged(ledger) == []
    if recovery == "retry":
        process.refund(a_refund())
    else:
        clock.advance(SAGA_LEASE_SECONDS + 1)
        assert sweeper.sweep()["completed"] == 1
    assert logged(ledger) == EXPECTED
    ledger.assert_consistent()


def test_a_whole_cancel_that_another_process_finishes_keeps_its_reason(
    process: Process, dying: Dying, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    ledger.put_skus(LINES)
    process.place(a_large_order(LINES))
    command = SettleOrder(ORDER, explanation=WHY)
    begun_and_abandoned(process, dying, lambda dies: dies.cancel(command))
    for other in (Explanation("fraud"), Explanation(WHY.reason, "Lost"), Explanation()):
        with pytest.raises(OrderInProgress):
            process.cancel(SettleOrder(ORDER, explanation=other))
    clock.advance(SAGA_LEASE_SECONDS + 1)
    assert sweeper.sweep()["completed"] == 1
    assert logged(ledger, "order_cancelled") == [
        (sku_id(number), WHY.reason, WHY.notes, 0) for number in range(LINES)
    ]
    order = process.order(ORDER)
    assert order is not None
    assert {(line.reason, line.notes) for line in order.lines.values()} == {(WHY.reason, WHY.notes)}


def test_an_expiry_has_no_reason_and_leaves_that_of_an_earlier_cancel(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    ledger.put_skus(LINES)
    process.place(a_large_order(LINES))
    process.cancel(SettleOrder(ORDER, keys(1), a_key("k"), explanation=WHY))
    clock.advance(86_400)
    assert sweeper.sweep()["released"] == 1
    reasons = Counter(reason for _, reason, *_ in logged(ledger, "order_cancelled"))
    assert reasons == {WHY.reason: 1, None: LINES}
    order = process.order(ORDER)
    assert order is not None
    by_line = [order.lines[StockKey.of(sku_id(number))].reason for number in range(LINES)]
    assert by_line == [WHY.reason] + [None] * (LINES - 1)


def test_an_order_whose_lines_all_have_the_longest_reason_and_notes_is_far_below_the_limit_of_an_item(
    process: Process, ledger: Ledger
) -> None:
    lines = 49
    ledger.put_skus(lines)
    process.place(a_large_order(lines))
    longest = Explanation("r" * REASON_MAX_CHARACTERS, "n" * ORDER_NOTES_MAX_BYTES)
    order = process.cancel(SettleOrder(ORDER, explanation=longest)).order
    item = order_to_item(order)
    assert {len(line["M"]["notes"]["S"]) for line in item["lines"]["M"].values()} == {ORDER_NOTES_MAX_BYTES}
    assert len(str(item).encode()) < 40_000  # an item has at most 400 KB, and str() is longer than it
