from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from inventory_common.products import Product

FULL = Product(
    product_id="PROD-E4F9A",
    vendor_id="VENDOR-001",
    product_name="Wireless Bluetooth Headphones",
    description="Premium over-ear headphones with active noise cancellation",
    category="Electronics",
    subcategory="Audio",
    brand="SoundMax",
    base_price=Decimal("89.99"),
    images=["https://example.com/PROD-E4F9A_img1.jpg"],
    tags=["wireless", "audio"],
    is_active=True,
    created_at="2026-02-23T10:30:00.000000Z",
    updated_at="2026-02-23T10:30:00.000000Z",
    version=1,
    external_id="SM-4711",
)
BARE = replace(
    FULL,
    description=None,
    subcategory=None,
    brand=None,
    images=None,
    tags=None,
    external_id=None,
    base_price=90,
)
OPTIONAL = {"description", "subcategory", "brand", "images", "tags", "external_id"}


@pytest.mark.parametrize("product", [FULL, BARE, replace(FULL, is_active=False)])
def test_a_product_is_unchanged_by_storage(product: Product) -> None:
    assert Product.from_item(product.to_item()) == product


def test_a_product_is_stored_and_served_under_the_names_of_the_specification() -> None:
    specified = {
        "product_id",
        "vendor_id",
        "product_name",
        "description",
        "category",
        "subcategory",
        "brand",
        "base_price",
        "images",
        "tags",
        "is_active",
        "created_at",
        "updated_at",
    }
    assert len(specified) == 13
    assert set(FULL.to_item()) == specified | {"version", "external_id"}
    assert set(FULL.document()) == specified | {"version", "external_id"}


@pytest.mark.parametrize(("is_active", "stored"), [(True, "true"), (False, "false")])
def test_is_active_is_stored_as_a_string_and_served_as_a_boolean(is_active: bool, stored: str) -> None:
    product = replace(FULL, is_active=is_active)
    assert product.to_item()["is_active"] == {"S": stored}
    assert product.document()["is_active"] is is_active
    assert Product.from_item(product.to_item()).is_active is is_active


def test_absent_optionals_are_null_in_the_document_and_absent_in_the_item() -> None:
    document = BARE.document()
    assert {name for name, value in document.items() if value is None} == OPTIONAL
    assert set(document) == set(FULL.document())
    assert set(BARE.to_item()) == set(FULL.to_item()) - OPTIONAL


def test_the_item_has_the_types_of_the_specification() -> None:
    types = {name: next(iter(attribute)) for name, attribute in FULL.to_item().items()}
    assert {name for name, data_type in types.items() if data_type == "N"} == {"base_price", "version"}
    assert {name for name, data_type in types.items() if data_type == "L"} == {"images", "tags"}
    assert set(types.values()) == {"S", "N", "L"}


def test_a_price_stays_exact_in_storage() -> None:
    item = replace(FULL, base_price=Decimal("0.1")).to_item()
    assert item["base_price"] == {"N": "0.1"}
    assert Product.from_item(item).document()["base_price"] == Decimal("0.1")


def test_attributes_of_a_newer_version_are_tolerated() -> None:
    newer: dict[str, Any] = {**FULL.to_item(), "warranty_months": {"N": "24"}, "seal": {"B": b"x"}}
    assert Product.from_item(newer) == FULL
