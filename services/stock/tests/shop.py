"""Builders for the tests: SKUs, orders and commands, with defaults for what a test does not care about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sample_skus
from fixed_ledger_key import LEDGER_KEY
from front_door import Answer, Client

from chalicelib.domain.commands import (
    Actor,
    AdjustStock,
    ChangeSku,
    CreateSku,
    LineRequest,
    PlaceOrder,
    Restock,
    SettleOrder,
    StockCount,
)
from chalicelib.domain.decisions import CurrentState, Decision, WriteSet
from chalicelib.domain.orders import LastCommand, Order, OrderCommand, OrderLine, Saga, SagaState
from chalicelib.domain.stock_rules import CommandContext
from chalicelib.storage.order_items import order_to_item
from inventory_common.idempotency import IdempotencyKey, IdempotencyRecord
from inventory_common.identity import EVERYTHING, Scope
from inventory_common.ids import StockKey
from inventory_common.preconditions import ANY_VERSION, IfMatch
from inventory_common.products import Product
from inventory_common.retry_policy import RetryPolicy
from inventory_common.seals import sealed
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
from inventory_common.timestamps import plus_seconds

NOW = "2026-02-23T10:30:00.000000Z"
PRODUCT = "PROD-E4F9A"
VENDOR = "VENDOR-001"
OTHER_VENDOR = "VENDOR-002"
BLACK = f"SKU-{PRODUCT}-BLK-L"
WHITE = f"SKU-{PRODUCT}-WHT-L"
ORDER = "ORDER-12345"
SKUS_PATH = f"/products/{PRODUCT}/skus"
SKU_PATH = f"{SKUS_PATH}/{BLACK}"
RESTOCKS_PATH = f"{SKU_PATH}/restocks"
ORDER_PATH = f"/orders/{ORDER}"
ACTOR = Actor("client:order-system", "request-1")


@dataclass
class Clock:
    """A clock whose time changes only when a test advances it."""

    now: str = NOW

    def __call__(self) -> str:
        return self.now

    def advance(self, seconds: int) -> None:
        self.now = plus_seconds(self.now, seconds)


def immediate(attempts_max: int = 5) -> RetryPolicy:
    """A retry policy without pauses."""
    return RetryPolicy(
        attempts_max=attempts_max,
        monotonic=lambda: 0.0,
        sleep=lambda seconds: None,
        uniform=lambda low, high: low,
    )


@dataclass
class MonotonicClock:
    """A monotonic clock that advances when a test says so, and by each pause of its retry policy."""

    seconds: float = 0.0

    def advance(self, seconds: float) -> None:
        self.seconds += seconds

    def retry_policy(self, **limits: Any) -> RetryPolicy:
        """A retry policy by this clock, whose pauses are as long as they may be."""
        return RetryPolicy(
            monotonic=lambda: self.seconds, sleep=self.advance, uniform=lambda low, high: high, **limits
        )


def a_product(product_id: str = PRODUCT, **differences: Any) -> Product:
    attributes: dict[str, Any] = {
        "product_id": product_id,
        "vendor_id": VENDOR,
        "product_name": "Wireless Bluetooth Headphones",
        "category": "Electronics",
        "base_price": 90,
        "is_active": True,
        "created_at": NOW,
        "updated_at": NOW,
        "version": 1,
    }
    return Product(**attributes | differences)


def a_sku(sku: str = BLACK, current: int = 0, reserved: int = 0, **differences: Any) -> Sku:
    stock = {"current_stock": current, "reserved_stock": reserved}
    return sample_skus.a_sku(sku, **{**stock, "last_updated": NOW, **differences})


def a_line(
    sku: str = BLACK,
    reserved: int = 0,
    confirmed: int = 0,
    cancelled: int = 0,
    refunded: int = 0,
    records: Sequence[int] = (),
    released: tuple[int, int | None] = (0, None),
) -> OrderLine:
    """An order's line of these units; the sequences of its `records` are known where a test needs them.

    `released` are the units of its last cancellation or expiry, and the order's version of that.
    """
    return OrderLine(
        product_id=PRODUCT,
        sku=sku,
        vendor_id=VENDOR,
        placed=reserved + confirmed + cancelled,
        reserved=reserved,
        confirmed=confirmed,
        cancelled=cancelled,
        refunded=refunded,
        records=len(records),
        last_record=records[-1] if records else None,
        last_released=released[0],
        released_by=released[1],
    )


def an_order(
    *lines: OrderLine, after: OrderCommand | None = None, at: str = NOW, **differences: Any
) -> Order:
    """An order; `after` is the command that wrote it, in one transaction, at a moment."""
    attributes: dict[str, Any] = {
        "order_id": ORDER,
        "lines": {line.key: line for line in lines},
        "created_at": NOW,
        "expires_at": "2026-02-24T10:30:00.000000Z",
    }
    order = Order(**attributes | differences)
    if after is None:
        return order
    command_id = a_context(at, order.order_id).command_id(order.version)
    return replace(order, last_command=LastCommand(after, command_id))


def a_saga(state: SagaState, **differences: Any) -> Saga:
    """A saga of another client, whose lease ends in a minute."""
    attributes: dict[str, Any] = {
        "state": state,
        "performed_by": "client:other",
        "request_id": "request-0",
        "lease_until": plus_seconds(NOW, 60),
    }
    return Saga(**attributes | differences)


def a_state(
    *skus: Sku, order: Order | None = None, idempotency_record: IdempotencyRecord | None = None
) -> CurrentState:
    return CurrentState(
        skus={sku.key: sku for sku in skus}, order=order, idempotency_record=idempotency_record
    )


def write_set_of(decision: Decision) -> WriteSet:
    """The write set of a decision that must have one."""
    assert isinstance(decision, WriteSet), decision
    return decision


def order_of(decision: Decision) -> Order:
    """The order as a decision writes it."""
    order = write_set_of(decision).order
    assert order is not None, decision
    return order


def a_context(now: str = NOW, order_id: str | None = None, notes: str | None = None) -> CommandContext:
    return CommandContext(now=now, actor=ACTOR, signer=LEDGER_KEY, order_id=order_id, notes=notes)


def an_order_of(*lines: tuple[str, int], order_id: str = ORDER, hold_seconds: int = 86_400) -> PlaceOrder:
    """The place of an order for ``(sku, quantity)``."""
    requested = tuple(LineRequest(StockKey.of(sku), quantity) for sku, quantity in lines)
    return PlaceOrder(order_id=order_id, lines=requested, hold_seconds=hold_seconds)


def units(*lines: tuple[str, int]) -> dict[StockKey, int]:
    """The lines of a settlement, of ``(sku, quantity)``."""
    return {StockKey.of(sku): quantity for sku, quantity in lines}


def a_key(key: str = "key-1", body: str = "{}") -> IdempotencyKey:
    return IdempotencyKey.of(VENDOR, "POST", "/restocks", key, body)


def a_whole_settlement() -> SettleOrder:
    """The settlement of a whole order that was, or may have been, settled in part: it has a key."""
    return SettleOrder(ORDER, None, a_key())


def a_restock(
    quantity: int = 25,
    sku: str = BLACK,
    *,
    idempotency_key: IdempotencyKey | None = None,
    scope: Scope = EVERYTHING,
    notes: str | None = None,
) -> Restock:
    return Restock(
        key=StockKey.of(sku),
        quantity=quantity,
        notes=notes,
        scope=scope,
        idempotency_key=idempotency_key or a_key(),
    )


def an_adjustment(
    correction: int | StockCount,
    sku: str = BLACK,
    *,
    idempotency_key: IdempotencyKey | None = None,
    scope: Scope = EVERYTHING,
) -> AdjustStock:
    return AdjustStock(
        key=StockKey.of(sku),
        correction=correction,
        notes="counted",
        scope=scope,
        idempotency_key=idempotency_key or a_key(),
    )


def a_change(
    sku: str = BLACK,
    *,
    if_match: IfMatch = ANY_VERSION,
    idempotency_key: IdempotencyKey | None = None,
    **changes: Any,
) -> ChangeSku:
    return ChangeSku(
        key=StockKey.of(sku),
        changes=changes,
        if_match=if_match,
        scope=EVERYTHING,
        idempotency_key=idempotency_key,
    )


def a_new_sku(
    sku: str = BLACK,
    *,
    product_id: str = PRODUCT,
    scope: Scope | None = None,
    idempotency_key: IdempotencyKey | None = None,
    **differences: Any,
) -> CreateSku:
    attributes: Any = {
        "sku": sku,
        "variant_name": "Black - Large",
        "variant_attributes": {"color": "Black", "size": "Large"},
        "unit_price": 90,
        "reorder_threshold": 10,
    }
    return CreateSku(
        product_id=product_id,
        attributes=attributes | differences,
        scope=scope or Scope(VENDOR),
        idempotency_key=idempotency_key,
    )


class Tables:
    """The tables, read and written past the service."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def put(self, *resources: Any) -> None:
        """Store SKUs and products."""
        for resource in resources:
            table = "VendorInventory" if hasattr(resource, "sku") else "Products-table"
            self._client.put_item(TableName=table, Item=resource.to_item())

    def put_item(self, item: dict[str, Any], table: str = "VendorInventory") -> None:
        """Store an item as it is."""
        self._client.put_item(TableName=table, Item=item)

    def item(self, partition: str, sort: str) -> dict[str, Any] | None:
        """Return an item of VendorInventory."""
        key = {"product_id": {"S": partition}, "sku": {"S": sort}}
        response = self._client.get_item(TableName="VendorInventory", Key=key, ConsistentRead=True)
        item: dict[str, Any] | None = response.get("Item")
        return item

    def items(self, table: str = "VendorInventory") -> list[dict[str, Any]]:
        """Return all items of a table."""
        pages = self._client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def set_attributes(self, sku: str, **values: Any) -> None:
        """Change attributes of a SKU without a new sequence number, as a PATCH of another process does."""
        assignments = [f"#{name} = :{name}" for name in values]
        self._client.update_item(
            TableName="VendorInventory",
            Key={"product_id": {"S": PRODUCT}, "sku": {"S": sku}},
            UpdateExpression=f"SET {', '.join(assignments)}, #version = #version + :one",
            ExpressionAttributeNames={f"#{name}": name for name in (*values, "version")},
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()}
            | {":one": {"N": "1"}},
        )

    def put_order(self, order: Order) -> None:
        """Store an order that has no parts."""
        self._client.put_item(TableName="VendorInventory", Item=sealed(order_to_item(order), LEDGER_KEY))

    def everything(self) -> list[dict[str, Any]]:
        """Return what a command may change: the items of VendorInventory, and the log."""
        return [*self.items(), *self.records()]

    def records(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._client.scan(TableName="StockTransactions")["Items"]
        return items

    def movements(self, transaction_type: str) -> list[tuple[str, int, int, int, int]]:
        """SKU, units, and the changes of stock and reserved stock, of each record of a type."""
        return sorted(
            (
                record["sku"]["S"],
                int(record["quantity"]["N"]),
                int(record["quantity_change"]["N"]),
                int(record["stock_after"]["N"]) - int(record["stock_before"]["N"]),
                int(record["reserved_after"]["N"]) - int(record["reserved_before"]["N"]),
            )
            for record in self.records()
            if record["transaction_type"]["S"] == transaction_type
        )


NEW_SKU_BODY: dict[str, Any] = {
    "sku": BLACK,
    "variant_name": "Black - Large",
    "variant_attributes": {"color": "Black", "size": "Large"},
    "unit_price": Decimal("89.99"),
    "reorder_threshold": 10,
}
SERVED_SKU: dict[str, Any] = {
    "product_id": PRODUCT,
    "sku": BLACK,
    "vendor_id": VENDOR,
    "variant_name": "Black - Large",
    "variant_attributes": {"color": "Black", "size": "Large"},
    "current_stock": 0,
    "reserved_stock": 0,
    "available_stock": 0,
    "reorder_threshold": 10,
    "unit_price": Decimal("89.99"),
    "last_updated": NOW,
    "last_updated_by": VENDOR,
    "is_active": True,
    "sequence": 0,
    "ledger_hash": FIRST_PREVIOUS_HASH,
    "version": 1,
    "last_transaction_at": None,
    "last_transaction_id": None,
    "product_is_active": True,
    "product_version": 1,
    "details_version": 1,
    "barcode": None,
    "low_stock_flag": True,
}
"""The document of the SKU that `NEW_SKU_BODY` creates."""


SERVED_LINE: dict[str, Any] = {
    "product_id": PRODUCT,
    "vendor_id": VENDOR,
    "confirmed": 0,
    "cancelled": 0,
    "refunded": 0,
    "reason": None,
    "notes": None,
}
SERVED_ORDER: dict[str, Any] = {
    "order_id": ORDER,
    "status": "reserved",
    "created_at": NOW,
    "expires_at": "2026-02-24T10:30:00.000000Z",
    "cancel_reason": None,
    "lines": [
        SERVED_LINE | {"sku": BLACK, "placed": 5, "reserved": 5},
        SERVED_LINE | {"sku": WHITE, "placed": 3, "reserved": 3},
    ],
}
"""The document of an order of five units of the black variant and three of the white one."""


def settlement_body(*lines: tuple[str, int], **rest: Any) -> dict[str, Any]:
    """Return the body of a partial settlement, of ``(sku, quantity)``."""
    return {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]} | rest


def order_body(*lines: tuple[str, int], **rest: Any) -> dict[str, Any]:
    """Return the body of a new order for ``(sku, quantity)``."""
    return {"lines": [{"product_id": PRODUCT, "sku": sku, "quantity": q} for sku, q in lines]} | rest


def stock_of(shop: Client, token: str, sku: str = BLACK) -> tuple[int, int, int]:
    """Return current, reserved and available stock as the API serves them."""
    document = shop.get(f"/products/{PRODUCT}/skus/{sku}", token).json
    return document["current_stock"], document["reserved_stock"], document["available_stock"]


def figures_of(answer: Answer, sku: str = BLACK) -> dict[str, int]:
    """Return the figures of one line of an order in a response, without those that are 0."""
    [line] = [line for line in answer.json["lines"] if line["sku"] == sku]
    names = ("reserved", "confirmed", "cancelled", "refunded")
    return {name: line[name] for name in names if line[name]}
