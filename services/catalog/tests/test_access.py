"""Which roles may use which route, and whose products a vendor can see."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import VENDOR_MACHINE, Client, Tokens
from refusal_walk import EVERYBODY, RefusalWalk

from .route_table import PATHS, ROUTES, furnish
from .shop import OTHER_VENDOR, VENDOR, a_product, keep, patch

ADDRESS = "/products/PROD-E4F9A"


class TestRefusals(RefusalWalk):
    routes = ROUTES
    paths = PATHS
    for_all = f"/vendors/{VENDOR}/products"

    @pytest.fixture
    def furnished(self, shop: Client, dynamodb: Any) -> Client:
        furnish(dynamodb)
        return shop


def test_a_vendors_machine_has_its_vendors_permissions(shop: Client, tokens: Tokens, dynamodb: Any) -> None:
    machine = tokens.machine(VENDOR_MACHINE, "inventory/vendor", vendor_id=VENDOR)
    dynamodb.put_item(TableName="Products-table", Item=a_product(is_active=False).to_item())
    assert shop.get(ADDRESS, machine).status == 200
    assert shop.get(f"/vendors/{OTHER_VENDOR}/products", machine).status == 403
    assert patch(shop, ADDRESS, {"brand": "B"}, machine).json["brand"] == "B"
    assert shop.delete(ADDRESS, machine).status == 204


@pytest.mark.parametrize("is_active", [True, False])
def test_another_vendors_product_cannot_be_deactivated(
    shop: Client, tokens: Tokens, dynamodb: Any, is_active: bool
) -> None:
    dynamodb.put_item(TableName="Products-table", Item=a_product(is_active=is_active).to_item())
    response = shop.delete(ADDRESS, tokens.vendor(OTHER_VENDOR))
    assert (response.status, response.code) == (404, "product_not_found")
    assert shop.get(ADDRESS, tokens.of_role("admin")).json["is_active"] is is_active


def test_a_vendor_who_is_also_an_auditor_can_change_only_its_own_products(
    shop: Client, tokens: Tokens, dynamodb: Any
) -> None:
    both = tokens.person("vera", "vendor", "auditor", **{"custom:vendor_id": VENDOR})
    dynamodb.put_item(TableName="Products-table", Item=a_product(vendor_id=OTHER_VENDOR).to_item())
    assert shop.get(f"/vendors/{OTHER_VENDOR}/products", both).status == 200
    assert shop.delete(ADDRESS, both).code == "product_not_found"
    assert patch(shop, ADDRESS, {"brand": "B"}, both).code == "product_not_found"
    assert shop.get("/products?category=Electronics&active=false", both).status == 200


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("body", [{}, {"is_active": True}, {"brand": "B"}], ids=str)
def test_another_vendors_product_cannot_be_changed(
    shop: Client, tokens: Tokens, dynamodb: Any, is_active: bool, body: dict[str, Any]
) -> None:
    product = a_product(is_active=is_active)
    keep(dynamodb, product)
    response = patch(shop, ADDRESS, body, tokens.vendor(OTHER_VENDOR))
    assert (response.status, response.code) == (404, "product_not_found")
    assert shop.get(ADDRESS, tokens.of_role("admin")).json == product.document()


def test_another_vendors_product_is_indistinguishable_from_an_absent_one(
    shop: Client, tokens: Tokens, dynamodb: Any
) -> None:
    """The responses are identical, so that nobody learns which ids are in use."""
    keep(dynamodb, a_product())
    absent = ADDRESS.replace("E4F9A", "00000")
    for send in (shop.delete, lambda address, token, **headers: patch(shop, address, {}, token, **headers)):
        for headers in ({}, {"if_match": '"7"'}):
            responses = [
                send(address, tokens.vendor(OTHER_VENDOR), x_request_id="r", **headers).text
                for address in (ADDRESS, absent)
            ]
            assert responses[0].replace("PROD-E4F9A", "PROD-00000") == responses[1]


def test_an_admin_can_change_every_vendors_products(shop: Client, tokens: Tokens, dynamodb: Any) -> None:
    keep(dynamodb, a_product(vendor_id=OTHER_VENDOR))
    admin = tokens.of_role("admin")
    response = patch(shop, ADDRESS, {"brand": "B"}, admin)
    assert (response.status, response.json["vendor_id"], response.json["brand"]) == (200, OTHER_VENDOR, "B")
    assert shop.delete(ADDRESS, admin).status == 204
    assert patch(shop, ADDRESS, {"is_active": True}, admin).json["is_active"] is True


BROWSES_INACTIVE = {
    "nobody": (401, "unauthenticated"),
    "vendor": (403, "forbidden"),
    "orders": (403, "forbidden"),
    "desk": (403, "forbidden"),
    "auditor": (200, None),
    "admin": (200, None),
}


@pytest.mark.parametrize(("role", "expected"), BROWSES_INACTIVE.items(), ids=BROWSES_INACTIVE)
def test_only_auditors_and_admins_can_browse_inactive_products(
    shop: Client, tokens: Tokens, dynamodb: Any, role: str, expected: tuple[int, str | None]
) -> None:
    keep(dynamodb, a_product("PROD-00001"), a_product("PROD-00002", is_active=False))
    token = None if role == "nobody" else tokens.of_role(role)
    response = shop.get("/products?category=Electronics&active=false", token)
    if expected[0] == 200:
        assert [product["product_id"] for product in response.json["items"]] == ["PROD-00002"]
    else:
        assert (response.status, response.code) == expected
        assert ("WWW-Authenticate" in response.headers) == (response.status == 401)
    active = shop.get("/products?category=Electronics&active=true", token)
    assert [product["product_id"] for product in active.json["items"]] == ["PROD-00001"]


def test_the_table_says_of_every_role_whether_it_can_browse_inactive_products() -> None:
    assert BROWSES_INACTIVE.keys() == EVERYBODY
