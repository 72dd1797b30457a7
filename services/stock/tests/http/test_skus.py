"""Creating a SKU, and reading it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from front_door import Client

from ..shop import (
    NEW_SKU_BODY,
    PRODUCT,
    SERVED_SKU,
    SKU_PATH,
    SKUS_PATH,
    VENDOR,
    Clock,
    Tables,
    a_product,
)


@pytest.mark.usefixtures("product")
def test_a_new_sku_is_returned_with_all_of_its_attributes_and_no_stock(shop: Client, vendor: str) -> None:
    answer = shop.post(SKUS_PATH, NEW_SKU_BODY, vendor)
    assert (answer.status, answer.json) == (201, SERVED_SKU)
    assert answer.headers["Location"] == f"/prod{SKU_PATH}"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Content-Type"] == "application/json"
    assert "Idempotent-Replayed" not in answer.headers


@pytest.mark.usefixtures("product")
def test_whole_numbers_are_written_without_a_fraction(shop: Client, vendor: str) -> None:
    text = shop.post(SKUS_PATH, NEW_SKU_BODY | {"unit_price": 90}, vendor).text
    assert '"unit_price":90,' in text
    assert '"reorder_threshold":10,' in text


@pytest.mark.usefixtures("product")
def test_a_sku_is_read_as_it_was_created(shop: Client, vendor: str) -> None:
    shop.post(SKUS_PATH, NEW_SKU_BODY, vendor)
    answer = shop.get(SKU_PATH, vendor)
    assert (answer.status, answer.json, answer.headers["ETag"]) == (200, SERVED_SKU, '"1"')


@pytest.mark.usefixtures("product")
def test_an_optional_attribute_that_is_left_out_is_null(shop: Client, vendor: str) -> None:
    body = {name: value for name, value in NEW_SKU_BODY.items() if name != "variant_attributes"}
    assert shop.post(SKUS_PATH, body, vendor).json["variant_attributes"] is None
    assert shop.get(SKU_PATH, vendor).json["variant_attributes"] is None


@pytest.mark.usefixtures("product")
def test_names_can_have_letters_and_signs_of_any_script(shop: Client, vendor: str) -> None:
    names = {"variant_name": "L'été, 黒 🎧", "variant_attributes": {"größe": "O'Neill's 🧥"}}
    assert shop.post(SKUS_PATH, NEW_SKU_BODY | names, vendor).status == 201
    assert shop.get(SKU_PATH, vendor).json.items() >= names.items()


@pytest.mark.usefixtures("product")
def test_a_sku_that_an_admin_creates_belongs_to_its_products_vendor(shop: Client, admin: str) -> None:
    answer = shop.post(SKUS_PATH, NEW_SKU_BODY, admin)
    assert answer.status == 201
    assert (answer.json["vendor_id"], answer.json["last_updated_by"]) == (VENDOR, "user:admin-1")


@pytest.mark.parametrize("with_key", [False, True])
def test_a_sku_of_an_unknown_product_is_not_created(
    shop: Client, vendor: str, admin: str, with_key: bool
) -> None:
    key = {"idempotency_key": "k"} if with_key else {}
    for token in (vendor, admin):
        answer = shop.post(SKUS_PATH, NEW_SKU_BODY, token, **key)
        assert (answer.status, answer.code) == (404, "product_not_found")


def test_a_sku_of_a_deactivated_product_is_not_created(shop: Client, tables: Tables, vendor: str) -> None:
    tables.put(a_product(is_active=False))
    answer = shop.post(SKUS_PATH, NEW_SKU_BODY, vendor)
    assert (answer.status, answer.code) == (409, "product_inactive")
    assert answer.json["product_id"] == PRODUCT


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize("sku", ["SKU-PROD-00000-BLK", "SKU-PROD-E4F9AB-BLK", "SKU-PROD-E4F9-BLK"])
def test_the_id_of_a_sku_begins_with_its_products_id(shop: Client, vendor: str, sku: str) -> None:
    answer = shop.post(SKUS_PATH, NEW_SKU_BODY | {"sku": sku}, vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["body.sku"]


@pytest.mark.usefixtures("stocked")
def test_a_sku_that_exists_is_not_created_again(shop: Client, vendor: str) -> None:
    answer = shop.post(SKUS_PATH, NEW_SKU_BODY, vendor)
    assert (answer.status, answer.code) == (409, "sku_exists")
    assert shop.get(SKU_PATH, vendor).json["current_stock"] == 50


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"unit_price": "89.99"}, "body.unit_price"),
        ({"unit_price": True}, "body.unit_price"),
        ({"unit_price": Decimal("0.001")}, "body.unit_price"),
        ({"unit_price": -1}, "body.unit_price"),
        ({"unit_price": 10_000_000}, "body.unit_price"),
        ({"reorder_threshold": 1.5}, "body.reorder_threshold"),
        ({"reorder_threshold": -1}, "body.reorder_threshold"),
        ({"reorder_threshold": 1_000_000_001}, "body.reorder_threshold"),
        ({"variant_name": ""}, "body.variant_name"),
        ({"variant_name": "a\u0000"}, "body.variant_name"),
        ({"variant_name": "x" * 201}, "body.variant_name"),
        ({"variant_attributes": {"size": 5}}, "body.variant_attributes.size"),
        ({"variant_attributes": {str(n): "x" for n in range(21)}}, "body.variant_attributes"),
        ({"current_stock": 5}, "body.current_stock"),
        ({"last_updated_by": "me"}, "body.last_updated_by"),
        ({"vendor_id": VENDOR}, "body.vendor_id"),
    ],
)
def test_an_invalid_attribute_of_a_new_sku_is_named(
    shop: Client, vendor: str, change: dict[str, Any], path: str
) -> None:
    answer = shop.post(SKUS_PATH, NEW_SKU_BODY | change, vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]


@pytest.mark.usefixtures("product")
def test_a_sku_can_have_the_lowest_and_the_highest_price(shop: Client, vendor: str) -> None:
    for number, price in enumerate([0, Decimal("0.01"), Decimal("9999999.99"), Decimal("89.90")]):
        sku = f"SKU-{PRODUCT}-{number}"
        assert shop.post(SKUS_PATH, NEW_SKU_BODY | {"sku": sku, "unit_price": price}, vendor).status == 201
        assert shop.get(f"{SKUS_PATH}/{sku}", vendor).json["unit_price"] == price


@pytest.mark.usefixtures("product")
def test_a_sku_is_created_once_with_an_idempotency_key(shop: Client, vendor: str, clock: Clock) -> None:
    first = shop.post(SKUS_PATH, NEW_SKU_BODY, vendor, idempotency_key="k")
    clock.advance(3600)
    again = shop.post(SKUS_PATH, dict(reversed(NEW_SKU_BODY.items())), vendor, idempotency_key="k")
    assert (first.status, again.status) == (201, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.json == first.json
    other = shop.post(SKUS_PATH, NEW_SKU_BODY | {"variant_name": "B"}, vendor, idempotency_key="k")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert shop.post(SKUS_PATH, NEW_SKU_BODY, vendor, idempotency_key="k2").code == "sku_exists"
    clock.advance(86_400)
    assert shop.post(SKUS_PATH, NEW_SKU_BODY, vendor, idempotency_key="k").code == "sku_exists"


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize("path", [SKUS_PATH, f"{SKUS_PATH}/"])
def test_the_location_of_a_new_sku_can_be_read(shop: Client, vendor: str, path: str) -> None:
    location = shop.post(path, NEW_SKU_BODY, vendor).headers["Location"]
    assert shop.get(location.removeprefix("/prod"), vendor).status == 200


def test_an_unknown_sku_is_not_found(shop: Client, vendor: str) -> None:
    assert shop.get(SKU_PATH, vendor).code == "sku_not_found"
