"""Commands that conflict with another writer: they are decided again on what it left, or end as busy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client

from chalicelib.domain.commands import SettleOrder
from inventory_common.errors import (
    Busy,
    InsufficientStock,
    OrderCancelled,
    OrderConfirmed,
    OrderExists,
    SkuInactive,
)

from ..other_writers import InterruptedSkuStore, InterruptedStateStore, conflict
from ..process import Process
from ..shop import (
    BLACK,
    ORDER,
    ORDER_PATH,
    WHITE,
    Tables,
    a_new_sku,
    a_product,
    a_restock,
    a_sku,
    an_order_of,
    immediate,
    order_body,
)


def interrupted(process: Process, *acts: Callable[[], Any]) -> tuple[Process, InterruptedStateStore]:
    """Return another process, before whose commits others act, and its state store."""
    state = InterruptedStateStore(process.storage.state, *acts)
    return process.over(state=state), state


def logged(tables: Tables) -> list[tuple[str, str]]:
    """Return type and sequence number of all log records."""
    records = tables.records()
    return sorted((record["transaction_type"]["S"], record["sequence"]["N"]) for record in records)


# Stock


def test_the_last_units_are_sold_once(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    slower, state = interrupted(process, lambda: process.place(an_order_of((BLACK, 3), order_id="ORDER-2")))
    with pytest.raises(InsufficientStock) as refused:
        slower.place(an_order_of((BLACK, 3)))
    assert refused.value.members["lines"][0]["available"] == 2
    assert state.commits == 1
    assert logged(tables) == [("order_placed", "1")]


def test_an_order_that_conflicts_and_can_still_be_placed_is_placed(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    slower, state = interrupted(process, lambda: process.place(an_order_of((BLACK, 3), order_id="ORDER-2")))
    assert slower.place(an_order_of((BLACK, 2))).order.status == "reserved"
    assert state.commits == 2
    assert process.sku().available_stock == 0
    assert logged(tables) == [("order_placed", "1"), ("order_placed", "2")]


def test_an_order_that_conflicts_over_one_of_its_skus_is_placed(process: Process, tables: Tables) -> None:
    tables.put(a_sku(BLACK, 5), a_sku(WHITE, 5))
    slower, _ = interrupted(process, lambda: process.restock(a_restock(1, WHITE)))
    assert slower.place(an_order_of((BLACK, 5), (WHITE, 5))).replayed is False
    assert process.sku(WHITE).available_stock == 1
    assert process.sku(BLACK).available_stock == 0


def test_a_transaction_that_meets_another_in_progress_is_retried(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    slower, state = interrupted(process, conflict, conflict)
    assert slower.place(an_order_of((BLACK, 5))).replayed is False
    assert state.commits == 3
    assert logged(tables) == [("order_placed", "1")]


def test_a_sku_that_is_deactivated_meanwhile_refuses_the_order(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    slower, _ = interrupted(process, lambda: tables.put(a_sku(current=5, is_active=False, version=2)))
    with pytest.raises(SkuInactive):
        slower.place(an_order_of((BLACK, 5)))


# Too many conflicts


@pytest.mark.parametrize(
    "command",
    [
        lambda process: process.place(an_order_of((BLACK, 5), order_id="ORDER-2")),
        lambda process: process.restock(a_restock(5)),
        lambda process: process.confirm(SettleOrder(ORDER)),
        lambda process: process.cancel(SettleOrder(ORDER)),
        lambda process: process.create_sku(a_new_sku(WHITE)),
    ],
    ids=["place", "restock", "confirm", "cancel", "create"],
)
def test_a_command_that_always_conflicts_is_busy_with_nothing_written(
    process: Process, tables: Tables, command: Callable[[Process], Any]
) -> None:
    tables.put(a_sku(current=10), a_product())
    process.place(an_order_of((BLACK, 5)))
    acts = [conflict] * 9
    state = InterruptedStateStore(process.storage.state, *acts)
    skus = InterruptedSkuStore(process.storage.skus, *acts)
    busy = replace(process.over(state=state, skus=skus), retry_policy=immediate(attempts_max=3))
    with pytest.raises(Busy):
        command(busy)
    assert state.commits + skus.adds == 3
    assert logged(tables) == [("order_placed", "1")]
    assert process.orders.get(ORDER).status == "reserved"


def test_a_busy_service_says_when_to_retry(
    process: Process, shop_of: Callable[[Process], Client], tables: Tables, orders: str
) -> None:
    tables.put(a_sku(current=5))
    busy, _ = interrupted(process, *[conflict] * 9)
    shop = shop_of(replace(busy, retry_policy=immediate(attempts_max=2)))
    answer = shop.put(ORDER_PATH, order_body((BLACK, 1)), orders)
    assert (answer.status, answer.code) == (503, "busy")
    assert int(answer.headers["Retry-After"]) >= 1


# The same order or restock


def test_of_two_places_of_one_order_at_once_the_second_is_a_replay(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=9))
    command = an_order_of((BLACK, 3))
    slower, _ = interrupted(process, lambda: process.place(command))
    placed = slower.place(command)
    assert placed.replayed
    assert placed.order == process.orders.get(ORDER)
    assert logged(tables) == [("order_placed", "1")]


def test_of_two_places_of_one_order_with_different_lines_at_once_the_second_is_refused(
    process: Process, tables: Tables
) -> None:
    tables.put(a_sku(BLACK, 9), a_sku(WHITE, 9))
    slower, _ = interrupted(process, lambda: process.place(an_order_of((WHITE, 3))))
    with pytest.raises(OrderExists):
        slower.place(an_order_of((BLACK, 3)))


@pytest.mark.parametrize(
    ("second", "first", "refusal"),
    [("confirm", "cancel", OrderCancelled), ("cancel", "confirm", OrderConfirmed)],
)
def test_of_confirm_and_cancel_at_once_the_second_is_refused(
    process: Process, tables: Tables, second: str, first: str, refusal: type[Exception]
) -> None:
    tables.put(a_sku(current=9))
    process.place(an_order_of((BLACK, 3)))
    slower, _ = interrupted(process, lambda: getattr(process, first)(SettleOrder(ORDER)))
    with pytest.raises(refusal):
        getattr(slower, second)(SettleOrder(ORDER))
    assert len(tables.records()) == 2


def test_a_cancel_that_meets_the_place_of_its_order_cancels_it(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=9))
    slower, _ = interrupted(process, lambda: process.place(an_order_of((BLACK, 3))))
    cancelled = slower.cancel(SettleOrder(ORDER))
    assert (cancelled.order.status, cancelled.order.cancelled) == ("cancelled", 3)
    assert process.sku().available_stock == 9
    assert logged(tables) == [("order_cancelled", "2"), ("order_placed", "1")]


def test_a_confirm_that_meets_a_sale_of_the_same_sku_is_executed_after_it(
    process: Process, tables: Tables
) -> None:
    tables.put(a_sku(current=9))
    process.place(an_order_of((BLACK, 3)))
    slower, _ = interrupted(process, lambda: process.place(an_order_of((BLACK, 6), order_id="ORDER-2")))
    assert slower.confirm(SettleOrder(ORDER)).order.status == "confirmed"
    sku = process.sku()
    assert (sku.current_stock, sku.reserved_stock) == (6, 6)


def test_of_two_copies_of_a_restock_at_once_the_second_is_a_replay(process: Process, tables: Tables) -> None:
    tables.put(a_sku(current=5))
    copies: list[Any] = []
    slower, _ = interrupted(process, lambda: copies.append(process.restock(a_restock(25))))
    second = slower.restock(a_restock(25))
    assert second.replayed
    assert second.record == copies[0].record
    assert second.sku.current_stock == 30
    assert logged(tables) == [("restock", "1")]
