"""Restocks and adjustments."""

from __future__ import annotations

from typing import NamedTuple

from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord
from inventory_common.values import value

from ..domain import stock_changes
from ..domain.commands import Actor, AdjustStock, Restock
from ..storage.state import StateStore
from .executor import Executor
from .transaction_batch import Decide, Executed, UnitOfWork

__all__ = ["Stock", "StockChange"]


class StockChange(NamedTuple):
    """The log record of a change, the SKU after it, and whether it had already been executed."""

    record: TransactionRecord
    sku: Sku
    replayed: bool


@value
class Stock:
    """Restocks and adjustments of single SKUs."""

    state: StateStore
    executor: Executor

    def restock(self, command: Restock, actor: Actor) -> StockChange:
        """Add units to the stock.

        Raises
        ------
        SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._change(
            command, actor, lambda state, context: stock_changes.restock(state, command, context)
        )

    def adjust(self, command: AdjustStock, actor: Actor) -> StockChange:
        """Correct the stock.

        Raises
        ------
        SkuNotFound, CountStale, AdjustmentBelowReserved, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._change(
            command, actor, lambda state, context: stock_changes.adjust(state, command, context)
        )

    def _change(self, command: Restock | AdjustStock, actor: Actor, decide: Decide) -> StockChange:
        executed = self.executor.execute(
            UnitOfWork(
                decide=decide,
                actor=actor,
                keys=(command.key,),
                idempotency_id=command.idempotency_key.idempotency_id,
                notes=command.notes,
            )
        )
        assert isinstance(executed, Executed), "a change of one SKU is one transaction"
        if executed.write_set is not None:
            [movement] = executed.write_set.movements
            return StockChange(movement.record, movement.after, replayed=False)
        record = executed.state.idempotency_record
        assert record is not None, "only an idempotency record identifies a replay"
        # The SKU in the state may have been read before the command was executed first.
        found = self.state.record_and_sku(record.results[0], command.key)
        return StockChange(found.record, found.sku, replayed=True)
