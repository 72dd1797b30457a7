"""How often each request goes to DynamoDB: a promise to whoever pays and whoever waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from front_door import Client, Tokens

from .shop import VENDOR, Draws, a_product

ADDRESS = "/products/PROD-E4F9A"
NEW = {"product_name": "Mug", "category": "Kitchen", "base_price": 5}


@pytest.fixture
def calls(shop: Client, dynamodb: Any, service: Any) -> Iterator[list[str]]:
    """Every call that the service's client makes from now on, retries included."""
    dynamodb.put_item(TableName="Products-table", Item=a_product().to_item())
    made: list[str] = []

    def count(request: Any, event_name: str, **_: Any) -> None:
        made.append(event_name.rpartition(".")[2])

    events = service.gateway._client.meta.events
    events.register("before-send", count)
    yield made
    events.unregister("before-send", count)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (ADDRESS, ["GetItem"]),
        ("/products?category=Electronics", ["Query"]),
        (f"/vendors/{VENDOR}/products", ["Query"]),
        ("/health", []),
    ],
)
def test_a_read_is_one_call(
    shop: Client, tokens: Tokens, calls: list[str], address: str, expected: list[str]
) -> None:
    assert shop.get(address, tokens.vendor()).status == 200
    assert calls == expected


def test_a_new_product_is_one_call(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    shop.post("/products", NEW, tokens.vendor())
    assert calls == ["PutItem"]
    calls.clear()
    shop.post("/products", NEW, tokens.vendor(), idempotency_key="k")
    assert calls == ["TransactWriteItems"]
    calls.clear()
    shop.post("/products", NEW, tokens.vendor(), idempotency_key="k")
    assert calls == ["TransactWriteItems", "GetItem"], "a replay reads its product"


def test_an_id_that_is_taken_is_one_call_more(
    shop: Client, tokens: Tokens, calls: list[str], draws: Draws
) -> None:
    draws.coming = ["PROD-E4F9A"]
    assert shop.post("/products", NEW, tokens.vendor()).status == 201
    assert calls == ["PutItem", "PutItem"]


def test_a_deactivation_is_one_read_and_one_write(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    shop.delete(ADDRESS, tokens.vendor())
    assert calls == ["GetItem", "UpdateItem"]
    calls.clear()
    shop.delete(ADDRESS, tokens.vendor())
    assert calls == ["GetItem"], "once more changes nothing"


def test_a_refused_request_is_no_call(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    shop.delete(ADDRESS)
    shop.get(f"/vendors/{VENDOR}-2/products", tokens.vendor())
    shop.post("/products", {}, tokens.vendor())
    shop.get("/products?category=x&cursor=rubbish")
    assert calls == []
