"""Deliveries a second by `inventory import stock`, by single requests, and as DynamoDB itself takes them.

Run: ``python -m tests.benchmarks.stock_import [ROWS]`` beside ``make run``.  The rows are those of SKUs of a
vendor of its own, one each.  The ways take turns, so that a busy machine slows all alike: the command line,
from its start to its exit, with all that it reads and compares; as many single restocks, eight at a time,
which alone are what an import without batches sends; and, as the engine's own limit, transactions of the same
items on tables of their own, from a client that does nothing else.
"""

from __future__ import annotations

import argparse
import csv
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from inventory_client import CatalogClient, LocalStackToken, StockClient
from inventory_common.ids import StockKey
from local.settings import Settings
from local.tables import create_tables, definitions
from tests.benchmarks.batches import rate_of
from tests.benchmarks.performance.shape import records
from tests.benchmarks.performance.stage import client_of
from tests.support.sample_skus import a_sku

AT_ONCE = 8
ROUNDS = 3
CHANGES_OF_A_TRANSACTION = 49


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
        self.stock.create_sku(*key, variant_name="A box", unit_price=Decimal("4.5"), reorder_threshold=1)

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


class Floor:
    """Tables of its own, whose SKUs transactions change as a restock does."""

    def __init__(self, count: int) -> None:
        self._client = client_of(Settings.from_environment(os.environ).dynamodb_endpoint)
        self._prefix = f"floor-{secrets.token_hex(4)}-"
        self._records = 0
        create_tables(self._client, self._prefix)
        self._skus = [a_sku(f"SKU-PROD-FLOOR-{number}").to_item() for number in range(count)]
        for sku in self._skus:
            self._client.put_item(TableName=f"{self._prefix}VendorInventory", Item=sku)

    def restock_all(self, _: Path) -> None:
        """Change every SKU, and write a record of each, 49 in a transaction."""
        for begin in range(0, len(self._skus), CHANGES_OF_A_TRANSACTION):
            skus = self._skus[begin : begin + CHANGES_OF_A_TRANSACTION]
            self._client.transact_write_items(
                TransactItems=[action for sku in skus for action in self._actions(sku)]
            )

    def _actions(self, sku: Any) -> list[dict[str, Any]]:
        self._records += 1
        [record] = records(1)
        record["transaction_id"] = {"S": f"TXN-{self._records}"}
        update = {
            "TableName": f"{self._prefix}VendorInventory",
            "Key": {name: sku[name] for name in ("product_id", "sku")},
            "UpdateExpression": "ADD current_stock :one, available_stock :one, version :one",
            "ConditionExpression": "attribute_exists(sku)",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        put = {"TableName": f"{self._prefix}StockTransactions", "Item": record}
        return [{"Update": update}, {"Put": put}]

    def remove(self) -> None:
        """Delete the tables."""
        for name in definitions():
            self._client.delete_table(TableName=f"{self._prefix}{name}")


def shown(rates: Mapping[str, float]) -> str:
    """Return rates as text."""
    return ", ".join(f"{name} {rate:,.0f}/s" for name, rate in rates.items())


def main() -> None:
    """Print the rates of some rounds and their medians."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stock_import")
    parser.add_argument("rows", type=int, nargs="?", default=2_000)
    count = parser.parse_args().rows
    shop, floor = Shop(count), Floor(count)
    ways = {"import": shop.import_all, "single requests": shop.restock_each, "engine": floor.restock_all}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    try:
        with tempfile.TemporaryDirectory() as folder:
            for number in range(ROUNDS):
                for name, way in ways.items():
                    rates[name].append(rate_of(count, partial(way, Path(folder))))
                print(f"round {number + 1}: {shown({name: found[-1] for name, found in rates.items()})}")
    finally:
        floor.remove()
    medians = {name: median(found) for name, found in rates.items()}
    print(f"median:  {shown(medians)}")
    print(f"import: {medians['import'] / medians['single requests']:.1f} times the single requests, ", end="")
    print(f"{medians['import'] / medians['engine']:.2f} of the engine")
    units = [shop.stock.sku(*key).current_stock for key in shop.skus[:: max(1, count // 20)]]
    assert set(units) == {2 * ROUNDS}, units


if __name__ == "__main__":
    main()
