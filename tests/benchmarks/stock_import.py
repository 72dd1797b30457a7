"""Deliveries a second that `inventory import stock` books, and that single requests book, in one run.

Run: ``python -m tests.benchmarks.stock_import [ROWS]`` beside ``make run``.  The rows are those of SKUs of a
vendor of its own, one each.  Both ways take turns, so that a busy machine slows both alike: the command line,
from its start to its exit, with all that it reads and compares; and as many single restocks, eight at a time,
which alone are what an import without batches sends.
"""

from __future__ import annotations

import argparse
import csv
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from statistics import median

from inventory_client import CatalogClient, LocalStackToken, StockClient
from inventory_common.ids import StockKey
from local.settings import Settings

AT_ONCE = 8
ROUNDS = 3


class Shop:
    """A vendor with a product of many SKUs."""

    def __init__(self, count: int) -> None:
        settings = Settings.from_environment(os.environ)
        self.vendor_id = f"VENDOR-{secrets.token_hex(6).upper()}"
        token = LocalStackToken(settings.url("front"), "vendor", self.vendor_id)
        self.stock = StockClient(settings.url("stock"), token)
        catalog = CatalogClient(settings.url("catalog"), token)
        product = catalog.create_product(product_name="Tea", category="Drinks", base_price=Decimal("4.5"))
        product_id = product.result.product_id
        self.skus = [StockKey(product_id, f"SKU-{product_id}-{number}") for number in range(count)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._create, self.skus))

    def _create(self, key: StockKey) -> None:
        self.stock.create_sku(
            key.product_id, key.sku, variant_name="A box", unit_price=Decimal("4.5"), reorder_threshold=1
        )

    def import_all(self, folder: Path) -> None:
        """Import a delivery of every SKU with the command line, in a process of its own."""
        reference = secrets.token_hex(4)
        file = folder / f"{reference}.csv"
        with file.open("w", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(["sku", "quantity", "reference"])
            writer.writerows([key.sku, 1, reference] for key in self.skus)
        arguments = ["import", "stock", str(file), "--vendor", self.vendor_id, "--yes"]
        done = subprocess.run(
            [sys.executable, "-m", "inventory_cli", *arguments],
            env={**os.environ, "INVENTORY_STATE": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]

    def restock_each(self, folder: Path) -> None:
        """Restock every SKU in a request of its own."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda key: self.stock.restock(key.product_id, key.sku, 1), self.skus))


def main() -> None:
    """Print the rates of some rounds and their medians."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stock_import")
    parser.add_argument("rows", type=int, nargs="?", default=2_000)
    count: int = parser.parse_args().rows
    shop = Shop(count)

    def rate(work: Callable[[Path], None], folder: Path) -> float:
        began = time.perf_counter()
        work(folder)
        return count / (time.perf_counter() - began)

    rates: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            rates.append((rate(shop.import_all, Path(folder)), rate(shop.restock_each, Path(folder))))
            imported, single = rates[-1]
            print(f"round {number + 1}: {imported:5,.0f}/s imported, {single:5,.0f}/s by single requests")
    imported, single = (median(each) for each in zip(*rates, strict=True))
    ratio = f"{imported / single:.1f} times"
    print(f"median:  {imported:5,.0f}/s imported, {single:5,.0f}/s by single requests: {ratio}")
    units = [shop.stock.sku(*key).current_stock for key in shop.skus[:: max(1, count // 20)]]
    assert set(units) == {2 * ROUNDS}, units


if __name__ == "__main__":
    main()
