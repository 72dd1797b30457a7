"""Orders of more lines than one transaction can hold: placed and settled step by step, and answered whole."""

from __future__ import annotations

import pytest

from chalicelib.domain.commands import SettleOrder
from inventory_common.errors import InsufficientStock, InvalidInput, ReservationExpired
from inventory_common.limits import ORDER_LINES_MAX

from ..large_orders import HOLD_SECONDS, Ledger, a_large_order, sku_id
from ..process import Process
from ..shop import ORDER, PRODUCT, Clock, a_key, a_sku, units


@pytest.mark.parametrize("count", [49, 50, 96, 97, 145])
def test_an_order_of_many_lines_is_placed_confirmed_and_refunded_as_a_whole(
    process: Process, ledger: Ledger, count: int
) -> None:
    ledger.put_skus(count)
    placed = process.place(a_large_order(count))
    assert (placed.replayed, placed.order.status, len(placed.order.lines)) == (False, "reserved", count)
    assert ledger.totals() == (5 * count, 2 * count)
    parts = {f"#PART-{number + 1:03}" for number in range(-(-count // 48))} if count > 49 else set()
    assert ledger.order_items() == {"#ORDER"} | parts

    again = process.place(a_large_order(count))
    assert (again.replayed, again.order) == (True, process.orders.get(ORDER))

    confirmed = process.confirm(SettleOrder(ORDER))
    assert (confirmed.replayed, confirmed.order.status) == (False, "confirmed")
    assert ledger.totals() == (3 * count, 0)
    assert process.confirm(SettleOrder(ORDER)).replayed

    refunded = process.refund(SettleOrder(ORDER))
    assert (refunded.replayed, refunded.order.status) == (False, "refunded")
    assert ledger.totals() == (5 * count, 0)
    assert process.refund(SettleOrder(ORDER)).replayed
    for transaction_type in ("order_placed", "order_confirmed", "refund"):
        assert len(ledger.records(transaction_type)) == count


def test_an_order_of_the_maximum_number_of_lines_is_placed_and_cancelled(
    process: Process, ledger: Ledger
) -> None:
    ledger.put_skus(ORDER_LINES_MAX)
    assert process.place(a_large_order(ORDER_LINES_MAX)).order.status == "reserved"
    assert process.cancel(SettleOrder(ORDER)).order.status == "cancelled"
    assert ledger.totals() == (5 * ORDER_LINES_MAX, 0)
    with pytest.raises(InvalidInput):
        process.place(a_large_order(ORDER_LINES_MAX + 1, order_id="ORDER-2"))


def test_an_order_of_many_lines_that_cannot_be_reserved_writes_nothing(
    process: Process, ledger: Ledger
) -> None:
    ledger.put_skus(120)
    short = a_sku(sku_id(100), 1)
    ledger.put(short)
    with pytest.raises(InsufficientStock) as refused:
        process.place(a_large_order(120))
    assert refused.value.members["lines"] == [
        {"product_id": PRODUCT, "sku": short.sku, "asked": 2, "available": 1}
    ]
    assert ledger.records() == []
    assert ledger.order_items() == set()


def test_the_error_names_every_short_line_of_an_order(process: Process, ledger: Ledger) -> None:
    ledger.put_skus(150)
    short = [sku_id(number) for number in (10, 140)]
    for sku in short:
        ledger.put(a_sku(sku, 1))
    with pytest.raises(InsufficientStock) as refused:
        process.place(a_large_order(150))
    assert [line["sku"] for line in refused.value.members["lines"]] == short


def test_a_hold_of_many_lines_expires(
    process: Process, sweeper: Process, clock: Clock, ledger: Ledger
) -> None:
    ledger.put_skus(100)
    process.place(a_large_order(100))
    clock.advance(HOLD_SECONDS + 1)
    assert sweeper.sweep()["released"] == 1
    order = process.orders.get(ORDER)
    assert (order.status, order.cancel_reason) == ("cancelled", "expired")
    assert ledger.totals() == (500, 0)
    assert {item["performed_by"]["S"] for item in ledger.records("order_cancelled")} == {"system:expiry"}
    with pytest.raises(ReservationExpired):
        process.confirm(SettleOrder(ORDER))


def test_part_of_an_order_of_many_lines_is_settled_in_one_transaction_or_in_steps(
    process: Process, ledger: Ledger
) -> None:
    ledger.put_skus(100)
    process.place(a_large_order(100))
    some = units(*((sku_id(number), 1) for number in range(10, 90, 8)))
    confirmed = process.confirm(SettleOrder(ORDER, some, a_key("part")))
    assert confirmed.order.confirmed == len(some) == len(ledger.records("order_confirmed"))
    assert process.confirm(SettleOrder(ORDER, some, a_key("part"))).replayed
    many = units(*((sku_id(number), 1) for number in range(0, 98, 2)))
    in_steps = process.confirm(SettleOrder(ORDER, many, a_key("many"))).order
    assert in_steps.confirmed == len(some) + len(many) == len(ledger.records("order_confirmed"))
    assert process.cancel(SettleOrder(ORDER, None, a_key("rest"))).order.status == "partially_confirmed"
    assert ledger.totals() == (500 - len(some) - len(many), 0)
