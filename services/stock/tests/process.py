"""A process of the stock service for tests: its stores, its engine and short ways to its commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from chalicelib.bootstrap import Engine, Storage, engine_of
from chalicelib.domain.commands import (
    Actor,
    AdjustStock,
    AmendOrder,
    BatchedCommand,
    ReopenOrder,
    Restock,
    SettleOrder,
)
from chalicelib.domain.orders import Order, OrderOutcome
from chalicelib.engine.executor import Executor
from chalicelib.engine.orders import Orders
from chalicelib.engine.sagas import Sagas
from chalicelib.engine.sku_cache import SkuCache
from chalicelib.engine.skus import CreatedSku, Skus
from chalicelib.engine.stock import LoggedChange, Stock, StockChange
from chalicelib.engine.sweeper import Sweeper
from inventory_common.errors import InventoryError
from inventory_common.ids import StockKey
from inventory_common.retry_policy import RetryPolicy
from inventory_common.skus import Sku
from inventory_common.timestamps import Clock

from .shop import ACTOR, BLACK, immediate

__all__ = ["Process"]


@dataclass(frozen=True)
class Process:
    """One process; `replace` makes another with another store, clock, policy or cache."""

    storage: Storage
    clock: Clock
    retry_policy: RetryPolicy = field(default_factory=immediate)
    sku_cache: SkuCache = field(default_factory=SkuCache)

    def over(self, **stores: Any) -> Process:
        """Return another process, with other stores and a cache of its own."""
        return replace(self, storage=self.storage._replace(**stores), sku_cache=SkuCache())

    def through(self, **stores: Any) -> Process:
        """Return this process with other stores between it and the tables: the cache is the same."""
        return replace(self, storage=self.storage._replace(**stores))

    def restarted(self) -> Process:
        """Return another process over the same stores."""
        return self.over()

    @cached_property
    def engine(self) -> Engine:
        return engine_of(self.storage, self.clock, self.retry_policy, self.sku_cache)

    @property
    def executor(self) -> Executor:
        return self.engine.executor

    @property
    def sagas(self) -> Sagas:
        return self.engine.sagas

    @property
    def orders(self) -> Orders:
        return self.engine.orders

    @property
    def skus(self) -> Skus:
        return self.engine.skus

    @property
    def stock(self) -> Stock:
        return self.engine.stock

    @property
    def sweeper(self) -> Sweeper:
        return self.engine.sweeper

    # Commands

    def place(self, command: Any, actor: Actor = ACTOR) -> OrderOutcome:
        return self.orders.place(command, actor)

    def confirm(self, command: SettleOrder, actor: Actor = ACTOR) -> OrderOutcome:
        return self.orders.confirm(command, actor)

    def cancel(self, command: SettleOrder, actor: Actor = ACTOR) -> OrderOutcome:
        return self.orders.cancel(command, actor)

    def refund(self, command: SettleOrder, actor: Actor = ACTOR) -> OrderOutcome:
        return self.orders.refund(command, actor)

    def extend(self, command: Any, actor: Actor = ACTOR) -> OrderOutcome:
        return self.orders.extend(command, actor)

    def amend(self, command: AmendOrder, actor: Actor = ACTOR) -> OrderOutcome:
        return self.orders.amend(command, actor)

    def reopen(self, command: ReopenOrder, actor: Actor = ACTOR) -> OrderOutcome:
        return self.orders.reopen(command, actor)

    def batch(self, commands: Sequence[BatchedCommand]) -> list[OrderOutcome | InventoryError]:
        return self.orders.batch(commands, ACTOR)

    def change_stock(self, commands: Sequence[Restock | AdjustStock]) -> list[LoggedChange | InventoryError]:
        return self.stock.batch(commands, ACTOR)

    def restock(self, command: Any) -> StockChange:
        return self.stock.restock(command, ACTOR)

    def adjust(self, command: Any) -> StockChange:
        return self.stock.adjust(command, ACTOR)

    def create_sku(self, command: Any) -> CreatedSku:
        return self.skus.create(command, ACTOR)

    def change_sku(self, command: Any) -> Sku:
        return self.skus.change(command, ACTOR).sku

    def sweep(self, request_id: str = "sweep-1") -> dict[str, int]:
        return dict(self.sweeper.sweep(request_id))

    # What is stored

    def sku(self, sku: str = BLACK) -> Sku:
        """Return a SKU, which must exist."""
        found = self.storage.skus.get(StockKey.of(sku))
        assert found is not None, sku
        return found

    def order(self, order_id: str) -> Order | None:
        """Return an order, whatever has become of it."""
        return self.storage.orders.get(order_id)
