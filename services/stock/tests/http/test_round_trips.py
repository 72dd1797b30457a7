"""How many calls to DynamoDB each request makes: a promise about cost and latency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from front_door import Client, Tokens

from ..calls import noted_calls
from ..process import Process
from ..shop import (
    BLACK,
    ORDER,
    ORDER_PATH,
    PRODUCT,
    RESTOCKS_PATH,
    SKU_PATH,
    SKUS_PATH,
    VENDOR,
    WHITE,
    Tables,
    a_product,
    a_sku,
    order_body,
    settlement_body,
)

READ, TRANSACTION = "BatchGetItem", "TransactWriteItems"
BODY = order_body((BLACK, 1), (WHITE, 1))


@pytest.fixture
def calls(shop: Client, tables: Tables, dynamodb: Any) -> Iterator[list[str]]:
    """Every call that the service's client makes from now on, retries included."""
    tables.put(a_product(), a_sku(BLACK, 50), a_sku(WHITE, 50))
    with noted_calls(dynamodb) as calls:
        yield calls


def new_sku_body(variant: str, threshold: int = 10) -> dict[str, Any]:
    return {
        "sku": f"SKU-{PRODUCT}-{variant}",
        "variant_name": variant,
        "unit_price": 1,
        "reorder_threshold": threshold,
    }


@pytest.mark.parametrize(
    ("path", "role", "expected"),
    [
        (SKUS_PATH, "vendor", ["Query"]),
        (SKU_PATH, "vendor", ["GetItem"]),
        (f"/vendors/{VENDOR}/inventory", "vendor", ["Query"]),
        (ORDER_PATH, "orders", ["GetItem"]),
        ("/health", "admin", []),
    ],
)
def test_a_read_is_one_call(
    shop: Client, tokens: Tokens, calls: list[str], path: str, role: str, expected: list[str]
) -> None:
    shop.get(path, tokens.of_role(role))
    assert calls == expected


