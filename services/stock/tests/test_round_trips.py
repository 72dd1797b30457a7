"""How often each request goes to DynamoDB: a promise to whoever pays and whoever waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from front_door import Client, Tokens

from .shop import BLACK, ORDER, PRODUCT, VENDOR, WHITE, a_product, a_sku

READ, TRANSACTION = "BatchGetItem", "TransactWriteItems"
SKUS = f"/products/{PRODUCT}/skus"
RESTOCKS = f"{SKUS}/{BLACK}/restocks"
LINES = {"lines": [{"product_id": PRODUCT, "sku": sku, "quantity": 1} for sku in (BLACK, WHITE)]}


@pytest.fixture
def calls(shop: Client, dynamodb: Any, gateway: Any) -> list[str]:
    """Every call that the service's client makes from now on, retries included."""
    dynamodb.put_item(TableName="Products-table", Item=a_product().to_item())
    for sku in (BLACK, WHITE):
        dynamodb.put_item(TableName="VendorInventory", Item=a_sku(sku, 50).to_item())
    made: list[str] = []
    with counting(gateway._client, made):
        yield made


@contextmanager
def counting(client: Any, made: list[str]) -> Iterator[None]:
    def count(request: Any, event_name: str, **_: Any) -> None:
        made.append(event_name.rpartition(".")[2])

    client.meta.events.register("before-send", count)
    try:
        yield
    finally:
        client.meta.events.unregister("before-send", count)


@pytest.mark.parametrize(
    ("address", "role", "expected"),
    [
        (SKUS, "vendor", ["Query"]),
        (f"{SKUS}/{BLACK}", "vendor", ["GetItem"]),
        (f"/vendors/{VENDOR}/inventory", "vendor", ["Query"]),
        (f"/orders/{ORDER}", "orders", ["GetItem"]),
        ("/health", "admin", []),
    ],
)
def test_a_read_is_one_call(
    shop: Client, tokens: Tokens, calls: list[str], address: str, role: str, expected: list[str]
) -> None:
    shop.get(address, tokens.of_role(role))
    assert calls == expected


