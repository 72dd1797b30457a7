"""A product or a record that no service could have written stops nothing but what needs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from damage import Damaged, each_damage, is_stored
from front_door import Client

from inventory_common.items import Item, to_item

from .shop import VENDOR, Draws, a_product

DAMAGED = a_product(product_id="PROD-AAAAA").to_item()
INTACT = a_product(product_id="PROD-BBBBB", created_at="2026-02-23T10:31:00.000000Z")
BODY = {"product_name": "Headphones", "category": "Electronics", "base_price": 90}

Damage = Callable[[Item], Any]
PRODUCTS: dict[str, Damage] = {
    "without a name": lambda item: item.pop("product_name"),
    "without a price": lambda item: item.pop("base_price"),
    "without a version": lambda item: item.pop("version"),
    "version is a text": lambda item: item.update(version={"S": "1"}),
    "tags are a set": lambda item: item.update(tags={"SS": ["a"]}),
    "bytes": lambda item: item.update(brand={"B": b"x"}),
}


@pytest.fixture
def failing_shop(app: Any) -> Client:
    """A client of the service that accepts its defects."""
    return Client(app, may_fail=True)


@pytest.fixture(params=list(PRODUCTS.values()), ids=list(PRODUCTS))
def damaged(request: pytest.FixtureRequest, dynamodb: Any) -> Item:
    """A product that cannot be read, beside an intact one."""
    item = dict(DAMAGED)
    request.param(item)
    for stored in (item, INTACT.to_item()):
        dynamodb.put_item(TableName="Products-table", Item=stored)
    return item


def reports(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    return [line["key"] for line in lines if line["message"] == "malformed_item"]


@pytest.mark.parametrize("path", ["/products?category=Electronics", f"/vendors/{VENDOR}/products?order=asc"])
def test_a_list_leaves_out_a_malformed_product(
    damaged: Item, shop: Client, vendor: str, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    for limit in (1, 25, 25):
        pages = shop.walk(f"{path}&limit={limit}", vendor)
        assert [product["product_id"] for page in pages for product in page] == [INTACT.product_id]
    # Once in a process: the service's other tests have it reported too.
    assert len(reports(capsys)) <= 1


def test_a_malformed_product_is_a_defect_for_who_asks_for_it(
    damaged: Item, failing_shop: Client, vendor: str, dynamodb: Any
) -> None:
    path = "/products/PROD-AAAAA"
    answers = [
        failing_shop.get(path, vendor),
        failing_shop.send("PATCH", path, vendor, {"brand": "SoundMax"}),
        failing_shop.send("DELETE", path, vendor),
    ]
    assert [(answer.status, answer.json["code"]) for answer in answers] == [(500, "internal_error")] * 3
    assert failing_shop.get(f"/products/{INTACT.product_id}", vendor).status == 200
    key = {"product_id": {"S": "PROD-AAAAA"}}
    assert dynamodb.get_item(TableName="Products-table", Key=key)["Item"] == damaged


def test_an_id_that_a_malformed_product_has_is_drawn_again(
    damaged: Item, shop: Client, draws: Draws, vendor: str
) -> None:
    draws.coming = ["PROD-AAAAA", "PROD-CCCCC"]
    assert shop.post("/products", BODY, vendor).json["product_id"] == "PROD-CCCCC"


RECORDS: dict[str, Damage] = {
    "without a hash": lambda item: item.pop("body_hash"),
    "without results": lambda item: item.pop("done"),
    "results are a text": lambda item: item.update(done={"S": "PROD-AAAAA"}),
    "without a time": lambda item: item.pop("written_at"),
    "no timestamp": lambda item: item.update(written_at={"S": "yesterday"}),
}


@pytest.mark.parametrize("damage", RECORDS.values(), ids=RECORDS)
def test_a_malformed_idempotency_record_does_not_count_as_absent(
    shop: Client, failing_shop: Client, vendor: str, dynamodb: Any, damage: Damage
) -> None:
    """The command was executed: a second product would be a duplicate."""
    assert shop.post("/products", BODY, vendor, idempotency_key="k").status == 201
    items = dynamodb.scan(TableName="Products-table")["Items"]
    [record] = [item for item in items if item["product_id"]["S"].startswith("#MARKER#")]
    damage(record)
    dynamodb.put_item(TableName="Products-table", Item=record)
    answer = failing_shop.post("/products", BODY, vendor, idempotency_key="k")
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    assert len(dynamodb.scan(TableName="Products-table")["Items"]) == 2
    other = failing_shop.post("/products", BODY, vendor, idempotency_key="k2")
    assert other.status == 201


# Every attribute, damaged in every way

OPTIONAL = ("description", "subcategory", "brand", "images", "tags", "external_id")
WHOLE = a_product(
    description="Headphones", subcategory="Audio", brand="SoundMax", images=["x"], tags=["x"], external_id="1"
)


@pytest.mark.parametrize("path", ["/products?category=Electronics", f"/vendors/{VENDOR}/products?order=asc"])
def test_damaged_products_stop_no_list(app: Any, vendor: str, dynamodb: Any, path: str) -> None:
    stored: dict[str, Damaged] = {}
    for number, each in enumerate(each_damage(WHOLE.to_item(), ("product_id",), OPTIONAL)):
        product_id = f"PROD-D{number:04}"
        item = each.item | to_item({"product_id": product_id})
        if is_stored(dynamodb, "Products-table", item):
            stored[product_id] = each
    assert len(stored) > 100
    # Under the longest key that DynamoDB takes: a page may end with it.
    longest = INTACT.to_item() | {"product_id": {"S": "P" * 2_048}, "version": {"S": "1"}}
    for item in (longest, INTACT.to_item()):
        dynamodb.put_item(TableName="Products-table", Item=item)
    client = Client(app, holds_damage=True)
    for limit in (3, 100):
        served = [
            each["product_id"] for page in client.walk(f"{path}&limit={limit}", vendor) for each in page
        ]
        assert INTACT.product_id in served
        assert [stored[each].name for each in served if each in stored and stored[each].is_visible] == []
