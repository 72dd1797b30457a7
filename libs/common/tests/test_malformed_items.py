"""Items that cannot be read are left out or refused, and reported once in a process."""

import json
from typing import Any

import pytest

from inventory_common import malformed_items
from inventory_common.items import Item, from_item, to_item
from inventory_common.malformed_items import MalformedItem, MalformedItems
from inventory_common.products import Product
from inventory_common.schema import PRODUCTS, STOCK_TRANSACTIONS, VENDOR_INVENTORY
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord

NOW = "2026-02-23T10:30:00.000000Z"


def an_item(number: int, **attributes: Any) -> Item:
    return to_item({"product_id": f"PROD-{number}", **attributes})


def size_of(item: Item) -> int:
    return int(from_item(item)["size"])


def reported(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_malformed_item_is_left_out_of_a_list_and_reported_once(capsys: pytest.CaptureFixture[str]) -> None:
    items = [an_item(1, size=1), an_item(2), an_item(3, size=3), an_item(4, size="secret")]
    reader = MalformedItems("shop")
    for _ in range(2):
        assert list(reader.read_all(PRODUCTS, items, size_of)) == [1, 3]
    with pytest.raises(MalformedItem):
        reader.read(PRODUCTS, items[1], size_of)
    missing, unreadable = reported(capsys)
    assert (missing["level"], missing["message"], missing["service"]) == ("ERROR", "malformed_item", "shop")
    assert (missing["table"], missing["key"]) == ("Products-table", {"product_id": "PROD-2"})
    assert (missing["exception"], missing["reason"]) == ("KeyError", "'size'")
    assert unreadable["key"] == {"product_id": "PROD-4"}
    # The message of a ValueError quotes the value.
    assert "secret" not in json.dumps(unreadable)


def test_an_image_that_is_absent_or_malformed_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    reader = MalformedItems("shop")
    images = (None, an_item(1, size=1), an_item(2))
    assert [reader.readable(PRODUCTS, image, size_of) for image in images] == [None, 1, None]
    [report] = reported(capsys)
    assert report["key"] == {"product_id": "PROD-2"}


def test_a_defect_of_the_reader_is_none_of_the_item() -> None:
    def broken(_: Item) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        MalformedItems("shop").read(PRODUCTS, an_item(1), broken)


def test_the_items_that_were_reported_take_no_more_memory_than_their_limit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(malformed_items, "_REPORTED_MAX", 2)
    reader = MalformedItems("shop")
    items = [an_item(number) for number in range(3)]
    for item in [*items, *items[2:], *items[:1]]:
        assert list(reader.read_all(PRODUCTS, [item], size_of)) == []
    numbers = [line["key"]["product_id"][-1] for line in reported(capsys)]
    assert numbers == ["0", "1", "2", "0"]


SKU: dict[str, Any] = {
    "product_id": "PROD-E4F9A",
    "sku": "SKU-PROD-E4F9A-BLK",
    "vendor_id": "VENDOR-001",
    "variant_name": "Black",
    "current_stock": 5,
    "reserved_stock": 0,
    "reorder_threshold": 10,
    "unit_price": 90,
    "last_updated": NOW,
    "last_updated_by": "VENDOR-001",
    "is_active": True,
    "sequence": 1,
    "ledger_hash": "0" * 64,
    "version": 2,
    "product_is_active": True,
    "product_version": 1,
}
PRODUCT: dict[str, Any] = {
    "product_id": "PROD-E4F9A",
    "vendor_id": "VENDOR-001",
    "product_name": "Headphones",
    "category": "Electronics",
    "base_price": 90,
    "is_active": "true",
    "created_at": NOW,
    "updated_at": NOW,
    "version": 1,
}
RECORD: dict[str, Any] = {
    "transaction_id": "TXN-1",
    "timestamp": NOW,
    "product_id": "PROD-E4F9A",
    "sku": "SKU-PROD-E4F9A-BLK",
    "vendor_id": "VENDOR-001",
    "transaction_type": "restock",
    "quantity_change": 5,
    "stock_before": 0,
    "stock_after": 5,
    "performed_by": "VENDOR-001",
    "sequence": 1,
    "quantity": 5,
    "reserved_before": 0,
    "reserved_after": 0,
    "request_id": "request-1",
    "form": 1,
    "command": "restock",
    "previous_hash": bytes(32),
    "hash": bytes(32),
    "signature": bytes(64),
    "key_id": "test-1",
}
READERS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "a SKU": (VENDOR_INVENTORY, Sku.from_item, SKU),
    "a product": (PRODUCTS, Product.from_item, PRODUCT),
    "a record": (STOCK_TRANSACTIONS, TransactionRecord.from_item, RECORD),
    "a record's document": (STOCK_TRANSACTIONS, TransactionRecord.document_of, RECORD),
}


@pytest.mark.parametrize(("table", "reader", "attributes"), READERS.values(), ids=READERS)
def test_no_required_attribute_may_be_missing(table: Any, reader: Any, attributes: dict[str, Any]) -> None:
    items = MalformedItems("shop")
    items.read(table, to_item(attributes), reader)
    for missing in attributes.keys() - set(table.key):
        rest = {name: value for name, value in attributes.items() if name != missing}
        with pytest.raises(MalformedItem):
            items.read(table, to_item(rest), reader)


@pytest.mark.parametrize(
    ("reader", "attributes", "figures"),
    [
        (
            Sku.from_item,
            SKU,
            ("current_stock", "reserved_stock", "reorder_threshold", "sequence", "version"),
        ),
        (Product.from_item, PRODUCT, ("version",)),
        (
            TransactionRecord.from_item,
            RECORD,
            [name for name, value in RECORD.items() if isinstance(value, int)],
        ),
    ],
    ids=["a SKU", "a product", "a record"],
)
def test_figures_that_are_calculated_with_are_integers(
    reader: Any, attributes: dict[str, Any], figures: Any
) -> None:
    for figure in figures:
        with pytest.raises(TypeError, match=figure):
            reader(to_item(attributes | {figure: "1"}))
