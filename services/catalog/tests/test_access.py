"""Who may use which route, and whose things are seen on it."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import ROLES, VENDOR_MACHINE, Client, Tokens

from inventory_common.identity import Role

from .shop import OTHER_VENDOR, VENDOR, a_product

EVERYBODY = {"nobody", *ROLES}
WRITERS = {"vendor", "admin"}
OVERSEERS = {"vendor", "auditor", "admin"}

MAY = {
    ("GET", "/health"): EVERYBODY,
    ("POST", "/products"): WRITERS,
    ("GET", "/products"): EVERYBODY,
    ("GET", "/products/{product_id}"): EVERYBODY,
    ("DELETE", "/products/{product_id}"): WRITERS,
    ("GET", "/vendors/{vendor_id}/products"): OVERSEERS,
}

CHECKED = [row for row in MAY if row[1] != "/health"]

ADDRESS = "/products/PROD-E4F9A"
PATHS = {"product_id": "PROD-E4F9A", "vendor_id": VENDOR}


def test_every_route_has_a_row(service_module: Any) -> None:
    routes = service_module.app.routes
    assert {(method, path) for path, methods in routes.items() for method in methods} == MAY.keys()


def test_every_role_has_a_column() -> None:
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize(("method", "path"), MAY, ids=map(" ".join, MAY))
def test_who_may(shop: Client, tokens: Tokens, method: str, path: str) -> None:
    address = path.format(**PATHS)
    for role in EVERYBODY:
        token = None if role == "nobody" else tokens.of_role(role)
        answer = shop.send(method, address, token)
        if role in MAY[method, path]:
            assert answer.status not in (401, 403, 405), (role, answer)
        elif role == "nobody":
            assert (answer.status, answer.code) == (401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        else:
            assert (answer.status, answer.code) == (403, "forbidden"), role


@pytest.mark.parametrize(("method", "path"), CHECKED, ids=map(" ".join, CHECKED))
def test_a_token_that_does_not_verify_opens_nothing(shop: Client, method: str, path: str) -> None:
    """Not even what needs none: whoever sends one believes to be somebody."""
    forged = Tokens().of_role("admin")
    assert shop.send(method, path.format(**PATHS), forged).status == 401


def test_another_vendor_in_the_path_is_forbidden(shop: Client, tokens: Tokens) -> None:
    address = f"/vendors/{OTHER_VENDOR}/products"
    assert shop.get(address, tokens.vendor()).code == "forbidden"
    assert shop.get(address, tokens.vendor(OTHER_VENDOR)).status == 200
    assert shop.get(address, tokens.of_role("auditor")).status == 200


def test_a_vendors_machine_may_what_its_vendor_may(shop: Client, tokens: Tokens, dynamodb: Any) -> None:
    machine = tokens.machine(VENDOR_MACHINE, "inventory/vendor", vendor_id=VENDOR)
    dynamodb.put_item(TableName="Products-table", Item=a_product(is_active=False).to_item())
    assert shop.get(ADDRESS, machine).status == 200
    assert shop.get(f"/vendors/{OTHER_VENDOR}/products", machine).status == 403
    assert shop.delete(ADDRESS, machine).status == 204


@pytest.mark.parametrize("is_active", [True, False])
def test_another_vendors_product_cannot_be_taken_out(
    shop: Client, tokens: Tokens, dynamodb: Any, is_active: bool
) -> None:
    dynamodb.put_item(TableName="Products-table", Item=a_product(is_active=is_active).to_item())
    answer = shop.delete(ADDRESS, tokens.vendor(OTHER_VENDOR))
    assert (answer.status, answer.code) == (404, "product_not_found")
    assert shop.get(ADDRESS, tokens.of_role("admin")).json["is_active"] is is_active


def test_a_vendor_who_is_an_auditor_too_still_writes_only_what_is_its_own(
    shop: Client, tokens: Tokens, dynamodb: Any
) -> None:
    both = tokens.person("vera", "vendor", "auditor", **{"custom:vendor_id": VENDOR})
    dynamodb.put_item(TableName="Products-table", Item=a_product(vendor_id=OTHER_VENDOR).to_item())
    assert shop.get(f"/vendors/{OTHER_VENDOR}/products", both).status == 200
    assert shop.delete(ADDRESS, both).code == "product_not_found"
