import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common import schema
from inventory_common.errors import InvalidCursor
from inventory_common.items import to_item
from inventory_common.pages import (
    Listing,
    PageRequest,
    Position,
    at_most,
    decode_cursor,
    encode_cursor,
    equal_to,
    starting_with,
)

SKU = "SKU-PROD-E4F9A-BLK-L"
MOMENT = "2026-02-23T10:30:00.000000Z"
TXN = "TXN-550e8400-e29b-41d4-a716-446655440000"

OF_VENDOR = Listing(schema.VENDOR_PRODUCTS_INDEX, "VENDOR-001", descending=True)
OF_CATEGORY = Listing(schema.CATEGORY_INDEX, "Electronics", equal_to("true"))
LOW_STOCK = Listing(schema.LOW_STOCK_INDEX, "VENDOR-001", at_most(20))
OF_PRODUCT = Listing(schema.SKUS_OF_PRODUCT, "PROD-E4F9A", starting_with("SKU-"))
LOG_OF_SKU = Listing(schema.SKU_TRANSACTION_INDEX, SKU, descending=True)

POSITIONS: dict[str, tuple[Listing, dict[str, Any]]] = {
    "vendor": (OF_VENDOR, {"vendor_id": "VENDOR-001", "created_at": MOMENT, "product_id": "PROD-E4F9A"}),
    "category": (OF_CATEGORY, {"category": "Electronics", "is_active": "true", "product_id": "PROD-E4F9A"}),
    "low stock": (
        LOW_STOCK,
        {"vendor_id": "VENDOR-001", "current_stock": 20, "product_id": "PROD-E4F9A", "sku": SKU},
    ),
    "product": (OF_PRODUCT, {"product_id": "PROD-E4F9A", "sku": SKU}),
    "log": (LOG_OF_SKU, {"sku": SKU, "timestamp": MOMENT, "transaction_id": TXN}),
}

every_listing = pytest.mark.parametrize(("listing", "position"), POSITIONS.values(), ids=POSITIONS.keys())


def _encoded(document: object) -> str:
    """Encode a document like a cursor, so that nothing but its content can be wrong."""
    try:
        return _encoded_bytes(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())
    except UnicodeEncodeError:  # a lone surrogate
        return _encoded_bytes(json.dumps(document, separators=(",", ":")).encode())


