"""Reads across types of items: what a command is decided on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.bootstrap import Storage
from chalicelib.domain.decisions import CurrentState
from chalicelib.domain.low_stock import LowStockBound
from chalicelib.domain.stock_changes import restock
from chalicelib.storage.skus import Written
from chalicelib.storage.state import NewSkuState
from inventory_common.ids import StockKey

from ..process import Process
from ..shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    VENDOR,
    WHITE,
    Tables,
    a_context,
    a_key,
    a_product,
    a_restock,
    a_sku,
)
from ..stores import commit, current_state, placed

BLACK_KEY, WHITE_KEY = StockKey(PRODUCT, BLACK), StockKey(PRODUCT, WHITE)


class ThrottlingClient:
    """A client that leaves all keys but one of each table unprocessed, as DynamoDB does when throttled."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.requests: list[Any] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(RequestItems)
        processed, unprocessed = {}, {}
        for table, request in RequestItems.items():
            processed[table] = request | {"Keys": request["Keys"][:1]}
            if request["Keys"][1:]:
                unprocessed[table] = request | {"Keys": request["Keys"][1:]}
        response: dict[str, Any] = self._client.batch_get_item(RequestItems=processed)
        return response | {"UnprocessedKeys": unprocessed}


def test_one_read_returns_skus_an_order_and_an_idempotency_record(storage: Storage, tables: Tables) -> None:
    state = placed(storage.state, tables)
    tables.put(a_sku(WHITE, current=3))
    context = a_context(order_id=ORDER)
    commit(storage.state, restock(current_state(storage.state, WHITE), a_restock(1, WHITE), context))
    both = current_state(storage.state, BLACK, WHITE, f"SKU-{PRODUCT}-NONE", key="key-1")
    assert both.skus.keys() == {BLACK_KEY, WHITE_KEY}
    assert both.skus[BLACK_KEY] == state.skus[BLACK_KEY] == storage.skus.get(BLACK_KEY)
    assert both.skus[WHITE_KEY].current_stock == 4
    assert both.order == state.order
    assert both.idempotency_record is not None
    found = storage.state.record_and_sku(both.idempotency_record.results[0], WHITE_KEY)
    assert (found.record.sku, found.sku) == (WHITE, both.skus[WHITE_KEY])


def test_an_item_that_does_not_exist_is_none(storage: Storage) -> None:
    assert storage.skus.get(BLACK_KEY) is None
    assert storage.orders.get(ORDER) is None
    assert current_state(storage.state, BLACK, key="key-1") == CurrentState()


def test_keys_that_dynamodb_left_unprocessed_are_requested_again(
    process_over: Callable[[Any], Process], dynamodb: Any, tables: Tables
) -> None:
    tables.put(a_sku(BLACK, 1), a_sku(WHITE, 2), a_product())
    client = ThrottlingClient(dynamodb)
    state = process_over(client).storage.state
    read = current_state(state, BLACK, WHITE)
    assert read.skus == {BLACK_KEY: a_sku(BLACK, 1), WHITE_KEY: a_sku(WHITE, 2)}
    assert len(client.requests) == 3
    assert all(request["ConsistentRead"] for call in client.requests for request in call.values())
    tables.put_item({"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}, "bound": {"N": "4"}})
    assert state.read_for_new_sku(PRODUCT, VENDOR, "#MARKER#x") == NewSkuState(
        a_product(), LowStockBound(VENDOR, 4), None
    )


def test_the_product_names_the_vendor_if_the_caller_does_not(storage: Storage, tables: Tables) -> None:
    tables.put(a_product())
    record = a_key().record([], NOW)
    assert storage.skus.add(a_sku(reorder_threshold=7), None, record) == Written()
    bound = LowStockBound(VENDOR, 7)
    read_for_new_sku = storage.state.read_for_new_sku
    assert read_for_new_sku(PRODUCT, None, record.idempotency_id) == (a_product(), bound, record)
    assert read_for_new_sku("PROD-00000", None, record.idempotency_id) == (None, None, None)
    assert read_for_new_sku("PROD-00000", VENDOR, record.idempotency_id) == (None, bound, record)
