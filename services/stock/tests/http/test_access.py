"""Which roles can use which routes, and whose resources they can read and change there."""

from __future__ import annotations

import pytest
from front_door import VENDOR_MACHINE, Client, Tokens
from refusal_walk import RefusalWalk

from ..route_table import PATHS, READERS, ROUTES, prepare
from ..shop import (
    BLACK,
    ORDER_PATH,
    OTHER_VENDOR,
    RESTOCKS_PATH,
    SKU_PATH,
    SKUS_PATH,
    VENDOR,
    WHITE,
    Tables,
    a_product,
    a_sku,
)


class TestRefusals(RefusalWalk):
    routes = ROUTES
    paths = PATHS
    for_all = SKUS_PATH

    @pytest.fixture
    def furnished(self, shop: Client, tables: Tables, orders: str) -> Client:
        prepare(shop, tables, orders)
        return shop


def test_a_vendors_machine_can_read_what_its_vendor_can_read(shop: Client, tokens: Tokens) -> None:
    machine = tokens.machine(VENDOR_MACHINE, "inventory/vendor", vendor_id=VENDOR)
    assert shop.get(f"/vendors/{VENDOR}/inventory", machine).status == 200
    assert shop.get(f"/vendors/{OTHER_VENDOR}/inventory", machine).status == 403
    assert shop.get(ORDER_PATH, machine).status == 404
    assert shop.get("/orders", machine).status == 403


@pytest.mark.parametrize("list_name", ["inventory", "low-stock"])
def test_the_lists_of_another_vendor_are_forbidden(shop: Client, tokens: Tokens, list_name: str) -> None:
    path = f"/vendors/{OTHER_VENDOR}/{list_name}"
    assert shop.get(path, tokens.vendor()).code == "forbidden"
    assert shop.get(path, tokens.vendor(OTHER_VENDOR)).status == 200
    assert shop.get(path, tokens.of_role("auditor")).status == 200


@pytest.fixture
def one_sku(tables: Tables) -> None:
    """A product of VENDOR-001 with one SKU."""
    tables.put(a_product(), a_sku(current=50))


@pytest.mark.usefixtures("one_sku")
def test_the_skus_of_another_vendor_are_not_found(shop: Client, tokens: Tokens) -> None:
    other = tokens.vendor(OTHER_VENDOR)
    new_sku = {"sku": WHITE, "variant_name": "White", "unit_price": 1, "reorder_threshold": 1}
    assert shop.get(SKU_PATH, other).code == "sku_not_found"
    restocked = shop.post(RESTOCKS_PATH, {"quantity": 1}, other, idempotency_key="k")
    assert restocked.code == "sku_not_found"
    adjustment = {"quantity_change": -1, "notes": "broken"}
    adjusted = shop.post(f"{SKU_PATH}/adjustments", adjustment, other, idempotency_key="k")
    assert adjusted.code == "sku_not_found"
    assert shop.send("PATCH", SKU_PATH, other, {"unit_price": 1}).code == "sku_not_found"
    assert shop.delete(SKU_PATH, other).code == "sku_not_found"
    assert shop.post(SKUS_PATH, new_sku, other).code == "product_not_found"
    listed = shop.get(SKUS_PATH, other)
    assert (listed.status, listed.json) == (200, {"items": [], "next_cursor": None})
    assert shop.get(f"/vendors/{OTHER_VENDOR}/inventory", other).json["items"] == []


@pytest.mark.usefixtures("one_sku")
@pytest.mark.parametrize("role", sorted(READERS))
def test_a_sku_can_be_read_by_its_vendor_order_systems_auditors_and_admins(
    shop: Client, tokens: Tokens, role: str
) -> None:
    token = tokens.of_role(role)
    assert shop.get(SKU_PATH, token).json["current_stock"] == 50
    assert len(shop.get(SKUS_PATH, token).json["items"]) == 1


@pytest.mark.usefixtures("one_sku")
def test_an_unknown_sku_and_another_vendors_sku_get_the_same_answer(shop: Client, tokens: Tokens) -> None:
    other = tokens.vendor(OTHER_VENDOR)
    theirs = shop.get(SKU_PATH, other).json
    absent = shop.get(f"{SKUS_PATH}/{WHITE}", other).json
    assert theirs["detail"].replace(BLACK, "X") == absent["detail"].replace(WHITE, "X")
    assert theirs.keys() == absent.keys()
