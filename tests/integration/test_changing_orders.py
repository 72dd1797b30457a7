"""Amends and reopens beside places and cancels of many writers: all or nothing, and never oversold."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import httpx

from tests.integration.ledger_checks import Tables
from tests.integration.shop import Dice, Shop, Sku, by_writers, done, outcomes

WRITERS = 16
STOCK = 60
ORDERS = 12
COMMANDS = 96

CheckTables = Callable[[], Tables]
Request = Callable[[], httpx.Response]

REFUSALS = {"409 insufficient_stock", "409 order_cancelled", "409 not_reopenable"}


def test_amends_and_reopens_beside_places_and_cancels(
    shop: Shop, second_process: Shop, dice: Dice, check_tables: CheckTables
) -> None:
    """Sixteen writers on three SKUs and twelve orders, which together want more than there is."""
    skus = shop.has_skus(3, stock=STOCK)

    def lines(highest: int, least: int) -> list[tuple[Sku, int]]:
        return [(sku, dice.randint(least, highest)) for sku in dice.shuffled(skus)]

    for number in range(ORDERS):
        done(shop.place(f"ORDER-{number}", *lines(4, 1)))
    requests: list[Request] = []
    for number in range(COMMANDS):
        where, order_id = dice.choice([shop, second_process]), f"ORDER-{dice.randint(0, ORDERS - 1)}"
        requests.append(
            dice.choice(
                [
                    partial(where.amend, order_id, *lines(9, 0), key=f"amend-{number}"),
                    partial(where.cancel_with, order_id, key=f"cancel-{number}"),
                    partial(where.reopen, order_id, key=f"reopen-{number}"),
                    partial(where.place, f"ORDER-NEW-{number}", *lines(2, 1)),
                ]
            )
        )

    counted = outcomes(by_writers(WRITERS, requests))

    print(counted)
    assert counted.keys() <= {"200", "200 replayed", "201", *REFUSALS}, counted
    assert counted["200"] > COMMANDS // 8
    tables = check_tables()
    for sku in skus:
        item = tables.skus[sku.sku]
        held = sum(
            order["lines"].get(sku.sku, {"reserved": 0})["reserved"] for order in tables.orders.values()
        )
        assert item["current_stock"] == STOCK
        assert item["reserved_stock"] == held <= STOCK


def test_of_many_amends_of_one_order_each_is_done_once(shop: Shop, check_tables: CheckTables) -> None:
    sku = shop.has_sku(STOCK)
    done(shop.place("ORDER-1", (sku, 1)))
    requests: list[Request] = [
        partial(shop.amend, "ORDER-1", (sku, 1 + number % 8), key=f"key-{number % 8}")
        for number in range(2 * WRITERS)
    ]
    assert outcomes(by_writers(WRITERS, requests)) == {"200": 8, "200 replayed": 24}
    tables = check_tables()
    amended = [record for record in tables.ledger(sku.sku) if record["command"] == "amend"]
    assert len(amended) <= 8
    [line] = tables.orders["ORDER-1"]["lines"].values()
    assert line["placed"] == line["reserved"] == tables.skus[sku.sku]["reserved_stock"]
