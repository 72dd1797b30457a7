"""Commands for one transaction batch, and an executor whose calls are recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.placing import place
from chalicelib.domain.settlements import cancel, confirm
from chalicelib.domain.stock_changes import restock
from chalicelib.engine.executor import Executor
from chalicelib.engine.transaction_batch import Executed, Outcome, UnitOfWork
from inventory_common.retry_policy import RetryPolicy

from .other_writers import InterruptedStateStore
from .process import Process
from .shop import ACTOR, BLACK, PRODUCT, Tables, a_key, a_restock, a_sku, an_order_of
from .stores import RecordingStateStore

__all__ = [
    "change_work",
    "execute_all",
    "names_of",
    "orders_in_log",
    "place_work",
    "put_skus",
    "recorded_executor",
    "settle_work",
]

_RULES = {"confirm": confirm, "cancel": cancel}


def place_work(number: int | str, *lines: tuple[str, int]) -> UnitOfWork:
    """The place of an order for ``(sku, quantity)``, by default one unit of the black variant.

    The order is read first, as that of a step of a saga is.
    """
    command = an_order_of(*lines or [(BLACK, 1)], order_id=f"ORDER-{number}")
    return UnitOfWork(
        decide=lambda state, context: place(state, command, context),
        actor=ACTOR,
        keys=tuple(line.key for line in command.lines),
        order_id=command.order_id,
    )


def settle_work(number: int | str, name: str = "confirm") -> UnitOfWork:
    """The confirm or cancel of a whole order."""
    command = SettleOrder(f"ORDER-{number}")
    return UnitOfWork(
        decide=lambda state, context: _RULES[name](state, command, context),
        actor=ACTOR,
        order_id=command.order_id,
    )


def change_work(key: str, sku: str = BLACK, quantity: int = 1) -> UnitOfWork:
    """The restock of a SKU, with an Idempotency-Key."""
    command = a_restock(quantity, sku, idempotency_key=a_key(key))
    return UnitOfWork(
        decide=lambda state, context: restock(state, command, context),
        actor=ACTOR,
        keys=(command.key,),
        idempotency_id=command.idempotency_key.idempotency_id,
    )


def recorded_executor(
    process: Process, *acts: Callable[[], Any], retry_policy: RetryPolicy | None = None
) -> tuple[Executor, RecordingStateStore]:
    """Return the executor of another process, and what records its calls; others act before its commits."""
    state = RecordingStateStore(InterruptedStateStore(process.storage.state, *acts))
    other = replace(process.over(state=state), retry_policy=retry_policy or process.retry_policy)
    return other.executor, state


def execute_all(executor: Executor, units_of_work: Sequence[UnitOfWork]) -> list[Outcome]:
    return list(executor.execute_all(units_of_work))


def names_of(outcomes: Sequence[Outcome]) -> list[str]:
    """Name each outcome: the status of the order, ``changed``, ``executed before``, or the error."""
    return [_name_of(outcome) for outcome in outcomes]


def _name_of(outcome: Outcome) -> str:
    if not isinstance(outcome, Executed):
        return type(outcome).__name__
    if outcome.write_set is None:
        return "executed before"
    order = outcome.write_set.order
    return "changed" if order is None else order.status.value


def orders_in_log(tables: Tables) -> list[str]:
    """Return the orders of all log records, by sequence number."""
    records = sorted(tables.records(), key=lambda record: int(record["sequence"]["N"]))
    return [record["order_id"]["S"] for record in records]


def put_skus(tables: Tables, count: int, stock: int = 9) -> list[str]:
    """Store so many SKUs, and return their ids."""
    skus = [f"SKU-{PRODUCT}-V{number:03}" for number in range(count)]
    tables.put(*(a_sku(sku, stock) for sku in skus))
    return skus