def _encoded_bytes(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


# The Query of a listing


@pytest.mark.parametrize(
    ("index", "name", "partition_key"),
    [
        (schema.VENDOR_PRODUCTS_INDEX, "VendorProductsIndex", "vendor_id"),
        (schema.VENDOR_INVENTORY_INDEX, "VendorInventoryIndex", "vendor_id"),
        (schema.PRODUCT_TRANSACTION_INDEX, "ProductTransactionIndex", "product_id"),
        (schema.VENDOR_TRANSACTION_INDEX, "VendorTransactionIndex", "vendor_id"),
        (schema.SKU_TRANSACTION_INDEX, "SKUTransactionIndex", "sku"),
    ],
)
def test_a_whole_partition_of_an_index_is_one_query_on_the_partition_key(
    index: schema.KeySpace, name: str, partition_key: str
) -> None:
    assert Listing(index, "P", descending=True).query("dev-table", PageRequest(10)) == {
        "TableName": "dev-table",
        "IndexName": name,
        "KeyConditionExpression": "#partition = :partition",
        "ExpressionAttributeNames": {"#partition": partition_key},
        "ExpressionAttributeValues": {":partition": {"S": "P"}},
        "ScanIndexForward": False,
        "Limit": 10,
    }


def test_the_active_products_of_a_category_have_one_value_of_the_sort_key() -> None:
    assert OF_CATEGORY.query("t", PageRequest()) == {
        "TableName": "t",
        "IndexName": "CategoryIndex",
        "KeyConditionExpression": "#partition = :partition AND #sort = :sort",
        "ExpressionAttributeNames": {"#partition": "category", "#sort": "is_active"},
        "ExpressionAttributeValues": {":partition": {"S": "Electronics"}, ":sort": {"S": "true"}},
        "ScanIndexForward": True,
        "Limit": 25,
    }


def test_the_key_condition_of_low_stock_has_a_number_as_its_bound() -> None:
    assert LOW_STOCK.query("t", PageRequest(100)) == {
        "TableName": "t",
        "IndexName": "LowStockIndex",
        "KeyConditionExpression": "#partition = :partition AND #sort <= :sort",
        "ExpressionAttributeNames": {"#partition": "vendor_id", "#sort": "current_stock"},
        "ExpressionAttributeValues": {":partition": {"S": "VENDOR-001"}, ":sort": {"N": "20"}},
        "ScanIndexForward": True,
        "Limit": 100,
    }


def test_a_table_is_read_consistently_and_an_index_is_not() -> None:
    assert OF_PRODUCT.query("t", PageRequest(1)) == {
        "TableName": "t",
        "KeyConditionExpression": "#partition = :partition AND begins_with(#sort, :sort)",
        "ExpressionAttributeNames": {"#partition": "product_id", "#sort": "sku"},
        "ExpressionAttributeValues": {":partition": {"S": "PROD-E4F9A"}, ":sort": {"S": "SKU-"}},
        "ScanIndexForward": True,
        "Limit": 1,
        "ConsistentRead": True,
    }
    assert "ConsistentRead" not in OF_VENDOR.query("t", PageRequest())


@every_listing
def test_a_query_begins_after_the_position_of_the_cursor(listing: Listing, position: dict[str, Any]) -> None:
    first = listing.query("t", PageRequest(10))
    assert "ExclusiveStartKey" not in first
    assert listing.query("t", PageRequest(10, position)) == {**first, "ExclusiveStartKey": to_item(position)}


@every_listing
def test_the_next_cursor_has_the_position_where_dynamodb_stopped(
    listing: Listing, position: dict[str, Any]
) -> None:
    cursor = listing.next_cursor({"Items": [], "LastEvaluatedKey": to_item(position)})
    assert cursor is not None
    assert decode_cursor(cursor) == position


def test_the_last_page_has_no_next_cursor() -> None:
    assert OF_VENDOR.next_cursor({"Items": []}) is None


def test_the_pages_of_a_listing_have_every_item_once_and_in_order(dynamodb: Any) -> None:
    for number in range(7):
        for product in ("PROD-E4F9A", "PROD-00000"):
            item = {"product_id": product, "sku": f"SKU-{product}-{number}"}
            dynamodb.put_item(TableName="VendorInventory", Item=to_item(item))
    dynamodb.put_item(
        TableName="VendorInventory", Item=to_item({"product_id": "PROD-E4F9A", "sku": "#ORDER"})
    )
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        page = PageRequest(2, None if cursor is None else decode_cursor(cursor))
        response = dynamodb.query(**OF_PRODUCT.query("VendorInventory", page))
        seen += [item["sku"]["S"] for item in response["Items"]]
        cursor = OF_PRODUCT.next_cursor(response)
    assert seen == [f"SKU-PROD-E4F9A-{number}" for number in range(7)]
    assert cursor is None


# Cursors


texts = st.text(min_size=1, max_size=100)
numbers = st.integers(-(10**126) + 1, 10**126 - 1)
fractions = st.decimals(-(10**30), 10**30, allow_nan=False, places=5).filter(bool)


@given(st.dictionaries(st.text(), texts | numbers | fractions, max_size=5))
def test_a_position_is_unchanged_by_encoding_and_decoding(position: Position) -> None:
    cursor = encode_cursor(position)
    assert decode_cursor(cursor) == position
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert cursor.isascii()


def test_a_cursor_has_no_spaces() -> None:
    position: Position = {"vendor_id": "VENDOR-001", "current_stock": 20, "sku": "\u00e9"}
    content = '{"vendor_id":"VENDOR-001","current_stock":20,"sku":"\u00e9"}'.encode()
    assert encode_cursor(position) == _encoded_bytes(content)


@given(st.text())
def test_any_text_is_a_cursor_or_an_invalid_cursor(cursor: str) -> None:
    with suppress(InvalidCursor):
        assert isinstance(decode_cursor(cursor), dict)


@given(st.binary())
def test_any_bytes_in_a_cursor_are_a_position_or_an_invalid_cursor(content: bytes) -> None:
    with suppress(InvalidCursor):
        assert isinstance(decode_cursor(_encoded_bytes(content)), dict)


UNREADABLE = {
    "empty": "",
    "not base64": "%%%%",
    "a single character": "a",
    "not ASCII": "\u00e9\u00e9\u00e9\u00e9",
    "a lone surrogate": "\ud800",
    "not JSON": _encoded_bytes(b"{"),
    "not UTF-8": _encoded_bytes(b"\xff\xfe\xfa"),
    "a list": _encoded(["VENDOR-001"]),
    "a text": _encoded("VENDOR-001"),
    "a number": _encoded(1),
    "null": _encoded(None),
    "deep nesting": _encoded_bytes(b"[" * 3_000),
    "an empty text": _encoded({"vendor_id": ""}),
    "a boolean": _encoded({"current_stock": True}),
    "a fraction in another form": _encoded_bytes(b'{"current_stock":15e-1}'),
    "a fraction of more digits than those of DynamoDB": _encoded_bytes(b'{"current_stock":1E-169}'),
    "a fraction that would fill the memory": _encoded_bytes(b'{"current_stock":1E-999999999}'),
    "NaN": _encoded_bytes(b'{"current_stock":NaN}'),
    "infinity": _encoded_bytes(b'{"current_stock":1e999}'),
    "a number beyond those of DynamoDB": _encoded({"current_stock": 10**126}),
    "a negative number beyond those of DynamoDB": _encoded({"current_stock": -(10**126)}),
    "a number of a thousand digits": _encoded({"current_stock": 10**1_000}),
    "a number of 3,000 digits": _encoded_bytes(b'{"current_stock":' + b"9" * 3_000 + b"}"),
    "a value that is null": _encoded({"vendor_id": None}),
    "a value that is a list": _encoded({"vendor_id": ["VENDOR-001"]}),
    "a value that is an object": _encoded({"vendor_id": {"S": "VENDOR-001"}}),
    "a value with a lone surrogate": _encoded({"vendor_id": "\ud800"}),
    "a key of 2,049 bytes": _encoded({"vendor_id": "a" * 2_049}),
    "a key of 2,050 bytes in 1,025 characters": _encoded({"vendor_id": "\u00e9" * 1_025}),
    "too long": _encoded({f"name{number}": "a" * 100 for number in range(60)}),
}


@pytest.mark.parametrize("cursor", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_cursor_that_cannot_have_been_issued_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(cursor)


def test_a_cursor_has_keys_of_at_most_2_048_bytes() -> None:
    for text in ("a" * 2_048, "\u00e9" * 1_024):
        assert decode_cursor(encode_cursor({"vendor_id": text})) == {"vendor_id": text}


def test_a_cursor_has_at_most_8_192_characters() -> None:
    def cursor(filled: int) -> str:
        return encode_cursor({"a": "x" * 2_048, "b": "x" * 2_048, "c": "x" * 2_000, "d": "x" * filled})

    filled = next(count for count in range(1, 100) if len(cursor(count)) == 8_192)
    assert decode_cursor(cursor(filled))
    with pytest.raises(InvalidCursor):
        decode_cursor(cursor(filled + 1))


@pytest.mark.parametrize(
    "content", [b'{"a":"1", "b":"2"}', b'{"a":"0","a":"1"}', '{"a":"1"}'.encode("utf-16"), b'{"a":"\\u0031"}']
)
def test_a_position_that_is_encoded_in_another_way_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(_encoded_bytes(content))


@pytest.mark.parametrize("junk", ["{}!", "!{}", "{}===="])
def test_a_cursor_with_characters_outside_its_alphabet_is_refused(junk: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(junk.format(encode_cursor({"product_id": "PROD-E4F9A"})))


# Positions of other listings


@every_listing
def test_a_cursor_of_another_partition_is_refused(listing: Listing, position: dict[str, Any]) -> None:
    own = position[listing.space.partition_key]
    # Partitions that sort after it, and before it.
    for other in (own + "2", own[:-1], own.lower()):
        with pytest.raises(InvalidCursor):
            listing.query("t", PageRequest(10, {**position, listing.space.partition_key: other}))


@every_listing
def test_a_cursor_of_another_index_is_refused(listing: Listing, position: dict[str, Any]) -> None:
    for _, foreign in POSITIONS.values():
        if foreign is not position:
            with pytest.raises(InvalidCursor):
                listing.query("t", PageRequest(10, foreign))


@every_listing
def test_a_cursor_with_a_missing_or_an_additional_attribute_is_refused(
    listing: Listing, position: dict[str, Any]
) -> None:
    for name in position:
        missing = {key: value for key, value in position.items() if key != name}
        with pytest.raises(InvalidCursor):
            listing.query("t", PageRequest(10, missing))
    for other in ({}, {**position, "ttl": 1}, {**position, "is_active ": "true"}):
        with pytest.raises(InvalidCursor):
            listing.query("t", PageRequest(10, other))


@every_listing
def test_a_cursor_with_a_key_of_another_type_is_refused(listing: Listing, position: dict[str, Any]) -> None:
    for name, value in position.items():
        other = 1 if isinstance(value, str) else str(value)
        wrongs: tuple[Any, ...] = (other, True, None, 1.5, [value])
        for wrong in wrongs:
            with pytest.raises(InvalidCursor):
                listing.query("t", PageRequest(10, {**position, name: wrong}))


@pytest.mark.parametrize(
    ("name", "outside"),
    [
        ("category", {"is_active": "false"}),
        ("category", {"is_active": "true "}),
        ("low stock", {"current_stock": 21}),
        ("product", {"sku": "#ORDER"}),
        ("product", {"sku": "SKU"}),
        ("product", {"sku": "sku-"}),
    ],
)
def test_a_cursor_outside_the_range_of_the_listing_is_refused(name: str, outside: dict[str, Any]) -> None:
    listing, position = POSITIONS[name]
    with pytest.raises(InvalidCursor):
        listing.query("t", PageRequest(10, {**position, **outside}))


@pytest.mark.parametrize("stock", [20, 19, 0, -1])
def test_a_cursor_at_or_below_the_bound_is_in_range(stock: int) -> None:
    listing, position = POSITIONS["low stock"]
    start = listing.query("t", PageRequest(10, {**position, "current_stock": stock}))["ExclusiveStartKey"]
    assert start["current_stock"] == {"N": str(stock)}


names = st.sampled_from(sorted({name for _, position in POSITIONS.values() for name in position})) | st.text()
known = st.sampled_from(["VENDOR-001", "Electronics", "PROD-E4F9A", SKU, MOMENT, TXN, "true", 0, 20, 21])
anything = known | st.text() | st.integers() | st.booleans() | st.floats() | st.none() | st.lists(st.text())


@given(st.sampled_from(list(POSITIONS.values())), st.dictionaries(names, anything), st.data())
def test_any_position_is_in_the_listing_or_an_invalid_cursor(
    case: tuple[Listing, dict[str, Any]], changes: dict[str, Any], data: st.DataObject
) -> None:
    listing, position = case
    kept = {name: position[name] for name in data.draw(st.sets(st.sampled_from(sorted(position))))}
    with suppress(InvalidCursor):
        after = decode_cursor(_encoded({**kept, **changes}))
        start = listing.query("t", PageRequest(10, after))["ExclusiveStartKey"]
        assert set(start) == set(position)
        assert start[listing.space.partition_key] == {"S": listing.partition}
