"""Price changes and recalls of a SKU while 16 writers sell it: all are done, soon, and none is refused."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.integration.ledger_checks import Tables
from tests.integration.shop import Shop, Sku

WRITERS = 16
STOCK = 1_000_000
PATCHES = 20
DELETES = 5
LONGEST_SECONDS = 5.0
"""A second is enough on a machine that does nothing else; these tests share theirs with 16 busy writers."""


class Sellers:
    """Sells a SKU in single units, and counts the outcomes."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self._stop = threading.Event()
        self._lock = threading.Lock()

    def sell(self, shop: Shop, sku: Sku, name: str) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            response = shop.place(f"ORDER-{name}-{number}", (sku, 1))
            code = "placed" if response.status_code == 201 else response.json()["code"]
            with self._lock:
                self.outcomes[code] += 1

    def stop(self) -> None:
        self._stop.set()

    def wait_for_sales(self, count: int) -> None:
        """Wait until so many more units are sold."""
        wanted = self.outcomes["placed"] + count
        deadline = time.monotonic() + 30
        while self.outcomes["placed"] < wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        assert self.outcomes["placed"] >= wanted, self.outcomes


@contextmanager
def selling(shops: list[Shop], sku: Sku) -> Iterator[Sellers]:
    """Let 16 writers sell the SKU as long as the block runs, alternating between the shops."""
    sellers = Sellers()
    with ThreadPoolExecutor(WRITERS) as pool:
        jobs = [pool.submit(sellers.sell, shops[n % len(shops)], sku, str(n)) for n in range(WRITERS)]
        try:
            sellers.wait_for_sales(2 * WRITERS)
            yield sellers
        finally:
            sellers.stop()
        for job in jobs:
            job.result()


class Vendor:
    """Changes a SKU, and keeps how long each request took."""

    def __init__(self, shop: Shop, sku: Sku) -> None:
        self._shop = shop
        self._sku = sku
        self.seconds: list[float] = []

    def send(self, method: str, **request: Any) -> httpx.Response:
        url = f"{self._shop.stock}/products/{self._sku.product_id}/skus/{self._sku.sku}"
        began = time.perf_counter()
        response = self._shop.ask(method, url, "vendor", self._sku.vendor_id, **request)
        self.seconds.append(time.perf_counter() - began)
        return response


@pytest.mark.parametrize("keyed", [False, True], ids=["without keys", "with keys"])
def test_a_sku_is_changed_and_recalled_while_sixteen_writers_sell_it(
    shop: Shop, second_process: Shop, check_tables: Callable[[], Tables], keyed: bool
) -> None:
    sku = shop.has_sku(STOCK)
    vendor = Vendor(shop, sku)
    statuses: Counter[str] = Counter()
    reserved = 0
    with selling([shop, second_process], sku) as sellers:
        for number in range(PATCHES):
            key = f"patch-{number}" if keyed else None
            body: dict[str, Any] = {"unit_price": 10 + number, "is_active": True}
            seen = shop.sku(sku)
            assert seen["is_active"] or seen["reserved_stock"] == reserved, "sold after the recall"
            precondition = {"If-Match": f'"{seen["details_version"]}"'}
            changed = vendor.send("PATCH", body=body, key=key, headers=precondition)
            statuses[f"PATCH {changed.status_code}"] += 1
            assert changed.is_success, changed.text
            assert changed.json().items() >= body.items()
            sellers.wait_for_sales(1)
            if number % (PATCHES // DELETES) == 0:
                recalled = vendor.send("DELETE", key=f"delete-{number}" if keyed else None)
                statuses[f"DELETE {recalled.status_code}"] += 1
                reserved = shop.sku(sku)["reserved_stock"]
    print(f"seconds: {sorted(round(each, 3) for each in vendor.seconds)}; sales: {dict(sellers.outcomes)}")
    assert statuses == {"PATCH 200": PATCHES, "DELETE 204": DELETES}
    assert max(vendor.seconds) < LONGEST_SECONDS, sorted(vendor.seconds)
    item = check_tables().skus[sku.sku]
    assert (item["unit_price"], item["details_version"]) == (10 + PATCHES - 1, 1 + PATCHES + DELETES)
    assert item["reserved_stock"] == sellers.outcomes["placed"]