def test_a_request_that_is_refused_by_itself_makes_no_call(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    shop.get(SKU_PATH)
    shop.get(f"/vendors/{VENDOR}-2/inventory", tokens.vendor())
    shop.post(RESTOCKS_PATH, {"quantity": 0}, tokens.vendor(), idempotency_key="k")
    shop.post(SKUS_PATH, new_sku_body("X") | {"sku": "SKU-PROD-00000-X"}, tokens.vendor())
    assert calls == []


@pytest.mark.parametrize("key", [{}, {"idempotency_key": "k"}], ids=["no key", "key"])
def test_a_new_sku_is_one_read_and_one_transaction(
    shop: Client, tokens: Tokens, calls: list[str], key: dict[str, str]
) -> None:
    vendor = tokens.vendor()
    shop.post(SKUS_PATH, new_sku_body("FIRST"), vendor)
    assert calls == [READ, "UpdateItem", TRANSACTION], "the first threshold sets the bound"
    calls.clear()
    assert shop.post(SKUS_PATH, new_sku_body("SECOND"), vendor, **key).status == 201
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(SKUS_PATH, new_sku_body("HIGHER", threshold=11), vendor)
    assert calls == [READ, "UpdateItem", TRANSACTION], "a higher threshold raises it"
    calls.clear()
    shop.post(SKUS_PATH, new_sku_body("ADMIN"), tokens.of_role("admin"), **key)
    assert calls == ["GetItem", READ, TRANSACTION], "for an admin the product names the vendor"


def test_low_stock_is_the_bound_and_one_query(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    shop.post(SKUS_PATH, new_sku_body("FIRST"), tokens.vendor())
    calls.clear()
    shop.get(f"/vendors/{VENDOR}/low-stock", tokens.vendor())
    assert calls == ["GetItem", "Query"]


def test_a_restock_is_one_read_and_one_transaction(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    shop.post(RESTOCKS_PATH, {"quantity": 1}, tokens.vendor(), idempotency_key="k")
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(RESTOCKS_PATH, {"quantity": 1}, tokens.vendor(), idempotency_key="k")
    assert calls == [TRANSACTION, READ, READ], "a replay: the condition of its idempotency record fails"


@pytest.mark.parametrize("command", ["confirm", "cancel"])
def test_placing_and_settling_an_order(shop: Client, tokens: Tokens, calls: list[str], command: str) -> None:
    orders = tokens.of_role("orders")
    shop.put(ORDER_PATH, BODY, orders)
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.put(ORDER_PATH, BODY, orders)
    assert calls == [TRANSACTION, READ], "a replay: the condition of the order fails and returns it"
    calls.clear()
    shop.post(f"{ORDER_PATH}/{command}", token=orders)
    assert calls == [READ, TRANSACTION], "the order, which names its SKUs; these are cached"
    calls.clear()
    shop.post(f"{ORDER_PATH}/{command}", token=orders)
    assert calls == [READ], "a replay"
    calls.clear()
    shop.post(f"/orders/ORDER-NONE/{command}", token=orders)
    assert calls == ([READ, READ] if command == "confirm" else [READ, TRANSACTION])


@pytest.mark.parametrize("command", ["confirm", "cancel", "refund"])
def test_a_partial_settlement_is_one_read_and_one_transaction(
    shop: Client, tokens: Tokens, calls: list[str], command: str
) -> None:
    orders = tokens.of_role("orders")
    shop.put(ORDER_PATH, BODY, orders)
    if command == "refund":
        shop.post(f"{ORDER_PATH}/confirm", token=orders)
    calls.clear()
    part = settlement_body((BLACK, 1))
    shop.post(f"{ORDER_PATH}/{command}", part, orders, idempotency_key="k")
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(f"{ORDER_PATH}/{command}", part, orders, idempotency_key="k")
    assert calls == [READ, READ], "a replay: a refused command re-reads its idempotency record"


def test_an_amend_is_one_read_and_one_transaction(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    orders = tokens.of_role("orders")
    shop.put(ORDER_PATH, BODY, orders)
    calls.clear()
    shop.post(f"{ORDER_PATH}/amend", order_body((BLACK, 2)), orders, idempotency_key="k")
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(f"{ORDER_PATH}/amend", order_body((BLACK, 2)), orders, idempotency_key="k")
    assert calls == [READ, TRANSACTION], "a replay: the condition of its idempotency record returns it"


def test_a_reopen_is_one_read_and_one_transaction(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    orders = tokens.of_role("orders")
    shop.put(ORDER_PATH, BODY, orders)
    shop.post(f"{ORDER_PATH}/cancel", token=orders)
    calls.clear()
    shop.post(f"{ORDER_PATH}/reopen", token=orders, idempotency_key="k")
    assert calls == [READ, TRANSACTION], "the order, which names its SKUs; these are cached"
    calls.clear()
    shop.post(f"{ORDER_PATH}/reopen", token=orders, idempotency_key="k")
    assert calls == [READ, READ], "a replay: a refused command re-reads its idempotency record"


def test_a_refund_of_a_whole_order_is_one_read_and_one_transaction(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    orders = tokens.of_role("orders")
    shop.put(ORDER_PATH, BODY, orders)
    shop.post(f"{ORDER_PATH}/confirm", token=orders)
    calls.clear()
    shop.post(f"{ORDER_PATH}/refund", token=orders)
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(f"{ORDER_PATH}/refund", token=orders)
    assert calls == [READ], "a replay"


def test_an_adjustment_is_one_read_and_one_transaction(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    body = {"quantity_change": -1, "notes": "broken"}
    shop.post(f"{SKU_PATH}/adjustments", body, tokens.vendor(), idempotency_key="k")
    assert calls == [READ, TRANSACTION]
    calls.clear()
    shop.post(f"{SKU_PATH}/adjustments", body, tokens.vendor(), idempotency_key="k")
    assert calls == [TRANSACTION, READ, READ], "a replay: the condition of its idempotency record fails"


def test_a_change_of_a_sku_is_one_read_and_one_write(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    vendor = tokens.vendor()
    shop.send("PATCH", SKU_PATH, vendor, {"unit_price": 80, "reorder_threshold": 3})
    assert calls == [READ, "UpdateItem"]
    calls.clear()
    shop.send("PATCH", SKU_PATH, vendor, {"unit_price": 80})
    assert calls == [READ], "a change to the current values writes nothing"
    calls.clear()
    shop.send("PATCH", SKU_PATH, vendor, {"reorder_threshold": 99})
    assert calls == [READ, "UpdateItem", "UpdateItem"], "a higher threshold raises the bound first"
    calls.clear()
    shop.delete(SKU_PATH, vendor)
    assert calls == [READ, "UpdateItem"]
    calls.clear()
    shop.delete(SKU_PATH, vendor)
    assert calls == [READ]


def test_a_change_of_a_sku_with_a_key_is_one_read_one_transaction_and_one_read(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    for body in ({"unit_price": 80}, {"unit_price": 80, "is_active": True}):
        calls.clear()
        shop.send("PATCH", SKU_PATH, tokens.vendor(), body, idempotency_key=f"k{len(body)}")
        assert calls == ([READ, TRANSACTION, "GetItem"] if len(body) == 1 else [READ, TRANSACTION])
    calls.clear()
    shop.send("PATCH", SKU_PATH, tokens.vendor(), {"unit_price": 80}, idempotency_key="k1")
    assert calls == [READ, "GetItem"], "a replay"


def test_an_order_that_cannot_be_placed_is_read_once_more(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    answer = shop.put(ORDER_PATH, order_body((BLACK, 51)), tokens.of_role("orders"))
    assert answer.status == 409
    assert calls == [READ, READ], "it may have been placed between the reads of its items"


def test_the_counter_counts_every_call(calls: list[str], process: Process) -> None:
    process.order(ORDER)
    process.order(ORDER)
    assert calls == ["GetItem", "GetItem"]