def test_a_refused_request_is_no_call(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    shop.get(f"{SKUS}/{BLACK}")
    shop.get(f"/vendors/{VENDOR}-2/inventory", tokens.vendor())
    shop.post(RESTOCKS, {"quantity": 0}, tokens.vendor(), idempotency_key="k")
    shop.post(SKUS, new_sku("X") | {"sku": "SKU-PROD-00000-X"}, tokens.vendor())
    assert calls == []


def new_sku(variant: str, threshold: int = 10) -> dict[str, Any]:
    return {
        "sku": f"SKU-{PRODUCT}-{variant}",
        "variant_name": variant,
        "unit_price": 1,
        "reorder_threshold": threshold,
    }


@pytest.mark.parametrize("key", [{}, {"idempotency_key": "k"}], ids=["no key", "key"])
def test_a_new_sku_is_one_read_and_one_transaction(
    shop: Client, tokens: Tokens, calls: list[str], key: dict[str, str]
) -> None:
    vendor = tokens.vendor()
    shop.post(SKUS, new_sku("FIRST"), vendor)
    assert calls == [READ, "UpdateItem", TRANSACTION], "the first threshold sets the bound"
    calls.clear()
    assert shop.post(SKUS, new_sku("SECOND"), vendor, **key).status == 201
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(SKUS, new_sku("HIGHER", threshold=11), vendor)
    assert calls == [READ, "UpdateItem", TRANSACTION], "a higher threshold raises it"
    calls.clear()
    shop.post(SKUS, new_sku("ADMIN"), tokens.of_role("admin"), **key)
    assert calls == ["GetItem", READ, TRANSACTION], "an admin has to learn the vendor"


def test_low_stock_is_the_bound_and_one_query(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    shop.post(SKUS, new_sku("FIRST"), tokens.vendor())
    calls.clear()
    shop.get(f"/vendors/{VENDOR}/low-stock", tokens.vendor())
    assert calls == ["GetItem", "Query"]


def test_a_restock_is_one_read_and_one_transaction(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    shop.post(RESTOCKS, {"quantity": 1}, tokens.vendor(), idempotency_key="k")
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(RESTOCKS, {"quantity": 1}, tokens.vendor(), idempotency_key="k")
    assert calls == [TRANSACTION, READ, READ], "a replay: the marker's condition tells; its record is read"


@pytest.mark.parametrize("command", ["confirm", "cancel"])
def test_an_orders_way(shop: Client, tokens: Tokens, calls: list[str], command: str) -> None:
    orders, address = tokens.of_role("orders"), f"/orders/{ORDER}"
    shop.put(address, LINES, orders)
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.put(address, LINES, orders)
    assert calls == [TRANSACTION, READ], "a replay: the order's condition tells, and shows it"
    calls.clear()
    shop.post(f"{address}/{command}", token=orders)
    assert calls == [READ, TRANSACTION], "the order, which tells of the SKUs; these are remembered"
    calls.clear()
    shop.post(f"{address}/{command}", token=orders)
    assert calls == [READ], "a replay"
    calls.clear()
    shop.post(f"/orders/ORDER-NONE/{command}", token=orders)
    assert calls == ([READ, READ] if command == "confirm" else [READ, TRANSACTION])


@pytest.mark.parametrize("command", ["confirm", "cancel", "refund"])
def test_part_of_an_order_is_one_read_and_one_transaction(
    shop: Client, tokens: Tokens, calls: list[str], command: str
) -> None:
    orders, address = tokens.of_role("orders"), f"/orders/{ORDER}"
    shop.put(address, LINES, orders)
    if command == "refund":
        shop.post(f"{address}/confirm", token=orders)
    calls.clear()
    part = {"lines": [{"sku": BLACK, "quantity": 1}]}
    shop.post(f"{address}/{command}", part, orders, idempotency_key="k")
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(f"{address}/{command}", part, orders, idempotency_key="k")
    assert calls == [READ, READ], "a replay: what is refused looks for its marker"


def test_a_refund_of_all_is_one_read_and_one_transaction(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    orders, address = tokens.of_role("orders"), f"/orders/{ORDER}"
    shop.put(address, LINES, orders)
    shop.post(f"{address}/confirm", token=orders)
    calls.clear()
    shop.post(f"{address}/refund", token=orders)
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(f"{address}/refund", token=orders)
    assert calls == [READ], "a replay"


def test_an_adjustment_is_one_read_and_one_transaction(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    body = {"quantity_change": -1, "notes": "broken"}
    shop.post(f"{SKUS}/{BLACK}/adjustments", body, tokens.vendor(), idempotency_key="k")
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(f"{SKUS}/{BLACK}/adjustments", body, tokens.vendor(), idempotency_key="k")
    assert calls == [TRANSACTION, READ, READ], "a replay: the marker's condition tells; its record is read"


def test_a_change_of_a_sku_is_one_read_and_one_write(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    address, vendor = f"{SKUS}/{BLACK}", tokens.vendor()
    shop.send("PATCH", address, vendor, {"unit_price": 80, "reorder_threshold": 3})
    assert calls == [READ, "UpdateItem"]
    calls.clear()
    shop.send("PATCH", address, vendor, {"unit_price": 80})
    assert calls == [READ], "what is so already is not written"
    calls.clear()
    shop.send("PATCH", address, vendor, {"reorder_threshold": 99})
    assert calls == [READ, "UpdateItem", "UpdateItem"], "a raised threshold raises the bound first"
    calls.clear()
    shop.delete(address, vendor)
    assert calls == [READ, "UpdateItem"]
    calls.clear()
    shop.delete(address, vendor)
    assert calls == [READ]


def test_an_order_that_cannot_be_placed_is_looked_for_once_more(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    line = {"product_id": PRODUCT, "sku": BLACK, "quantity": 51}
    assert shop.put(f"/orders/{ORDER}", {"lines": [line]}, tokens.of_role("orders")).status == 409
    assert calls == [READ, READ], "it may have been placed between the reads of its items"


def test_the_counter_sees_a_call_that_is_sent_again(calls: list[str], gateway: Any) -> None:
    gateway.order(ORDER)
    gateway.order(ORDER)
    assert calls == ["GetItem", "GetItem"]
