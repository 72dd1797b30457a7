"""All 38 attributes by exactly the specified names: served, stored, required or not; the calculated ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx
import pytest

from tests.integration.ledger_checks import scan
from tests.integration.shop import VENDOR, Shop, Sku, done
from tests.specification.the_specification import (
    ATTRIBUTES,
    DYNAMODB_TYPES,
    INVENTORY,
    PRODUCTS,
    STORED_OTHERWISE,
    TRANSACTIONS,
    Attribute,
)

JSON_TYPES = {"String": (str,), "Number": (int, float), "Boolean": (bool,), "List": (list,), "Map": (dict,)}
IN_ONE_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

ADDITIONAL = {
    PRODUCTS: {"version", "external_id"},
    INVENTORY: {
        "sequence",
        "ledger_hash",
        "version",
        "last_transaction_at",
        "last_transaction_id",
        "product_is_active",
        "product_version",
        "details_version",
        "barcode",
        "low_stock_flag",
    },
    TRANSACTIONS: {
        "sequence",
        "quantity",
        "reserved_before",
        "reserved_after",
        "request_id",
        "form",
        "command",
        "reason",
        "order_step",
        "order_previous",
        "previous_hash",
        "hash",
        "signature",
        "key_id",
    },
}

ROWS = [(table, attribute) for table, attributes in ATTRIBUTES.items() for attribute in attributes]
ROW_NAMES = [f"{table}-{attribute.name}" for table, attribute in ROWS]


class Form(NamedTuple):
    """One resource in its two forms: as the API serves it, and as DynamoDB stores it."""

    document: Mapping[str, Any]
    item: Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def written(open_shop: Shop, client: Any) -> dict[str, list[Form]]:
    """Resources of each table, with every optional attribute and with none."""
    shop, vendor = open_shop, "VENDOR-ATTRIBUTES"

    def form(table: str, document: Mapping[str, Any], *key: str) -> Form:
        wanted = {name: {"S": document[name]} for name in key}
        return Form(document, client.get_item(TableName=table, Key=wanted, ConsistentRead=True)["Item"])

    full = done(
        shop.create_product(
            vendor,
            description="Premium noise-canceling",
            subcategory="Audio",
            brand="SoundMax",
            images=["https://example.com/img1.jpg"],
            tags=["wireless"],
        )
    ).json()
    bare = done(shop.create_product(vendor)).json()
    large, small = (Sku(vendor, full["product_id"], f"SKU-{full['product_id']}-{size}") for size in "LS")
    done(shop.create_sku(large, variant_attributes={"size": "Large"}))
    done(shop.create_sku(small))
    noted = done(shop.restock(large, 50, notes="Monthly restock shipment")).json()["transaction"]
    done(shop.place("ORDER-ATTRIBUTES", (large, 5)))
    ordered = shop.ask("GET", f"{shop.audit}/skus/{large.sku}/transactions", "auditor").json()["items"][0]
    return {
        PRODUCTS: [form(PRODUCTS, product, "product_id") for product in (full, bare)],
        INVENTORY: [form(INVENTORY, shop.sku(sku), "product_id", "sku") for sku in (large, small)],
        TRANSACTIONS: [
            form(TRANSACTIONS, record, "transaction_id", "timestamp") for record in (noted, ordered)
        ],
    }


def test_there_are_13_and_13_and_12_attributes() -> None:
    assert [len(attributes) for attributes in ATTRIBUTES.values()] == [13, 13, 12]
    assert len(set(ROWS)) == 38


@pytest.mark.parametrize(("table", "attribute"), ROWS, ids=ROW_NAMES)
def test_an_attribute_is_served_and_stored_as_specified(
    written: dict[str, list[Form]], table: str, attribute: Attribute
) -> None:
    stored_as = STORED_OTHERWISE.get((table, attribute.name), DYNAMODB_TYPES[attribute.type])
    present = [form for form in written[table] if attribute.name in form.item]
    absent = [form for form in written[table] if attribute.name not in form.item]
    assert present, "in some item"
    assert bool(absent) is not attribute.required, "in all items if it is required, else not in all"
    for form in present:
        assert list(form.item[attribute.name]) == [stored_as]
        assert type(form.document[attribute.name]) in JSON_TYPES[attribute.type]
    for form in absent:
        assert form.document[attribute.name] is None


@pytest.mark.parametrize("table", ATTRIBUTES)
def test_the_attributes_come_in_the_order_of_the_specification_and_few_follow(
    written: dict[str, list[Form]], table: str
) -> None:
    specified = [attribute.name for attribute in ATTRIBUTES[table]]
    for form in written[table]:
        names = list(form.document)
        assert names[: len(specified)] == specified
        assert set(names[len(specified) :]) == ADDITIONAL[table]


@pytest.mark.parametrize("name", ["product_name", "category", "base_price"])
@pytest.mark.parametrize("how", ["absent", "null"])
def test_a_product_without_a_required_attribute_is_refused(
    shop: Shop, client: Any, name: str, how: str
) -> None:
    body = {"product_name": "Tea", "category": "Drinks", "base_price": 4.5} | {name: None}
    if how == "absent":
        del body[name]
    response = shop.ask("POST", f"{shop.catalog}/products", "vendor", VENDOR, body=body)
    assert_refused(response, name)
    assert list(scan(client, PRODUCTS)) == []


@pytest.mark.parametrize("name", ["sku", "variant_name", "unit_price", "reorder_threshold"])
@pytest.mark.parametrize("how", ["absent", "null"])
def test_a_sku_without_a_required_attribute_is_refused(shop: Shop, client: Any, name: str, how: str) -> None:
    product_id = shop.has_product()
    body = {
        "sku": f"SKU-{product_id}-L",
        "variant_name": "Large",
        "unit_price": 4.5,
        "reorder_threshold": 5,
    } | {name: None}
    if how == "absent":
        del body[name]
    response = shop.ask("POST", f"{shop.stock}/products/{product_id}/skus", "vendor", VENDOR, body=body)
    assert_refused(response, name)
    assert list(scan(client, INVENTORY)) == []


def assert_refused(response: httpx.Response, name: str) -> None:
    assert response.status_code == 422, response.text
    assert [error["path"] for error in response.json()["errors"]] == [f"body.{name}"]


def test_ids_have_the_specified_forms(written: dict[str, list[Form]]) -> None:
    for form in written[PRODUCTS]:
        assert re.fullmatch(r"PROD-[0-9A-Z]{5}", form.document["product_id"])
    for form in written[INVENTORY]:
        assert form.document["sku"].startswith(f"SKU-{form.document['product_id']}-")
    for form in written[TRANSACTIONS]:
        assert re.fullmatch(f"TXN-{UUID}", form.document["transaction_id"])


@pytest.mark.parametrize(
    ("table", "name"),
    [
        (PRODUCTS, "created_at"),
        (PRODUCTS, "updated_at"),
        (INVENTORY, "last_updated"),
        (TRANSACTIONS, "timestamp"),
    ],
)
def test_timestamps_are_iso_8601_in_one_form_that_sorts(
    written: dict[str, list[Form]], table: str, name: str
) -> None:
    for form in written[table]:
        assert IN_ONE_FORM.fullmatch(form.document[name])
        assert form.item[name]["S"] == form.document[name]


def test_available_stock_is_current_less_reserved(shop: Shop) -> None:
    sku = shop.has_sku(50)
    done(shop.place("ORDER-1", (sku, 5)))
    found = shop.sku(sku)
    assert (found["current_stock"], found["reserved_stock"], found["available_stock"]) == (50, 5, 45)


@pytest.mark.parametrize(("stock", "is_low"), [(0, True), (9, True), (10, True), (11, False)])
def test_low_stock_flag_is_stock_at_or_below_the_threshold(shop: Shop, stock: int, is_low: bool) -> None:
    sku = shop.has_sku(stock, reorder_threshold=10)
    assert shop.sku(sku)["low_stock_flag"] is is_low
    [listed] = shop.listed(f"{shop.stock}/vendors/{VENDOR}/inventory", "vendor", VENDOR)
    assert listed["low_stock_flag"] is is_low
    low = shop.listed(f"{shop.stock}/vendors/{VENDOR}/low-stock", "vendor", VENDOR)
    assert [item["sku"] for item in low] == ([sku.sku] if is_low else [])


def test_low_stock_depends_on_the_current_stock_not_the_available_one(shop: Shop) -> None:
    sku = shop.has_sku(11, reorder_threshold=10)
    done(shop.place("ORDER-1", (sku, 8)))
    found = shop.sku(sku)
    assert (found["available_stock"], found["low_stock_flag"]) == (3, False)
