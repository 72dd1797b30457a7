"""The composition root: from settings to the wired application."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from inventory_common.alert_topic import AlertTopic
from inventory_common.change_ids import new_change_id
from inventory_common.declarations import Api
from inventory_common.dynamodb import DynamoDBClient, connect
from inventory_common.event_bus import EventBus
from inventory_common.ledger_key_store import LedgerKeyStore
from inventory_common.malformed_items import MalformedItems
from inventory_common.rest import RestService
from inventory_common.retry_policy import RetryPolicy
from inventory_common.settings import Settings
from inventory_common.timestamps import Clock, now

from .domain.events import EVENT_TYPES
from .engine.availability import Availability
from .engine.executor import Executor
from .engine.low_stock_bounds import LowStockBounds
from .engine.orders import Orders
from .engine.sagas import Sagas
from .engine.sku_cache import SkuCache
from .engine.skus import Skus
from .engine.stock import Stock
from .engine.stream_handlers import StreamHandlers
from .engine.sweeper import Sweeper
from .http.availability import AvailabilityRoutes
from .http.orders import OrderRoutes
from .http.skus import InventoryRoutes, SkuRoutes
from .http.stock import StockRoutes
from .storage.bounds import BoundStore
from .storage.database import Database
from .storage.ledger_key import LedgerKey, LedgerKeySource
from .storage.orders import OrderStore
from .storage.products import ProductStore
from .storage.sent_alerts import SentAlertStore
from .storage.skus import SkuStore
from .storage.state import StateStore

__all__ = [
    "Engine",
    "Storage",
    "engine_of",
    "low_stock_bounds",
    "rest_service",
    "storage_of",
    "stream_handlers",
    "sweeper",
]

_NAME: Final = "inventory-stock"
_API: Final = Api(
    about="Vendors keep SKUs and their stock; order systems reserve units, and settle or release them.",
    version="2.0.0",
    folder=Path(__file__).parent.parent,
    events=EVENT_TYPES,
)


class Storage(NamedTuple):
    """The stores over one database."""

    products: ProductStore
    skus: SkuStore
    orders: OrderStore
    bounds: BoundStore
    sent_alerts: SentAlertStore
    state: StateStore
    ledger_key: LedgerKey


class Engine(NamedTuple):
    """What executes commands over one storage, with one cache of SKUs."""

    executor: Executor
    sagas: Sagas
    skus: Skus
    stock: Stock
    orders: Orders
    availability: Availability
    sweeper: Sweeper


def storage_of(client: DynamoDBClient, settings: Settings, ledger_key: LedgerKey) -> Storage:
    """Make the stores over a client, with the key that signs what they write."""
    database = Database(client, settings, MalformedItems(_NAME), ledger_key)
    products, bounds, orders = ProductStore(database), BoundStore(database), OrderStore(database)
    return Storage(
        products=products,
        skus=SkuStore(database, bounds),
        orders=orders,
        bounds=bounds,
        sent_alerts=SentAlertStore(database),
        state=StateStore(database, orders, products),
        ledger_key=ledger_key,
    )


def engine_of(
    storage: Storage,
    clock: Clock = now,
    retry_policy: RetryPolicy | None = None,
    sku_cache: SkuCache | None = None,
    draw_change_id: Callable[[], str] = new_change_id,
) -> Engine:
    """Make the engine over a storage."""
    policy = retry_policy or RetryPolicy()
    executor = Executor(
        storage.state, storage.skus, clock, storage.ledger_key.current, policy, sku_cache or SkuCache()
    )
    sagas = Sagas(storage.orders, storage.state, executor)
    return Engine(
        executor=executor,
        sagas=sagas,
        skus=Skus(storage.skus, storage.state, clock, policy, draw_change_id),
        stock=Stock(storage.state, executor),
        orders=Orders(storage.orders, executor, sagas, clock, policy),
        availability=Availability(storage.skus),
        sweeper=Sweeper(storage.orders, executor, sagas, clock, policy),
    )


def rest_service(over: Engine | None = None) -> RestService:
    """Make the application with its routes, over this process's engine or another one."""
    service = RestService.from_settings(_NAME, _settings(), api=_API)
    behind = over or engine()
    service.add(
        SkuRoutes(behind.skus),
        StockRoutes(behind.stock),
        InventoryRoutes(behind.skus),
        AvailabilityRoutes(behind.availability),
        OrderRoutes(behind.orders, _settings().order_owners),
    )
    return service


def stream_handlers() -> StreamHandlers:
    """Make the handlers of changes of products, SKUs and orders."""
    storage = _storage()
    return StreamHandlers(
        products=storage.products,
        skus=storage.skus,
        orders=storage.orders,
        sent_alerts=storage.sent_alerts,
        alerts=AlertTopic(_settings().alert_topic_arn, _NAME),
        events=EventBus(_settings().event_bus),
        clock=now,
        retry_policy=RetryPolicy(),
    )


def sweeper() -> Sweeper:
    """Make the sweeper of due orders."""
    return engine().sweeper


def low_stock_bounds() -> LowStockBounds:
    """Make what corrects low-stock bounds."""
    return LowStockBounds(_storage().bounds, now)


@cache
def engine() -> Engine:
    """Return this process's engine."""
    return engine_of(_storage())


@cache
def _settings() -> Settings:
    return Settings.from_environment(os.environ)


@cache  # making a client takes longer than most requests
def _storage() -> Storage:
    return storage_of(connect(), _settings(), _ledger_key())


@cache  # it keeps the key
def _ledger_key() -> LedgerKeySource:
    settings = _settings()
    return LedgerKeySource(settings.ledger_key_secret, LedgerKeyStore(settings.ledger_keys_path), _NAME)
