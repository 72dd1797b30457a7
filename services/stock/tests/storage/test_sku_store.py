"""New SKUs and the lists of SKUs: a vendor's, a product's, and the low ones up to the vendor's bound."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.bootstrap import Storage
from chalicelib.domain.decisions import ReadSet
from chalicelib.domain.low_stock import LowStockBound
from chalicelib.storage.skus import NotWritten, Written
from chalicelib.storage.state import NewSkuState
from inventory_common.errors import InvalidCursor
from inventory_common.ids import StockKey
from inventory_common.pages import Page, PageRequest, Position, decode_cursor
from inventory_common.skus import FIRST_PREVIOUS_HASH

from ..calls import noted_requests
from ..shop import (
    BLACK,
    NOW,
    ORDER,
    OTHER_VENDOR,
    PRODUCT,
    VENDOR,
    WHITE,
    Tables,
    a_key,
    a_product,
    a_sku,
)
from ..stores import current_state, placed

BLACK_KEY, WHITE_KEY = StockKey(PRODUCT, BLACK), StockKey(PRODUCT, WHITE)
BOUND_KEY = {"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}}


def put_bound(tables: Tables, bound: int) -> None:
    tables.put_item(BOUND_KEY | {"bound": {"N": str(bound)}})


def stored_bound(tables: Tables) -> dict[str, Any] | None:
    return tables.item(VENDOR, "#LOW-STOCK-BOUND")


# New SKUs


def test_the_item_of_a_sku_has_the_attributes_of_the_specification_and_the_head_of_its_log(
    storage: Storage, tables: Tables
) -> None:
    tables.put(a_product(version=3))
    attributes = {"color": "Black", "size": "Large"}
    sku = a_sku(variant_attributes=attributes, product_version=3)
    assert storage.skus.add(sku, None, None) == Written()
    assert tables.item(PRODUCT, BLACK) == {
        "product_id": {"S": PRODUCT},
        "sku": {"S": BLACK},
        "vendor_id": {"S": VENDOR},
        "variant_name": {"S": "Black - Large"},
        "variant_attributes": {"M": {"color": {"S": "Black"}, "size": {"S": "Large"}}},
        "current_stock": {"N": "0"},
        "reserved_stock": {"N": "0"},
        "available_stock": {"N": "0"},
        "reorder_threshold": {"N": "10"},
        "unit_price": {"N": "90"},
        "last_updated": {"S": NOW},
        "last_updated_by": {"S": VENDOR},
        "is_active": {"BOOL": True},
        "sequence": {"N": "0"},
        "ledger_hash": {"S": FIRST_PREVIOUS_HASH},
        "version": {"N": "1"},
        "product_is_active": {"BOOL": True},
        "product_version": {"N": "3"},
        "details_version": {"N": "1"},
    }
    assert tables.items("StockTransactions") == []


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"vendor_id": OTHER_VENDOR}, {"version": 2}],
    ids=["deactivated", "another vendor's", "changed"],
)
def test_a_sku_is_not_added_to_a_product_that_changed_meanwhile(
    storage: Storage, tables: Tables, change: dict[str, Any]
) -> None:
    tables.put(a_product(**change))
    assert storage.skus.add(a_sku(), LowStockBound(VENDOR, 10), None) == NotWritten(ReadSet())
    assert storage.skus.get(BLACK_KEY) is None


def test_a_sku_that_exists_is_not_overwritten(storage: Storage, tables: Tables) -> None:
    tables.put(a_product(), a_sku(current=50))
    added = storage.skus.add(a_sku(), LowStockBound(VENDOR, 10), a_key().record([], NOW))
    assert added == NotWritten(ReadSet(skus={BLACK_KEY: a_sku(current=50)}))
    assert storage.skus.get(BLACK_KEY) == a_sku(current=50)
    assert current_state(storage.state, key="key-1").idempotency_record is None


def test_a_sku_is_not_added_if_its_idempotency_record_exists(storage: Storage, tables: Tables) -> None:
    tables.put(a_product())
    bound, record = LowStockBound(VENDOR, 10), a_key().record([{"sku": BLACK}], NOW)
    assert storage.skus.add(a_sku(), bound, record) == Written()
    stale = NotWritten(ReadSet(idempotency_records={record.idempotency_id: record}))
    assert storage.skus.add(a_sku(WHITE), bound, record) == stale
    assert storage.skus.get(WHITE_KEY) is None


# The low-stock bound of a new SKU's vendor


def test_the_bound_is_raised_only_by_a_sku_that_needs_it(storage: Storage, tables: Tables) -> None:
    tables.put(a_product())
    thresholds = [(10, None, 10), (10, 10, 10), (3, 10, 10), (11, 10, 11)]
    for number, (threshold, known, bound) in enumerate(thresholds):
        sku = a_sku(f"SKU-{PRODUCT}-{number}", reorder_threshold=threshold)
        known_bound = None if known is None else LowStockBound(VENDOR, known)
        assert storage.skus.add(sku, known_bound, None) == Written()
        assert stored_bound(tables) == BOUND_KEY | {"bound": {"N": str(bound)}}
        assert storage.state.read_for_new_sku(PRODUCT, VENDOR, None) == NewSkuState(
            a_product(), LowStockBound(VENDOR, bound), None
        )
    assert storage.state.read_for_new_sku(PRODUCT, OTHER_VENDOR, None).bound is None


def test_a_bound_that_another_writer_raised_meanwhile_is_not_lowered(
    storage: Storage, tables: Tables
) -> None:
    tables.put(a_product())
    assert storage.skus.add(a_sku(reorder_threshold=99), None, None) == Written()
    assert storage.skus.add(a_sku(WHITE, reorder_threshold=10), None, None) == Written()
    assert stored_bound(tables) == BOUND_KEY | {"bound": {"N": "99"}}
    assert storage.skus.get(WHITE_KEY) is not None


def test_a_threshold_of_0_needs_a_bound_too(storage: Storage, tables: Tables) -> None:
    tables.put(a_product())
    assert storage.skus.add(a_sku(reorder_threshold=0), None, None) == Written()
    low = storage.skus.low_stock_of_vendor(VENDOR, PageRequest())
    assert [sku["sku"] for sku in low.documents] == [BLACK]


# Lists


def test_no_list_of_skus_contains_an_order(storage: Storage, tables: Tables) -> None:
    placed(storage.state, tables)
    page = PageRequest()
    assert [sku["sku"] for sku in storage.skus.of_vendor(VENDOR, page).documents] == [BLACK]
    assert [sku["sku"] for sku in storage.skus.of_product(PRODUCT, page).documents] == [BLACK]
    assert storage.skus.of_product(ORDER, page).documents == []


def low_stock(storage: Storage, limit: int = 25) -> list[list[str]]:
    """The variants on each page of the vendor's low stock."""
    pages, cursor, position = [], "first", None
    while cursor:
        page = storage.skus.low_stock_of_vendor(VENDOR, PageRequest(limit, position))
        pages.append([sku["sku"].rpartition("-")[2] for sku in page.documents])
        cursor = page.next_cursor or ""
        position = decode_cursor(cursor) if cursor else None
    return pages


