"""What rules take and return: a rule decides one command.

It takes the `CurrentState` of the items that the command concerns and returns a `Decision`, or raises an
`InventoryError` to refuse the command.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from inventory_common.errors import InternalError
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.ids import StockKey, is_id
from inventory_common.skus import Sku
from inventory_common.values import value

from .orders import Order, order_damaged
from .stock_rules import StockMovement

__all__ = [
    "NEEDS_SAGA",
    "NOTHING_TO_WRITE",
    "CurrentState",
    "Decision",
    "NeedsSaga",
    "NeedsSkus",
    "NothingToWrite",
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

    `order` is written in place of `replaced_order`, which is None if no order exists, or only an expired
    tombstone.  A `replaced_order` alone is removed.  Without both, no order is written.
    """

    movements: tuple[StockMovement, ...]
    order: Order | None = None
    replaced_order: Order | None = None
    idempotency_record: IdempotencyRecord | None = None


@value
class NothingToWrite:
    """The command was executed before: there is nothing to write."""


@value
class NeedsSaga:
    """The command needs more than one DynamoDB transaction.

    It has too many lines, or its saga is already in progress, on the `running` order, or its transactions
    keep conflicting over the `contended` SKUs.
    """

    contended: frozenset[StockKey] = frozenset()
    running: Order | None = None


@value
class NeedsSkus:
    """SKUs of the order were not read, or not consistently with it.

    Read `keys` together with the order and decide again.
    """

    keys: Sequence[StockKey]


Decision = WriteSet | NothingToWrite | NeedsSaga | NeedsSkus

NOTHING_TO_WRITE = NothingToWrite()
NEEDS_SAGA = NeedsSaga()


@value(kw_only=True)
class ReadSet:
    """Items that were read for one command or several: each consistently, together not a snapshot.

    `malformed` are the SKUs, and the ids of orders and idempotency records, that exist and cannot be read.
    """

    skus: Mapping[StockKey, Sku] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    idempotency_records: Mapping[str, IdempotencyRecord] = field(default_factory=dict)
    malformed: frozenset[StockKey | str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether it contains no item."""
        return not (self.skus or self.orders or self.idempotency_records or self.malformed)

    def require_readable(self, names: Iterable[StockKey | str | None]) -> None:
        """Refuse a command that needs a SKU, an order or a record that cannot be read.

        It must not count as absent: an order would be placed again, a command executed twice.

        Raises
        ------
        OrderDamaged, InternalError
        """
        if self.malformed:
            for name in self.malformed.intersection(names):
                if isinstance(name, str) and is_id("order_id", name):
                    raise order_damaged(name)
                subject = name.sku if isinstance(name, StockKey) else name
                raise InternalError(
                    f"{subject} is stored in a form that cannot be read; please report the request_id."
                )

    def state_of(self, order_id: str | None = None, idempotency_id: str | None = None) -> CurrentState:
        """Return the part of it that one command sees."""
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
            malformed=self._malformed_in(newer) if self.malformed or newer.malformed else self.malformed,
        )

    def _malformed_in(self, newer: ReadSet) -> frozenset[StockKey | str]:
        readable = newer.skus.keys() | newer.orders.keys() | newer.idempotency_records.keys()
        return (self.malformed - readable) | newer.malformed

    def after(self, write_set: WriteSet) -> ReadSet:
        """Return the read set as it is after a write set, which does not remove its order, is committed."""
        order, record = write_set.order, write_set.idempotency_record
        return self.updated(
            ReadSet(
                skus={movement.key: movement.after for movement in write_set.movements},
                orders={} if order is None else {order.order_id: order},
                idempotency_records={} if record is None else {record.idempotency_id: record},
            )
        )
