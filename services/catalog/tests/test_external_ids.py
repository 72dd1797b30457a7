"""A vendor's own name for a product: given once, to one product, for ever."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Answer, Client, Tokens

from chalicelib.catalog_service import CatalogService
from inventory_common.errors import ExternalIdExists

from .shop import OTHER_VENDOR, VENDOR, Clock, Draws, a_creation, a_product, an_intent, keep, patch

NEW = {"product_name": "Mug", "category": "Kitchen", "base_price": 5, "external_id": "SM-4711"}
ADDRESS = "/products/PROD-E4F9A"
GUARD = {"product_id": {"S": "#EXTERNAL#VENDOR-001#SM-4711"}, "belongs_to": {"S": "PROD-E4F9A"}}


@pytest.fixture(autouse=True)
def first_draw(draws: Draws) -> None:
    draws.coming = ["PROD-E4F9A"]


def items(client: Any) -> dict[str, dict[str, Any]]:
    return {item["product_id"]["S"]: item for item in client.scan(TableName="Products-table")["Items"]}


def is_refused_for(answer: Answer, product_id: str) -> None:
    assert (answer.status, answer.code) == (409, "external_id_exists")
    assert answer.json["product_id"] == product_id
    assert "Location" not in answer.headers


def test_an_external_id_is_stored_and_served(shop: Client, vendor: str, dynamodb: Any) -> None:
    answer = shop.post("/products", NEW, vendor)
    assert (answer.status, answer.json["external_id"]) == (201, "SM-4711")
    assert answer.json == a_product(**NEW).document()
    assert shop.get(ADDRESS).json == answer.json
    assert shop.get("/products?category=Kitchen").json["items"] == [answer.json]
    assert shop.get(f"/vendors/{VENDOR}/products", vendor).json["items"] == [answer.json]
    assert items(dynamodb) == {
        "PROD-E4F9A": a_product(**NEW).to_item(),
        "#EXTERNAL#VENDOR-001#SM-4711": GUARD,
    }


@pytest.mark.parametrize("body", [{"external_id": None}, {}])
def test_a_product_needs_none(shop: Client, vendor: str, dynamodb: Any, body: dict[str, Any]) -> None:
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
    is_refused_for(shop.post("/products", NEW, vendor, **key), "PROD-E4F9A")
    other = NEW | {"product_name": "Cup", "category": "Other"}
    is_refused_for(shop.post("/products", other, vendor), "PROD-E4F9A")
    is_refused_for(shop.post("/products", NEW | {"vendor_id": VENDOR}, admin, **key), "PROD-E4F9A")
    assert items(dynamodb) == before, "nothing is left of a refused creation, no marker either"


def test_an_external_id_belongs_to_its_product_for_ever(
    shop: Client, vendor: str, dynamodb: Any, clock: Clock
) -> None:
    shop.post("/products", NEW, vendor)
    shop.delete(ADDRESS, vendor)
    is_refused_for(shop.post("/products", NEW, vendor), "PROD-E4F9A")
    clock.advance(10 * 365 * 86_400)
    is_refused_for(shop.post("/products", NEW, vendor), "PROD-E4F9A")
    assert patch(shop, ADDRESS, {"is_active": True, "brand": "B"}, vendor).json["external_id"] == "SM-4711"
    is_refused_for(shop.post("/products", NEW, vendor), "PROD-E4F9A")
    assert items(dynamodb)["#EXTERNAL#VENDOR-001#SM-4711"] == GUARD


def test_another_vendor_may_use_the_same(
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
    is_refused_for(shop.post("/products", NEW, tokens.vendor(OTHER_VENDOR)), "PROD-BBBBB")


def test_external_ids_that_look_alike_are_others(shop: Client, vendor: str) -> None:
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
        answer = shop.post("/products", NEW | {"external_id": external_id}, vendor)
        assert (answer.status, answer.json["external_id"]) == (201, external_id)


def test_the_longest_external_id_is_allowed(shop: Client, tokens: Tokens, dynamodb: Any) -> None:
    """Its guard's key has at most 2,048 bytes, whatever the letters and whoever the vendor."""
    body = NEW | {"external_id": "🎧" * 200}
    longest = tokens.vendor("VENDOR-" + "X" * 32)
    assert shop.post("/products", body, longest).status == 201
    is_refused_for(shop.post("/products", body, longest), "PROD-E4F9A")
    assert all(len(key.encode()) <= 2_048 for key in items(dynamodb))


