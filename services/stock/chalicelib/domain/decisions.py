"""What a command decides on, and what it decides.

A rule takes the `CurrentState` of the items that a command concerns and returns a `Decision`.  It raises an
`InventoryError` if it refuses the command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from inventory_common.idempotency import IdempotencyRecord
from inventory_common.ids import StockKey
from inventory_common.skus import Sku
from inventory_common.values import value

from .orders import Order
from .stock_rules import StockMovement

__all__ = [
    "EXECUTED_BEFORE",
    "NEEDS_SAGA",
    "CurrentState",
    "Decision",
    "ExecutedBefore",
    "NeedsSaga",
    "NeedsSkus",
    "ReadSet",
    "WriteSet",
]


@value(kw_only=True)
class CurrentState:
    """What one command sees: SKUs by key, its order, its idempotency record."""

    skus: Mapping[StockKey, Sku] = field(default_factory=dict)
    order: Order | None = None
    idempotency_record: IdempotencyRecord | None = None


@value(kw_only=True)
class WriteSet:
    """What one command writes, all or nothing.

    `order` replaces `replaced_order`, which is None if there is no order yet, or an expired one.  Without an
    `order`, the replaced one is removed.
    """

    movements: tuple[StockMovement, ...]
    order: Order | None = None
    replaced_order: Order | None = None
    idempotency_record: IdempotencyRecord | None = None


@value
class ExecutedBefore:
    """The command was executed before: there is nothing to write."""


@value
class NeedsSaga:
    """The command takes more than one transaction.

    Because of its many lines, or because its transactions keep conflicting over the `contended` SKUs.
    """

    contended: frozenset[StockKey] = frozenset()


@value
class NeedsSkus:
    """SKUs of the order are missing, or were read at another moment: they have to be read together with the
    order.
    """

    keys: Sequence[StockKey]


Decision = WriteSet | ExecutedBefore | NeedsSaga | NeedsSkus

EXECUTED_BEFORE = ExecutedBefore()
NEEDS_SAGA = NeedsSaga()


@value(kw_only=True)
class ReadSet:
    """What was read for one command or several, each item consistently."""

    skus: Mapping[StockKey, Sku] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    idempotency_records: Mapping[str, IdempotencyRecord] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing."""
        return not (self.skus or self.orders or self.idempotency_records)

    def state_of(self, order_id: str | None = None, idempotency_id: str | None = None) -> CurrentState:
        """Return what a command on this order, with this idempotency record, sees of it."""
        return CurrentState(
            skus=self.skus,
            order=None if order_id is None else self.orders.get(order_id),
            idempotency_record=(
                None if idempotency_id is None else self.idempotency_records.get(idempotency_id)
            ),
        )

    def updated(self, newer: ReadSet) -> ReadSet:
        """Return this read set with the items of a newer one in place of its own."""
        return ReadSet(
            skus={**self.skus, **newer.skus},
            orders={**self.orders, **newer.orders},
            idempotency_records={**self.idempotency_records, **newer.idempotency_records},
        )

    def after(self, write_set: WriteSet) -> ReadSet:
        """Return the state once a write set is committed that does not remove its order."""
        order, record = write_set.order, write_set.idempotency_record
        return self.updated(
            ReadSet(
                skus={movement.key: movement.after for movement in write_set.movements},
                orders={} if order is None else {order.order_id: order},
                idempotency_records={} if record is None else {record.idempotency_id: record},
            )
        )
