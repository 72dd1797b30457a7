"""The stock service's code on an engine, and SKUs in it, for the benchmarks of a contended SKU."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from inventory_common.dynamodb import connect
from inventory_common.ids import StockKey
from inventory_common.retry_policy import RetryPolicy
from inventory_common.settings import Settings
from inventory_common.timestamps import Clock, now
from services.stock.chalicelib.bootstrap import Engine, Storage, engine_of, storage_of
from services.stock.chalicelib.domain.commands import Actor, LineRequest
from services.stock.chalicelib.domain.decisions import WriteSet
from services.stock.chalicelib.storage.state import Committed, StateStore, Unanswered, WriteConflict
from tests.support.fixed_ledger_key import FixedLedgerKey
from tests.support.sample_skus import a_sku

PRODUCT = "PROD-E4F9A"
HOT = f"SKU-{PRODUCT}-HOT"
ACTOR = Actor("client:benchmark", "benchmark")
ONE_UNIT = (LineRequest(StockKey.of(HOT), 1),)
"""The lines of an order of one unit of the contended SKU."""


class CountingStateStore(StateStore):
    """Counts the transactions that it has `sent`."""

    def __init__(self, state: StateStore) -> None:
        super().__init__(state.database, state.orders, state.products)
        self.sent = 0

    def commit(
        self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
    ) -> Committed | WriteConflict | Unanswered:
        self.sent += 1
        return super().commit(write_sets, leased)


class CountedEngine(NamedTuple):
    """The service's engine, and the store that counts its transactions."""

    engine: Engine
    state: CountingStateStore


def connect_to(endpoint_url: str) -> Any:
    """Return a client of the engine at this address, made as the service makes it."""
    os.environ.update(
        {
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint_url,
            "AWS_DEFAULT_REGION": "ap-south-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }
    )
    return connect()


def storage_over(client: Any) -> Storage:
    """Return the service's stores over a client."""
    settings = Settings(jwks_url="", token_issuer="", token_audiences=(), machine_client_ids=())
    return storage_of(client, settings, FixedLedgerKey())


def patient_engine(storage: Storage, deadline_seconds: float) -> Engine:
    """Return the service's engine with a long deadline: a slow machine is measured, and nothing refused."""
    return engine_of(storage, now, RetryPolicy(deadline_seconds=deadline_seconds))


def counted_engine(client: Any, clock: Clock = now) -> CountedEngine:
    """Return the service's engine with its own retry policy, its transactions counted."""
    storage = storage_over(client)
    state = CountingStateStore(storage.state)
    return CountedEngine(engine_of(storage._replace(state=state), clock, RetryPolicy()), state)


def put_sku(client: Any, sku: str) -> None:
    """Store a SKU with a stock that no benchmark exhausts."""
    item = a_sku(sku, product_id=PRODUCT, current_stock=1_000_000, last_updated=now())
    client.put_item(TableName="VendorInventory", Item=item.to_item())
