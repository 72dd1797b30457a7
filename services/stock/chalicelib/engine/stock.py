"""Restocks and adjustments, one by one and in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from inventory_common.dynamodb import expected_error
from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import InternalError, InventoryError
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord
from inventory_common.values import value

from ..domain import stock_changes
from ..domain.commands import Actor, AdjustStock, Restock
from ..storage.state import StateStore
from .executor import Executor
from .transaction_batch import Decide, Executed, Outcome, UnitOfWork

__all__ = ["LoggedChange", "Stock", "StockChange"]


class StockChange(NamedTuple):
    """The log record of a change, the SKU after it, and whether it had already been executed."""

    record: TransactionRecord
    sku: Sku
    replayed: bool


class LoggedChange(NamedTuple):
    """The log record of a change of a batch, and whether it had already been executed."""

    record: TransactionRecord
    replayed: bool


@value
class Stock:
    """Restocks and adjustments of SKUs."""

    state: StateStore
    executor: Executor

    def restock(self, command: Restock, actor: Actor) -> StockChange:
        """Add units to the stock.

        Raises
        ------
        SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._change(command, actor)

    def adjust(self, command: AdjustStock, actor: Actor) -> StockChange:
        """Correct the stock.

        Raises
        ------
        SkuNotFound, CountStale, AdjustmentBelowReserved, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._change(command, actor)

    def batch(
        self, commands: Sequence[Restock | AdjustStock], actor: Actor
    ) -> list[LoggedChange | InventoryError]:
        """Execute restocks and adjustments, many in one transaction, and return the outcome of each.

        Each command succeeds or fails independently; commands on the same SKU run in their sequence.
        """
        deadline = self.executor.retry_policy.deadline()
        work = [_work(command, actor) for command in commands]
        outcomes = list(self.executor.execute_all(work, deadline))
        earlier = self._earlier_records(outcomes, deadline)
        return [_logged(outcome, earlier) for outcome in outcomes]

    def _change(self, command: Restock | AdjustStock, actor: Actor) -> StockChange:
        executed = self.executor.execute(_work(command, actor))
        assert isinstance(executed, Executed), "a change of one SKU is one transaction"
        if executed.write_set is not None:
            [movement] = executed.write_set.movements
            return StockChange(movement.record, movement.after, replayed=False)
        # The SKU in the state may have been read before the command was executed first.
        found = self.state.record_and_sku(_key_of_replayed(executed), command.key)
        return StockChange(found.record, found.sku, replayed=True)

    def _earlier_records(
        self, outcomes: Iterable[Outcome], deadline: float
    ) -> dict[str, TransactionRecord | InventoryError]:
        """Return the log records of replayed commands by their ids, or why they cannot be read."""
        replayed = [each for each in outcomes if isinstance(each, Executed) and each.write_set is None]
        keys = {key["transaction_id"]: key for key in map(_key_of_replayed, replayed)}
        ids = list(keys)
        found: dict[str, TransactionRecord | InventoryError] = {}
        for first in range(0, len(ids), TRANSACTION_ITEMS_MAX):
            some = ids[first : first + TRANSACTION_ITEMS_MAX]
            try:
                self.executor.require_time(deadline)
                found |= self.state.log_records([keys[each] for each in some])
            except Exception as failure:
                error = expected_error(failure)
                if error is None:
                    raise
                found |= dict.fromkeys(some, error)
        return found


def _work(command: Restock | AdjustStock, actor: Actor) -> UnitOfWork:
    return UnitOfWork(
        decide=_rule(command),
        actor=actor,
        keys=(command.key,),
        idempotency_id=command.idempotency_key.idempotency_id,
        notes=command.notes,
    )


def _rule(command: Restock | AdjustStock) -> Decide:
    if isinstance(command, Restock):
        return lambda state, context: stock_changes.restock(state, command, context)
    return lambda state, context: stock_changes.adjust(state, command, context)


def _key_of_replayed(executed: Executed) -> Mapping[str, str]:
    """Return the key of the log record that a replayed command had written."""
    record = executed.state.idempotency_record
    assert record is not None, "only an idempotency record identifies a replay"
    return record.results[0]


def _logged(
    outcome: Outcome, earlier: Mapping[str, TransactionRecord | InventoryError]
) -> LoggedChange | InventoryError:
    if isinstance(outcome, InventoryError):
        return outcome
    assert isinstance(outcome, Executed), "a change of one SKU is one transaction"
    if outcome.write_set is not None:
        [movement] = outcome.write_set.movements
        return LoggedChange(movement.record, replayed=False)
    transaction_id = _key_of_replayed(outcome)["transaction_id"]
    record = earlier.get(transaction_id)
    if record is None:
        return InternalError(f"{transaction_id} cannot be read; please report the request_id.")
    return record if isinstance(record, InventoryError) else LoggedChange(record, replayed=True)
