"""Changing a SKU's attributes, deactivating and reactivating it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from front_door import Answer, Client, Tokens

from inventory_common.limits import VARIANT_ATTRIBUTES_MAX

from ..shop import (
    BLACK,
    NOW,
    ORDER_PATH,
    OTHER_VENDOR,
    PRODUCT,
    RESTOCKS_PATH,
    SKU_PATH,
    SKUS_PATH,
    VENDOR,
    Clock,
    Tables,
    a_product,
    a_sku,
    order_body,
)

ATTRIBUTES = {"color": "Black", "size": "Large"}


@pytest.fixture
def offered(tables: Tables) -> None:
    """Fifty units of the black variant, ten of them reserved."""
    tables.put(a_product(), a_sku(current=50, reserved=10, variant_attributes=ATTRIBUTES))


def patch(shop: Client, token: str, body: Any, **headers: str) -> Answer:
    return shop.send("PATCH", SKU_PATH, token, body, **headers)


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ({"variant_name": "Jet Black"}, {"variant_name": "Jet Black"}),
        ({"unit_price": Decimal("79.5")}, {"unit_price": Decimal("79.5")}),
        ({"unit_price": 0}, {"unit_price": 0}),
        ({"reorder_threshold": 50}, {"reorder_threshold": 50, "low_stock_flag": True}),
        ({"reorder_threshold": 0}, {"reorder_threshold": 0}),
        ({"is_active": False}, {"is_active": False}),
        ({"variant_attributes": None}, {"variant_attributes": None}),
        ({"variant_attributes": {"size": None}}, {"variant_attributes": {"color": "Black"}}),
        (
            {"variant_attributes": {"size": "XL", "fit": "slim"}},
            {"variant_attributes": {"color": "Black", "size": "XL", "fit": "slim"}},
        ),
        ({"variant_attributes": {"color": None, "size": None}}, {"variant_attributes": {}}),
        ({"variant_name": "N", "unit_price": 1}, {"variant_name": "N", "unit_price": 1}),
    ],
    ids=range(11),
)
def test_a_patch_changes_the_attributes_that_it_names_and_no_others(
    shop: Client, vendor: str, clock: Clock, body: Any, changed: dict[str, Any]
) -> None:
    before = shop.get(SKU_PATH, vendor).json
    clock.advance(60)
    answer = patch(shop, vendor, body)
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    stamps = {
        "version": 2,
        "details_version": 2,
        "last_updated": "2026-02-23T10:31:00.000000Z",
        "last_updated_by": VENDOR,
    }
    assert answer.json == before | stamps | changed
    assert shop.get(SKU_PATH, vendor).json == answer.json


def test_a_patch_adds_variant_attributes_to_a_sku_that_has_none(
    shop: Client, vendor: str, tables: Tables
) -> None:
    tables.put(a_sku())
    answer = patch(shop, vendor, {"variant_attributes": {"size": "L", "color": None}})
    assert answer.json["variant_attributes"] == {"size": "L"}


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"variant_name": "Black - Large", "unit_price": Decimal("90.0"), "is_active": True},
        {"variant_attributes": {"size": "Large", "fit": None}},
        {"variant_attributes": {}},
    ],
    ids=["nothing", "the same", "the same attributes", "no attributes"],
)
def test_a_patch_to_the_current_attributes_changes_nothing(
    shop: Client, vendor: str, clock: Clock, body: Any
) -> None:
    before = shop.get(SKU_PATH, vendor)
    clock.advance(60)
    answer = patch(shop, vendor, body)
    assert (answer.status, answer.json, answer.headers["ETag"]) == (200, before.json, '"1"')
    assert shop.get(SKU_PATH, vendor).json == before.json


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({name: value}, f"body.{name}")
        for name, value in {
            "product_id": PRODUCT,
            "sku": BLACK,
            "vendor_id": VENDOR,
            "current_stock": 5,
            "reserved_stock": 0,
            "available_stock": 5,
            "low_stock_flag": False,
            "sequence": 0,
            "ledger_hash": "0",
            "version": 1,
            "details_version": 1,
            "last_updated": NOW,
            "last_updated_by": "me",
            "product_is_active": True,
            "colour": "black",
        }.items()
    ]
    + [
        ({"variant_name": None}, "body.variant_name"),
        ({"variant_name": ""}, "body.variant_name"),
        ({"unit_price": None}, "body.unit_price"),
        ({"unit_price": "1"}, "body.unit_price"),
        ({"reorder_threshold": None}, "body.reorder_threshold"),
        ({"reorder_threshold": -1}, "body.reorder_threshold"),
        ({"is_active": None}, "body.is_active"),
        ({"is_active": "true"}, "body.is_active"),
        ({"variant_attributes": {"size": 5}}, "body.variant_attributes.size"),
        ({"variant_attributes": []}, "body.variant_attributes"),
        ([], "body"),
    ],
    ids=range(26),
)
def test_an_attribute_that_cannot_be_changed_so_is_named(
    shop: Client, vendor: str, body: Any, path: str
) -> None:
    before = shop.get(SKU_PATH, vendor).json
    answer = patch(shop, vendor, body)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [path]
    assert shop.get(SKU_PATH, vendor).json == before


@pytest.mark.usefixtures("offered")
def test_patches_cannot_exceed_the_maximum_number_of_variant_attributes(shop: Client, vendor: str) -> None:
    many = {f"a{number}": "x" for number in range(VARIANT_ATTRIBUTES_MAX - 2)}
    full = patch(shop, vendor, {"variant_attributes": many})
    assert (full.status, len(full.json["variant_attributes"])) == (200, VARIANT_ATTRIBUTES_MAX)
    answer = patch(shop, vendor, {"variant_attributes": {"one": "more"}})
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["body.variant_attributes"]
    assert patch(shop, vendor, {"variant_attributes": {"one": "more", "a0": None}}).status == 200


@pytest.mark.usefixtures("offered")
def test_a_change_of_an_old_version_is_refused(shop: Client, vendor: str) -> None:
    body = {"unit_price": 80}
    assert patch(shop, vendor, body, if_match='"1"').status == 200
    for answer in (
        patch(shop, vendor, {"unit_price": 70}, if_match='"1"'),
        patch(shop, vendor, {"unit_price": 70}, if_match='W/"2"'),
        shop.delete(SKU_PATH, vendor, if_match='"1"'),
    ):
        assert (answer.status, answer.code) == (412, "precondition_failed")
    assert shop.get(SKU_PATH, vendor).json["unit_price"] == 80
    assert patch(shop, vendor, {"unit_price": 70}, if_match='"1", "2"').status == 200
    assert patch(shop, vendor, {"unit_price": 60}, if_match="*").status == 200
    assert shop.delete(SKU_PATH, vendor, if_match='"4"').status == 204


@pytest.mark.usefixtures("offered")
def test_what_is_as_requested_already_is_no_conflict_whatever_the_version(shop: Client, vendor: str) -> None:
    body = {"unit_price": 80}
    assert patch(shop, vendor, body, if_match='"1"').status == 200
    stored = shop.get(SKU_PATH, vendor)
    for tag in ('"1"', 'W/"2"', '"9"', ""):
        again = patch(shop, vendor, body, if_match=tag)
        assert (again.status, again.json, again.headers["ETag"]) == (200, stored.json, '"2"')
    assert shop.delete(SKU_PATH, vendor, if_match='"1"').status == 412
    assert shop.delete(SKU_PATH, vendor, if_match='"2"').status == 204
    stored = shop.get(SKU_PATH, vendor)
    assert shop.delete(SKU_PATH, vendor, if_match='"2"').status == 204
    assert shop.get(SKU_PATH, vendor).json == stored.json


@pytest.mark.usefixtures("offered")
def test_a_sale_changes_the_version_but_not_the_etag(shop: Client, vendor: str, orders: str) -> None:
    before = shop.get(SKU_PATH, vendor)
    assert shop.put(ORDER_PATH, order_body((BLACK, 1)), orders).status == 201
    after = shop.get(SKU_PATH, vendor)
    assert before.headers["ETag"] == after.headers["ETag"] == '"1"'
    assert (after.json["version"], after.json["details_version"]) == (2, 1)
    changed = patch(shop, vendor, {"unit_price": 80}, if_match=before.headers["ETag"])
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.json["version"], changed.json["details_version"]) == (3, 2)


@pytest.mark.usefixtures("offered")
def test_a_sku_is_not_cached_as_its_stock_changes_without_a_new_etag(shop: Client, vendor: str) -> None:
    lists = (SKUS_PATH, f"/vendors/{VENDOR}/inventory", f"/vendors/{VENDOR}/low-stock")
    for path in (SKU_PATH, *lists):
        assert shop.get(path, vendor).headers["Cache-Control"] == "no-store", path
    again = shop.send("GET", SKU_PATH, vendor, if_none_match='"1"')
    assert again.status == 200


@pytest.mark.usefixtures("offered")
def test_a_change_with_a_key_is_replayed_and_undoes_no_later_one(shop: Client, vendor: str) -> None:
    body = {"unit_price": 80}
    first = patch(shop, vendor, body, if_match='"1"', idempotency_key="k")
    assert (first.status, first.headers.get("Idempotent-Replayed")) == (200, None)
    assert first.json == shop.get(SKU_PATH, vendor).json
    patch(shop, vendor, {"unit_price": 70})
    again = patch(shop, vendor, body, if_match='"1"', idempotency_key="k")
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json == shop.get(SKU_PATH, vendor).json
    assert again.json["unit_price"] == 70
    reused = patch(shop, vendor, {"unit_price": 60}, idempotency_key="k")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")


@pytest.mark.usefixtures("offered")
def test_a_deactivation_with_a_key_is_replayed_and_undoes_no_reactivation(shop: Client, vendor: str) -> None:
    first = shop.delete(SKU_PATH, vendor, idempotency_key="k")
    assert (first.status, first.headers.get("Idempotent-Replayed")) == (204, None)
    assert patch(shop, vendor, {"is_active": True}).status == 200
    again = shop.delete(SKU_PATH, vendor, idempotency_key="k")
    assert (again.status, again.text, again.headers["Idempotent-Replayed"]) == (204, "", "true")
    assert shop.get(SKU_PATH, vendor).json["is_active"] is True


@pytest.mark.usefixtures("offered")
def test_only_the_vendor_of_a_sku_or_an_admin_can_change_it(shop: Client, admin: str, tokens: Tokens) -> None:
    for answer in (
        patch(shop, tokens.vendor(OTHER_VENDOR), {"unit_price": 1}, if_match='"9"'),
        shop.delete(SKU_PATH, tokens.vendor(OTHER_VENDOR)),
    ):
        assert (answer.status, answer.code) == (404, "sku_not_found")
    assert patch(shop, admin, {"unit_price": 1}).json["last_updated_by"] == "user:admin-1"


def test_an_unknown_sku_cannot_be_changed(shop: Client, vendor: str) -> None:
    assert patch(shop, vendor, {}).code == "sku_not_found"
    assert shop.delete(SKU_PATH, vendor).code == "sku_not_found"


@pytest.mark.usefixtures("offered")
def test_a_deactivated_sku_cannot_be_ordered_or_restocked_until_it_is_reactivated(
    shop: Client, vendor: str, orders: str
) -> None:
    low_stock = f"/vendors/{VENDOR}/low-stock"
    patch(shop, vendor, {"reorder_threshold": 60})
    assert [sku["sku"] for sku in shop.get(low_stock, vendor).json["items"]] == [BLACK]
    for _ in range(2):
        deleted = shop.delete(SKU_PATH, vendor)
        assert (deleted.status, deleted.text) == (204, "")
    found = shop.get(SKU_PATH, vendor)
    assert (found.json["is_active"], found.json["current_stock"], found.headers["ETag"]) == (False, 50, '"3"')
    assert shop.put(ORDER_PATH, order_body((BLACK, 1)), orders).code == "sku_inactive"
    restocked = shop.post(RESTOCKS_PATH, {"quantity": 1}, vendor, idempotency_key="k")
    assert restocked.code == "sku_inactive"
    assert shop.get(low_stock, vendor).json["items"] == []
    assert patch(shop, vendor, {"is_active": True}).json["is_active"] is True
    assert [sku["sku"] for sku in shop.get(low_stock, vendor).json["items"]] == [BLACK]
    assert shop.put(ORDER_PATH, order_body((BLACK, 1)), orders).status == 201
    assert shop.post(RESTOCKS_PATH, {"quantity": 1}, vendor, idempotency_key="k").status == 201
