"""The rules of products: who owns a new one, what a change makes of it, and who can see it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.product_rules import changed, is_visible, new_product, owner_of_new_product
from inventory_common.errors import Forbidden, InvalidInput
from inventory_common.identity import ANYBODY, EVERYTHING, Principal, Role, Scope

from .shop import NOW, OTHER_VENDOR, VENDOR, a_creation, a_product

LATER = "2026-02-24T00:00:00.000000Z"


@pytest.mark.parametrize("named", [None, VENDOR])
def test_a_vendor_owns_the_product_that_it_creates(named: str | None) -> None:
    assert owner_of_new_product(named, Scope(VENDOR)) == VENDOR


def test_a_vendor_cannot_create_a_product_for_another_vendor() -> None:
    with pytest.raises(Forbidden):
        owner_of_new_product(OTHER_VENDOR, Scope(VENDOR))


def test_an_admin_has_to_name_the_vendor() -> None:
    assert owner_of_new_product(OTHER_VENDOR, EVERYTHING) == OTHER_VENDOR
    with pytest.raises(InvalidInput) as refused:
        owner_of_new_product(None, EVERYTHING)
    assert [error["path"] for error in refused.value.members["errors"]] == ["body.vendor_id"]


def test_a_new_product_is_active_and_in_its_first_version() -> None:
    command = a_creation(
        description="Over-ear",
        subcategory="Audio",
        brand="SoundMax",
        images=["https://a/b.jpg"],
        tags=["x"],
        external_id="SM-1",
    )
    product = new_product(command, "PROD-E4F9A", NOW)
    assert product == a_product(**command.attributes, vendor_id=command.vendor_id)
    assert (product.is_active, product.version) == (True, 1)
    assert product.created_at == product.updated_at == NOW


def test_a_deactivation_changes_only_the_flag() -> None:
    product = a_product(tags=["x"], version=4)
    expected = replace(product, is_active=False, updated_at=LATER, version=5)
    assert changed(product, {"is_active": False}, LATER) == expected


def test_a_second_deactivation_changes_nothing() -> None:
    assert changed(a_product(is_active=False), {"is_active": False}, LATER) is None


def test_a_new_product_belongs_to_the_vendor_of_the_command_whatever_its_attributes_name() -> None:
    assert new_product(a_creation(vendor_id=None), "PROD-E4F9A", NOW).vendor_id == VENDOR
    assert new_product(a_creation(vendor_id=VENDOR), "PROD-E4F9A", NOW).vendor_id == VENDOR


SEES_INACTIVE = {
    "nobody": (ANYBODY, False),
    "its vendor": (Principal(VENDOR, frozenset({Role.VENDOR}), VENDOR), True),
    "another vendor": (Principal(OTHER_VENDOR, frozenset({Role.VENDOR}), OTHER_VENDOR), False),
    "an order system": (Principal("client:o", frozenset({Role.ORDERS})), False),
    "an auditor": (Principal("user:a", frozenset({Role.AUDITOR})), True),
    "an admin": (Principal("user:b", frozenset({Role.ADMIN})), True),
}


@pytest.mark.parametrize(("principal", "sees_inactive"), SEES_INACTIVE.values(), ids=SEES_INACTIVE)
def test_an_inactive_product_is_visible_to_its_vendor_auditors_and_admins(
    principal: Principal, sees_inactive: bool
) -> None:
    assert is_visible(a_product(), principal)
    assert is_visible(a_product(is_active=False), principal) is sees_inactive


FULL = a_product(
    description="Over-ear",
    subcategory="Audio",
    brand="SoundMax",
    base_price=Decimal("89.99"),
    images=["https://a/b.jpg"],
    tags=["x"],
    external_id="SM-4711",
    version=4,
)


@pytest.mark.parametrize(
    "changes",
    [
        {"product_name": "Mug"},
        {"category": "Kitchen", "subcategory": "Cups"},
        {"base_price": 0},
        {"description": None, "subcategory": None, "brand": None, "images": None, "tags": None},
        {"tags": []},
        {"brand": "SoundMax", "base_price": Decimal("89.98")},
    ],
    ids=str,
)
def test_a_change_makes_the_next_version_with_the_given_attributes(changes: dict[str, Any]) -> None:
    assert changed(FULL, changes, LATER) == replace(FULL, **changes, updated_at=LATER, version=5)


@pytest.mark.parametrize(
    "changes",
    [{}, {"brand": "SoundMax"}, {"base_price": Decimal("89.990")}, {"is_active": True, "tags": ["x"]}],
    ids=str,
)
def test_current_values_make_no_new_version(changes: dict[str, Any]) -> None:
    assert changed(FULL, changes, LATER) is None


def test_a_reactivated_product_has_its_former_attributes() -> None:
    inactive = changed(FULL, {"is_active": False}, LATER)
    assert inactive is not None
    assert changed(inactive, {"is_active": True}, LATER) == replace(FULL, updated_at=LATER, version=6)
