"""The calls to DynamoDB of each request: they determine its cost and its latency."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client, Tokens

from .shop import VENDOR, Draws, a_product, keep, patch

ADDRESS = "/products/PROD-E4F9A"
NEW = {"product_name": "Mug", "category": "Kitchen", "base_price": 5}


@pytest.fixture(autouse=True)
def one_product(dynamodb: Any) -> None:
    keep(dynamodb, a_product())


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (ADDRESS, ["GetItem"]),
        ("/products?category=Electronics", ["Query"]),
        ("/products?category=Electronics&brand=Nobody&tag=x&min_price=1&max_price=2", ["Query"]),
        (f"/vendors/{VENDOR}/products", ["Query"]),
        (f"/vendors/{VENDOR}/products?created_to=2026-01-01T00:00:00Z&order=desc", ["Query"]),
        (f"/vendors/{VENDOR}/products?name=wire&fields=product_id", ["Query"]),
        (f"/vendors/{VENDOR}/products?external_id=absent", ["GetItem"]),
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


def test_an_id_in_use_costs_one_more_call(
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
    assert calls == ["GetItem"], "a second deactivation changes nothing"


def test_if_match_costs_no_further_call(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    assert shop.delete(ADDRESS, tokens.vendor(), if_match='"1"').status == 204
    assert calls == ["GetItem", "UpdateItem"]
    calls.clear()
    assert patch(shop, ADDRESS, {"brand": "B"}, tokens.vendor(), if_match='"1"').status == 412
    assert calls == ["GetItem"]


def test_a_change_with_a_key_is_one_read_and_one_transaction(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    for expected in (["BatchGetItem", "TransactWriteItems"], ["BatchGetItem", "GetItem"]):
        calls.clear()
        assert patch(shop, ADDRESS, {"brand": "B"}, tokens.vendor(), idempotency_key="k").status == 200
        assert calls == expected


def test_a_change_is_one_read_and_one_write(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    everything = NEW | {"description": "d", "brand": None, "tags": ["x"], "is_active": False}
    assert patch(shop, ADDRESS, everything, tokens.vendor(), if_match='"1"').status == 200
    assert calls == ["GetItem", "UpdateItem"]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({}, {}, 200),
        ({"category": "Electronics", "base_price": 90, "brand": None}, {}, 200),
        ({"brand": "B"}, {"if_match": '"2"'}, 412),
    ],
    ids=["nothing", "current values", "another version"],
)
def test_a_change_that_writes_nothing_is_one_read(
    shop: Client, tokens: Tokens, calls: list[str], body: Any, headers: dict[str, str], status: int
) -> None:
    assert patch(shop, ADDRESS, body, tokens.vendor(), **headers).status == status
    assert calls == ["GetItem"]


def test_a_change_that_conflicts_once_reads_and_writes_again(
    shop: Client, tokens: Tokens, calls: list[str], meanwhile: Any, dynamodb: Any
) -> None:
    meanwhile(lambda: keep(dynamodb, a_product(version=2)))
    assert patch(shop, ADDRESS, {"brand": "B"}, tokens.vendor()).status == 200
    assert calls == ["GetItem", "UpdateItem"] * 2


def test_a_new_product_with_an_external_id_is_one_call(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    body = NEW | {"external_id": "SM-4711"}
    for status in (201, 409):
        assert shop.post("/products", body, tokens.vendor()).status == status
        assert calls == ["TransactWriteItems"]
        calls.clear()
    other = NEW | {"external_id": "SM-4712"}
    assert shop.post("/products", other, tokens.vendor(), idempotency_key="k").status == 201
    assert calls == ["TransactWriteItems"]


def test_a_refused_request_makes_no_call(shop: Client, tokens: Tokens, calls: list[str]) -> None:
    shop.delete(ADDRESS)
    patch(shop, ADDRESS, {"brand": "B"})
    patch(shop, ADDRESS, {"brand": 5}, tokens.vendor())
    shop.get("/products?category=x&active=false")
    shop.get("/products?category=x&active=false", tokens.vendor())
    shop.get("/products?category=x&min_price=2&max_price=1")
    shop.get(
        f"/vendors/{VENDOR}/products?created_from=2026-01-02T00:00:00Z&created_to=2026-01-01T00:00:00Z",
        tokens.vendor(),
    )
    shop.get(f"/vendors/{VENDOR}-2/products", tokens.vendor())
    shop.post("/products", {}, tokens.vendor())
    shop.get("/products?category=x&cursor=rubbish")
    assert calls == []


def test_a_product_is_found_by_its_external_id_in_two_calls(
    shop: Client, tokens: Tokens, calls: list[str]
) -> None:
    shop.post("/products", NEW | {"external_id": "SM-4711"}, tokens.vendor())
    calls.clear()
    assert (
        len(shop.get(f"/vendors/{VENDOR}/products?external_id=SM-4711", tokens.vendor()).json["items"]) == 1
    )
    assert calls == ["GetItem", "GetItem"]
