"""What a new SKU has, and what its vendor may change of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.sku_rules import changed_sku, new_sku
from inventory_common.errors import InvalidInput, ProductInactive, ProductNotFound
from inventory_common.identity import EVERYTHING, Scope
from inventory_common.limits import VARIANT_ATTRIBUTES_MAX
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku

from ..shop import (
    ACTOR,
    BLACK,
    NOW,
    OTHER_VENDOR,
    PRODUCT,
    VENDOR,
    a_change,
    a_new_sku,
    a_product,
    a_sku,
)

LATER = "2026-02-23T11:00:00.000000Z"
FULL = a_sku(
    current=50,
    reserved=10,
    variant_attributes={"color": "Black", "size": "Large"},
    version=4,
    details_version=2,
)


def test_a_new_sku_is_active_has_no_stock_and_belongs_to_its_products_vendor() -> None:
    attributes = {"color": "Black"}
    command = a_new_sku(
        variant_attributes=attributes, unit_price=Decimal("79.5"), reorder_threshold=7, scope=EVERYTHING
    )
    created = new_sku(command, a_product(vendor_id=OTHER_VENDOR, version=3), ACTOR, NOW)
    assert created == Sku(
        product_id=PRODUCT,
        sku=BLACK,
        vendor_id=OTHER_VENDOR,
        variant_name="Black - Large",
        variant_attributes={"color": "Black"},
        current_stock=0,
        reserved_stock=0,
        reorder_threshold=7,
        unit_price=Decimal("79.5"),
        last_updated=NOW,
        last_updated_by="client:order-system",
        is_active=True,
        sequence=0,
        ledger_hash=FIRST_PREVIOUS_HASH,
        version=1,
        product_is_active=True,
        product_version=3,
    )
    assert (created.last_transaction_at, created.last_transaction_id) == (None, None)
    assert created.variant_attributes is not attributes


def test_variant_attributes_are_optional() -> None:
    assert new_sku(a_new_sku(variant_attributes=None), a_product(), ACTOR, NOW).variant_attributes is None
    assert new_sku(a_new_sku(variant_attributes={}), a_product(), ACTOR, NOW).variant_attributes == {}


@pytest.mark.parametrize(
    "product",
    [None, a_product(vendor_id=OTHER_VENDOR), a_product(vendor_id=OTHER_VENDOR, is_active=False)],
    ids=["none", "another vendor's", "another vendor's, deactivated"],
)
def test_a_vendor_creates_skus_of_its_own_products_alone(product: Any) -> None:
    with pytest.raises(ProductNotFound):
        new_sku(a_new_sku(scope=Scope(VENDOR)), product, ACTOR, NOW)


def test_a_deactivated_product_accepts_no_new_sku() -> None:
    with pytest.raises(ProductInactive) as refused:
        new_sku(a_new_sku(), a_product(is_active=False), ACTOR, NOW)
    assert refused.value.members == {"product_id": PRODUCT}


@pytest.mark.parametrize(
    "changes",
    [
        {"variant_name": "Jet Black"},
        {"unit_price": Decimal("79.5"), "reorder_threshold": 3},
        {"is_active": False},
        {"variant_attributes": None},
    ],
    ids=str,
)
def test_a_change_makes_the_next_version_with_the_changed_attributes(changes: dict[str, Any]) -> None:
    stamps: dict[str, Any] = {
        "last_updated": LATER,
        "last_updated_by": "client:order-system",
        "version": 5,
        "details_version": 3,
    }
    assert changed_sku(FULL, a_change(**changes), ACTOR, LATER) == replace(FULL, **changes, **stamps)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"variant_name": "Black - Large", "unit_price": Decimal("90.0"), "is_active": True},
        {"variant_attributes": {}},
        {"variant_attributes": {"size": "Large", "fit": None}},
    ],
    ids=str,
)
def test_a_change_to_the_current_attributes_makes_no_version(changes: dict[str, Any]) -> None:
    assert changed_sku(FULL, a_change(**changes), ACTOR, LATER) is None


@pytest.mark.parametrize(
    ("current", "patch", "becomes"),
    [
        ({"color": "Black"}, {"size": "L"}, {"color": "Black", "size": "L"}),
        ({"color": "Black"}, {"color": "White"}, {"color": "White"}),
        ({"color": "Black", "size": "L"}, {"size": None}, {"color": "Black"}),
        ({"color": "Black"}, {"color": None}, {}),
        ({"color": "Black"}, {"color": ""}, {"color": ""}),
        (None, {"size": "L", "color": None}, {"size": "L"}),
    ],
    ids=str,
)
def test_variant_attributes_are_merged_and_null_removes_one(
    current: dict[str, str] | None, patch: dict[str, Any], becomes: dict[str, str]
) -> None:
    changed = changed_sku(a_sku(variant_attributes=current), a_change(variant_attributes=patch), ACTOR, LATER)
    assert changed is not None
    assert changed.variant_attributes == becomes


def test_a_merge_cannot_exceed_the_maximum_number_of_variant_attributes() -> None:
    current = {f"a{number}": "x" for number in range(VARIANT_ATTRIBUTES_MAX)}
    full = a_sku(variant_attributes=current)
    with pytest.raises(InvalidInput) as refused:
        changed_sku(full, a_change(variant_attributes={"one": "more"}), ACTOR, LATER)
    limit = VARIANT_ATTRIBUTES_MAX
    message = f"would leave {limit + 1} attributes; the maximum is {limit}"
    assert refused.value.members["errors"] == [{"path": "body.variant_attributes", "message": message}]
    changed = changed_sku(full, a_change(variant_attributes={"one": "more", "a0": None}), ACTOR, LATER)
    assert changed is not None
    assert changed.variant_attributes is not None
    assert len(changed.variant_attributes) == VARIANT_ATTRIBUTES_MAX
