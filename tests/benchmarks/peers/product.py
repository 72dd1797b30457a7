"""This product as ``make run`` runs it: services, stream functions, request logs, on one of two engines."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from decimal import Decimal
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, Final

from inventory_client import CatalogClient, LocalStackToken, StockClient
from local.token import fetch_token
from tests.benchmarks.peers.driver import Buyer, Placed
from tests.benchmarks.peers.http_json import Connection
from tests.benchmarks.peers.systems import CannotRun, System
from tests.e2e.running_stack import RunningStack
from tests.integration.processes import wait_until
from tests.support import dynamodb_local

__all__ = ["Batches", "BatchesOnDynamoDBLocal", "Orders", "OrdersOnDynamoDBLocal", "placed_of"]

READY_SECONDS: Final = 240.0
BATCH: Final = 49
"""Orders of a batch: of one SKU and one line each, as many as one transaction of DynamoDB takes."""


class Product(System):
    """The local stack, and orders of one unit."""

    on_dynamodb_local: ClassVar[bool] = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._running = ExitStack()
        self._vendor: StockClient
        self._catalog: CatalogClient
        self._url: str
        self._token: str

    def start(self) -> Mapping[str, str]:
        if self.on_dynamodb_local:
            try:
                engine = self._running.enter_context(dynamodb_local.dynamodb_local())
            except dynamodb_local.CannotRun as error:
                raise CannotRun(str(error)) from error
            stack = RunningStack(self.folder, DYNAMODB_ENDPOINT=engine.url)
            versions = {"DynamoDB Local": f"of {dynamodb_local.PACKAGE} {dynamodb_local.VERSION}"}
        else:
            stack = RunningStack(self.folder)
            versions = {"ministack, the embedded engine,": version("ministack")}
        self._running.callback(stack.kill_if_running)
        # On a busy machine it takes longer than tests wait for it.
        wait_until(
            lambda: "Ready." in stack.text() or stack.popen.poll() is not None, "stack ready", READY_SECONDS
        )
        if "Ready." not in stack.text():
            raise CannotRun(stack.text().strip()[-500:])
        front, self._url = stack.url("front"), stack.url("stock")
        vendor = LocalStackToken(front, "vendor", "VENDOR-001")
        self._catalog = self._running.enter_context(CatalogClient(stack.url("catalog"), vendor))
        self._vendor = self._running.enter_context(StockClient(self._url, vendor))
        self._token = fetch_token(front, "orders", "")
        return versions

    def stop(self) -> None:
        self._running.close()

    def seed(self, skus: int, units: int) -> Sequence[Any]:
        made = self._catalog.create_product(product_name="Peers", category="Peers", base_price=Decimal(1))
        product_id = made.result.product_id
        names = [f"SKU-{product_id}-{number:04}" for number in range(skus)]
        for sku in names:
            self._vendor.create_sku(
                product_id, sku, variant_name=sku, unit_price=Decimal(1), reorder_threshold=0
            )
            self._vendor.restock(product_id, sku, units)
        return [{"product_id": product_id, "sku": sku, "quantity": 1} for sku in names]

    def connect(self, number: int) -> Buyer:
        connection = Connection(self._url, {"Authorization": f"Bearer {self._token}"})
        return _Batches(connection) if self.batch > 1 else _Orders(connection)

    def reserved(self, sku: Any) -> int:
        return self._vendor.sku(sku["product_id"], sku["sku"]).reserved_stock


class Orders(Product):
    """Single orders, embedded engine."""

    title = "this, single orders, embedded engine"


class OrdersOnDynamoDBLocal(Product):
    """Single orders, DynamoDB Local."""

    title = "this, single orders, DynamoDB Local"
    on_dynamodb_local = True


class Batches(Product):
    """Batches, embedded engine."""

    batch = BATCH
    title = f"this, batches of {batch}, embedded engine"


class BatchesOnDynamoDBLocal(Product):
    """Batches, DynamoDB Local."""

    batch = BATCH
    title = f"this, batches of {batch}, DynamoDB Local"
    on_dynamodb_local = True


def _order_id() -> str:
    return f"ORDER-PEERS-{secrets.token_hex(8).upper()}"


def placed_of(outcomes: Sequence[tuple[int, Any]]) -> Placed:
    """Return what the outcome of each order means: its status, and the order or the problem."""
    counted: Counter[str] = Counter()
    for status, document in outcomes:
        match status:
            case HTTPStatus.CREATED:
                counted["placed"] += 1
            case _ if (document or {}).get("code") == "insufficient_stock":
                counted["refused"] += 1
            case _:
                counted[f"{status} {(document or {}).get('code', document)}"] += 1
    placed, refused = counted.pop("placed", 0), counted.pop("refused", 0)
    return Placed(placed, refused, tuple(counted.elements()))


class _Orders:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def place(self, skus: Sequence[Any]) -> Placed:
        [line] = skus
        return placed_of([self._connection.send("PUT", f"/orders/{_order_id()}", {"lines": [line]})])

    def close(self) -> None:
        self._connection.close()


class _Batches(_Orders):
    def place(self, skus: Sequence[Any]) -> Placed:
        orders = [{"order_id": _order_id(), "command": "place", "lines": [line]} for line in skus]
        status, document = self._connection.send("POST", "/orders/batch", {"orders": orders})
        if status != HTTPStatus.OK:
            return placed_of([(status, document)] * len(skus))
        return placed_of([(each["status_code"], each.get("problem")) for each in document["results"]])
