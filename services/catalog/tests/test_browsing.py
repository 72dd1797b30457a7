"""Listing products: by category with filters, and a vendor's by creation time."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from front_door import Client, Tokens

from inventory_common.limits import (
    BULK_PAGE_MAX_ITEMS,
    NAME_MAX_CHARACTERS,
    PRODUCT_DESCRIPTION_MAX_CHARACTERS,
    PRODUCT_IMAGE_MAX_CHARACTERS,
    PRODUCT_IMAGES_MAX,
    PRODUCT_TAGS_MAX,
)
from inventory_common.pages import Position, encode_cursor
from inventory_common.products import PRODUCT_MEMBERS

from .shop import OTHER_VENDOR, VENDOR, a_product, keep

PRODUCTS: dict[str, dict[str, Any]] = {
    "A": {
        "subcategory": "Audio",
        "brand": "SoundMax",
        "tags": ["wireless", "audio"],
        "base_price": Decimal("89.99"),
    },
    "B": {"subcategory": "Audio", "brand": "O'Neill's", "tags": ["audio"], "base_price": 10},
    "C": {"subcategory": "Video", "brand": "SoundMax", "base_price": 0},
    "D": {"base_price": Decimal("9999999.99")},
    "E": {"subcategory": "Audio", "brand": "SoundMax", "tags": ["wireless"], "is_active": False},
    "F": {"subcategory": "Audio", "brand": "SoundMax", "tags": ["wireless"], "category": "Other"},
}


@pytest.fixture
def shelf(dynamodb: Any) -> None:
    keep(dynamodb, *(a_product(f"PROD-0000{letter}", **rest) for letter, rest in PRODUCTS.items()))


def letters(pages: list[list[dict[str, Any]]]) -> str:
    return "".join(product["product_id"][-1] for page in pages for product in page)


FILTERS = {
    "": "ABCD",
    "active=true": "ABCD",
    "subcategory=Audio": "AB",
    "subcategory=audio": "",
    "subcategory=Aud": "",
    "brand=SoundMax": "AC",
    "brand=O%27Neill%27s": "B",
    "tag=audio": "AB",
    "tag=wireless": "A",
    "tag=wire": "",
    "min_price=0": "ABCD",
    "min_price=10": "ABD",
    "min_price=10.00": "ABD",
    "min_price=10.01": "AD",
    "min_price=9999999.99": "D",
    "max_price=0": "C",
    "max_price=9.99": "C",
    "max_price=10": "BC",
    "max_price=89.98": "BC",
    "max_price=89.99": "ABC",
    "min_price=10&max_price=10": "B",
    "min_price=10&max_price=89.99": "AB",
    "min_price=11&max_price=12": "",
    "subcategory=Audio&brand=SoundMax": "A",
    "brand=SoundMax&tag=audio": "A",
    "brand=SoundMax&max_price=50": "C",
    "subcategory=Video&tag=audio": "",
    "subcategory=Audio&brand=SoundMax&tag=wireless&min_price=89.99&max_price=89.99": "A",
}


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize(("filters", "found"), FILTERS.items(), ids=FILTERS)
def test_products_that_match_all_filters_are_found(
    shop: Client, shelf: None, filters: str, found: str, limit: int
) -> None:
    pages = shop.walk(f"/products?category=Electronics&limit={limit}&{filters}")
    assert "".join(sorted(letters(pages))) == found
    assert all(len(page) <= limit for page in pages)


@pytest.mark.parametrize(
    ("filters", "found"),
    [("", "E"), ("brand=SoundMax&tag=wireless", "E"), ("brand=Nobody", ""), ("max_price=89", "")],
)
def test_inactive_products_are_filtered_the_same_way(
    shop: Client, shelf: None, admin: str, filters: str, found: str
) -> None:
    assert letters(shop.walk(f"/products?category=Electronics&active=false&{filters}", admin)) == found


def test_names_are_found_in_any_script(shop: Client, dynamodb: Any) -> None:
    names = {"subcategory": "Café & 茶", "brand": "a=b%2F", "tags": ["größe", "🧥"]}
    keep(dynamodb, a_product("PROD-0000A", **names), a_product("PROD-0000B"))
    for query in (
        f"subcategory={quote('Café & 茶')}",
        f"brand={quote('a=b%2F')}",
        f"tag={quote('größe')}",
        f"tag={quote('🧥')}",
    ):
        assert letters(shop.walk(f"/products?category=Electronics&{query}")) == "A"


def test_a_page_may_be_empty_and_have_a_next_page(shop: Client, dynamodb: Any) -> None:
    """DynamoDB filters after it has read: `limit` counts the products that it reads, not those it returns."""
    keep(dynamodb, *(a_product(f"PROD-0000{n}", brand="Rare" if n == 9 else "Common") for n in range(10)))
    pages = shop.walk("/products?category=Electronics&brand=Rare&limit=2")
    assert letters(pages) == "9"
    assert len(pages) >= 5
    first = shop.get("/products?category=Electronics&brand=Nobody&limit=2")
    assert (first.status, first.json["items"]) == (200, [])
    assert first.json["next_cursor"] is not None
    assert first.headers["Link"] == (
        "</prod/products?category=Electronics&brand=Nobody&limit=2"
        f'&cursor={first.json["next_cursor"]}>; rel="next"'
    )


def test_the_address_of_the_next_page_keeps_every_filter(shop: Client, shelf: None, admin: str) -> None:
    keep_all = "active=true&subcategory=Audio&brand=O%27Neill%27s&tag=audio&min_price=1.50&max_price=10"
    response = shop.get(f"/products?category=Electronics&{keep_all}&limit=1", admin)
    assert f"?category=Electronics&{keep_all}&limit=1&cursor=" in response.headers["Link"]


def test_a_cursor_can_be_used_with_other_filters(shop: Client, dynamodb: Any) -> None:
    keep(dynamodb, *(a_product(f"PROD-0000{n}", brand="BA"[n % 2]) for n in range(6)))
    address = "/products?category=Electronics&limit=3"
    first = shop.get(f"{address}&brand=A").json
    rest = [
        shop.get(f"{address}{brand}&cursor={first['next_cursor']}") for brand in ("&brand=A", "&brand=B", "")
    ]
    found = [{product["product_id"] for product in response.json["items"]} for response in rest]
    assert found[0] | found[1] == found[2]
    assert not found[0] & {product["product_id"] for product in first["items"]}
    assert len(found[2]) == 3


def test_a_cursor_of_active_products_is_refused_for_inactive_ones_and_vice_versa(
    shop: Client, dynamodb: Any, admin: str
) -> None:
    keep(dynamodb, *(a_product(f"PROD-0000{n}", is_active=n > 2) for n in range(6)))
    address = "/products?category=Electronics&limit=1&active="
    for flag, other in (("true", "false"), ("false", "true")):
        cursor = shop.get(address + flag, admin).json["next_cursor"]
        assert shop.get(f"{address}{flag}&cursor={cursor}", admin).status == 200
        response = shop.get(f"{address}{other}&cursor={cursor}", admin)
        assert (response.status, response.code) == (400, "invalid_cursor")


@pytest.mark.parametrize("active", ["", "TRUE", "False", "1", "0", "yes", "null", "true%20"])
def test_active_must_be_exactly_true_or_false(shop: Client, admin: str, active: str) -> None:
    response = shop.get(f"/products?category=Electronics&active={active}", admin)
    assert (response.status, response.code) == (422, "invalid_input")
    assert response.json["errors"] == [{"path": "query.active", "message": "should be one of true, false"}]


@pytest.mark.parametrize("name", ["min_price", "max_price"])
@pytest.mark.parametrize(
    "price",
    ["", "-1", "%2B1", "1e2", "1.005", "1,5", "10000000", "NaN", "Infinity", "x", "%20", "1%0A", "0x1"],
)
def test_an_invalid_price_is_refused(shop: Client, name: str, price: str) -> None:
    response = shop.get(f"/products?category=Electronics&{name}={price}")
    assert (response.status, response.code) == (422, "invalid_input")
    [error] = response.json["errors"]
    assert error["path"] == f"query.{name}"
    assert "9999999.99" in error["message"]


@pytest.mark.parametrize(
    ("least", "most"), [("10.01", "10"), ("1", "0"), ("10", "9"), ("9999999.99", "0.01")]
)
def test_an_empty_price_range_is_refused(shop: Client, least: str, most: str) -> None:
    response = shop.get(f"/products?category=Electronics&min_price={least}&max_price={most}")
    assert (response.status, response.code) == (422, "invalid_input")
    [error] = response.json["errors"]
    assert error == {"path": "query.max_price", "message": "should not be below min_price"}


@pytest.mark.parametrize(("least", "most"), [("10", "10.00"), ("0", "0"), ("9.99", "10")])
def test_both_ends_of_a_price_range_may_be_equal(shop: Client, least: str, most: str) -> None:
    assert shop.get(f"/products?category=x&min_price={least}&max_price={most}").status == 200


@pytest.mark.parametrize("name", ["subcategory", "brand", "tag"])
@pytest.mark.parametrize(
    "value", ["", "%00", "x" * 201, "a&{name}=b"], ids=["empty", "control", "long", "twice"]
)
def test_an_invalid_name_is_refused(shop: Client, name: str, value: str) -> None:
    response = shop.get(f"/products?category=Electronics&{name}={value.format(name=name)}")
    assert (response.status, response.code) == (422, "invalid_input")
    assert [error["path"] for error in response.json["errors"]] == [f"query.{name}"]


def test_a_category_is_required_whatever_the_filters(shop: Client) -> None:
    response = shop.get("/products?brand=SoundMax&min_price=1")
    assert [error["path"] for error in response.json["errors"]] == ["query.category"]


# A vendor's products by creation time

MOMENTS = {
    "A": "2026-02-23T09:59:59.999999Z",
    "B": "2026-02-23T10:00:00.000000Z",
    "C": "2026-02-23T10:30:00.000000Z",
    "D": "2026-02-23T10:59:59.999999Z",
    "E": "2026-02-23T11:00:00.000000Z",
}
ADDRESS = f"/vendors/{VENDOR}/products"
TEN, ELEVEN = "2026-02-23T10:00:00Z", "2026-02-23T11:00:00Z"


@pytest.fixture
def history(dynamodb: Any) -> None:
    keep(
        dynamodb,
        *(
            a_product(f"PROD-0000{letter}", created_at=moment, is_active=letter != "C")
            for letter, moment in MOMENTS.items()
        ),
        a_product("PROD-0000Z", vendor_id=OTHER_VENDOR, created_at=MOMENTS["C"]),
    )


PERIODS = {
    "": "ABCDE",
    f"created_from={TEN}": "BCDE",
    "created_from=2026-02-23T10:00:00.000001Z": "CDE",
    f"created_to={ELEVEN}": "ABCD",
    "created_to=2026-02-23T11:00:00.000001Z": "ABCDE",
    "created_to=2026-02-23T10:59:59.999999Z": "ABC",
    f"created_from={TEN}&created_to={ELEVEN}": "BCD",
    "created_from=2026-02-23T10:00:00Z&created_to=2026-02-23T10:00:00.000001Z": "B",
    "created_from=2026-02-23T11:00:00.000001Z": "",
    "created_to=2026-02-23T09:59:59.999999Z": "",
    "created_to=0001-01-01T00:00:00Z": "",
    "created_from=9999-12-31T23:59:59.999999Z": "",
    "created_from=2026-02-23T12:00%2B02:00&created_to=2026-02-23T06:00:00.0-05:00": "BCD",
}


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize(("period", "found"), PERIODS.items(), ids=PERIODS)
def test_a_period_includes_its_start_and_excludes_its_end(
    shop: Client, vendor: str, history: None, period: str, found: str, limit: int
) -> None:
    address = f"{ADDRESS}?limit={limit}&{period}"
    assert letters(shop.walk(address, vendor)) == found
    assert letters(shop.walk(f"{address}&order=asc", vendor)) == found
    assert letters(shop.walk(f"{address}&order=desc", vendor)) == found[::-1]


@pytest.mark.parametrize("role", ["auditor", "admin"])
def test_auditors_and_admins_can_list_a_vendors_period(
    shop: Client, tokens: Tokens, history: None, role: str
) -> None:
    address = f"{ADDRESS}?created_from={TEN}&created_to={ELEVEN}&order=desc"
    assert letters(shop.walk(address, tokens.of_role(role))) == "DCB"


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    ("period", "inside", "outside"),
    [
        (f"created_from={TEN}", "BCDE", "A"),
        (f"created_to={ELEVEN}", "ABCD", "E"),
        (f"created_from={TEN}&created_to={ELEVEN}", "BCD", "AE"),
    ],
)
def test_a_cursor_from_outside_the_period_is_refused(
    shop: Client, vendor: str, history: None, order: str, period: str, inside: str, outside: str
) -> None:
    for letter, moment in MOMENTS.items():
        position: Position = {"vendor_id": VENDOR, "created_at": moment, "product_id": f"PROD-0000{letter}"}
        address = f"{ADDRESS}?{period}&order={order}&cursor={encode_cursor(position)}"
        response = shop.get(address, vendor)
        if letter in inside:
            after = inside.index(letter)
            assert letters([response.json["items"]]) == (
                inside[after + 1 :] if order == "asc" else inside[:after][::-1]
            )
        else:
            assert letter in outside
            assert (response.status, response.code) == (400, "invalid_cursor")


def test_another_vendors_cursor_is_refused_in_every_order(shop: Client, vendor: str, history: None) -> None:
    position: Position = {"vendor_id": OTHER_VENDOR, "created_at": MOMENTS["C"], "product_id": "PROD-0000Z"}
    for order in ("asc", "desc"):
        response = shop.get(f"{ADDRESS}?order={order}&cursor={encode_cursor(position)}", vendor)
        assert (response.status, response.code) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (f"created_from={TEN}&created_to={TEN}", "query.created_to"),
        (f"created_from={ELEVEN}&created_to={TEN}", "query.created_to"),
        ("created_from=2026-02-23T10:00:00.0000009Z&created_to=2026-02-23T10:00:00Z", "query.created_to"),
        ("created_from=", "query.created_from"),
        ("created_from=2026-02-23", "query.created_from"),
        ("created_from=2026-02-23T10:00:00", "query.created_from"),
        ("created_to=yesterday", "query.created_to"),
        ("created_to=0001-01-01T00:00:00%2B02:00", "query.created_to"),
        ("created_to=9999-12-31T23:59:59-02:00", "query.created_to"),
        (f"created_to={TEN}&created_to={TEN}", "query.created_to"),
        ("order=DESC", "query.order"),
        ("order=", "query.order"),
        ("order=asc&order=desc", "query.order"),
        ("from=2026-02-23T10:00:00Z", "query.from"),
        ("category=Electronics", "query.category"),
        ("active=false", "query.active"),
    ],
)
def test_an_invalid_period_is_refused_and_the_parameter_named(
    shop: Client, vendor: str, query: str, path: str
) -> None:
    response = shop.get(f"{ADDRESS}?{query}", vendor)
    assert (response.status, response.code) == (422, "invalid_input")
    assert [error["path"] for error in response.json["errors"]] == [path]


def test_a_page_of_a_vendors_products_may_have_a_thousand(shop: Client, vendor: str, dynamodb: Any) -> None:
    keep(dynamodb, *(a_product(f"PROD-{n:05}") for n in range(BULK_PAGE_MAX_ITEMS + 1)))
    pages = shop.walk(f"{ADDRESS}?limit={BULK_PAGE_MAX_ITEMS}", vendor)
    assert [len(page) for page in pages] == [1_000, 1]
    assert len({product["product_id"] for page in pages for product in page}) == 1_001
    assert len(shop.get(ADDRESS, vendor).json["items"]) == 25
    assert shop.get(f"{ADDRESS}?limit=1001", vendor).json["errors"][0]["path"] == "query.limit"


def test_a_page_of_large_products_stays_below_a_megabyte_and_fits_a_response_of_lambda(
    shop: Client, vendor: str, dynamodb: Any
) -> None:
    # Each quotation mark is one byte in the table, and four in the JSON of JSON that Lambda returns.
    texts = {
        "description": '"' * PRODUCT_DESCRIPTION_MAX_CHARACTERS,
        "images": ['"' * PRODUCT_IMAGE_MAX_CHARACTERS] * PRODUCT_IMAGES_MAX,
        "tags": ['"' * NAME_MAX_CHARACTERS] * PRODUCT_TAGS_MAX,
    }
    size = PRODUCT_DESCRIPTION_MAX_CHARACTERS
    size += PRODUCT_IMAGE_MAX_CHARACTERS * PRODUCT_IMAGES_MAX + NAME_MAX_CHARACTERS * PRODUCT_TAGS_MAX
    ids = [f"PROD-{n:05}" for n in range(70)]
    keep(dynamodb, *(a_product(product_id, **texts) for product_id in ids))
    pages = shop.walk(f"{ADDRESS}?limit=1000", vendor)
    assert [product["product_id"] for page in pages for product in page] == ids
    assert all(0 < len(page) * size < 1_048_576 for page in pages)
    answer = shop.get(f"{ADDRESS}?limit=1000", vendor)
    assert 4_000_000 < len(json.dumps(answer.text)) < 6_000_000


def test_products_have_the_members_that_are_asked_for(shop: Client, vendor: str, history: None) -> None:
    whole = shop.get(ADDRESS, vendor).json["items"]
    assert all(tuple(product) == PRODUCT_MEMBERS for product in whole)
    for query in ("fields=is_active,product_id", "order=asc&fields=product_id,is_active,product_id"):
        found = shop.get(f"{ADDRESS}?{query}", vendor).json["items"]
        assert found == [{name: each[name] for name in ("product_id", "is_active")} for each in whole]


@pytest.mark.parametrize("fields", ["", "price", "product_id,price", "product_id,", "product_id&fields=tags"])
def test_an_unknown_member_of_products_is_refused(shop: Client, vendor: str, fields: str) -> None:
    answer = shop.get(f"{ADDRESS}?fields={fields}", vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["query.fields"]


# A vendor's products by its own id, and by name

NAMES = {
    "A": "Earl Grey",
    "B": "EARL GREY, loose",
    "C": "Early Harvest",
    "D": "Green Earl",
    "E": "Größe 10",
    "F": "Cafe\u0301 au lait",  # an accent of its own
    "G": "ΟΔΟΣ",
}


@pytest.fixture
def named(dynamodb: Any) -> None:
    keep(
        dynamodb,
        *(
            a_product(
                f"PROD-0000{letter}",
                product_name=name,
                created_at=f"2026-02-23T10:00:0{second}.000000Z",
                is_active=letter != "C",
            )
            for second, (letter, name) in enumerate(NAMES.items())
        ),
        a_product("PROD-0000Z", vendor_id=OTHER_VENDOR, product_name="Earl Grey"),
    )


PREFIXES = {
    "Earl Grey": "AB",
    "earl": "ABC",
    "EARL GREY,": "B",
    "Grey": "",
    "GRÖSSE": "E",
    "größe 1": "E",
    "CAFÉ": "F",
    "Cafe\u0301 A": "F",
    "Cafe": "",
    "οδος": "G",
    "Οδός": "",
    "%": "",
    " Earl": "",
}


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize(("prefix", "found"), PREFIXES.items(), ids=ascii)
def test_products_are_found_by_how_their_names_begin_in_capitals_or_not(
    shop: Client, vendor: str, named: None, prefix: str, found: str, limit: int
) -> None:
    address = f"{ADDRESS}?limit={limit}&name={quote(prefix)}"
    assert letters(shop.walk(address, vendor)) == found
    assert letters(shop.walk(f"{address}&order=desc", vendor)) == found[::-1]


def test_a_page_of_names_may_be_empty_and_have_a_next_page(shop: Client, vendor: str, named: None) -> None:
    pages = shop.walk(f"{ADDRESS}?name=green&limit=2", vendor)
    assert [letters([page]) for page in pages[:2]] == ["", "D"]
    first = shop.get(f"{ADDRESS}?name=nothing&limit=2", vendor)
    assert first.json["items"] == []
    assert first.json["next_cursor"] is not None
    assert f"/products?name=nothing&limit=2&cursor={first.json['next_cursor']}>" in first.headers["Link"]


def test_a_name_is_found_in_a_period_with_the_members_that_are_asked_for(
    shop: Client, vendor: str, named: None
) -> None:
    period = "created_from=2026-02-23T10:00:01Z&created_to=2026-02-23T10:00:03Z"
    answer = shop.get(f"{ADDRESS}?name=earl&{period}&fields=product_id,is_active", vendor)
    assert answer.json["items"] == [
        {"product_id": "PROD-0000B", "is_active": True},
        {"product_id": "PROD-0000C", "is_active": False},
    ]


@pytest.mark.parametrize("name", ["external_id", "name"])
@pytest.mark.parametrize(
    "text", ["", "%00", "x" * 201, "a&{name}=b"], ids=["empty", "control", "long", "twice"]
)
def test_an_invalid_text_to_find_is_refused(shop: Client, vendor: str, name: str, text: str) -> None:
    answer = shop.get(f"{ADDRESS}?{name}={text.format(name=name)}", vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == [f"query.{name}"]
