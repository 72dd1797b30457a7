"""How much faster an export of SKUs reads pages of the vendor's inventory than the SKUs of each product.

Run: ``python -m tests.benchmarks.export_pages [PRODUCTS]`` beside ``make run``.  It makes a vendor with as
many products, of one SKU each, and prints the medians of both ways in seconds, and their ratio.
"""

from __future__ import annotations

import argparse
import os
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from statistics import median

from inventory_cli.exports import EXPORTS
from inventory_cli.profiles import Session, load_profile

AT_ONCE = 8
ROUNDS = 3


def make_shop(session: Session, vendor_id: str, products: int) -> None:
    """Create products of one SKU each."""

    def create(number: int) -> None:
        price = Decimal("4.5")
        product = session.catalog.create_product(
            vendor_id=vendor_id, product_name=f"Product {number}", category="Tea", base_price=price
        ).result
        session.stock.create_sku(
            product.product_id,
            f"SKU-{product.product_id}-STD",
            variant_name="Standard",
            unit_price=price,
            reorder_threshold=5,
        )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(create, range(products)))


def by_pages(session: Session, vendor_id: str) -> int:
    """Read the rows of an export of SKUs; return their number."""
    return sum(1 for _ in EXPORTS["skus"].rows(session, [vendor_id], lambda: None))


def by_product(session: Session, vendor_id: str) -> int:
    """Read the SKUs of each product of the vendor's list; return their number."""
    products = session.catalog.products_of_vendor(vendor_id)
    return sum(1 for product in products for _ in session.stock.skus_of_product(product.product_id))


def seconds_of(way: Callable[[Session, str], int], session: Session, vendor_id: str, expected: int) -> float:
    """Return how long a way takes to read all SKUs."""
    began = time.perf_counter()
    found = way(session, vendor_id)
    assert found == expected, (found, expected)
    return time.perf_counter() - began


def main() -> None:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.export_pages")
    parser.add_argument("products", type=int, nargs="?", default=1_000)
    count = parser.parse_args().products
    vendor_id = f"VENDOR-{secrets.token_hex(6).upper()}"
    with Session(load_profile(os.environ)) as session:
        make_shop(session, vendor_id, count)
        ways = {"pages": by_pages, "by product": by_product}
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                taken[name].append(seconds_of(way, session, vendor_id, count))
    for name, seconds in taken.items():
        print(f"{name:12} {count:7,} SKUs {median(seconds):8.2f} s")
    print(f"ratio        {median(taken['by product']) / median(taken['pages']):8.1f}")


if __name__ == "__main__":
    main()
