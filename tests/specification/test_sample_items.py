"""The specification's three sample items, created through the API: equal but for generated values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.shop import Shop, Sku, done
from tests.specification.the_specification import (
    ATTRIBUTES,
    DYNAMODB_TYPES,
    INVENTORY,
    KEYS,
    PRODUCTS,
    SAMPLE_PRODUCT,
    SAMPLE_SKU,
    SAMPLE_TRANSACTION,
    TRANSACTIONS,
)

VENDOR = SAMPLE_PRODUCT["vendor_id"]
MADE_BY_THE_SERVER = {
    PRODUCTS: {"product_id", "created_at", "updated_at"},
    INVENTORY: {"product_id", "sku", "last_updated"},
    TRANSACTIONS: {"transaction_id", "timestamp", "product_id", "sku"},
}
VARIANT = SAMPLE_SKU["sku"].removeprefix(f"SKU-{SAMPLE_SKU['product_id']}-")


@pytest.fixture
def product(shop: Shop) -> Any:
    sent = ("product_name", "description", "category", "subcategory", "brand", "base_price", "images", "tags")
    body = {name: SAMPLE_PRODUCT[name] for name in sent}
    return done(shop.ask("POST", f"{shop.catalog}/products", "vendor", VENDOR, body=body)).json()


@pytest.fixture
def sku(shop: Shop, product: Any) -> Sku:
    """A SKU with fifty units, five of them reserved, last changed by the vendor."""
    sku = Sku(VENDOR, product["product_id"], f"SKU-{product['product_id']}-{VARIANT}")
    sent = ("variant_name", "variant_attributes", "unit_price", "reorder_threshold")
    done(shop.create_sku(sku, **{name: SAMPLE_SKU[name] for name in sent}))
    done(shop.restock(sku, 30))
    done(shop.place("ORDER-12345", (sku, SAMPLE_SKU["reserved_stock"])))
    done(shop.restock(sku, 20))
    return sku


def assert_same(client: Any, table: str, served: dict[str, Any], sample: dict[str, Any]) -> None:
    """Assert that what is served and what is stored have the sample's values."""
    names = {attribute.name for attribute in ATTRIBUTES[table]}
    assert sample.keys() == names
    same = names - MADE_BY_THE_SERVER[table]
    assert {name: served[name] for name in same} == {name: sample[name] for name in same}
    key = {name: {"S": served[name]} for name in KEYS[table] if name}
    item = client.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
    for attribute in ATTRIBUTES[table]:
        if attribute.name in same and sample[attribute.name] is not None:
            assert item[attribute.name] == stored(
                table, attribute.name, attribute.type, sample[attribute.name]
            )


def stored(table: str, name: str, kind: str, value: Any) -> dict[str, Any]:
    if (table, name) == (PRODUCTS, "is_active"):
        return {"S": "true"}
    match value:
        case list():
            return {"L": [{"S": member} for member in value]}
        case dict():
            return {"M": {member: {"S": text} for member, text in value.items()}}
        case bool() | str():
            return {DYNAMODB_TYPES[kind]: value}
        case _:
            return {DYNAMODB_TYPES[kind]: str(value)}


def test_the_sample_product(shop: Shop, client: Any, product: Any) -> None:
    read_back = done(shop.ask("GET", f"{shop.catalog}/products/{product['product_id']}")).json()
    assert read_back == product
    assert_same(client, PRODUCTS, read_back, SAMPLE_PRODUCT)


def test_the_sample_product_costs_exactly_as_much(shop: Shop, product: Any) -> None:
    response = done(shop.ask("GET", f"{shop.catalog}/products/{product['product_id']}"))
    assert '"base_price":89.99,' in response.text.replace(" ", "")


def test_the_sample_sku(shop: Shop, client: Any, sku: Sku) -> None:
    assert_same(client, INVENTORY, shop.sku(sku), SAMPLE_SKU)


def test_the_sample_transaction(shop: Shop, client: Any, sku: Sku) -> None:
    sent = {"notes": SAMPLE_TRANSACTION["notes"]}
    made = done(shop.restock(sku, SAMPLE_TRANSACTION["quantity_change"], **sent)).json()["transaction"]
    record = done(
        shop.ask("GET", f"{shop.audit}/transactions/{made['transaction_id']}", "vendor", VENDOR)
    ).json()
    assert record == made
    assert (record["product_id"], record["sku"]) == (sku.product_id, sku.sku)
    assert_same(client, TRANSACTIONS, record, SAMPLE_TRANSACTION)


def test_the_sample_items_are_as_large_as_estimated(shop: Shop, client: Any, sku: Sku) -> None:
    """At most 2 KB and 1 KB; and 1 KB of a log record, as the estimate of 0.4 KB has no hash chain."""
    done(shop.restock(sku, 25, notes=SAMPLE_TRANSACTION["notes"]))
    largest = {
        table: max(map(size_bytes, client.scan(TableName=table, ConsistentRead=True)["Items"]))
        for table in KEYS
    }
    assert largest[PRODUCTS] <= 2_048
    assert largest[INVENTORY] <= 1_024
    assert largest[TRANSACTIONS] <= 1_024


def size_bytes(item: dict[str, Any]) -> int:
    """Return at least what DynamoDB counts: names, texts, and numbers by their digits."""
    return sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items())
