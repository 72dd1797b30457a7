"""Orders of more lines than one transaction takes, over two processes of the service."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.integration.ledger_checks import Tables
from tests.integration.shop import Shop, by_writers, done, outcomes, together

CheckTables = Callable[[], Tables]


def test_copies_of_one_large_order_place_it_once(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(60, stock=5)
    lines = [(sku, 2) for sku in skus]
    responses = together([partial(each.place, "ORDER-1", *lines) for each in (shop, second_process) * 3])
    assert {response.status_code for response in responses} <= {200, 201}
    tables = check_tables()
    assert [tables.skus[sku.sku]["reserved_stock"] for sku in skus] == [2] * 60
    assert len(tables.records_of("ORDER-1")) == 60


def test_large_orders_for_the_same_units_are_placed_whole_or_not_at_all(
    shop: Shop, second_process: Shop, check_tables: CheckTables
) -> None:
    skus = shop.has_skus(60, stock=4)
    requests = [
        partial((shop, second_process)[number % 2].place, f"ORDER-{number}", *((sku, 1) for sku in skus))
        for number in range(6)
    ]
    responses = by_writers(6, requests)
    counted = outcomes(responses)
    assert counted.keys() <= {"201", "409 insufficient_stock"}
    placed = counted["201"]
    assert 1 <= placed <= 4
    tables = check_tables()
    assert [tables.skus[sku.sku]["reserved_stock"] for sku in skus] == [placed] * 60
    assert len(tables.orders) == placed
    # Units that another order had reserved for a moment are available afterwards.
    for number in range(4 - placed):
        done(shop.place(f"ORDER-AGAIN-{number}", *((sku, 1) for sku in skus)))
    assert [sku["available_stock"] for sku in check_tables().skus.values()] == [0] * 60