def test_low_stock_is_at_or_below_the_threshold_lowest_first_active_only(
    storage: Storage, tables: Tables
) -> None:
    tables.put(
        a_sku(f"SKU-{PRODUCT}-AT", current=10),
        a_sku(f"SKU-{PRODUCT}-BELOW", current=9),
        a_sku(f"SKU-{PRODUCT}-ABOVE", current=11),
        a_sku(f"SKU-{PRODUCT}-HIGH", current=40, reorder_threshold=40),
        a_sku(f"SKU-{PRODUCT}-OFF", current=0, is_active=False),
        a_sku(f"SKU-{PRODUCT}-EMPTY", current=0, reorder_threshold=0),
        a_sku(f"SKU-{PRODUCT}-THEIRS", current=0, vendor_id=OTHER_VENDOR),
    )
    assert low_stock(storage) == [[]]
    put_bound(tables, 40)
    assert low_stock(storage) == [["EMPTY", "BELOW", "AT", "HIGH"]]
    # OFF and ABOVE are within the range of the Query: pages are shorter than their limit, and others follow.
    pages = low_stock(storage, limit=2)
    assert [sku for page in pages for sku in page] == ["EMPTY", "BELOW", "AT", "HIGH"]
    assert len(pages) >= 3


def test_a_page_of_low_stock_reads_no_further_than_the_bound(
    storage: Storage, tables: Tables, dynamodb: Any
) -> None:
    tables.put(*(a_sku(f"SKU-{PRODUCT}-{number}", current=1_000 + number) for number in range(30)))
    tables.put(a_sku(current=10))
    put_bound(tables, 10)
    with noted_requests(dynamodb) as requests:
        assert low_stock(storage, limit=1)[0] == ["L"]
    queries = [request for name, request in requests if name == "Query"]
    assert queries[0]["ExpressionAttributeValues"] == {":partition": {"S": VENDOR}, ":sort": {"N": "10"}}


@pytest.mark.parametrize("bound", [None, 10])
def test_no_page_of_low_stock_follows_one_that_ended_above_the_current_bound(
    storage: Storage, tables: Tables, bound: int | None
) -> None:
    """The bound was lowered, or removed, between the two pages."""
    tables.put(a_sku(current=10))
    if bound is not None:
        put_bound(tables, bound)
    after: Position = {"vendor_id": VENDOR, "current_stock": 11, "product_id": PRODUCT, "sku": BLACK}
    assert storage.skus.low_stock_of_vendor(VENDOR, PageRequest(1, after)) == Page([], None)
    with pytest.raises(InvalidCursor):
        storage.skus.low_stock_of_vendor(VENDOR, PageRequest(1, {**after, "vendor_id": "VENDOR-999"}))
