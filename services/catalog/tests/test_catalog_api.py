"""The catalog service as its clients see it: every route, every header, every error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from botocore.awsrequest import AWSResponse
from front_door import Client, Tokens

from inventory_common.pages import encode_cursor

from .shop import NONSENSE, NOW, OTHER_VENDOR, VENDOR, Clock, Draws, a_product, keep

NEW = {
    "product_name": "Wireless Bluetooth Headphones",
    "description": "Premium over-ear headphones with active noise cancellation",
    "category": "Electronics",
    "subcategory": "Audio",
    "brand": "SoundMax",
    "base_price": Decimal("89.99"),
    "images": ["https://images.example/PROD-E4F9A_img1.jpg"],
    "tags": ["wireless", "bluetooth"],
}
SERVED = NEW | {
    "product_id": "PROD-E4F9A",
    "vendor_id": VENDOR,
    "is_active": True,
    "created_at": NOW,
    "updated_at": NOW,
    "version": 1,
    "external_id": None,
}
REQUIRED = {"product_name": "Mug", "category": "Kitchen", "base_price": 0}
ADDRESS = "/products/PROD-E4F9A"


@pytest.fixture(autouse=True)
def first_draw(draws: Draws) -> None:
    draws.coming = ["PROD-E4F9A"]


def test_a_new_product_is_served_with_all_of_its_attributes(shop: Client, vendor: str) -> None:
    response = shop.post("/products", NEW, vendor)
    assert (response.status, response.json) == (201, SERVED)
    assert response.headers["Location"] == f"/prod{ADDRESS}"
    assert response.headers["ETag"] == '"1"'
    assert response.headers["Content-Type"] == "application/json"
    assert "Idempotent-Replayed" not in response.headers
    found = shop.get(ADDRESS)
    assert (found.status, found.json, found.headers["ETag"]) == (200, SERVED, '"1"')


def test_a_product_needs_only_its_required_attributes(shop: Client, vendor: str) -> None:
    response = shop.post("/products", REQUIRED, vendor)
    optional = dict.fromkeys(["description", "subcategory", "brand", "images", "tags"])
    assert response.json == SERVED | optional | REQUIRED
    assert shop.get(ADDRESS).json == response.json


@pytest.mark.parametrize(
    ("price", "text"), [(90, "90"), ("90.00", "90"), ("89.90", "89.9"), ("0.01", "0.01"), ("1e2", "100")]
)
def test_money_is_exact(shop: Client, vendor: str, price: Any, text: str) -> None:
    body = f'{{"product_name": "Mug", "category": "Kitchen", "base_price": {price}}}'
    assert f'"base_price":{text},' in shop.post("/products", body, vendor).text
    assert f'"base_price":{text},' in shop.get(ADDRESS).text


def test_names_in_any_script_are_stored_unchanged(shop: Client, vendor: str) -> None:
    names: dict[str, Any] = {
        "product_name": "L'été d'Été 🎧",
        "category": "Grains/Cereals & 黒",
        "brand": "O'Neill's",
        "tags": ["größe", "🧥"],
        "images": ["https://images.example/été.jpg"],
    }
    assert shop.post("/products", REQUIRED | names, vendor).status == 201
    assert shop.get(ADDRESS).json.items() >= names.items()
    listed = shop.get(f"/products?category={quote(names['category'], safe='')}")
    assert [product["product_name"] for product in listed.json["items"]] == [names["product_name"]]


def test_an_admin_has_to_name_the_vendor(shop: Client, admin: str) -> None:
    assert shop.post("/products", NEW | {"vendor_id": OTHER_VENDOR}, admin).json["vendor_id"] == OTHER_VENDOR
    response = shop.post("/products", NEW, admin)
    assert (response.status, response.code) == (422, "invalid_input")
    assert [error["path"] for error in response.json["errors"]] == ["body.vendor_id"]


def test_a_vendor_may_name_itself_but_no_other_vendor(shop: Client, vendor: str) -> None:
    assert shop.post("/products", NEW | {"vendor_id": VENDOR}, vendor).status == 201
    response = shop.post("/products", NEW | {"vendor_id": OTHER_VENDOR}, vendor)
    assert (response.status, response.code) == (403, "forbidden")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"product_name": ""}, "body.product_name"),
        ({"product_name": "   "}, "body.product_name"),
        ({"product_name": "x" * 201}, "body.product_name"),
        ({"product_name": "a\nb"}, "body.product_name"),
        ({"product_name": None}, "body.product_name"),
        ({"description": "x" * 5001}, "body.description"),
        ({"category": 5}, "body.category"),
        ({"base_price": "89.99"}, "body.base_price"),
        ({"base_price": -1}, "body.base_price"),
        ({"base_price": Decimal("0.001")}, "body.base_price"),
        ({"base_price": 10_000_000}, "body.base_price"),
        ({"base_price": True}, "body.base_price"),
        ({"images": ["x"] * 21}, "body.images"),
        ({"images": "x"}, "body.images"),
        ({"tags": ["x"] * 51}, "body.tags"),
        ({"tags": [""]}, "body.tags[0]"),
        ({"vendor_id": "vendor-1"}, "body.vendor_id"),
        ({"product_id": "PROD-E4F9A"}, "body.product_id"),
        ({"is_active": True}, "body.is_active"),
        ({"created_at": NOW}, "body.created_at"),
        ({"version": 1}, "body.version"),
    ],
)
def test_an_invalid_attribute_of_a_new_product_is_named(
    shop: Client, vendor: str, change: dict[str, Any], path: str
) -> None:
    response = shop.post("/products", NEW | change, vendor)
    assert (response.status, response.code) == (422, "invalid_input")
    assert [error["path"] for error in response.json["errors"]] == [path]


def test_missing_attributes_of_a_new_product_are_named(shop: Client, vendor: str) -> None:
    response = shop.post("/products", {}, vendor)
    assert {error["path"] for error in response.json["errors"]} == {
        "body.product_name",
        "body.category",
        "body.base_price",
    }


def test_values_at_the_limits_are_allowed(shop: Client, vendor: str) -> None:
    most: dict[str, Any] = {
        "product_name": "🎧" * 200,
        "description": "x" * 5000,
        "category": "黒" * 200,
        "base_price": Decimal("9999999.99"),
        "images": ["x" * 1000] * 20,
        "tags": ["t" * 200] * 50,
    }
    assert shop.post("/products", most, vendor).status == 201
    assert shop.get(ADDRESS).json.items() >= most.items()
    assert len(shop.get(f"/products?category={quote(most['category'])}").json["items"]) == 1


# Idempotency


def test_a_product_posted_twice_with_one_key_is_created_once(
    shop: Client, vendor: str, dynamodb: Any, clock: Clock
) -> None:
    first = shop.post("/products", NEW, vendor, idempotency_key="k")
    clock.advance(3600)
    again = shop.post("/products", dict(reversed(NEW.items())), vendor, idempotency_key="k")
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json == SERVED
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert len(shop.get(f"/vendors/{VENDOR}/products", vendor).json["items"]) == 1


def test_a_key_is_valid_for_one_principal_one_body_and_one_day(
    shop: Client, vendor: str, tokens: Tokens, admin: str, clock: Clock
) -> None:
    shop.post("/products", NEW, vendor, idempotency_key="k")
    response = shop.post("/products", NEW | {"brand": "B"}, vendor, idempotency_key="k")
    assert (response.status, response.code) == (422, "idempotency_key_reused")
    for other in (tokens.vendor(OTHER_VENDOR), admin):
        body = NEW | ({"vendor_id": VENDOR} if other == admin else {})
        assert shop.post("/products", body, other, idempotency_key="k").status == 201
    clock.advance(86_401)
    assert shop.post("/products", NEW, vendor, idempotency_key="k").status == 201


def test_without_a_key_every_post_creates_a_product(shop: Client, vendor: str) -> None:
    ids = {shop.post("/products", NEW, vendor).json["product_id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_an_invalid_key_is_refused(shop: Client, vendor: str, key: str) -> None:
    response = shop.post("/products", NEW, vendor, idempotency_key=key)
    assert (response.status, response.code) == (400, "invalid_idempotency_key")


def test_a_creation_is_refused_as_busy_if_every_drawn_id_is_in_use(
    shop: Client, vendor: str, draws: Draws
) -> None:
    draws.coming = ["PROD-E4F9A"] * 100
    shop.post("/products", NEW, vendor)
    response = shop.post("/products", NEW | {"brand": "Another"}, vendor)
    assert (response.status, response.code) == (503, "busy")
    assert int(response.headers["Retry-After"]) >= 1


# Deactivation


def test_a_deactivated_product_is_hidden_from_the_public_and_kept(
    shop: Client, vendor: str, tokens: Tokens, clock: Clock
) -> None:
    shop.post("/products", NEW, vendor)
    clock.advance(60)
    for _ in range(2):
        response = shop.delete(ADDRESS, vendor)
        assert (response.status, response.text) == (204, "")
    for token in (None, tokens.vendor(OTHER_VENDOR), tokens.of_role("orders")):
        assert shop.get(ADDRESS, token).code == "product_not_found"
    kept = SERVED | {"is_active": False, "updated_at": "2026-02-23T10:31:00.000000Z", "version": 2}
    for token in (vendor, tokens.of_role("auditor"), tokens.of_role("admin")):
        assert shop.get(ADDRESS, token).json == kept
    assert shop.get("/products?category=Electronics", vendor).json["items"] == []
    assert shop.get(f"/vendors/{VENDOR}/products", vendor).json["items"] == [kept]


def test_an_absent_product_cannot_be_deactivated(shop: Client, vendor: str, admin: str) -> None:
    for token in (vendor, admin):
        response = shop.delete(ADDRESS, token)
        assert (response.status, response.code) == (404, "product_not_found")


def test_an_absent_product_is_not_found(shop: Client) -> None:
    response = shop.get(ADDRESS)
    assert (response.status, response.code) == (404, "product_not_found")


# Lists


def test_the_pages_of_a_vendors_list_hold_each_product_once_oldest_first(
    shop: Client, vendor: str, dynamodb: Any
) -> None:
    days = [3, 1, 5, 2, 4]
    keep(
        dynamodb,
        *(
            a_product(f"PROD-0000{d}", created_at=f"2026-01-0{d}T00:00:00.000000Z", is_active=d != 2)
            for d in days
        ),
        a_product("PROD-00009", vendor_id=OTHER_VENDOR),
    )
    pages = shop.walk(f"/vendors/{VENDOR}/products?limit=2", vendor)
    assert [len(page) for page in pages][:2] == [2, 2]
    assert [product["product_id"] for page in pages for product in page] == [
        f"PROD-0000{d}" for d in range(1, 6)
    ]


@pytest.mark.parametrize("category", ["Electronics", "Grains/Cereals", "Café & 茶", "a=b&c", "%2F", "100%"])
def test_the_pages_of_a_category_hold_each_active_product_once(
    shop: Client, dynamodb: Any, category: str
) -> None:
    keep(
        dynamodb,
        *(a_product(f"PROD-0000{n}", category=category) for n in range(7)),
        a_product("PROD-00008", category=category, is_active=False),
        a_product("PROD-00009", category="Other"),
    )
    pages = shop.walk(f"/products?category={quote(category, safe='')}&limit=3")
    assert sorted(product["product_id"] for page in pages for product in page) == [
        f"PROD-0000{n}" for n in range(7)
    ]
    assert len(pages) >= 3


def test_a_page_has_twenty_five_products_by_default(shop: Client, dynamodb: Any) -> None:
    keep(dynamodb, *(a_product(f"PROD-000{n:02}") for n in range(30)))
    response = shop.get("/products?category=Electronics")
    assert len(response.json["items"]) == 25
    assert response.headers["Link"] == (
        f'</prod/products?category=Electronics&cursor={response.json["next_cursor"]}>; rel="next"'
    )
    assert len(shop.get("/products?category=Electronics&limit=100").json["items"]) == 30


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("", "query.category"),
        ("?category=", "query.category"),
        ("?category=a%00", "query.category"),
        (f"?category={'x' * 201}", "query.category"),
        ("?category=a&category=b", "query.category"),
        ("?category=a&limit=0", "query.limit"),
        ("?category=a&limit=101", "query.limit"),
        ("?category=a&limit=1.0", "query.limit"),
        ("?category=a&color=red", "query.color"),
    ],
)
def test_an_invalid_query_parameter_is_named(shop: Client, query: str, path: str) -> None:
    response = shop.get(f"/products{query}")
    assert (response.status, response.code) == (422, "invalid_input")
    assert [error["path"] for error in response.json["errors"]] == [path]


def test_a_cursor_of_another_list_is_refused(shop: Client, dynamodb: Any, vendor: str) -> None:
    keep(dynamodb, *(a_product(f"PROD-0000{n}") for n in range(2)))
    cursor = shop.get("/products?category=Electronics&limit=1").json["next_cursor"]
    for address in ("/products?category=Other&", f"/vendors/{VENDOR}/products?"):
        response = shop.get(f"{address}cursor={cursor}", vendor)
        assert (response.status, response.code) == (400, "invalid_cursor")
    assert shop.get("/products?category=Electronics&cursor=rubbish").code == "invalid_cursor"


def test_a_forged_cursor_does_not_reveal_deactivated_products(shop: Client, dynamodb: Any) -> None:
    """They are in the same partition of the index, with another sort key."""
    keep(dynamodb, a_product("PROD-00001", is_active=False))
    forged = encode_cursor({"category": "Electronics", "is_active": "false", "product_id": "PROD-00000"})
    assert shop.get(f"/products?category=Electronics&cursor={forged}").code == "invalid_cursor"


# Conventions of every route


def test_the_first_failed_check_decides_the_response(shop: Client, tokens: Tokens, vendor: str) -> None:
    """401, 403, 413, 415, 400, 422: each request corrects one fault of the previous one."""
    huge = '{"x": "' + "x" * 1_048_576
    xml = {"content_type": "text/xml"}
    assert shop.post("/products", huge, idempotency_key=" ", **xml).status == 401
    assert shop.post("/products", huge, tokens.of_role("auditor"), idempotency_key=" ", **xml).status == 403
    assert shop.post("/products", huge, vendor, idempotency_key=" ", **xml).status == 413
    assert shop.post("/products", "{", vendor, idempotency_key=" ", **xml).status == 415
    assert shop.post("/products", "{", vendor, idempotency_key=" ").code == "invalid_json"
    assert shop.post("/products", None, vendor, idempotency_key=" ").code == "invalid_json"
    assert shop.post("/products", {}, vendor, idempotency_key=" ").code == "invalid_idempotency_key"
    assert shop.post("/products", {}, vendor).status == 422
    assert shop.get("/products?cursor=!&limit=0").status == 400


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", ""])
def test_json_is_accepted_under_each_of_its_media_types(shop: Client, vendor: str, content_type: str) -> None:
    assert shop.post("/products", NEW, vendor, content_type=content_type).status == 201


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "route_not_found"),
        ("GET", "/products/PROD-E4F9A/more", 404, "route_not_found"),
        ("PUT", ADDRESS, 405, "method_not_allowed"),
        ("POST", "/health", 405, "method_not_allowed"),
    ],
)
def test_unknown_paths_and_methods_are_refused(
    shop: Client, method: str, path: str, status: int, code: str
) -> None:
    response = shop.send(method, path)
    assert (response.status, response.code) == (status, code)
    assert ("Allow" in response.headers) == (status == 405)


@pytest.mark.parametrize(
    "product_id",
    [
        "PROD-1",
        "prod-e4f9a",
        "PROD-E4F9I",
        "PROD-E4F9A%0A",
        "%23MARKER%23x",
        "%23EXTERNAL%23VENDOR-001%23x",
        "%F0%9F%8E%A7",
        "PROD%252DE4F9A",
    ],
)
def test_an_invalid_product_id_is_refused(shop: Client, product_id: str) -> None:
    response = shop.get(f"/products/{product_id}")
    assert (response.status, response.code) == (422, "invalid_input")


def test_the_health_route_returns_ok(shop: Client) -> None:
    response = shop.get("/health", x_request_id="req-1")
    assert (response.status, response.json) == (200, {"status": "ok", "service": "inventory-catalog"})
    assert response.headers["X-Request-Id"] == "req-1"


def test_an_invalid_request_id_is_replaced(shop: Client) -> None:
    assert shop.get("/health", x_request_id="a\nb").headers["X-Request-Id"] != "a\nb"


@pytest.mark.parametrize("path", ["/products", "/products/"])
def test_a_location_is_the_address_of_the_created_product(shop: Client, vendor: str, path: str) -> None:
    location = shop.post(path, NEW, vendor).headers["Location"]
    assert shop.get(location.removeprefix("/prod")).status == 200


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_no_body_causes_an_internal_error(shop: Client, vendor: str, body: str) -> None:
    assert shop.post("/products", body, vendor, idempotency_key="k").status in (400, 422)


# Other writers


@pytest.fixture
def conflicts(dynamodb: Any, catalog: Any) -> Iterator[Callable[[int], None]]:
    """Make a number of updates conflict with a transaction on the item, such as the creation of a SKU."""
    left = 0

    def refuse(**_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        nonlocal left
        left -= 1
        if left < 0:
            return None
        error = {"Code": "TransactionConflictException", "Message": "Transaction is ongoing for the item"}
        return AWSResponse("", 400, {}, None), {"Error": error, "ResponseMetadata": {}}

    def conflict(times: int) -> None:
        nonlocal left
        left = times

    events = catalog.store._client.meta.events
    events.register("before-call.dynamodb.UpdateItem", refuse)
    yield conflict
    events.unregister("before-call.dynamodb.UpdateItem", refuse)


def test_a_product_is_deactivated_while_one_of_its_skus_is_being_created(
    shop: Client, vendor: str, conflicts: Callable[[int], None]
) -> None:
    shop.post("/products", NEW, vendor)
    conflicts(2)
    assert shop.delete(ADDRESS, vendor).status == 204
    assert shop.get(ADDRESS, vendor).json["is_active"] is False


def test_a_deactivation_that_always_conflicts_is_refused_as_busy(
    shop: Client, vendor: str, conflicts: Callable[[int], None]
) -> None:
    shop.post("/products", NEW, vendor)
    conflicts(1_000)
    response = shop.delete(ADDRESS, vendor)
    assert response.status == 503
    assert int(response.headers["Retry-After"]) >= 1
