"""The lists of SKUs: of a product, of a vendor, and those that are low on stock."""

from __future__ import annotations

import json

import pytest
from front_door import Client

from inventory_common.limits import BULK_PAGE_MAX_ITEMS, NAME_MAX_CHARACTERS, VARIANT_ATTRIBUTES_MAX
from inventory_common.skus import SKU_MEMBERS

from ..shop import (
    BLACK,
    NEW_SKU_BODY,
    ORDER_PATH,
    OTHER_VENDOR,
    PRODUCT,
    RESTOCKS_PATH,
    SKUS_PATH,
    VENDOR,
    WHITE,
    Tables,
    a_sku,
    order_body,
)

INVENTORY_PATH = f"/vendors/{VENDOR}/inventory"
LOW_STOCK_PATH = f"/vendors/{VENDOR}/low-stock"


def test_the_pages_of_a_products_skus_list_each_once_by_id(shop: Client, vendor: str, tables: Tables) -> None:
    tables.put(*(a_sku(f"SKU-{PRODUCT}-V{n}", n) for n in range(7)), a_sku("SKU-PROD-00000-A"))
    pages = shop.walk(f"{SKUS_PATH}?limit=3", vendor)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [sku["sku"] for page in pages for sku in page] == [f"SKU-{PRODUCT}-V{n}" for n in range(7)]
    assert shop.get(SKUS_PATH, vendor).json["items"] == [sku for page in pages for sku in page]


def test_a_vendors_inventory_lists_the_newest_change_first(shop: Client, vendor: str, tables: Tables) -> None:
    days = [3, 1, 5, 2, 4]
    tables.put(
        *(a_sku(f"SKU-{PRODUCT}-D{d}", last_updated=f"2026-02-0{d}T00:00:00.000000Z") for d in days),
        a_sku("SKU-PROD-00000-A", vendor_id=OTHER_VENDOR),
    )
    pages = shop.walk(f"{INVENTORY_PATH}?limit=2", vendor)
    assert [sku["sku"][-2:] for page in pages for sku in page] == ["D5", "D4", "D3", "D2", "D1"]


@pytest.mark.usefixtures("product")
def test_the_list_of_low_stock_changes_with_confirmed_orders_and_restocks(
    shop: Client, vendor: str, orders: str
) -> None:
    def low() -> set[str]:
        return {sku["sku"] for sku in shop.get(LOW_STOCK_PATH, vendor).json["items"]}

    shop.post(SKUS_PATH, NEW_SKU_BODY, vendor)
    shop.post(SKUS_PATH, NEW_SKU_BODY | {"sku": WHITE, "reorder_threshold": 0}, vendor)
    assert low() == {BLACK, WHITE}
    shop.post(RESTOCKS_PATH, {"quantity": 11}, vendor, idempotency_key="k")
    assert low() == {WHITE}
    shop.put(ORDER_PATH, order_body((BLACK, 1)), orders)
    assert low() == {WHITE}
    shop.post(f"{ORDER_PATH}/confirm", token=orders)
    assert low() == {BLACK, WHITE}


def test_a_vendor_without_skus_has_no_low_stock(shop: Client, vendor: str) -> None:
    assert shop.get(LOW_STOCK_PATH, vendor).json == {"items": [], "next_cursor": None}


@pytest.mark.usefixtures("stocked")
def test_a_cursor_of_another_list_is_refused(shop: Client, vendor: str) -> None:
    cursor = shop.get(f"{SKUS_PATH}?limit=1", vendor).json["next_cursor"]
    for path in (INVENTORY_PATH, "/products/PROD-00000/skus"):
        answer = shop.get(f"{path}?cursor={cursor}", vendor)
        assert (answer.status, answer.code) == (400, "invalid_cursor")
    assert shop.get(f"{SKUS_PATH}?cursor=rubbish", vendor).code == "invalid_cursor"


