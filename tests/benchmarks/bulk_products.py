"""What a bulk route for products could gain: one transaction of fifty, and requests of one product each.

Run: ``python -m tests.benchmarks.bulk_products`` beside ``make run``.  The transaction is written straight to
DynamoDB: a route would take longer by all that it checks.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from statistics import median
from typing import Any

import boto3

from inventory_client import CatalogClient, LocalStackToken
from inventory_common.items import to_item
from inventory_common.products import Product
from inventory_common.schema import PRODUCTS
from inventory_common.timestamps import now
from local.settings import Settings

PRODUCTS_AT_ONCE = 50  # with the guards of their external ids the 100 actions of a transaction
ROUNDS = 7
VENDOR = "VENDOR-BULK"
CONDITION = "attribute_not_exists(product_id)"


def actions() -> list[dict[str, Any]]:
    """Return what writes a product with an external id: itself and the guard."""
    name = secrets.token_hex(8)
    product = Product(
        product_id=f"BULK-{name}",
        vendor_id=VENDOR,
        product_name="Tea",
        category="Drinks",
        base_price=Decimal("4.5"),
        is_active=True,
        created_at=now(),
        updated_at=now(),
        version=1,
        external_id=name,
    )
    guard = {PRODUCTS.partition_key: f"#EXTERNAL#{VENDOR}#{name}", "belongs_to": product.product_id}
    return [
        {"Put": {"TableName": PRODUCTS.name, "Item": item, "ConditionExpression": CONDITION}}
        for item in (to_item(guard), product.to_item())
    ]


def ms_of(work: Callable[[], object]) -> float:
    """Return the milliseconds that it takes."""
    began = time.perf_counter()
    work()
    return 1_000 * (time.perf_counter() - began)


def main() -> None:
    """Print the median of each way, taken in turns so that a busy machine slows all alike."""
    settings = Settings.from_environment(os.environ)
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "ap-south-1"}
    dynamodb: Any = boto3.client("dynamodb", endpoint_url=settings.dynamodb_endpoint, **keys)
    token = LocalStackToken(settings.url("front"), "vendor", VENDOR)
    catalog = CatalogClient(settings.url("catalog"), token)

    def create(_: int) -> None:
        catalog.create_product(
            product_name="Tea", category="Drinks", base_price=Decimal("4.5"), external_id=secrets.token_hex(8)
        )

    def at_once() -> None:
        dynamodb.transact_write_items(
            TransactItems=[action for _ in range(PRODUCTS_AT_ONCE) for action in actions()]
        )

    with ThreadPoolExecutor(8) as pool:
        ways: dict[str, Callable[[], object]] = {
            "one transaction": at_once,
            "requests, 8 at a time": lambda: list(pool.map(create, range(PRODUCTS_AT_ONCE))),
            "requests, one by one": lambda: list(map(create, range(PRODUCTS_AT_ONCE))),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                taken[name].append(ms_of(way))
    for name, found in taken.items():
        print(f"{PRODUCTS_AT_ONCE} products, {name:22} {median(found):6.0f} ms")


if __name__ == "__main__":
    main()