@pytest.mark.parametrize("external_id", ["", " ", "x" * 201, "a\tb", 4711, ["SM-4711"], True])
def test_what_is_no_external_id_is_refused(shop: Client, vendor: str, external_id: Any) -> None:
    answer = shop.post("/products", NEW | {"external_id": external_id}, vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["body.external_id"]


@pytest.mark.parametrize("external_id", ["SM-4711", "SM-4712", None])
def test_an_external_id_is_never_changed(shop: Client, vendor: str, admin: str, external_id: Any) -> None:
    made = shop.post("/products", NEW, vendor).json
    for token in (vendor, admin):
        answer = patch(shop, ADDRESS, {"external_id": external_id}, token)
        assert (answer.status, answer.code) == (422, "invalid_input")
        assert [error["path"] for error in answer.json["errors"]] == ["body.external_id"]
    assert shop.get(ADDRESS).json == made


def test_an_external_id_is_never_given_later(shop: Client, vendor: str, dynamodb: Any) -> None:
    keep(dynamodb, a_product())
    assert patch(shop, ADDRESS, {"external_id": "SM-4711"}, vendor).status == 422
    assert shop.get(ADDRESS).json["external_id"] is None


# With an Idempotency-Key


def test_a_repeated_command_is_answered_with_its_product_and_not_with_a_conflict(
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


def test_a_key_that_stands_for_another_body_is_told_before_the_conflict(shop: Client, vendor: str) -> None:
    shop.post("/products", NEW, vendor, idempotency_key="k")
    answer = shop.post("/products", NEW | {"brand": "B"}, vendor, idempotency_key="k")
    assert (answer.status, answer.code) == (422, "idempotency_key_reused")


def test_another_key_is_another_command(shop: Client, vendor: str) -> None:
    shop.post("/products", NEW, vendor, idempotency_key="k")
    is_refused_for(shop.post("/products", NEW, vendor, idempotency_key="l"), "PROD-E4F9A")


def test_a_refused_command_leaves_its_key_unused(shop: Client, vendor: str) -> None:
    shop.post("/products", NEW, vendor)
    is_refused_for(shop.post("/products", NEW, vendor, idempotency_key="k"), "PROD-E4F9A")
    other = NEW | {"external_id": "SM-4712"}
    assert shop.post("/products", other, vendor, idempotency_key="k").status == 201


def test_a_lapsed_key_no_longer_shields_from_the_conflict(shop: Client, vendor: str, clock: Clock) -> None:
    shop.post("/products", NEW, vendor, idempotency_key="k")
    clock.advance(86_400)
    assert shop.post("/products", NEW, vendor, idempotency_key="k").status == 200
    clock.advance(1)
    is_refused_for(shop.post("/products", NEW, vendor, idempotency_key="k"), "PROD-E4F9A")


# When the drawn product id is taken too


@pytest.mark.parametrize("intent", [None, an_intent()], ids=["no key", "key"])
def test_a_draw_that_fails_leaves_no_guard_behind(
    service: CatalogService, dynamodb: Any, draws: Draws, idempotency_key: Any
) -> None:
    draws.coming = ["PROD-AAAAA", "PROD-AAAAA", "PROD-AAAAA", "PROD-BBBBB"]
    first = service.create(a_creation(external_id="first")).product
    second, replayed = service.create(a_creation(external_id="second", idempotency_key=idempotency_key))
    assert (second.product_id, second.external_id, replayed) == ("PROD-BBBBB", "second", False)
    assert draws.drawn == ["PROD-AAAAA", "PROD-AAAAA", "PROD-AAAAA", "PROD-BBBBB"]
    kept = items(dynamodb)
    assert kept.pop("#EXTERNAL#VENDOR-001#first")["belongs_to"] == {"S": "PROD-AAAAA"}
    assert kept.pop("#EXTERNAL#VENDOR-001#second")["belongs_to"] == {"S": "PROD-BBBBB"}
    assert kept.pop("PROD-AAAAA") == first.to_item()
    assert kept.pop("PROD-BBBBB") == second.to_item()
    if idempotency_key:
        done = kept.pop(idempotency_key.idempotency_id)["done"]
        assert done == {"L": [{"M": {"product_id": {"S": "PROD-BBBBB"}}}]}
    assert kept == {}


def test_a_conflict_is_told_though_the_drawn_id_is_taken_too(
    service: CatalogService, dynamodb: Any, draws: Draws
) -> None:
    draws.coming = ["PROD-AAAAA"] * 100
    service.create(a_creation(external_id="one"))
    before = items(dynamodb)
    with pytest.raises(ExternalIdExists) as refused:
        service.create(a_creation(external_id="one"))
    assert refused.value.members == {"product_id": "PROD-AAAAA"}
    assert len(draws.drawn) == 2, "another draw would change nothing"
    assert items(dynamodb) == before


def test_a_replay_goes_before_a_conflict_though_the_drawn_id_is_taken_too(
    service: CatalogService, draws: Draws
) -> None:
    draws.coming = ["PROD-AAAAA", "PROD-AAAAA"]
    command = a_creation(external_id="one", idempotency_key=an_intent())
    first = service.create(command)
    again = service.create(command)
    assert (again.replayed, again.product) == (True, first.product)
