"""Lists of a thousand items, page by page, while others write."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest

import inventory_client
from tests.integration.ledger_checks import Tables
from tests.integration.shop import VENDOR, Shop, Sku, by_writers, done, outcomes

ITEMS = 1_000
WRITERS = 8


@contextmanager
def meanwhile(request: Callable[[int], httpx.Response]) -> Iterator[list[httpx.Response]]:
    """Send a request repeatedly, with a number, while the block runs."""
    responses: list[httpx.Response] = []
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            responses.append(done(request(len(responses))))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield responses
    finally:
        ended.set()
        thread.join()
    assert responses


def order_of(items: list[Any], name: str) -> list[Any]:
    return [item[name] for item in items]


def test_a_vendors_products_are_listed_once_each_by_creation_while_more_are_created(shop: Shop) -> None:
    responses = by_writers(WRITERS, [shop.create_product] * ITEMS)
    assert outcomes(responses) == {"201": ITEMS}
    created = {response.json()["product_id"] for response in responses}
    assert len(created) == ITEMS

    url = f"{shop.catalog}/vendors/{VENDOR}/products"
    assert {item["product_id"] for item in shop.listed(url, "vendor", VENDOR, limit=13)} == created
    with meanwhile(lambda number: shop.create_product(product_name=f"New {number}")):
        listed = shop.listed(url, "vendor", VENDOR)

    assert order_of(listed, "created_at") == sorted(order_of(listed, "created_at"))
    assert len(set(order_of(listed, "product_id"))) == len(listed)
    assert created <= set(order_of(listed, "product_id"))


def test_a_category_of_hundreds_of_products_is_listed_once_each(shop: Shop) -> None:
    responses = by_writers(WRITERS, [partial(shop.create_product, category="Tea/Green")] * 300)
    created = set(order_of([response.json() for response in responses], "product_id"))
    [gone, *_] = created
    done(shop.deactivate_product(gone))
    url = f"{shop.catalog}/products?category=Tea%2FGreen"
    listed = followed(shop, url)
    assert sorted(order_of(listed, "product_id")) == sorted(created - {gone})


def followed(shop: Shop, url: str) -> list[Any]:
    """List as a browser does: by the `Link` headers, without a token."""
    found: list[Any] = []
    while True:
        response = done(shop.wire.http.get(url))
        found += response.json()["items"]
        if "next" not in response.links:
            assert response.json()["next_cursor"] is None
            return found
        # The path begins with the stage, as behind API Gateway.
        path = response.links["next"]["url"].removeprefix("/local")
        url = f"{shop.catalog}{path}"


@pytest.fixture
def skus(shop: Shop) -> list[Sku]:
    """A thousand SKUs of one product, without stock."""
    product_id = shop.has_product()
    skus = [Sku(VENDOR, product_id, f"SKU-{product_id}-V{number:04}") for number in range(ITEMS)]
    assert outcomes(by_writers(WRITERS, [partial(shop.create_sku, sku) for sku in skus])) == {"201": ITEMS}
    return skus


def test_an_inventory_of_a_thousand_is_listed_once_each_while_a_sku_changes(
    shop: Shop, skus: list[Sku], check_tables: Callable[[], Tables]
) -> None:
    inventory = f"{shop.stock}/vendors/{VENDOR}/inventory"
    of_product = f"{shop.stock}/products/{skus[0].product_id}/skus"
    names = [sku.sku for sku in skus]

    at_rest = shop.listed(inventory, "vendor", VENDOR)
    assert sorted(order_of(at_rest, "sku")) == names
    assert order_of(at_rest, "last_updated") == sorted(order_of(at_rest, "last_updated"), reverse=True)

    moving = skus[500]
    with meanwhile(lambda number: shop.restock(moving, 1, key=f"k-{number}")):
        listed = shop.listed(inventory, "vendor", VENDOR, limit=50)
        by_id = shop.listed(of_product, "vendor", VENDOR, limit=50)
    # Newest change first: a SKU that changes meanwhile moves to a page that has been read.
    assert sorted({*order_of(listed, "sku")} - {moving.sku}) == sorted({*names} - {moving.sku})
    assert len(listed) == len(set(order_of(listed, "sku")))
    # By id, nothing moves.
    assert order_of(by_id, "sku") == names

    low = shop.listed(f"{shop.stock}/vendors/{VENDOR}/low-stock", "vendor", VENDOR, limit=30)
    still_low = {*names} if shop.sku(moving)["low_stock_flag"] else {*names} - {moving.sku}
    assert sorted(order_of(low, "sku")) == sorted(still_low)
    assert order_of(low, "current_stock") == sorted(order_of(low, "current_stock"))
    check_tables()


def test_the_client_lists_every_sku_of_an_inventory_once_while_all_of_them_move(
    shop: Shop, skus: list[Sku], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventory_client.stock, "BULK_PAGE_MAX_ITEMS", 50)
    with inventory_client.StockClient(
        shop.stock, inventory_client.StaticToken(shop.wire.token("vendor", VENDOR))
    ) as client:
        at_rest = [row["sku"] for row in client.inventory_members(VENDOR, ["sku"])]
        # Against the order of the list: the SKUs that the next pages would show move to its top.
        moving = [sku for name in at_rest for sku in skus if sku.sku == name]
        with meanwhile(lambda number: shop.restock(moving[number * 7 % ITEMS], 1, key=f"k-{number}")):
            listed = [sku.sku for sku in client.inventory(VENDOR)]
    assert sorted(at_rest) == sorted(listed) == [sku.sku for sku in skus]


def test_a_page_of_a_thousand_skus_is_compressed_for_a_client_that_asks(shop: Shop, skus: list[Sku]) -> None:
    url = f"{shop.stock}/vendors/{VENDOR}/inventory?limit=1000"
    headers = {"Authorization": f"Bearer {shop.wire.token('vendor', VENDOR)}"}
    sent = {}
    for encoding in ("gzip", "identity"):
        with shop.wire.http.stream("GET", url, headers={**headers, "Accept-Encoding": encoding}) as response:
            sent[encoding] = b"".join(response.iter_raw())
            assert response.headers.get("Content-Encoding") == ("gzip" if encoding == "gzip" else None)
            assert response.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(sent["gzip"]) == sent["identity"]
    assert len(sent["gzip"]) < len(sent["identity"]) / 5
    assert len(json.loads(sent["identity"])["items"]) == ITEMS


def test_a_log_of_a_thousand_records_is_listed_once_each_newest_first_while_it_grows(
    shop: Shop, check_tables: Callable[[], Tables]
) -> None:
    # All lines of an order may have the same timestamp: pages end between equal sort keys.
    skus = shop.has_skus(48, stock=100)
    for number in range(20):
        done(shop.place(f"ORDER-{number}", *[(sku, 1) for sku in skus]))
    before = {record["transaction_id"] for record in check_tables().records}
    assert len(before) > ITEMS

    of_vendor = f"{shop.audit}/vendors/{VENDOR}/transactions"
    of_product = f"{shop.audit}/products/{skus[0].product_id}/transactions"
    with meanwhile(lambda number: shop.restock(skus[number % 48], 1, key=f"k-{number}")):
        for url, limit in ((of_vendor, 13), (of_product, 100)):
            listed = shop.listed(url, "auditor", limit=limit)
            assert order_of(listed, "timestamp") == sorted(order_of(listed, "timestamp"), reverse=True)
            ids = order_of(listed, "transaction_id")
            assert len(ids) == len(set(ids))
            assert before <= set(ids)

    ledger = shop.listed(f"{shop.audit}/skus/{skus[0].sku}/transactions", "auditor", limit=3)
    assert order_of(ledger, "sequence") == list(range(len(ledger), 0, -1))
    check_tables()
