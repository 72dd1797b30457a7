from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from inventory_common.ids import StockKey
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku

FULL = Sku(
    product_id="PROD-E4F9A",
    sku="SKU-PROD-E4F9A-BLK-L",
    vendor_id="VENDOR-001",
    variant_name="Black - Large",
    variant_attributes={"color": "Black", "size": "Large"},
    current_stock=50,
    reserved_stock=5,
    reorder_threshold=10,
    unit_price=Decimal("89.99"),
    last_updated="2026-02-23T14:20:00.000000Z",
    last_updated_by="VENDOR-001",
    is_active=True,
    sequence=7,
    ledger_hash="ab" * 32,
    version=9,
    last_transaction_at="2026-02-23T14:20:00.000000Z",
    last_transaction_id="TXN-550e8400-e29b-41d4-a716-446655440000",
    product_is_active=True,
    product_version=3,
    barcode="4006381333931",
)
BARE = replace(
    FULL, variant_attributes=None, last_transaction_at=None, last_transaction_id=None, barcode=None
)

SPECIFIED = {
    "product_id",
    "sku",
    "vendor_id",
    "variant_name",
    "variant_attributes",
    "current_stock",
    "reserved_stock",
    "available_stock",
    "reorder_threshold",
    "unit_price",
    "last_updated",
    "last_updated_by",
    "is_active",
}
OURS = {
    "sequence",
    "ledger_hash",
    "version",
    "last_transaction_at",
    "last_transaction_id",
    "product_is_active",
    "product_version",
    "details_version",
    "barcode",
}


@pytest.mark.parametrize(
    "sku", [FULL, BARE, replace(FULL, is_active=False), replace(FULL, product_is_active=False)]
)
def test_a_sku_is_unchanged_by_storage(sku: Sku) -> None:
    assert Sku.from_item(sku.to_item()) == sku


def test_a_sku_is_stored_and_served_under_the_names_of_the_specification() -> None:
    assert len(SPECIFIED) == 13
    assert set(FULL.to_item()) == SPECIFIED | OURS
    assert set(FULL.document()) == SPECIFIED | OURS | {"low_stock_flag"}


@pytest.mark.parametrize("is_active", [True, False])
def test_is_active_is_a_boolean_in_storage_and_in_the_document(is_active: bool) -> None:
    sku = replace(FULL, is_active=is_active)
    assert sku.to_item()["is_active"] == {"BOOL": is_active}
    assert sku.document()["is_active"] is is_active


def test_available_stock_is_calculated_and_stored() -> None:
    assert FULL.available_stock == 45
    assert FULL.document()["available_stock"] == 45
    assert FULL.to_item()["available_stock"] == {"N": "45"}


def test_available_stock_is_never_read_from_storage() -> None:
    item = {**FULL.to_item(), "available_stock": {"N": "999"}}
    assert Sku.from_item(item).document()["available_stock"] == 45
    del item["available_stock"]
    assert Sku.from_item(item).available_stock == 45


@pytest.mark.parametrize(
    ("current", "reserved", "low"),
    [(9, 0, True), (10, 0, True), (11, 0, False), (11, 11, False), (0, 0, True)],
)
def test_stock_is_low_at_or_below_the_threshold_however_much_is_reserved(
    current: int, reserved: int, low: bool
) -> None:
    sku = replace(FULL, current_stock=current, reserved_stock=reserved)
    assert sku.low_stock_flag is low
    assert sku.document()["low_stock_flag"] is low


def test_the_key_of_a_sku_is_its_products_id_and_its_own() -> None:
    assert FULL.key == StockKey("PROD-E4F9A", "SKU-PROD-E4F9A-BLK-L") == StockKey.of(FULL.sku)


def test_absent_optionals_are_null_in_the_document_and_absent_in_the_item() -> None:
    optional = {"variant_attributes", "last_transaction_at", "last_transaction_id", "barcode"}
    assert {name for name, value in BARE.document().items() if value is None} == optional
    assert set(BARE.to_item()) == set(FULL.to_item()) - optional


def test_the_item_has_the_types_of_the_specification() -> None:
    types = {name: next(iter(attribute)) for name, attribute in FULL.to_item().items()}
    assert {name for name, data_type in types.items() if data_type == "N"} == {
        "current_stock",
        "reserved_stock",
        "available_stock",
        "reorder_threshold",
        "unit_price",
        "sequence",
        "version",
        "product_version",
        "details_version",
    }
    assert {name for name, data_type in types.items() if data_type == "BOOL"} == {
        "is_active",
        "product_is_active",
    }
    assert {name for name, data_type in types.items() if data_type == "M"} == {"variant_attributes"}


def test_attributes_of_a_newer_version_are_tolerated() -> None:
    newer: dict[str, Any] = {**FULL.to_item(), "shelf": {"S": "A-12"}, "seal": {"B": b"x"}}
    assert Sku.from_item(newer) == FULL


def test_the_previous_hash_of_a_skus_first_record_is_64_zeros() -> None:
    assert FIRST_PREVIOUS_HASH == "0000000000000000000000000000000000000000000000000000000000000000"
