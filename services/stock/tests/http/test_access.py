"""Who may use which route, and whose things are seen on it."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import VENDOR_MACHINE, Client, Tokens
from refusal_walk import RefusalWalk

from .route_table import PATHS, READERS, ROUTES, furnish
from .shop import BLACK, ORDER, OTHER_VENDOR, PRODUCT, VENDOR, WHITE, Tables, a_product, a_sku


class TestRefusals(RefusalWalk):
    routes = ROUTES
    paths = PATHS
    for_all = f"/products/{PRODUCT}/skus"

    @pytest.fixture
    def furnished(self, shop: Client, tables: Tables, orders: str) -> Client:
        furnish(shop, tables, orders)
        return shop


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