@pytest.mark.parametrize("limit", ["0", "101", "ten", "", "-1", "1.0", "1&limit=2"])
def test_a_limit_is_a_whole_number_from_one_to_a_hundred(shop: Client, vendor: str, limit: str) -> None:
    answer = shop.get(f"{SKUS_PATH}?limit={limit}", vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["query.limit"]


# The lists that clients read as a whole


def test_a_page_of_an_inventory_may_have_a_thousand_skus(shop: Client, vendor: str, tables: Tables) -> None:
    tables.put(*(a_sku(f"SKU-{PRODUCT}-V{n}", n) for n in range(BULK_PAGE_MAX_ITEMS + 1)))
    pages = shop.walk(f"{INVENTORY_PATH}?limit={BULK_PAGE_MAX_ITEMS}", vendor)
    assert [len(page) for page in pages] == [1_000, 1]
    assert len({sku["sku"] for page in pages for sku in page}) == 1_001
    assert len(shop.get(INVENTORY_PATH, vendor).json["items"]) == 25
    assert shop.get(f"{INVENTORY_PATH}?limit=1001", vendor).json["errors"][0]["path"] == "query.limit"
    assert shop.get(f"{LOW_STOCK_PATH}?limit=101", vendor).status == 422


def test_a_page_stays_below_a_megabyte_of_items_and_fits_a_response_of_lambda(
    shop: Client, vendor: str, tables: Tables
) -> None:
    # Each quotation mark is one byte in the table, and four in the JSON of JSON that Lambda returns.
    names = [f"{n:02}" + '"' * (NAME_MAX_CHARACTERS - 2) for n in range(VARIANT_ATTRIBUTES_MAX)]
    quotes = dict.fromkeys(names, '"' * NAME_MAX_CHARACTERS)
    skus = [a_sku(f"SKU-{PRODUCT}-V{n}", n, variant_attributes=quotes) for n in range(250)]
    tables.put(*skus)
    pages = shop.walk(f"{INVENTORY_PATH}?limit=1000", vendor)
    assert sorted(sku["sku"] for page in pages for sku in page) == sorted(sku.sku for sku in skus)
    assert len(pages) > 1
    for page in pages:
        stored = sum(len(name) + len(quotes[name]) for sku in page for name in sku["variant_attributes"])
        assert 0 < stored < 1_048_576
    answer = shop.get(f"{INVENTORY_PATH}?limit=1000", vendor)
    assert len(json.dumps(answer.text)) < 6_000_000


@pytest.mark.usefixtures("stocked")
def test_the_items_of_an_inventory_have_the_members_that_are_asked_for(shop: Client, vendor: str) -> None:
    whole, *_ = shop.get(INVENTORY_PATH, vendor).json["items"]
    assert tuple(whole) == SKU_MEMBERS
    answer = shop.get(f"{INVENTORY_PATH}?fields=low_stock_flag,sku,available_stock,sku", vendor)
    assert answer.json["items"][0] == {
        name: whole[name] for name in ("sku", "available_stock", "low_stock_flag")
    }
    for name in SKU_MEMBERS:
        assert shop.get(f"{INVENTORY_PATH}?fields={name}", vendor).json["items"][0] == {name: whole[name]}


def test_the_pages_after_the_first_have_the_same_members(shop: Client, vendor: str, tables: Tables) -> None:
    tables.put(*(a_sku(f"SKU-{PRODUCT}-V{n}", n) for n in range(3)))
    pages = shop.walk(f"{INVENTORY_PATH}?limit=2&fields=sku", vendor)
    assert [[*sku] for page in pages for sku in page] == [["sku"]] * 3


@pytest.mark.parametrize(
    "fields", ["", "sku,", ",", "sku,stock", "SKU", "sku;version", "sku, version", "*", "sku&fields=sku"]
)
def test_an_unknown_member_is_refused(shop: Client, vendor: str, fields: str) -> None:
    answer = shop.get(f"{INVENTORY_PATH}?fields={fields}", vendor)
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert [error["path"] for error in answer.json["errors"]] == ["query.fields"]


@pytest.mark.parametrize("path", [LOW_STOCK_PATH, SKUS_PATH])
def test_the_other_lists_take_no_fields(shop: Client, vendor: str, path: str) -> None:
    assert shop.get(f"{path}?fields=sku", vendor).json["errors"] == [
        {"path": "query.fields", "message": "is not a parameter of this request"}
    ]
