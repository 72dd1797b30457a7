"""Who may use which route, and whose things are seen on it."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import ROLES, VENDOR_MACHINE, Client, Tokens

from inventory_common.identity import Role

from .shop import BLACK, ORDER, OTHER_VENDOR, PRODUCT, VENDOR, WHITE, a_product, a_sku

EVERYBODY = {"nobody", *ROLES}
WRITERS = {"vendor", "admin"}
READERS = {"vendor", "orders", "auditor", "admin"}
OVERSEERS = {"vendor", "auditor", "admin"}
ORDER_SYSTEMS = {"orders", "admin"}

MAY = {
    ("GET", "/health"): EVERYBODY,
    ("POST", "/products/{product_id}/skus"): WRITERS,
    ("GET", "/products/{product_id}/skus"): READERS,
    ("GET", "/products/{product_id}/skus/{sku}"): READERS,
    ("PATCH", "/products/{product_id}/skus/{sku}"): WRITERS,
    ("DELETE", "/products/{product_id}/skus/{sku}"): WRITERS,
    ("POST", "/products/{product_id}/skus/{sku}/restocks"): WRITERS,
    ("POST", "/products/{product_id}/skus/{sku}/adjustments"): WRITERS,
    ("GET", "/vendors/{vendor_id}/inventory"): OVERSEERS,
    ("GET", "/vendors/{vendor_id}/low-stock"): OVERSEERS,
    ("PUT", "/orders/{order_id}"): ORDER_SYSTEMS,
    ("GET", "/orders/{order_id}"): ORDER_SYSTEMS,
    ("POST", "/orders/{order_id}/confirm"): ORDER_SYSTEMS,
    ("POST", "/orders/{order_id}/cancel"): ORDER_SYSTEMS,
    ("POST", "/orders/{order_id}/refund"): ORDER_SYSTEMS,
}

CLOSED = [row for row in MAY if MAY[row] != EVERYBODY]

PATHS = {"product_id": PRODUCT, "sku": BLACK, "vendor_id": VENDOR, "order_id": ORDER}


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


@pytest.mark.parametrize(("method", "path"), CLOSED, ids=map(" ".join, CLOSED))
def test_a_token_that_does_not_verify_opens_nothing(shop: Client, method: str, path: str) -> None:
    forged = Tokens().of_role("admin")
    assert shop.send(method, path.format(**PATHS), forged).status == 401


def test_somebody_of_no_role_may_nothing(shop: Client, tokens: Tokens) -> None:
    assert shop.get(f"/orders/{ORDER}", tokens.person("sam")).status == 403


def test_a_vendors_machine_may_what_its_vendor_may(shop: Client, tokens: Tokens, dynamodb: Any) -> None:
    machine = tokens.machine(VENDOR_MACHINE, "inventory/vendor", vendor_id=VENDOR)
    assert shop.get(f"/vendors/{VENDOR}/inventory", machine).status == 200
    assert shop.get(f"/vendors/{OTHER_VENDOR}/inventory", machine).status == 403
    assert shop.get(f"/orders/{ORDER}", machine).status == 403


@pytest.mark.parametrize("list_name", ["inventory", "low-stock"])
def test_another_vendor_in_the_path_is_forbidden(shop: Client, tokens: Tokens, list_name: str) -> None:
    address = f"/vendors/{OTHER_VENDOR}/{list_name}"
    assert shop.get(address, tokens.vendor()).code == "forbidden"
    assert shop.get(address, tokens.vendor(OTHER_VENDOR)).status == 200
    assert shop.get(address, tokens.of_role("auditor")).status == 200


@pytest.fixture
def stocked(dynamodb: Any) -> None:
    """A product of VENDOR-001 with one SKU."""
    dynamodb.put_item(TableName="Products-table", Item=a_product().to_item())
    dynamodb.put_item(TableName="VendorInventory", Item=a_sku(current=50).to_item())


@pytest.mark.usefixtures("stocked")
def test_another_vendors_things_are_not_there(shop: Client, tokens: Tokens) -> None:
    other = tokens.vendor(OTHER_VENDOR)
    sku = f"/products/{PRODUCT}/skus/{BLACK}"
    new_sku = {"sku": WHITE, "variant_name": "White", "unit_price": 1, "reorder_threshold": 1}
    assert shop.get(sku, other).code == "sku_not_found"
    assert shop.post(f"{sku}/restocks", {"quantity": 1}, other, idempotency_key="k").code == "sku_not_found"
    adjustment = {"quantity_change": -1, "notes": "broken"}
    answer = shop.post(f"{sku}/adjustments", adjustment, other, idempotency_key="k")
    assert answer.code == "sku_not_found"
    assert shop.send("PATCH", sku, other, {"unit_price": 1}).code == "sku_not_found"
    assert shop.delete(sku, other).code == "sku_not_found"
    assert shop.post(f"/products/{PRODUCT}/skus", new_sku, other).code == "product_not_found"
    listed = shop.get(f"/products/{PRODUCT}/skus", other)
    assert (listed.status, listed.json) == (200, {"items": [], "next_cursor": None})
    assert shop.get(f"/vendors/{OTHER_VENDOR}/inventory", other).json["items"] == []


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("role", sorted(READERS))
def test_a_sku_is_seen_by_its_vendor_order_systems_and_overseers(
    shop: Client, tokens: Tokens, role: str
) -> None:
    token = tokens.of_role(role)
    assert shop.get(f"/products/{PRODUCT}/skus/{BLACK}", token).json["current_stock"] == 50
    assert len(shop.get(f"/products/{PRODUCT}/skus", token).json["items"]) == 1


@pytest.mark.usefixtures("stocked")
def test_an_absent_sku_and_another_vendors_look_the_same(shop: Client, tokens: Tokens) -> None:
    other = tokens.vendor(OTHER_VENDOR)
    theirs = shop.get(f"/products/{PRODUCT}/skus/{BLACK}", other).json
    absent = shop.get(f"/products/{PRODUCT}/skus/{WHITE}", other).json
    assert theirs["detail"].replace(BLACK, "X") == absent["detail"].replace(WHITE, "X")
    assert theirs.keys() == absent.keys()
