"""The shop that a load is sent to: a product of its own, whose stock is compared with what was sold."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from typing import Final

from inventory_client import CatalogClient, ClientError, LineRequest, Problem, StockClient
from tools.load.report import Report

__all__ = ["Clients", "Shop"]

UNITS: Final = 1_000_000
"""Units of each SKU: more than a load can sell."""
_CONFIRMED: Final = 0.5
"""The share of orders that is confirmed; the others are cancelled."""


@dataclass(frozen=True)
class Clients:
    """A vendor's clients, and an order system's; each worker has its own connections to the last one."""

    catalog: CatalogClient
    stock: StockClient
    connect_orders: Callable[[], StockClient]


class Pace:
    """Lets workers begin no more than so many orders a second, all together."""

    def __init__(self, orders_a_second: float) -> None:
        self._pause = 1 / orders_a_second
        self._lock = Lock()
        self._next = time.monotonic()

    def wait(self) -> None:
        """Wait for the next turn."""
        with self._lock:
            begins = max(self._next, time.monotonic())
            self._next = begins + self._pause
        time.sleep(max(0.0, begins - time.monotonic()))


class Shop:
    """A product with SKUs in stock, made for one load."""

    def __init__(self, clients: Clients, skus: int, report: Report) -> None:
        self._clients = clients
        self._report = report
        made = clients.catalog.create_product(product_name="A load", category="Load", base_price=Decimal(1))
        self.product_id = made.result.product_id
        self.skus = [f"SKU-{self.product_id}-{number:04}" for number in range(skus)]
        for sku in self.skus:
            clients.stock.create_sku(
                self.product_id, sku, variant_name=sku, unit_price=Decimal(1), reorder_threshold=0
            )
            clients.stock.restock(self.product_id, sku, UNITS)

    def load(self, workers: int, seconds: float, orders_a_second: float) -> float:
        """Let workers place, confirm and cancel orders; return how many seconds that took."""
        began = time.monotonic()
        pace = Pace(orders_a_second)
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(self._work, pace, began + seconds) for _ in range(workers)]:
                done.result()
        return time.monotonic() - began

    def sold(self) -> tuple[int, int]:
        """Return the units that are missing from the stock, and those that are still reserved."""
        current = [self._clients.stock.sku(self.product_id, sku) for sku in self.skus]
        missing = sum(UNITS - sku.current_stock for sku in current)
        return missing, sum(sku.reserved_stock for sku in current)

    def close(self) -> None:
        """Deactivate the product: nothing is removed from a stage."""
        self._clients.catalog.deactivate_product(self.product_id)

    def _work(self, pace: Pace, until: float) -> None:
        with self._clients.connect_orders() as stock:
            while True:
                pace.wait()
                if time.monotonic() >= until:
                    return
                self._order(stock)

    def _order(self, stock: StockClient) -> None:
        order_id = f"ORDER-LOAD-{secrets.token_hex(8).upper()}"
        line = LineRequest(self.product_id, random.choice(self.skus), 1)  # noqa: S311
        if not self._timed("place", lambda: stock.place(order_id, [line])):
            return
        if random.random() < _CONFIRMED:  # noqa: S311
            self._timed("confirm", lambda: stock.confirm(order_id))
        else:
            self._timed("cancel", lambda: stock.cancel(order_id))

    def _timed(self, command: str, ask: Callable[[], object]) -> bool:
        began = time.monotonic()
        try:
            ask()
        except Problem as problem:
            self._report.refused(command, problem.code or str(problem.status))
            return False
        except ClientError as error:
            self._report.refused(command, type(error).__name__)
            return False
        self._report.succeeded(command, time.monotonic() - began)
        return True
