"""How long one vendor's deactivation takes to reach its SKUs while another vendor toggles products.

Run: ``python -m tests.benchmarks.toggle_storm [CHANGES]`` beside ``make run``.  Vendor A activates and
deactivates ten products of a hundred SKUs each, as fast as eight clients can.  Then vendor B deactivates a
product of one SKU, behind all stream records of A, and its SKU is read until it has the flag.  The time is
also a multiple of what the same takes in an idle stack.
"""

from __future__ import annotations

import argparse
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from inventory_client import CatalogClient, LocalStackToken, StockClient
from local.settings import Settings

PRODUCTS = 10
SKUS_OF_PRODUCT = 100
AT_ONCE = 8
ASK_SECONDS = 0.05


class Vendor:
    """A vendor with active products."""

    def __init__(self, products: int, skus: int) -> None:
        settings = Settings.from_environment(os.environ)
        token = LocalStackToken(settings.url("front"), "vendor", f"VENDOR-{secrets.token_hex(6).upper()}")
        self.catalog = CatalogClient(settings.url("catalog"), token)
        self.stock = StockClient(settings.url("stock"), token)
        self.products = [self._create() for _ in range(products)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._add_sku, self.products * skus, range(products * skus)))

    def _create(self) -> str:
        made = self.catalog.create_product(product_name="Tea", category="Drinks", base_price=Decimal("4.5"))
        return made.result.product_id

    def _add_sku(self, product_id: str, number: int) -> None:
        sku = f"SKU-{product_id}-{number}"
        self.stock.create_sku(
            product_id, sku, variant_name="A box", unit_price=Decimal("4.5"), reorder_threshold=1
        )

    def toggle(self, changes: int) -> float:
        """Change the activity of the products in turn, so many changes in all; return them by second."""
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._toggle, range(changes)))
        return changes / (time.monotonic() - began)

    def _toggle(self, number: int) -> None:
        product_id = self.products[number % len(self.products)]
        self.catalog.change_product(product_id, {"is_active": bool(number // len(self.products) % 2)})

    def seconds_of_a_deactivation(self) -> float:
        """Deactivate the first product; return how long its SKUs take to have the flag."""
        product_id = self.products[0]
        self.catalog.deactivate_product(product_id)
        began = time.monotonic()
        while any(sku.product_is_active for sku in self.stock.skus_of_product(product_id)):
            time.sleep(ASK_SECONDS)
        return time.monotonic() - began


def main() -> None:
    """Print the rate of the changes, and the delay of the deactivation."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.toggle_storm")
    parser.add_argument("changes", type=int, nargs="?", default=2_000)
    changes = parser.parse_args().changes
    loud, quiet, idle = Vendor(PRODUCTS, SKUS_OF_PRODUCT), Vendor(1, 1), Vendor(1, 1)
    alone = idle.seconds_of_a_deactivation()
    rate = loud.toggle(changes)
    beside = quiet.seconds_of_a_deactivation()
    print(f"{changes:,} changes at {rate:,.0f}/s")
    print(f"a deactivation reached its SKU behind them after {beside:.1f} s, in an idle stack {alone:.2f} s")


if __name__ == "__main__":
    main()
