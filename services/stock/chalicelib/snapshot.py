"""What commands decide on, and what they decide to write."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field

from inventory_common.idempotency import IdempotencyRecord
from inventory_common.skus import Sku
from inventory_common.values import value

from .orders import Order
from .stock_rules import Movement

__all__ = ["Commit", "IncompleteSnapshot", "NeedsSteps", "Readings", "Snapshot"]


class IncompleteSnapshot(Exception):
    """SKUs of the order are missing, or are of another moment than the order: read them together with it."""

    def __init__(self, skus: Sequence[tuple[str, str]]) -> None:
        super().__init__("SKUs are needed together with their order")
        self.skus = skus


class NeedsSteps(Exception):
    """A command on one order takes more than one transaction.

    Because of its many lines, or because other writers always were faster at one of the `contested` SKUs.
    """

    def __init__(self, contested: Collection[str] = ()) -> None:
        super().__init__("the command takes more than one transaction")
        self.contested = frozenset(contested)


@value(kw_only=True)
class Snapshot:
    """What one command sees: SKUs by id, its order, its marker."""

    skus: Mapping[str, Sku] = field(default_factory=dict)
    order: Order | None = None
    idempotency_record: IdempotencyRecord | None = None


@value(kw_only=True)
class Commit:
    """What one command writes, all or nothing.

    `order` takes the place of `replaced_order`; None for that means there is none yet, or a lapsed one.  With
    no `order` in its place, a replaced one goes.
    """

    movements: tuple[Movement, ...]
    order: Order | None = None
    replaced_order: Order | None = None
    idempotency_record: IdempotencyRecord | None = None


@value(kw_only=True)
class Readings:
    """What was read for one command or several, each item consistently: all of it by id."""

    skus: Mapping[str, Sku] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    idempotency_records: Mapping[str, IdempotencyRecord] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.skus or self.orders or self.idempotency_records)

    def of(self, order_id: str | None = None, idempotency_id: str | None = None) -> Snapshot:
        """Return what a command on this order, with this marker, sees of it."""
        return Snapshot(
            skus=self.skus,
            order=None if order_id is None else self.orders.get(order_id),
            idempotency_record=None
            if idempotency_id is None
            else self.idempotency_records.get(idempotency_id),
        )

    def updated(self, found: Readings) -> Readings:
        """Return this with newer images in the place of older ones."""
        return Readings(
            skus={**self.skus, **found.skus},
            orders={**self.orders, **found.orders},
            idempotency_records={**self.idempotency_records, **found.idempotency_records},
        )

    def after(self, commit: Commit) -> Readings:
        """Return what stands once this has been committed, a commit that leaves its order there."""
        order, idempotency_record = commit.order, commit.idempotency_record
        return self.updated(
            Readings(
                skus={movement.after.sku: movement.after for movement in commit.movements},
                orders={} if order is None else {order.order_id: order},
                idempotency_records={}
                if idempotency_record is None
                else {idempotency_record.idempotency_id: idempotency_record},
            )
        )
