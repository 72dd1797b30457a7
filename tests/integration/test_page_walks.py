"""Walks through lists of a thousand, page by page, while others write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest

from tests.integration.ledger_checks import Tables
from tests.integration.shop import VENDOR, Shop, Sku, by_writers, done, outcomes

ITEMS = 1_000
WRITERS = 8


@contextmanager
def meanwhile(request: Callable[[int], httpx.Response]) -> Iterator[list[httpx.Response]]:
    """Send a request over and over, with a number, while the block runs."""
    answers: list[httpx.Response] = []
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            answers.append(done(request(len(answers))))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield answers
    finally:
        ended.set()
        thread.join()
    assert answers


def order_of(items: list[Any], name: str) -> list[Any]:
    return [item[name] for item in items]


def test_a_vendors_products_come_once_each_by_creation_also_while_more_are_created(shop: Shop) -> None:
    answers = by_writers(WRITERS, [shop.create_product] * ITEMS)
    assert outcomes(answers) == {"201": ITEMS}
    created = {answer.json()["product_id"] for answer in answers}
    assert len(created) == ITEMS

    url = f"{shop.catalog}/vendors/{VENDOR}/products"
    assert {item["product_id"] for item in shop.listed(url, "vendor", VENDOR, limit=13)} == created
    with meanwhile(lambda number: shop.create_product(product_name=f"New {number}")):
        walked = shop.listed(url, "vendor", VENDOR)

    assert order_of(walked, "created_at") == sorted(order_of(walked, "created_at"))
    assert len(set(order_of(walked, "product_id"))) == len(walked)
    assert created <= set(order_of(walked, "product_id"))


def test_a_category_of_a_thousand_products_is_walked_once_each(shop: Shop) -> None:
    answers = by_writers(WRITERS, [partial(shop.create_product, category="Tea/Green")] * 300)
    created = set(order_of([answer.json() for answer in answers], "product_id"))
    [gone, *_] = created
    done(shop.deactivate_product(gone))
    url = f"{shop.catalog}/products?category=Tea%2FGreen"
    walked = followed(shop, url)
    assert sorted(order_of(walked, "product_id")) == sorted(created - {gone})


def followed(shop: Shop, url: str) -> list[Any]:
    """Walk as a browser does: along the `Link` headers, without a token."""
    found: list[Any] = []
    while True:
        answer = done(shop.wire.http.get(url))
        found += answer.json()["items"]
        if "next" not in answer.links:
            assert answer.json()["next_cursor"] is None
            return found
        # The path begins with the stage, as API Gateway's does.
        path = answer.links["next"]["url"].removeprefix("/local")
        url = f"{shop.catalog}{path}"


@pytest.fixture
def skus(shop: Shop) -> list[Sku]:
    """A thousand SKUs of one product, without stock."""
    product_id = shop.has_product()
    skus = [Sku(VENDOR, product_id, f"SKU-{product_id}-V{number:04}") for number in range(ITEMS)]
    assert outcomes(by_writers(WRITERS, [partial(shop.create_sku, sku) for sku in skus])) == {"201": ITEMS}
    return skus


def test_an_inventory_of_a_thousand_is_walked_once_each_and_what_changes_meanwhile_moves(
    shop: Shop, skus: list[Sku], all_fits: Callable[[], Tables]
) -> None:
    inventory = f"{shop.stock}/vendors/{VENDOR}/inventory"
    of_product = f"{shop.stock}/products/{skus[0].product_id}/skus"
    names = [sku.sku for sku in skus]

    at_rest = shop.listed(inventory, "vendor", VENDOR)
    assert sorted(order_of(at_rest, "sku")) == names
    assert order_of(at_rest, "last_updated") == sorted(order_of(at_rest, "last_updated"), reverse=True)

    moving = skus[500]
    with meanwhile(lambda number: shop.restock(moving, 1, key=f"k-{number}")):
        walked = shop.listed(inventory, "vendor", VENDOR, limit=50)
        by_id = shop.listed(of_product, "vendor", VENDOR, limit=50)
    # Newest change first: a SKU that changes during the walk moves to where the walk has been.
    assert sorted({*order_of(walked, "sku")} - {moving.sku}) == sorted({*names} - {moving.sku})
    assert len(walked) == len(set(order_of(walked, "sku")))
    # By id nothing moves.
    assert order_of(by_id, "sku") == names

    low = shop.listed(f"{shop.stock}/vendors/{VENDOR}/low-stock", "vendor", VENDOR, limit=30)
    still_low = {*names} if shop.sku(moving)["low_stock_flag"] else {*names} - {moving.sku}
    assert sorted(order_of(low, "sku")) == sorted(still_low)
    assert order_of(low, "current_stock") == sorted(order_of(low, "current_stock"))
    all_fits()


def test_a_log_of_a_thousand_records_is_walked_once_each_newest_first_also_while_it_grows(
    shop: Shop, all_fits: Callable[[], Tables]
) -> None:
    # All lines of an order may carry the same timestamp: pages end between equal sort keys.
    skus = shop.has_skus(48, stock=100)
    for number in range(20):
        done(shop.place(f"ORDER-{number}", *[(sku, 1) for sku in skus]))
    before = {record["transaction_id"] for record in all_fits().records}
    assert len(before) > ITEMS

    of_vendor = f"{shop.audit}/vendors/{VENDOR}/transactions"
    of_product = f"{shop.audit}/products/{skus[0].product_id}/transactions"
    with meanwhile(lambda number: shop.restock(skus[number % 48], 1, key=f"k-{number}")):
        for url, limit in ((of_vendor, 13), (of_product, 100)):
            walked = shop.listed(url, "auditor", limit=limit)
            assert order_of(walked, "timestamp") == sorted(order_of(walked, "timestamp"), reverse=True)
            ids = order_of(walked, "transaction_id")
            assert len(ids) == len(set(ids))
            assert before <= set(ids)

    ledger = shop.listed(f"{shop.audit}/skus/{skus[0].sku}/transactions", "auditor", limit=3)
    assert order_of(ledger, "sequence") == list(range(len(ledger), 0, -1))
    all_fits()
