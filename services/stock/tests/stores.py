"""Stores that record what goes through them, and short ways to read and commit through a state store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from fixed_ledger_key import LEDGER_KEY

from chalicelib.domain.decisions import CurrentState, Decision, ReadSet, WriteSet
from chalicelib.domain.orders import Order
from chalicelib.domain.placing import place
from chalicelib.storage.state import Committed, StateStore, Unanswered, WriteConflict
from chalicelib.storage.transaction import count_actions
from inventory_common.ids import StockKey
from inventory_common.items import to_attribute
from inventory_common.seals import sealed

from .shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    VENDOR,
    Tables,
    a_context,
    a_key,
    a_sku,
    an_order_of,
    write_set_of,
)

__all__ = ["PLACED_ORDER_ITEM", "RecordingStateStore", "commit", "current_state", "placed"]

_PLACED: dict[str, Any] = {
    "product_id": {"S": ORDER},
    "sku": {"S": "#ORDER"},
    "lines": {
        "M": {
            BLACK: {
                "M": {
                    "product_id": {"S": PRODUCT},
                    "vendor_id": {"S": VENDOR},
                    "placed": {"N": "5"},
                    "reserved": {"N": "5"},
                    "confirmed": {"N": "0"},
                    "cancelled": {"N": "0"},
                    "refunded": {"N": "0"},
                    "records": {"N": "1"},
                    "last_record": {"N": "1"},
                }
            }
        }
    },
    "created_at": {"S": NOW},
    "version": {"N": "1"},
    "expires_at": {"S": "2026-02-24T10:30:00.000000Z"},
    # CRC32("ORDER-12345") mod 16
    "vendor_id": {"S": "OPEN-ORDERS#5"},
    "last_updated": {"S": "2026-02-24T10:30:00.000000Z"},
    "last_command": to_attribute({"type": "place", "id": a_context(order_id=ORDER).command_id(1)}),
}
PLACED_ORDER_ITEM = sealed(_PLACED, LEDGER_KEY)
"""The item of the order that `placed` places."""


class RecordingStateStore(StateStore):
    """A state store that records its calls of DynamoDB.

    Attributes
    ----------
    calls
        ``read`` or ``commit``, in their order.
    items_read
        How many items each read requests.
    orders_written
        The ids of the orders of each commit.
    versions_written
        Every order as a commit writes it.
    actions
        How many actions the transaction of each commit has.
    """

    def __init__(self, state: StateStore) -> None:
        super().__init__(state.database, state.orders, state.products)
        self._state = state
        self.calls: list[str] = []
        self.items_read: list[int] = []
        self.orders_written: list[list[str]] = []
        self.versions_written: list[Order] = []
        self.actions: list[int] = []

    def clear(self) -> None:
        """Forget the calls so far."""
        recorded: tuple[list[Any], ...] = (self.calls, self.items_read, self.orders_written)
        for each in (*recorded, self.versions_written, self.actions):
            each.clear()

    def read(
        self,
        keys: Iterable[StockKey] = (),
        *,
        orders: Iterable[str] = (),
        idempotency_records: Iterable[str] = (),
    ) -> ReadSet:
        keys, orders, records = list(keys), list(orders), list(idempotency_records)
        if requested := len(keys) + len(orders) + len(records):
            self.calls.append("read")
            self.items_read.append(requested)
        return self._state.read(keys, orders=orders, idempotency_records=records)

    def commit(
        self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
    ) -> Committed | WriteConflict | Unanswered:
        self.calls.append("commit")
        orders = [each.order for each in write_sets if each.order is not None]
        self.orders_written.append([order.order_id for order in orders])
        self.versions_written += orders
        self.actions.append(count_actions(write_sets))
        return self._state.commit(write_sets, leased)


def current_state(state: StateStore, *skus: str, key: str | None = None) -> CurrentState:
    """Read SKUs, the usual order, and the record of an Idempotency-Key."""
    idempotency_id = a_key(key).idempotency_id if key else None
    read = state.read(
        [StockKey.of(sku) for sku in skus],
        orders=[ORDER],
        idempotency_records=[idempotency_id] if idempotency_id else [],
    )
    return read.state_of(ORDER, idempotency_id)


def commit(state: StateStore, decision: Decision) -> WriteSet:
    """Commit the write set of a decision, which must succeed."""
    write_set = write_set_of(decision)
    assert state.commit([write_set]) == Committed()
    return write_set


def placed(state: StateStore, tables: Tables, stock: int = 50) -> CurrentState:
    """Place the usual order, of five units of a SKU, and return the state after it."""
    tables.put(a_sku(current=stock))
    commit(state, place(current_state(state, BLACK), an_order_of((BLACK, 5)), a_context(order_id=ORDER)))
    return current_state(state, BLACK)
