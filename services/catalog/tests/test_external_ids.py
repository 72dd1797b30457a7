"""A vendor's own id for a product: unique, and never changed or reused."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from front_door import Answer, Client, Tokens

from chalicelib.engine.catalog import Catalog
from inventory_common.errors import ExternalIdExists

from .shop import OTHER_VENDOR, VENDOR, Clock, Draws, a_creation, a_key, a_product, keep, patch

NEW: dict[str, Any] = {
    "product_name": "Mug",
    "category": "Kitchen",
    "base_price": 5,
    "external_id": "SM-4711",
}
ADDRESS = "/products/PROD-E4F9A"
GUARD = {"product_id": {"S": "#EXTERNAL#VENDOR-001#SM-4711"}, "belongs_to": {"S": "PROD-E4F9A"}}


@pytest.fixture(autouse=True)
def first_draw(draws: Draws) -> None:
    draws.coming = ["PROD-E4F9A"]


def items(client: Any) -> dict[str, dict[str, Any]]:
    return {item["product_id"]["S"]: item for item in client.scan(TableName="Products-table")["Items"]}


def assert_in_use_by(response: Answer, product_id: str) -> None:
    assert (response.status, response.code) == (409, "external_id_exists")
    assert response.json["product_id"] == product_id
    assert "Location" not in response.headers


def test_an_external_id_is_stored_and_served(shop: Client, vendor: str, dynamodb: Any) -> None:
    response = shop.post("/products", NEW, vendor)
    assert (response.status, response.json["external_id"]) == (201, "SM-4711")
    assert response.json == a_product(**NEW).document()
    assert shop.get(ADDRESS).json == response.json
    assert shop.get("/products?category=Kitchen").json["items"] == [response.json]
    assert shop.get(f"/vendors/{VENDOR}/products", vendor).json["items"] == [response.json]
    assert items(dynamodb) == {
        "PROD-E4F9A": a_product(**NEW).to_item(),
        "#EXTERNAL#VENDOR-001#SM-4711": GUARD,
    }


@pytest.mark.parametrize("body", [{"external_id": None}, {}])
def test_an_external_id_is_optional(shop: Client, vendor: str, dynamodb: Any, body: dict[str, Any]) -> None:
    without = {name: value for name, value in NEW.items() if name != "external_id"}
    for _ in range(2):
        assert shop.post("/products", without | body, vendor).json["external_id"] is None
    assert all(key.startswith("PROD-") for key in items(dynamodb))
    assert "external_id" not in items(dynamodb)["PROD-E4F9A"]


@pytest.mark.parametrize("key", [{}, {"idempotency_key": "k"}], ids=["no key", "key"])
def test_an_external_id_belongs_to_one_product(
    shop: Client, vendor: str, admin: str, dynamodb: Any, key: dict[str, str]
) -> None:
    shop.post("/products", NEW, vendor)
    before = items(dynamodb)
    assert_in_use_by(shop.post("/products", NEW, vendor, **key), "PROD-E4F9A")
    other = NEW | {"product_name": "Cup", "category": "Other"}
    assert_in_use_by(shop.post("/products", other, vendor), "PROD-E4F9A")
    assert_in_use_by(shop.post("/products", NEW | {"vendor_id": VENDOR}, admin, **key), "PROD-E4F9A")
    assert items(dynamodb) == before, "a refused creation leaves nothing behind, no idempotency record either"


def test_an_external_id_belongs_to_its_product_permanently(
    shop: Client, vendor: str, dynamodb: Any, clock: Clock
) -> None:
    shop.post("/products", NEW, vendor)
    shop.delete(ADDRESS, vendor)
    assert_in_use_by(shop.post("/products", NEW, vendor), "PROD-E4F9A")
    clock.advance(10 * 365 * 86_400)
    assert_in_use_by(shop.post("/products", NEW, vendor), "PROD-E4F9A")
    assert patch(shop, ADDRESS, {"is_active": True, "brand": "B"}, vendor).json["external_id"] == "SM-4711"
    assert_in_use_by(shop.post("/products", NEW, vendor), "PROD-E4F9A")
    assert items(dynamodb)["#EXTERNAL#VENDOR-001#SM-4711"] == GUARD


def test_another_vendor_may_use_the_same_external_id(
    shop: Client, vendor: str, tokens: Tokens, admin: str, dynamodb: Any, draws: Draws
) -> None:
    draws.coming = ["PROD-E4F9A", "PROD-BBBBB", "PROD-CCCCC"]
    assert shop.post("/products", NEW, vendor).status == 201
    assert shop.post("/products", NEW, tokens.vendor(OTHER_VENDOR)).status == 201
    assert shop.post("/products", NEW | {"vendor_id": "VENDOR-003"}, admin).status == 201
    guards = {key: item["belongs_to"]["S"] for key, item in items(dynamodb).items() if "belongs_to" in item}
    assert guards == {
        "#EXTERNAL#VENDOR-001#SM-4711": "PROD-E4F9A",
        "#EXTERNAL#VENDOR-002#SM-4711": "PROD-BBBBB",
        "#EXTERNAL#VENDOR-003#SM-4711": "PROD-CCCCC",
    }
    assert_in_use_by(shop.post("/products", NEW, tokens.vendor(OTHER_VENDOR)), "PROD-BBBBB")


def test_similar_external_ids_are_different(shop: Client, vendor: str) -> None:
    for external_id in (
        "SM-4711",
        "sm-4711",
        "SM-4711 ",
        " SM-4711",
        "SM-4711#",
        "#SM-4711",
        "SM#4711",
        "ŠM",
    ):
        response = shop.post("/products", NEW | {"external_id": external_id}, vendor)
        assert (response.status, response.json["external_id"]) == (201, external_id)


def test_the_longest_external_id_is_allowed(shop: Client, tokens: Tokens, dynamodb: Any) -> None:
    """The key of its guard item has at most 2,048 bytes, for any characters and any vendor."""
    body = NEW | {"external_id": "🎧" * 200}
    longest = tokens.vendor("VENDOR-" + "X" * 32)
    assert shop.post("/products", body, longest).status == 201
    assert_in_use_by(shop.post("/products", body, longest), "PROD-E4F9A")
    assert all(len(key.encode()) <= 2_048 for key in items(dynamodb))


@pytest.mark.parametrize("external_id", ["", " ", "x" * 201, "a\tb", 4711, ["SM-4711"], True])
def test_an_invalid_external_id_is_refused(shop: Client, vendor: str, external_id: Any) -> None:
    response = shop.post("/products", NEW | {"external_id": external_id}, vendor)
    assert (response.status, response.code) == (422, "invalid_input")
    assert [error["path"] for error in response.json["errors"]] == ["body.external_id"]


@pytest.mark.parametrize("external_id", ["SM-4711", "SM-4712", None])
def test_an_external_id_cannot_be_changed(shop: Client, vendor: str, admin: str, external_id: Any) -> None:
    created = shop.post("/products", NEW, vendor).json
    for token in (vendor, admin):
        response = patch(shop, ADDRESS, {"external_id": external_id}, token)
        assert (response.status, response.code) == (422, "invalid_input")
        assert [error["path"] for error in response.json["errors"]] == ["body.external_id"]
    assert shop.get(ADDRESS).json == created


def test_an_external_id_cannot_be_added_later(shop: Client, vendor: str, dynamodb: Any) -> None:
    keep(dynamodb, a_product())
    assert patch(shop, ADDRESS, {"external_id": "SM-4711"}, vendor).status == 422
    assert shop.get(ADDRESS).json["external_id"] is None


# With an Idempotency-Key


def test_a_repeated_command_returns_its_product_and_not_a_conflict(
    shop: Client, vendor: str, dynamodb: Any
) -> None:
    first = shop.post("/products", NEW, vendor, idempotency_key="k")
    before = items(dynamodb)
    again = shop.post("/products", NEW, vendor, idempotency_key="k")
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert items(dynamodb) == before
    assert sorted(key[:8] for key in before) == ["#EXTERNA", "#MARKER#", "PROD-E4F"]


def test_a_key_that_was_used_for_another_body_is_reported_before_the_conflict(
    shop: Client, vendor: str
) -> None:
    shop.post("/products", NEW, vendor, idempotency_key="k")
    response = shop.post("/products", NEW | {"brand": "B"}, vendor, idempotency_key="k")
    assert (response.status, response.code) == (422, "idempotency_key_reused")


def test_another_key_is_another_command(shop: Client, vendor: str) -> None:
    shop.post("/products", NEW, vendor, idempotency_key="k")
    assert_in_use_by(shop.post("/products", NEW, vendor, idempotency_key="l"), "PROD-E4F9A")


def test_a_refused_command_leaves_its_key_unused(shop: Client, vendor: str) -> None:
    shop.post("/products", NEW, vendor)
    assert_in_use_by(shop.post("/products", NEW, vendor, idempotency_key="k"), "PROD-E4F9A")
    other = NEW | {"external_id": "SM-4712"}
    assert shop.post("/products", other, vendor, idempotency_key="k").status == 201


def test_an_expired_key_no_longer_prevents_the_conflict(shop: Client, vendor: str, clock: Clock) -> None:
    shop.post("/products", NEW, vendor, idempotency_key="k")
    clock.advance(86_400)
    assert shop.post("/products", NEW, vendor, idempotency_key="k").status == 200
    clock.advance(1)
    assert_in_use_by(shop.post("/products", NEW, vendor, idempotency_key="k"), "PROD-E4F9A")


# When the drawn product id is in use too


@pytest.mark.parametrize("idempotency_key", [None, a_key()], ids=["no key", "key"])
def test_a_failed_attempt_leaves_no_guard_item_behind(
    catalog: Catalog, dynamodb: Any, draws: Draws, idempotency_key: Any
) -> None:
    draws.coming = ["PROD-AAAAA", "PROD-AAAAA", "PROD-AAAAA", "PROD-BBBBB"]
    first = catalog.create(a_creation(external_id="first")).product
    second, replayed = catalog.create(a_creation(external_id="second", idempotency_key=idempotency_key))
    assert (second.product_id, second.external_id, replayed) == ("PROD-BBBBB", "second", False)
    assert draws.drawn == ["PROD-AAAAA", "PROD-AAAAA", "PROD-AAAAA", "PROD-BBBBB"]
    kept = items(dynamodb)
    assert kept.pop("#EXTERNAL#VENDOR-001#first")["belongs_to"] == {"S": "PROD-AAAAA"}
    assert kept.pop("#EXTERNAL#VENDOR-001#second")["belongs_to"] == {"S": "PROD-BBBBB"}
    assert kept.pop("PROD-AAAAA") == first.to_item()
    assert kept.pop("PROD-BBBBB") == second.to_item()
    if idempotency_key:
        results = kept.pop(idempotency_key.idempotency_id)["done"]
        assert results == {"L": [{"M": {"product_id": {"S": "PROD-BBBBB"}}}]}
    assert kept == {}


def test_a_conflict_is_reported_even_if_the_drawn_id_is_in_use_too(
    catalog: Catalog, dynamodb: Any, draws: Draws
) -> None:
    draws.coming = ["PROD-AAAAA"] * 100
    catalog.create(a_creation(external_id="one"))
    before = items(dynamodb)
    with pytest.raises(ExternalIdExists) as refused:
        catalog.create(a_creation(external_id="one"))
    assert refused.value.members == {"product_id": "PROD-AAAAA"}
    assert len(draws.drawn) == 2, "another draw would change nothing"
    assert items(dynamodb) == before


def test_a_replay_precedes_a_conflict_even_if_the_drawn_id_is_in_use_too(
    catalog: Catalog, draws: Draws
) -> None:
    draws.coming = ["PROD-AAAAA", "PROD-AAAAA"]
    command = a_creation(external_id="one", idempotency_key=a_key())
    first = catalog.create(command)
    again = catalog.create(command)
    assert (again.replayed, again.product) == (True, first.product)


LIST = f"/vendors/{VENDOR}/products"


def test_a_product_is_found_by_its_external_id_exactly(
    shop: Client, vendor: str, admin: str, draws: Draws
) -> None:
    draws.coming = ["PROD-E4F9A", "PROD-0000A", "PROD-0000B"]
    one = shop.post("/products", NEW, vendor).json
    special = shop.post("/products", NEW | {"external_id": "Größe/10 #1&2%"}, vendor).json
    others = shop.post("/products", NEW | {"vendor_id": OTHER_VENDOR}, admin).json
    for reader in (vendor, admin):
        assert shop.get(f"{LIST}?external_id=SM-4711", reader).json == {"items": [one], "next_cursor": None}
    assert shop.get(f"{LIST}?external_id={quote(special['external_id'], safe='')}", vendor).json["items"] == [
        special
    ]
    found = shop.get(f"/vendors/{OTHER_VENDOR}/products?external_id=SM-4711", admin).json["items"]
    assert found == [others]
    for text in ("SM-471", "sm-4711", "SM-4711%20", "SM-4711%23", "*"):
        assert shop.get(f"{LIST}?external_id={text}", vendor).json == {"items": [], "next_cursor": None}


def test_an_external_id_is_found_with_the_other_filters_and_members(
    shop: Client, vendor: str, admin: str
) -> None:
    shop.post("/products", NEW, vendor)
    shop.delete(ADDRESS, vendor)
    found = f"{LIST}?external_id=SM-4711"
    inactive = {"product_id": "PROD-E4F9A", "is_active": False}
    assert shop.get(f"{found}&fields=product_id,is_active", vendor).json["items"] == [inactive]
    created = shop.get(found, vendor).json["items"][0]["created_at"]
    for query, count in {
        "name=mu": 1,
        "name=cup": 0,
        f"created_from={created}": 1,
        f"created_to={created}": 0,
        "limit=1&order=desc": 1,
    }.items():
        assert len(shop.get(f"{found}&{query}", vendor).json["items"]) == count, query


def test_no_cursor_belongs_to_the_list_of_an_external_id(shop: Client, vendor: str, dynamodb: Any) -> None:
    keep(dynamodb, a_product("PROD-0000A"), a_product("PROD-0000B"))
    cursor = shop.get(f"{LIST}?limit=1", vendor).json["next_cursor"]
    answer = shop.get(f"{LIST}?external_id=SM-4711&cursor={cursor}", vendor)
    assert (answer.status, answer.code) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    "owner",
    [{}, {"belongs_to": {"N": "1"}}, {"belongs_to": {"S": ""}}, {"belongs_to": {"S": "#EXTERNAL#x"}}],
    ids=["none", "a number", "empty", "no product"],
)
def test_a_malformed_guard_item_finds_nothing(
    shop: Client, vendor: str, dynamodb: Any, owner: dict[str, Any]
) -> None:
    keep(dynamodb, a_product(external_id="SM-4711"))
    dynamodb.put_item(TableName="Products-table", Item={"product_id": GUARD["product_id"], **owner})
    assert shop.get(f"{LIST}?external_id=SM-4711", vendor).json["items"] == []


@pytest.mark.parametrize(
    "product", [{"vendor_id": OTHER_VENDOR}, {"external_id": "SM-4712"}, None], ids=["vendor", "id", "absent"]
)
def test_a_guard_item_finds_only_its_own_product(
    shop: Client, vendor: str, dynamodb: Any, product: dict[str, Any] | None
) -> None:
    if product is not None:
        keep(dynamodb, a_product(**{"external_id": "SM-4711", **product}))
    dynamodb.put_item(TableName="Products-table", Item=GUARD)
    assert shop.get(f"{LIST}?external_id=SM-4711", vendor).json["items"] == []
