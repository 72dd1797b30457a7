"""Many writers on few SKUs: every unit is sold once, and the log has a record of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import httpx
import pytest

from tests.integration.ledger_checks import Tables
from tests.integration.shop import Dice, Shop, Sku, by_writers, done, outcomes, retry_while_busy

WRITERS = 16
STOCK = 200
ORDERS = 240

CheckTables = Callable[[], Tables]
Request = Callable[[], httpx.Response]


def sell_out(shops: Sequence[Shop], sku: Sku) -> dict[str, int]:
    """Place orders of one unit from 16 writers, alternating between the shops; count the responses."""
    requests: list[Request] = [
        partial(shops[number % len(shops)].place, f"ORDER-{number}", (sku, 1)) for number in range(ORDERS)
    ]
    responses = by_writers(WRITERS, requests)
    for response in responses:
        if response.status_code == 409:
            assert response.json()["lines"] == [
                {"product_id": sku.product_id, "sku": sku.sku, "asked": 1, "available": 0}
            ]
    return outcomes(responses)


def assert_sold_out(tables: Tables, sku: Sku) -> None:
    item = tables.skus[sku.sku]
    assert (item["current_stock"], item["reserved_stock"], item["available_stock"]) == (STOCK, STOCK, 0)
    placed = tables.ledger(sku.sku)[1:]
    assert [record["transaction_type"] for record in placed] == ["order_placed"] * STOCK
    assert len({record["order_id"] for record in placed}) == STOCK == len(tables.orders)


def test_sixteen_writers_sell_exactly_the_stock(shop: Shop, check_tables: CheckTables) -> None:
    sku = shop.has_sku(STOCK)
    assert sell_out([shop], sku) == {"201": STOCK, "409 insufficient_stock": ORDERS - STOCK}
    assert_sold_out(check_tables(), sku)


def test_two_processes_of_the_service_sell_exactly_the_stock(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    sku = shop.has_sku(STOCK)
    assert sell_out([shop, second_process], sku) == {"201": STOCK, "409 insufficient_stock": ORDERS - STOCK}
    assert_sold_out(check_tables(), sku)


@pytest.mark.parametrize("copies", [1, 2])
def test_orders_of_three_skus_with_lines_in_any_order_lose_no_unit(
    shop: Shop, second_process: Shop, dice: Dice, check_tables: CheckTables, copies: int
) -> None:
    skus = shop.has_skus(3, stock=60)
    shops = [shop, second_process][:copies]
    requests: list[Request] = []
    for number in range(90):
        lines = [(sku, 1) for sku in dice.shuffled(skus)]
        requests.append(partial(shops[number % copies].place, f"ORDER-{number}", *lines))

    found = outcomes(by_writers(WRITERS, requests))

    # Two sagas can each have reserved units that the other lacks, and both release them.
    left = 60 - found["201"]
    assert found == {"201": 60 - left, "409 insufficient_stock": 30 + left}
    assert 0 <= left < WRITERS
    tables = check_tables()
    assert [tables.skus[sku.sku]["available_stock"] for sku in skus] == [left] * 3
    for number in range(left):
        done(shop.place(f"ORDER-LATER-{number}", *((sku, 1) for sku in skus)))
    tables = check_tables()
    assert [tables.skus[sku.sku]["available_stock"] for sku in skus] == [0, 0, 0]
    assert len(tables.orders) == 60


def test_an_order_with_one_line_short_reserves_none_of_the_others(
    shop: Shop, second_process: Shop, dice: Dice, check_tables: CheckTables
) -> None:
    scarce, plenty, ample = shop.has_skus(3, stock=30)
    done(shop.restock(plenty, 500))
    done(shop.restock(ample, 500))
    requests: list[Request] = [
        partial(
            dice.choice([shop, second_process]).place,
            f"ORDER-{number}",
            *dice.shuffled([(scarce, 1), (plenty, 2), (ample, 3)]),
        )
        for number in range(60)
    ]

    assert outcomes(by_writers(WRITERS, requests)) == {"201": 30, "409 insufficient_stock": 30}

    tables = check_tables()
    reserved = [tables.skus[sku.sku]["reserved_stock"] for sku in (scarce, plenty, ample)]
    assert reserved == [30, 60, 90]


def test_concurrent_restocks_sales_confirms_and_cancels_keep_the_tables_consistent(
    shop: Shop, second_process: Shop, dice: Dice, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(4, stock=40)

    def life_of_an_order(number: int, where: Shop, lines: list[tuple[Sku, int]], end: str) -> httpx.Response:
        order_id = f"ORDER-{number}"
        placed = retry_while_busy(partial(where.place, order_id, *lines))
        if placed.status_code not in (200, 201) or end == "stay":
            return placed
        settle = where.confirm if end == "confirm" else where.cancel
        return done(retry_while_busy(partial(settle, order_id)))

    requests: list[Request] = []
    ends: Counter[str] = Counter()
    for number in range(120):
        where = dice.choice([shop, second_process])
        if dice.random() < 0.2:
            requests.append(
                partial(where.restock, dice.choice(skus), dice.randint(1, 5), key=f"key-{number}")
            )
        else:
            lines = [(sku, dice.randint(1, 3)) for sku in dice.sample(skus, dice.randint(1, 3))]
            end = dice.choice(["confirm", "cancel", "stay"])
            ends[end] += 1
            requests.append(partial(life_of_an_order, number, where, lines, end))
    print(f"orders by their last command: {dict(ends)}")

    counted = outcomes(by_writers(WRITERS, requests))

    # An order that was accepted because time ran out may be cancelled for want of units.
    assert counted.keys() <= {"200", "201", "409 insufficient_stock", "409 order_cancelled"}, counted
    check_tables()
