"""The catalog's stream function in processes of its own, which are killed while products change."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.environment import service_environment
from local.settings import Settings
from local.tables import create_tables, definitions
from tests.integration.processes import Process, distinct_free_ports, wait_until
from tests.integration.shop import Dice, Shop, done

DELIVERY_SECONDS = 30.0
"""More than a busy machine needs; about a second is usual."""
CATEGORIES = ("Tea", "Coffee", "Cocoa")
VENDORS = ("VENDOR-001", "VENDOR-002")
PRODUCTS = 24
CHANGES = 60
KILLS = 4


@pytest.fixture(autouse=True)
def new_tables(client: Any) -> None:
    """New tables: a process reads a stream from its beginning, with the changes of other tests."""
    for name in definitions():
        client.delete_table(TableName=name)
    create_tables(client)


class Triggers:
    """The processes that read the stream for the catalog: several at once, each with the whole stream."""

    def __init__(self, dynamodb_url: str, folder: Path) -> None:
        settings = Settings(distinct_free_ports(), dynamodb_url)
        self._environment = service_environment(settings, {**os.environ, "TABLE_NAME_PREFIX": ""})
        self._environment["EVENT_BUS"] = ""
        self._folder = folder
        self._number = 0
        self.running: list[Process] = []

    def start(self) -> None:
        self._number += 1
        output = self._folder / f"catalog-{self._number}.log"
        command = ["local.child", "local.triggers", "catalog"]
        self.running.append(Process(command, self._environment, output))

    def kill(self) -> None:
        """Kill the oldest process at any point."""
        process = self.running.pop(0)
        assert process.popen.poll() is None, process.text()
        process.popen.kill()
        process.popen.wait()
        process.close()


@pytest.fixture
def triggers(aws_url: str, tmp_path: Path) -> Iterator[Triggers]:
    triggers = Triggers(aws_url, tmp_path)
    yield triggers
    texts = [process.text() for process in triggers.running]
    assert {process.stop() for process in triggers.running} <= {0}
    assert not [text[-4000:] for text in texts if "Traceback" in text]


def _listed(shop: Shop, path: str) -> list[Any]:
    items: list[Any] = []
    cursor: str | None = None
    while True:
        params = {"limit": "2"} | ({} if cursor is None else {"cursor": cursor})
        page = done(shop.ask("GET", f"{shop.catalog}{path}", "admin", params=params)).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def test_each_change_is_counted_once_although_processes_are_killed(
    shop: Shop, triggers: Triggers, dice: Dice
) -> None:
    """Each process that starts reads the stream from its beginning: every change again."""
    triggers.start()
    triggers.start()
    has_ended = threading.Event()

    def change() -> None:
        ids = []
        for _ in range(PRODUCTS):
            body = {
                "vendor_id": dice.choice(VENDORS),
                "product_name": "Mug",
                "category": dice.choice(CATEGORIES),
                "base_price": 5,
            }
            made = done(shop.ask("POST", f"{shop.catalog}/products", "admin", body=body))
            ids.append(made.json()["product_id"])
        for _ in range(CHANGES):
            changes = dice.choice(
                [
                    {"category": dice.choice(CATEGORIES)},
                    {"is_active": dice.choice((True, False))},
                    {"base_price": 7},
                ]
            )
            done(shop.ask("PATCH", f"{shop.catalog}/products/{dice.choice(ids)}", "admin", body=changes))
        has_ended.set()

    changing = threading.Thread(target=change)
    changing.start()
    for _ in range(KILLS):
        has_ended.wait(0.7)
        triggers.kill()
        triggers.start()
    changing.join()

    products = [product for vendor in VENDORS for product in _listed(shop, f"/vendors/{vendor}/products")]
    assert len(products) == PRODUCTS
    active = [product for product in products if product["is_active"]]
    categories = Counter(product["category"] for product in active)
    vendors = Counter(product["vendor_id"] for product in active)
    expected = (
        [{"category": name, "active_products": categories[name]} for name in sorted(categories)],
        [
            {"vendor_id": name, "products": number, "active_products": vendors[name]}
            for name, number in sorted(Counter(product["vendor_id"] for product in products).items())
        ],
    )
    found: list[Any] = []

    def is_counted() -> bool:
        found[:] = [_listed(shop, "/categories"), _listed(shop, "/vendors")]
        return tuple(found) == expected

    try:
        wait_until(is_counted, "the counts", DELIVERY_SECONDS)
    except AssertionError:
        assert tuple(found) == expected
        raise
    # The remaining processes read the whole stream once more, and count nothing twice.
    triggers.start()
    wait_until(lambda: '"changes"' in triggers.running[-1].text(), "its first batch", DELIVERY_SECONDS)
    assert is_counted()
