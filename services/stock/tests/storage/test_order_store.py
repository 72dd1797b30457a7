"""Orders as items, and the index that lists an order while it reserves units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fixed_ledger_key import LEDGER_KEY

from chalicelib.bootstrap import Storage
from chalicelib.domain.commands import SettleOrder
from chalicelib.domain.decisions import CurrentState
from chalicelib.domain.orders import OrderCommand
from chalicelib.domain.placing import place
from chalicelib.domain.settlements import cancel, confirm
from chalicelib.domain.stock_changes import restock
from chalicelib.storage.order_items import order_from_item, order_to_item
from inventory_common.ids import StockKey
from inventory_common.items import Item, to_attribute
from inventory_common.pages import PageRequest
from inventory_common.seals import sealed
from inventory_common.timestamps import epoch_seconds, plus_seconds

from ..process import Process
from ..shop import (
    BLACK,
    NOW,
    ORDER,
    WHITE,
    Clock,
    Tables,
    a_context,
    a_line,
    a_restock,
    a_sku,
    an_order,
    an_order_of,
)
from ..stores import PLACED_ORDER_ITEM, commit, current_state, placed

CONTEXT = a_context(order_id=ORDER)


def test_an_order_that_reserves_units_is_indexed_by_its_due_time(
    storage: Storage, tables: Tables, dynamodb: Any
) -> None:
    state = placed(storage.state, tables)
    assert tables.item(ORDER, "#ORDER") == PLACED_ORDER_ITEM
    order = an_order(a_line(reserved=5, records=[1]), after=OrderCommand.PLACE)
    assert state.order == storage.orders.get(ORDER) == order
    due = dynamodb.query(
        TableName="VendorInventory",
        IndexName="VendorInventoryIndex",
        KeyConditionExpression="vendor_id = :partition AND last_updated <= :then",
        ExpressionAttributeValues={
            ":partition": {"S": "OPEN-ORDERS#5"},
            ":then": {"S": "2026-02-24T10:30:00.000000Z"},
        },
    )
    assert due["Items"] == [PLACED_ORDER_ITEM]


@pytest.mark.parametrize("settle", [confirm, cancel])
def test_an_order_that_reserves_nothing_is_not_indexed(
    storage: Storage, tables: Tables, settle: Callable[..., Any]
) -> None:
    state = placed(storage.state, tables)
    write_set = commit(storage.state, settle(state, SettleOrder(ORDER), CONTEXT))
    item = tables.item(ORDER, "#ORDER")
    assert item is not None
    assert item.keys().isdisjoint({"vendor_id", "last_updated", "current_stock", "ttl"})
    assert item["version"] == {"N": "2"}
    assert storage.orders.get(ORDER) == write_set.order


def test_orders_are_spread_over_sixteen_partitions_of_the_index(storage: Storage, tables: Tables) -> None:
    tables.put(a_sku(current=500))
    partitions = set()
    for number in range(60):
        order_id = f"ORDER-{number}"
        state = storage.state.read([StockKey.of(BLACK)]).state_of()
        order = an_order_of((BLACK, 1), order_id=order_id)
        commit(storage.state, place(state, order, a_context(order_id=order_id)))
        item = tables.item(order_id, "#ORDER")
        assert item is not None
        partitions.add(item["vendor_id"]["S"])
    assert partitions == {f"OPEN-ORDERS#{number}" for number in range(16)}


def test_the_cancel_of_an_unknown_order_leaves_a_tombstone_with_a_ttl(
    storage: Storage, tables: Tables
) -> None:
    commit(storage.state, cancel(CurrentState(), SettleOrder(ORDER), CONTEXT))
    tombstone: Item = {
        "product_id": {"S": ORDER},
        "sku": {"S": "#ORDER"},
        "lines": {"M": {}},
        "created_at": {"S": NOW},
        "version": {"N": "1"},
        "cancel_reason": {"S": "requested"},
        "ttl": {"N": str(epoch_seconds(NOW) + 2_592_000)},
        "owner": {"S": "*"},
        "last_command": to_attribute({"type": "cancel", "id": CONTEXT.command_id(1)}),
    }
    assert tables.item(ORDER, "#ORDER") == sealed(tombstone, LEDGER_KEY)


def test_an_expired_item_that_dynamodb_has_not_removed_yet_is_replaced(
    storage: Storage, tables: Tables
) -> None:
    tables.put(a_sku(current=50))
    commit(storage.state, cancel(CurrentState(), SettleOrder(ORDER), CONTEXT))
    commit(storage.state, restock(current_state(storage.state, BLACK), a_restock(1), CONTEXT))
    later = a_context(plus_seconds(NOW, 2_592_000), order_id=ORDER)

    state = current_state(storage.state, BLACK, key="key-1")
    assert state.order is not None
    assert state.idempotency_record is not None
    commit(storage.state, place(state, an_order_of((BLACK, 5)), later))
    commit(storage.state, restock(current_state(storage.state, BLACK, key="key-1"), a_restock(1), later))
    assert storage.orders.get(ORDER) == an_order(
        a_line(reserved=5, records=[2]),
        created_at=later.now,
        expires_at=plus_seconds(later.now, 86_400),
        after=OrderCommand.PLACE,
        at=later.now,
    )
    record = current_state(storage.state, key="key-1").idempotency_record
    assert record is not None
    assert record.written_at == later.now


def test_a_page_of_due_orders_ends_once_its_lines_fill_a_response(
    process: Process, clock: Clock, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.storage.orders.RESPONSE_LINES_MAX", 5)
    tables.put(a_sku(BLACK, 99), a_sku(WHITE, 99))
    order_ids = [f"ORDER-{number}" for number in range(20)]
    for order_id in order_ids:
        process.place(an_order_of((BLACK, 1), (WHITE, 1), order_id=order_id, hold_seconds=3_600))
    clock.advance(3_601)
    pages, after = [], None
    while True:
        due = process.storage.orders.due(clock(), PageRequest(100, after))
        pages.append([order.order_id for order in due.orders])
        after = due.after
        if after is None:
            break
    assert [len(page) for page in pages[:-1]] == [3] * 6
    assert sorted(order_id for page in pages for order_id in page) == sorted(order_ids)


def test_the_saga_of_an_item_without_restock_restocks() -> None:
    """`restock` is optional in a stored saga, and true by default."""
    saga = {name: {"S": NOW} for name in ("performed_by", "request_id", "lease_until")}
    item = order_to_item(an_order()) | {"phase": {"S": "placing"}, "errand": {"M": saga}}
    stored = order_from_item(item).saga
    assert stored is not None
    assert stored.restock is True
