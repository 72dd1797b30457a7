"""Changing a product: merge patches, deactivation and reactivation, with and without If-Match."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from front_door import Answer, Client, Tokens

from chalicelib.engine.catalog import Catalog
from chalicelib.http.product_routes import PRODUCT_PATCH
from inventory_common.retry_policy import RetryPolicy

from .shop import NONSENSE, NOW, OTHER_VENDOR, VENDOR, Clock, a_product, keep, patch

FULL = a_product(
    description="Over-ear",
    subcategory="Audio",
    brand="SoundMax",
    base_price=Decimal("89.99"),
    images=["https://a.example/1.jpg"],
    tags=["wireless", "audio"],
    external_id="SM-4711",
)
SERVED = FULL.document()
ADDRESS = "/products/PROD-E4F9A"
LATER = "2026-02-23T10:31:00.000000Z"

CHANGES: dict[str, Any] = {
    "product_name": "Mug",
    "description": "Holds tea",
    "category": "Grains/Cereals",
    "subcategory": "Cups",
    "brand": "O'Neill's",
    "base_price": Decimal("0.01"),
    "images": ["https://a.example/2.jpg", "https://a.example/été.jpg"],
    "tags": ["größe"],
    "is_active": False,
}
OPTIONAL = ["description", "subcategory", "brand", "images", "tags"]
REQUIRED = ["product_name", "category", "base_price", "is_active"]

Meanwhile = Callable[[Callable[[], Any]], None]


@pytest.fixture(autouse=True)
def one_product(dynamodb: Any) -> None:
    keep(dynamodb, FULL)


def stored(client: Any) -> dict[str, Any]:
    key = {"product_id": {"S": "PROD-E4F9A"}}
    item: dict[str, Any] = client.get_item(TableName="Products-table", Key=key, ConsistentRead=True)["Item"]
    return {name: value for name, value in item.items() if not name.startswith("change_")}


def ids(shop: Client, address: str, token: str | None = None) -> list[str]:
    return [product["product_id"] for page in shop.walk(address, token) for product in page]


# The effect of a patch


@pytest.mark.parametrize("name", CHANGES)
def test_a_patch_of_one_attribute_leaves_all_others_unchanged(
    shop: Client, vendor: str, clock: Clock, name: str
) -> None:
    clock.advance(60)
    response = patch(shop, ADDRESS, {name: CHANGES[name]}, vendor)
    assert response.status == 200
    assert response.json == SERVED | {name: CHANGES[name], "updated_at": LATER, "version": 2}
    assert response.headers["ETag"] == '"2"'
    assert response.headers["Content-Type"] == "application/json"
    found = shop.get(ADDRESS, vendor)
    assert (found.json, found.headers["ETag"]) == (response.json, '"2"')


def test_all_attributes_are_changed_in_one_version(
    shop: Client, vendor: str, dynamodb: Any, clock: Clock
) -> None:
    clock.advance(60)
    response = patch(shop, ADDRESS, CHANGES, vendor)
    assert response.json == SERVED | CHANGES | {"updated_at": LATER, "version": 2}
    assert stored(dynamodb) == replace(FULL, **CHANGES, updated_at=LATER, version=2).to_item()


def test_these_tests_know_every_attribute_that_can_be_patched() -> None:
    assert PRODUCT_PATCH.schema()["properties"].keys() == CHANGES.keys() == {*OPTIONAL, *REQUIRED}


@pytest.mark.parametrize("name", OPTIONAL)
def test_null_removes_an_optional_attribute(
    shop: Client, vendor: str, dynamodb: Any, clock: Clock, name: str
) -> None:
    clock.advance(60)
    response = patch(shop, ADDRESS, {name: None}, vendor)
    assert response.json == SERVED | {name: None, "updated_at": LATER, "version": 2}
    assert shop.get(ADDRESS).json == response.json
    assert stored(dynamodb).keys() == FULL.to_item().keys() - {name}
    assert patch(shop, ADDRESS, {name: CHANGES[name]}, vendor).json[name] == CHANGES[name]


@pytest.mark.parametrize("name", REQUIRED)
def test_null_is_refused_for_a_required_attribute(shop: Client, vendor: str, name: str) -> None:
    response = patch(shop, ADDRESS, {name: None, "brand": "B"}, vendor)
    assert (response.status, response.code) == (422, "invalid_input")
    assert [error["path"] for error in response.json["errors"]] == [f"body.{name}"]
    assert shop.get(ADDRESS).json == SERVED


def test_a_list_is_replaced_as_a_whole(shop: Client, vendor: str) -> None:
    assert patch(shop, ADDRESS, {"tags": ["new"]}, vendor).json["tags"] == ["new"]
    assert patch(shop, ADDRESS, {"tags": []}, vendor).json["tags"] == []
    assert shop.get(ADDRESS).json["tags"] == []


def test_changes_add_up(shop: Client, vendor: str, clock: Clock) -> None:
    for version, (name, value) in enumerate(CHANGES.items(), start=2):
        clock.advance(1)
        response = patch(shop, ADDRESS, {name: value}, vendor)
        assert (response.json["version"], response.json["updated_at"]) == (version, clock.now)
    assert shop.get(ADDRESS, vendor).json.items() >= CHANGES.items()


@pytest.mark.parametrize(
    "name", ["product_id", "vendor_id", "created_at", "updated_at", "version", "external_id"]
)
@pytest.mark.parametrize("value", ["current", "another", None], ids=str)
def test_ids_and_attributes_that_the_server_sets_cannot_be_patched(
    shop: Client, vendor: str, admin: str, name: str, value: str | None
) -> None:
    body = {name: SERVED[name] if value == "current" else value, "brand": "B"}
    for token in (vendor, admin):
        response = patch(shop, ADDRESS, body, token)
        assert (response.status, response.code) == (422, "invalid_input")
        assert response.json["errors"] == [
            {"path": f"body.{name}", "message": "is not a field of this request"}
        ]
    assert shop.get(ADDRESS).json == SERVED


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"color": "red"}, "body.color"),
        ({"": 1}, "body."),
        ({"product_name": ""}, "body.product_name"),
        ({"product_name": " "}, "body.product_name"),
        ({"product_name": "x" * 201}, "body.product_name"),
        ({"description": "x" * 5001}, "body.description"),
        ({"category": "a\nb"}, "body.category"),
        ({"category": ""}, "body.category"),
        ({"subcategory": 5}, "body.subcategory"),
        ({"brand": ""}, "body.brand"),
        ({"base_price": "89.99"}, "body.base_price"),
        ({"base_price": -1}, "body.base_price"),
        ({"base_price": Decimal("0.001")}, "body.base_price"),
        ({"base_price": 10_000_000}, "body.base_price"),
        ({"base_price": True}, "body.base_price"),
        ({"images": ["x"] * 21}, "body.images"),
        ({"tags": ["x"] * 51}, "body.tags"),
        ({"tags": "x"}, "body.tags"),
        ({"tags": ["x", None]}, "body.tags[1]"),
        ({"is_active": "true"}, "body.is_active"),
        ({"is_active": 1}, "body.is_active"),
    ],
    ids=str,
)
def test_an_invalid_attribute_of_a_patch_is_named(
    shop: Client, vendor: str, change: dict[str, Any], path: str
) -> None:
    response = patch(shop, ADDRESS, change, vendor)
    assert (response.status, response.code) == (422, "invalid_input")
    assert [error["path"] for error in response.json["errors"]] == [path]
    assert shop.get(ADDRESS).json == SERVED


def test_values_at_the_limits_are_allowed(shop: Client, vendor: str) -> None:
    most = {
        "product_name": "🎧" * 200,
        "description": "x" * 5000,
        "category": "黒" * 200,
        "base_price": Decimal("9999999.99"),
        "images": ["x" * 1000] * 20,
        "tags": ["t" * 200] * 50,
    }
    assert patch(shop, ADDRESS, most, vendor).status == 200
    assert shop.get(ADDRESS).json.items() >= most.items()


# Bodies


@pytest.mark.parametrize("body", ["[]", '[{"brand": "B"}]', '"brand"', "5", "true", "null"])
def test_a_patch_must_be_a_json_object(shop: Client, vendor: str, body: str) -> None:
    """By RFC 7396 any other value replaces the whole resource, which is no useful change of a product."""
    response = patch(shop, ADDRESS, body, vendor)
    assert (response.status, response.code) == (422, "invalid_input")
    assert response.json["errors"] == [{"path": "body", "message": "should be a JSON object"}]
    assert shop.get(ADDRESS).json == SERVED


@pytest.mark.parametrize("body", [None, "", "{", "{'brand': 1}", '{"brand": "A", "brand": "B"}'])
def test_a_patch_must_be_json(shop: Client, vendor: str, body: str | None) -> None:
    response = patch(shop, ADDRESS, body, vendor)
    assert (response.status, response.code) == (400, "invalid_json")


@pytest.mark.parametrize(
    "content_type",
    ["application/merge-patch+json", "application/merge-patch+json; charset=utf-8", "application/json", ""],
)
def test_a_merge_patch_has_its_own_media_type_or_that_of_json(
    shop: Client, vendor: str, content_type: str
) -> None:
    response = patch(shop, ADDRESS, {"brand": "B"}, vendor, content_type=content_type)
    assert (response.status, response.json["brand"]) == (200, "B")
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("content_type", ["application/json-patch+json", "text/plain"])
def test_a_patch_of_another_media_type_is_refused(shop: Client, vendor: str, content_type: str) -> None:
    assert patch(shop, ADDRESS, {"brand": "B"}, vendor, content_type=content_type).status == 415


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_no_patch_causes_an_internal_error(shop: Client, vendor: str, body: str) -> None:
    assert patch(shop, ADDRESS, body, vendor).status in (400, 422)
    assert shop.get(ADDRESS).json == SERVED


# Patches that change nothing


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"brand": "SoundMax"}',
        '{"base_price": 89.990, "is_active": true}',
        '{"tags": ["wireless", "audio"], "category": "Electronics"}',
    ],
)
def test_a_patch_with_current_values_succeeds_without_a_write(
    shop: Client, vendor: str, calls: list[str], clock: Clock, body: str
) -> None:
    clock.advance(60)
    response = patch(shop, ADDRESS, body, vendor)
    assert (response.status, response.json, response.headers["ETag"]) == (200, SERVED, '"1"')
    assert calls == ["GetItem"]
    assert shop.get(ADDRESS).json == SERVED


def test_removing_absent_attributes_changes_nothing(
    shop: Client, vendor: str, dynamodb: Any, calls: list[str]
) -> None:
    bare = a_product()
    keep(dynamodb, bare)
    response = patch(shop, ADDRESS, dict.fromkeys(OPTIONAL), vendor)
    assert (response.status, response.json) == (200, bare.document())
    assert calls == ["GetItem"]


def test_an_attribute_of_a_newer_version_of_the_service_survives_a_patch(
    shop: Client, vendor: str, dynamodb: Any
) -> None:
    dynamodb.put_item(TableName="Products-table", Item=FULL.to_item() | {"warranty_months": {"N": "24"}})
    patch(shop, ADDRESS, {"brand": None, "tags": ["x"]}, vendor)
    assert stored(dynamodb)["warranty_months"] == {"N": "24"}


# If-Match


CURRENT = ['"7"', ' "7" ', "*", '"6", "7"', '"7","8"', 'W/"6", "7"', '"7", W/"7"']
STALE = ['"6"', '"8"', '"77"', '"6", "8"', '""']
WEAK = ['W/"7"', 'W/"6", W/"7"', 'W/"7",W/"7"']
MALFORMED = ["", "7", "'7'", '"7', '7"', '"*"', "null", "é", '"\ud800"', "x" * 10_000]


@pytest.fixture
def seventh_version(dynamodb: Any) -> dict[str, Any]:
    product = replace(FULL, version=7)
    keep(dynamodb, product)
    return product.document()


@pytest.mark.parametrize("if_match", CURRENT)
def test_a_patch_with_the_current_version_succeeds(
    shop: Client, vendor: str, seventh_version: dict[str, Any], if_match: str
) -> None:
    response = patch(shop, ADDRESS, {"brand": "B"}, vendor, if_match=if_match)
    assert (response.status, response.headers["ETag"], response.json["brand"]) == (200, '"8"', "B")


@pytest.mark.parametrize("if_match", CURRENT)
def test_a_deactivation_with_the_current_version_succeeds(
    shop: Client, vendor: str, seventh_version: dict[str, Any], if_match: str
) -> None:
    assert shop.delete(ADDRESS, vendor, if_match=if_match).status == 204
    assert shop.get(ADDRESS).status == 404


@pytest.mark.parametrize("if_match", STALE + WEAK + MALFORMED)
def test_a_product_of_another_version_is_not_changed(
    shop: Client, vendor: str, seventh_version: dict[str, Any], if_match: str
) -> None:
    """If-Match compares strongly, so a weak tag never matches; an unreadable header matches nothing."""
    responses = [
        patch(shop, ADDRESS, {"brand": "B"}, vendor, if_match=if_match),
        shop.delete(ADDRESS, vendor, if_match=if_match),
    ]
    assert [(response.status, response.code) for response in responses] == [(412, "precondition_failed")] * 2
    assert "ETag" not in responses[0].headers
    assert shop.get(ADDRESS).json == seventh_version


@pytest.mark.parametrize("if_match", STALE + WEAK + MALFORMED)
def test_what_is_as_requested_already_is_no_conflict_whatever_the_version(
    shop: Client, vendor: str, seventh_version: dict[str, Any], if_match: str
) -> None:
    for body in ({}, {"brand": "SoundMax"}):
        response = patch(shop, ADDRESS, body, vendor, if_match=if_match)
        assert (response.status, response.json, response.headers["ETag"]) == (200, seventh_version, '"7"')
    assert shop.delete(ADDRESS, vendor, if_match='"7"').status == 204
    assert shop.delete(ADDRESS, vendor, if_match=if_match).status == 204
    assert shop.get(ADDRESS, vendor).json["version"] == 8


def test_a_change_with_a_key_is_replayed_and_undoes_no_later_one(
    shop: Client, vendor: str, admin: str
) -> None:
    body = {"brand": "B"}
    first = patch(shop, ADDRESS, body, vendor, if_match='"1"', idempotency_key="k")
    assert (first.status, first.headers.get("Idempotent-Replayed")) == (200, None)
    patch(shop, ADDRESS, {"brand": "C"}, admin)
    again = patch(shop, ADDRESS, body, vendor, if_match='"1"', idempotency_key="k")
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json == shop.get(ADDRESS).json == SERVED | {"brand": "C", "version": 3}
    reused = patch(shop, ADDRESS, {"brand": "D"}, vendor, idempotency_key="k")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")


def test_a_deactivation_with_a_key_is_replayed_and_undoes_no_reactivation(shop: Client, vendor: str) -> None:
    first = shop.delete(ADDRESS, vendor, idempotency_key="k")
    assert (first.status, first.headers.get("Idempotent-Replayed")) == (204, None)
    patch(shop, ADDRESS, {"is_active": True}, vendor)
    again = shop.delete(ADDRESS, vendor, idempotency_key="k")
    assert (again.status, again.text, again.headers["Idempotent-Replayed"]) == (204, "", "true")
    assert shop.get(ADDRESS).json["is_active"] is True


def test_a_change_with_a_key_to_the_current_attributes_is_not_done_later(
    shop: Client, vendor: str, admin: str
) -> None:
    body = {"brand": "SoundMax"}
    assert patch(shop, ADDRESS, body, vendor, idempotency_key="k").json == SERVED
    patch(shop, ADDRESS, {"brand": "C"}, admin)
    again = patch(shop, ADDRESS, body, vendor, idempotency_key="k")
    assert (again.status, again.json["brand"]) == (200, "C")


def test_the_etag_of_a_product_can_be_sent_as_if_match(shop: Client, vendor: str) -> None:
    for brand in ("A", "B", "C"):
        etag = shop.get(ADDRESS).headers["ETag"]
        changed = patch(shop, ADDRESS, {"brand": brand}, vendor, if_match=etag)
        assert changed.status == 200
        assert patch(shop, ADDRESS, {"brand": "late"}, vendor, if_match=etag).status == 412
        assert shop.get(ADDRESS).headers["ETag"] == changed.headers["ETag"]


def test_an_absent_or_another_vendors_product_is_not_found_whatever_if_match_says(
    shop: Client, vendor: str, tokens: Tokens
) -> None:
    absent = "/products/PROD-00000"
    for address, token in ((absent, vendor), (ADDRESS, tokens.vendor(OTHER_VENDOR))):
        for if_match in ('"99"', '"1"', "*", ""):
            for response in (
                patch(shop, address, {"brand": "B"}, token, if_match=if_match),
                shop.delete(address, token, if_match=if_match),
            ):
                assert (response.status, response.code) == (404, "product_not_found")


def test_the_first_failed_check_decides_the_response(shop: Client, vendor: str, tokens: Tokens) -> None:
    """401, 403, 415, 400, 422, 404, 412: each request corrects one fault of the previous one."""
    absent = "/products/PROD-00000"
    stale = {"if_match": '"99"'}
    xml = {"content_type": "text/xml"}
    assert patch(shop, absent, "{", **stale, **xml).status == 401
    assert patch(shop, absent, "{", tokens.of_role("auditor"), **stale, **xml).status == 403
    assert patch(shop, absent, "{", vendor, **stale, **xml).status == 415
    assert patch(shop, absent, "{", vendor, **stale).status == 400
    assert patch(shop, absent, {"base_price": -1}, vendor, **stale).status == 422
    assert patch(shop, absent, {"base_price": 1}, vendor, **stale).status == 404
    assert patch(shop, ADDRESS, {"base_price": 1}, vendor, **stale).status == 412
    assert patch(shop, ADDRESS, {"base_price": 1}, vendor).status == 200


# Deactivation and reactivation


def test_a_deactivated_product_can_be_reactivated(
    shop: Client, vendor: str, tokens: Tokens, clock: Clock
) -> None:
    auditor = tokens.of_role("auditor")
    active, inactive = (f"/products?category=Electronics&active={flag}" for flag in ("true", "false"))
    shop.delete(ADDRESS, vendor)
    assert shop.get(ADDRESS).status == 404
    assert (ids(shop, active), ids(shop, inactive, auditor)) == ([], ["PROD-E4F9A"])
    clock.advance(60)
    response = patch(shop, ADDRESS, {"is_active": True}, vendor)
    assert (response.status, response.json) == (200, SERVED | {"updated_at": LATER, "version": 3})
    assert shop.get(ADDRESS).json == response.json
    assert (ids(shop, active), ids(shop, inactive, auditor)) == (["PROD-E4F9A"], [])


def test_a_patch_of_is_active_has_the_effect_of_delete(shop: Client, vendor: str, dynamodb: Any) -> None:
    patch(shop, ADDRESS, {"is_active": False}, vendor)
    patched = stored(dynamodb)
    keep(dynamodb, FULL)
    shop.delete(ADDRESS, vendor)
    assert stored(dynamodb) == patched
    assert patched["is_active"] == {"S": "false"}


def test_a_change_of_an_inactive_product_leaves_it_inactive(shop: Client, vendor: str) -> None:
    shop.delete(ADDRESS, vendor)
    response = patch(shop, ADDRESS, {"brand": "B"}, vendor)
    assert (response.json["is_active"], response.json["brand"], response.json["version"]) == (False, "B", 3)
    assert shop.get(ADDRESS).status == 404


def test_a_product_moves_to_its_new_category(shop: Client, vendor: str) -> None:
    patch(shop, ADDRESS, {"category": "Kitchen"}, vendor)
    assert ids(shop, "/products?category=Electronics") == []
    [listed] = shop.get("/products?category=Kitchen").json["items"]
    assert listed == SERVED | {"category": "Kitchen", "version": 2}
    assert ids(shop, f"/vendors/{VENDOR}/products", vendor) == ["PROD-E4F9A"]


# Concurrent changes


def test_two_patches_of_different_attributes_both_survive(
    shop: Client, vendor: str, admin: str, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda: patch(shop, ADDRESS, {"base_price": 5, "description": None}, admin))
    response = patch(shop, ADDRESS, {"brand": "B", "tags": None}, vendor)
    both = {"base_price": 5, "description": None, "brand": "B", "tags": None}
    assert (response.status, response.json) == (200, SERVED | both | {"version": 3})
    assert shop.get(ADDRESS).json == response.json


def test_of_two_patches_of_one_attribute_the_later_one_wins(
    shop: Client, vendor: str, admin: str, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda: patch(shop, ADDRESS, {"brand": "Earlier"}, admin))
    response = patch(shop, ADDRESS, {"brand": "Later"}, vendor)
    assert (response.json["brand"], response.json["version"]) == ("Later", 3)


def test_a_patch_that_another_client_made_meanwhile_creates_no_version(
    shop: Client, vendor: str, admin: str, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda: patch(shop, ADDRESS, {"brand": "B"}, admin))
    response = patch(shop, ADDRESS, {"brand": "B"}, vendor)
    assert (response.status, response.json["version"]) == (200, 2)


def test_a_product_that_changes_after_it_was_read_no_longer_matches_if_match(
    shop: Client, vendor: str, admin: str, meanwhile: Meanwhile
) -> None:
    sends: tuple[Callable[[], Answer], ...] = (
        lambda: patch(shop, ADDRESS, {"brand": "B"}, vendor, if_match=shop.get(ADDRESS).headers["ETag"]),
        lambda: shop.delete(ADDRESS, vendor, if_match=shop.get(ADDRESS).headers["ETag"]),
    )
    for send in sends:
        price = shop.get(ADDRESS).json["base_price"] + 1
        meanwhile(partial(patch, shop, ADDRESS, {"base_price": price}, admin))
        response = send()
        assert (response.status, response.code) == (412, "precondition_failed")
        found = shop.get(ADDRESS).json
        assert (found["base_price"], found["brand"]) == (price, "SoundMax")


def test_if_match_may_list_the_version_that_another_client_makes_meanwhile(
    shop: Client, vendor: str, admin: str, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda: patch(shop, ADDRESS, {"base_price": 5}, admin))
    response = patch(shop, ADDRESS, {"brand": "B"}, vendor, if_match='"1", "2"')
    assert (response.status, response.json["brand"], response.json["base_price"]) == (200, "B", 5)


def test_a_patch_of_the_brand_does_not_reactivate_a_product_that_was_deactivated_meanwhile(
    shop: Client, vendor: str, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda: shop.delete(ADDRESS, vendor))
    assert patch(shop, ADDRESS, {"brand": "B"}, vendor).json["is_active"] is False


def test_a_change_has_the_time_of_its_successful_attempt(
    shop: Client, vendor: str, admin: str, clock: Clock, meanwhile: Meanwhile
) -> None:
    def rival() -> None:
        patch(shop, ADDRESS, {"base_price": 5}, admin)
        clock.advance(60)

    meanwhile(rival)
    assert patch(shop, ADDRESS, {"brand": "B"}, vendor).json["updated_at"] == LATER
    assert shop.get(ADDRESS).json["created_at"] == NOW


def test_a_patch_that_always_conflicts_is_refused_as_busy(
    shop: Client,
    vendor: str,
    dynamodb: Any,
    meanwhile: Meanwhile,
    catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quick = catalog.retry_policy.quick()
    monkeypatch.setattr(RetryPolicy, "quick", lambda _: replace(quick, attempts_max=40))
    for version in range(2, 42):
        meanwhile(partial(keep, dynamodb, replace(FULL, version=version)))
    response = patch(shop, ADDRESS, {"brand": "B"}, vendor)
    assert (response.status, response.code) == (503, "busy")
    assert int(response.headers["Retry-After"]) >= 1
    assert shop.get(ADDRESS).json == SERVED | {"version": 41}
