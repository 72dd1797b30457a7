"""Orders of more lines than one transaction takes, over two copies of the service."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.integration.ledger_checks import Tables
from tests.integration.shop import Shop, by_writers, done, outcomes, together

AllFits = Callable[[], Tables]


def test_many_copies_of_one_order_of_many_lines_place_it_once(
    shop: Shop, second_copy: Shop, all_fits: AllFits
) -> None:
    skus = shop.has_skus(60, stock=5)
    lines = [(sku, 2) for sku in skus]
    answers = together([partial(each.place, "ORDER-1", *lines) for each in (shop, second_copy) * 3])
    assert {answer.status_code for answer in answers} <= {200, 201}
    tables = all_fits()
    assert [tables.skus[sku.sku]["reserved_stock"] for sku in skus] == [2] * 60
    assert len(tables.records_of("ORDER-1")) == 60


def test_orders_of_many_lines_for_the_same_units_are_placed_whole_or_not_at_all(
    shop: Shop, second_copy: Shop, all_fits: AllFits
) -> None:
    skus = shop.has_skus(60, stock=4)
    requests = [
        partial((shop, second_copy)[number % 2].place, f"ORDER-{number}", *((sku, 1) for sku in skus))
        for number in range(6)
    ]
    answers = by_writers(6, requests)
    counted = outcomes(answers)
    assert counted.keys() <= {"201", "409 insufficient_stock"}
    placed = counted["201"]
    assert 1 <= placed <= 4
    tables = all_fits()
    assert [tables.skus[sku.sku]["reserved_stock"] for sku in skus] == [placed] * 60
    assert len(tables.orders) == placed
    # What another order held for a moment can be had afterwards.
    for number in range(4 - placed):
        done(shop.place(f"ORDER-AGAIN-{number}", *((sku, 1) for sku in skus)))
    assert [sku["available_stock"] for sku in all_fits().skus.values()] == [0] * 60
