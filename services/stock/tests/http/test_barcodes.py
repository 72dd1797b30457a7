"""The barcodes of SKUs: set, changed, removed, and the SKUs of a barcode found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from front_door import Client, Tokens

from inventory_common.errors import DatabaseUnavailable
from inventory_common.limits import BARCODE_MAX_CHARACTERS, PAGE_MAX_ITEMS

from ..calls import noted_calls, noted_requests
from ..process import Process
from ..shop import (
    BLACK,
    NEW_SKU_BODY,
    OTHER_VENDOR,
    PRODUCT,
    SKU_PATH,
    SKUS_PATH,
    VENDOR,
    WHITE,
    Tables,
    a_product,
    a_sku,
)

EAN, UPC = "4006381333931", "036000291452"
INVENTORY_PATH = f"/vendors/{VENDOR}/inventory"


def found_path(barcode: str, rest: str = "", vendor: str = VENDOR) -> str:
    return f"/vendors/{vendor}/inventory?barcode={quote(barcode, safe='')}{rest}"


def lookups(tables: Tables) -> set[tuple[str, str]]:
    """Return the keys of all lookup items, each of which has to be its key alone."""
    items = [item for item in tables.items() if item["product_id"]["S"].startswith("BARCODE#")]
    assert all(item.keys() == {"product_id", "sku"} for item in items), "an index would contain it"
    return {(item["product_id"]["S"], item["sku"]["S"]) for item in items}


def put_with_lookups(tables: Tables, *skus: Any) -> None:
    for sku in skus:
        tables.put(sku)
        tables.put_item(
            {"product_id": {"S": f"BARCODE#{sku.vendor_id}#{sku.barcode}"}, "sku": {"S": f"#{sku.sku}"}}
        )


@pytest.fixture
def find(shop: Client, vendor: str) -> Callable[[str], list[str]]:
    """Return the SKUs of a barcode."""

    def find(barcode: str) -> list[str]:
        answer = shop.get(found_path(barcode), vendor)
        assert (answer.status, answer.json["next_cursor"]) == (200, None)
        assert all(sku["barcode"] == barcode for sku in answer.json["items"])
        return [sku["sku"] for sku in answer.json["items"]]

    return find


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize("key", [{}, {"idempotency_key": "k"}], ids=["no key", "key"])
def test_a_sku_is_found_by_its_barcode_until_it_has_another_or_none(
    shop: Client, vendor: str, tables: Tables, find: Callable[[str], list[str]], key: dict[str, str]
) -> None:
    created = shop.post(SKUS_PATH, NEW_SKU_BODY | {"barcode": EAN}, vendor, **key)
    assert (created.status, created.json["barcode"]) == (201, EAN)
    assert shop.get(SKU_PATH, vendor).json == created.json
    assert shop.get(found_path(EAN), vendor).json["items"] == [created.json]
    assert lookups(tables) == {(f"BARCODE#{VENDOR}#{EAN}", f"#{BLACK}")}

    keys = {name: "k2" for name in key}
    changed = shop.send("PATCH", SKU_PATH, vendor, {"barcode": UPC}, **keys)
    assert (changed.status, changed.json["barcode"]) == (200, UPC)
    assert (changed.json["version"], changed.json["details_version"], changed.headers["ETag"]) == (
        2,
        2,
        '"2"',
    )
    assert (find(EAN), find(UPC)) == ([], [BLACK])
    assert lookups(tables) == {(f"BARCODE#{VENDOR}#{UPC}", f"#{BLACK}")}

    keys = {name: "k3" for name in key}
    removed = shop.send("PATCH", SKU_PATH, vendor, {"barcode": None, "unit_price": 80}, **keys)
    assert (removed.json["barcode"], removed.json["unit_price"]) == (None, 80)
    assert (find(EAN), find(UPC), lookups(tables)) == ([], [], set())
    stored = tables.item(PRODUCT, BLACK)
    assert stored is not None
    assert "barcode" not in stored

    keys = {name: "k4" for name in key}
    again = shop.send("PATCH", SKU_PATH, vendor, {"barcode": EAN}, **keys)
    assert (again.json["barcode"], find(EAN)) == (EAN, [BLACK])


@pytest.mark.usefixtures("product")
def test_several_skus_may_have_one_barcode_and_are_found_by_id(
    shop: Client, vendor: str, find: Callable[[str], list[str]]
) -> None:
    for sku in (WHITE, BLACK):
        assert shop.post(SKUS_PATH, NEW_SKU_BODY | {"sku": sku, "barcode": "A-1"}, vendor).status == 201
    assert find("A-1") == [BLACK, WHITE]
    shop.send("PATCH", SKU_PATH, vendor, {"barcode": None})
    assert find("A-1") == [WHITE]


@pytest.mark.usefixtures("product")
def test_a_barcode_matches_exactly(shop: Client, vendor: str, find: Callable[[str], list[str]]) -> None:
    codes = ["0036000291452", UPC, "a-1", "A-1", "A#1", f"{OTHER_VENDOR}#A", "/?&=%+ \u00e9"]
    for number, code in enumerate(codes):
        body = NEW_SKU_BODY | {"sku": f"SKU-{PRODUCT}-V{number}", "barcode": code}
        assert shop.post(SKUS_PATH, body, vendor).status == 201
    for number, code in enumerate(codes):
        assert find(code) == [f"SKU-{PRODUCT}-V{number}"]
    assert find("A") == []


@pytest.mark.usefixtures("product")
def test_a_deactivated_sku_is_found_like_in_the_whole_inventory(
    shop: Client, vendor: str, find: Callable[[str], list[str]]
) -> None:
    shop.post(SKUS_PATH, NEW_SKU_BODY | {"barcode": EAN}, vendor)
    assert shop.send("DELETE", SKU_PATH, vendor).status == 204
    assert find(EAN) == [BLACK]
    assert [sku["is_active"] for sku in shop.get(found_path(EAN), vendor).json["items"]] == [False]
    assert [sku["sku"] for sku in shop.get(INVENTORY_PATH, vendor).json["items"]] == [BLACK]


def test_a_vendor_finds_its_own_skus_alone(shop: Client, tokens: Tokens, tables: Tables) -> None:
    other = a_sku("SKU-PROD-00000-A", vendor_id=OTHER_VENDOR, barcode=EAN)
    put_with_lookups(tables, a_sku(BLACK, barcode=EAN), other)

    def found(token: str, vendor: str) -> Any:
        answer = shop.get(found_path(EAN, vendor=vendor), token)
        return [sku["sku"] for sku in answer.json["items"]] if answer.status == 200 else answer.code

    for role, own, others in [
        ("vendor", [BLACK], "forbidden"),
        ("auditor", [BLACK], [other.sku]),
        ("admin", [BLACK], [other.sku]),
        ("orders", "forbidden", "forbidden"),
        ("desk", "forbidden", "forbidden"),
    ]:
        token = tokens.vendor() if role == "vendor" else tokens.of_role(role)
        assert (found(token, VENDOR), found(token, OTHER_VENDOR)) == (own, others), role
    assert shop.get(found_path(EAN)).status == 401


# Values


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize(
    "barcode",
    [
        *["96385074", UPC, EAN, "10614141000415"],
        *["1", "1234567", "123456789", "x" * BARCODE_MAX_CHARACTERS, "\U0001f4e6" * BARCODE_MAX_CHARACTERS],
    ],
)
def test_a_gtin_or_another_code_is_a_barcode(
    shop: Client, vendor: str, barcode: str, find: Callable[[str], list[str]]
) -> None:
    assert shop.post(SKUS_PATH, NEW_SKU_BODY | {"barcode": barcode}, vendor).status == 201
    assert find(barcode) == [BLACK]


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize(
    ("barcode", "message"),
    [
        ("96385073", "should have the check digit 4, as a GTIN of 8 digits"),
        ("036000291453", "should have the check digit 2, as a GTIN of 12 digits"),
        ("4006381333930", "should have the check digit 1, as a GTIN of 13 digits"),
        ("10614141000416", "should have the check digit 5, as a GTIN of 14 digits"),
        ("", "should have 1 to 40 characters"),
        ("x" * (BARCODE_MAX_CHARACTERS + 1), "should have 1 to 40 characters"),
        (" A", "should have visible characters only, and spaces only between them"),
        ("A\n", "should have visible characters only, and spaces only between them"),
        ("A\u200bB", "should have visible characters only, and spaces only between them"),
    ],
    ids=ascii,
)
def test_anything_else_is_refused_in_bodies_and_queries(
    shop: Client, vendor: str, barcode: str, message: str
) -> None:
    refusals = {
        "body": [
            shop.post(SKUS_PATH, NEW_SKU_BODY | {"barcode": barcode}, vendor),
            shop.send("PATCH", SKU_PATH, vendor, {"barcode": barcode}),
        ],
        "query": [shop.get(found_path(barcode), vendor)],
    }
    for part, answers in refusals.items():
        for answer in answers:
            assert (answer.status, answer.code) == (422, "invalid_input")
            assert answer.json["errors"] == [{"path": f"{part}.barcode", "message": message}]


def test_a_barcode_is_given_once_and_to_this_list_alone(shop: Client, vendor: str) -> None:
    assert shop.get(f"{found_path(EAN)}&barcode={EAN}", vendor).json["errors"] == [
        {"path": "query.barcode", "message": "should be given once"}
    ]
    for path in (SKUS_PATH, f"/vendors/{VENDOR}/low-stock"):
        assert shop.get(f"{path}?barcode={EAN}", vendor).json["errors"] == [
            {"path": "query.barcode", "message": "is not a parameter of this request"}
        ]


# Pages


def test_the_pages_of_a_barcode_list_each_sku_once_by_id(shop: Client, vendor: str, tables: Tables) -> None:
    skus = [a_sku(f"SKU-{PRODUCT}-V{n:03}", barcode=EAN) for n in range(PAGE_MAX_ITEMS + 20)]
    put_with_lookups(tables, *reversed(skus), a_sku("SKU-PROD-00000-A", barcode=UPC))
    ids = [sku.sku for sku in skus]
    for rest, sizes in [
        ("", [25, 25, 25, 25, 20]),
        ("&limit=50", [50, 50, 20]),
        ("&limit=100", [100, 20]),
        ("&limit=1000", [100, 20]),
    ]:
        pages = shop.walk(found_path(EAN, rest), vendor)
        assert [len(page) for page in pages] == sizes
        assert [sku["sku"] for page in pages for sku in page] == ids
    page = shop.get(found_path(EAN, "&limit=3&fields=sku,barcode"), vendor).json["items"]
    assert page == [{"sku": sku, "barcode": EAN} for sku in ids[:3]]


def test_a_cursor_of_another_barcode_vendor_or_list_is_refused(
    shop: Client, vendor: str, admin: str, tables: Tables
) -> None:
    put_with_lookups(tables, *(a_sku(sku, barcode=EAN) for sku in (BLACK, WHITE)))
    cursor = shop.get(found_path(EAN, "&limit=1"), vendor).json["next_cursor"]
    assert cursor is not None
    whole = shop.get(f"{INVENTORY_PATH}?limit=1", vendor).json["next_cursor"]
    for path in (
        found_path(UPC, f"&cursor={cursor}"),
        found_path(EAN, f"&cursor={cursor}", vendor=OTHER_VENDOR),
        f"{INVENTORY_PATH}?cursor={cursor}",
        f"{SKUS_PATH}?cursor={cursor}",
        found_path(EAN, f"&cursor={whole}"),
    ):
        answer = shop.get(path, admin)
        assert (answer.status, answer.code) == (400, "invalid_cursor"), path


# What the lookup costs, and what it does not believe


def test_a_lookup_is_one_query_of_the_table_and_one_read_of_the_skus(
    shop: Client, vendor: str, tables: Tables, dynamodb: Any
) -> None:
    put_with_lookups(tables, a_sku(BLACK, barcode=EAN), a_sku(WHITE, barcode=EAN))
    with noted_requests(dynamodb) as requests:
        shop.get(found_path(EAN), vendor)
        assert [name for name, _ in requests] == ["Query", "BatchGetItem"]
        query, read = (request for _, request in requests)
        assert "IndexName" not in query
        assert query["ConsistentRead"] is True
        assert read["RequestItems"]["VendorInventory"]["ConsistentRead"] is True
    with noted_calls(dynamodb) as calls:
        shop.get(found_path(UPC), vendor)
    assert calls == ["Query"]


@pytest.mark.usefixtures("product")
def test_only_a_changed_barcode_takes_a_transaction(
    shop: Client, vendor: str, tables: Tables, dynamodb: Any
) -> None:
    put_with_lookups(tables, a_sku(BLACK, barcode=EAN))
    with noted_calls(dynamodb) as calls:
        shop.send("PATCH", SKU_PATH, vendor, {"unit_price": 80})
        shop.send("PATCH", SKU_PATH, vendor, {"unit_price": 81, "barcode": EAN})
        assert calls == ["BatchGetItem", "UpdateItem"] * 2
        calls.clear()
        shop.send("PATCH", SKU_PATH, vendor, {"barcode": EAN})
        assert calls == ["BatchGetItem"], "nothing is written"
        calls.clear()
        shop.send("PATCH", SKU_PATH, vendor, {"barcode": UPC})
        assert calls == ["BatchGetItem", "TransactWriteItems", "GetItem"]


def test_a_lookup_item_that_disagrees_with_its_sku_finds_nothing(
    tables: Tables, find: Callable[[str], list[str]]
) -> None:
    skus = [
        a_sku(BLACK, barcode=UPC),
        a_sku(WHITE),
        a_sku("SKU-PROD-00000-A", vendor_id=OTHER_VENDOR, barcode=EAN),
        a_sku("SKU-PROD-00000-B", barcode=EAN),
    ]
    tables.put(*skus)
    for sku in [*(sku.sku for sku in skus), "SKU-PROD-00000-NONE"]:
        tables.put_item({"product_id": {"S": f"BARCODE#{VENDOR}#{EAN}"}, "sku": {"S": f"#{sku}"}})
    assert find(EAN) == ["SKU-PROD-00000-B"]


def test_items_that_no_service_wrote_are_left_out(
    tables: Tables, find: Callable[[str], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    put_with_lookups(tables, a_sku(BLACK, barcode=EAN))
    for sort in ("#SKU-", "#SKU-PROD-x", "SKU-PROD-E4F9A-X", "#OTHER"):
        tables.put_item({"product_id": {"S": f"BARCODE#{VENDOR}#{EAN}"}, "sku": {"S": sort}})
    broken = a_sku(WHITE, barcode=EAN).to_item()
    put_with_lookups(tables, a_sku(WHITE, barcode=EAN))
    tables.put_item(broken | {"reserved_stock": {"S": "none"}})
    assert find(EAN) == [BLACK]
    assert capsys.readouterr().out.count('"message":"malformed_item"') == 3


def test_a_sku_whose_barcode_changes_between_the_query_and_the_read_is_left_out(
    process_over: Callable[[Any], Process],
    shop_of: Callable[[Process], Client],
    dynamodb: Any,
    tables: Tables,
    vendor: str,
) -> None:
    put_with_lookups(tables, a_sku(BLACK, barcode=EAN), a_sku(WHITE, barcode=EAN))

    class Meanwhile:
        def __getattr__(self, name: str) -> Any:
            return getattr(dynamodb, name)

        def batch_get_item(self, **request: Any) -> Any:
            tables.put(a_sku(BLACK, barcode=UPC))
            return dynamodb.batch_get_item(**request)

    answer = shop_of(process_over(Meanwhile())).get(found_path(EAN), vendor)
    assert [sku["sku"] for sku in answer.json["items"]] == [WHITE]


def test_a_throttled_database_is_503(
    process_over: Callable[[Any], Process],
    shop_of: Callable[[Process], Client],
    dynamodb: Any,
    tables: Tables,
    vendor: str,
) -> None:
    put_with_lookups(tables, a_sku(BLACK, barcode=EAN))

    class Throttled:
        def __getattr__(self, name: str) -> Any:
            return getattr(dynamodb, name)

        def batch_get_item(self, **request: Any) -> Any:
            return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}

    answer = shop_of(process_over(Throttled())).get(found_path(EAN), vendor)
    assert (answer.status, answer.code) == (503, DatabaseUnavailable.code)


def test_lookup_items_are_in_no_list_of_skus(shop: Client, vendor: str, tables: Tables) -> None:
    tables.put(a_product())
    for sku in (BLACK, WHITE):
        shop.post(SKUS_PATH, NEW_SKU_BODY | {"sku": sku, "barcode": EAN}, vendor)
    for path in (SKUS_PATH, INVENTORY_PATH, f"/vendors/{VENDOR}/low-stock"):
        items = shop.get(path, vendor).json["items"]
        assert {item["sku"] for item in items} == {BLACK, WHITE}, path
        assert len(items) == 2
