"""What is answered to a request that is wrong in several ways: always what is checked first (design 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from front_door import Client, Tokens
from refusal_walk import ANOTHER_VENDOR, Fault, OrderOfChecks, Route, Sent, with_members, with_paths

from .route_table import NEW_SKU, NO_PRODUCT, NO_SKU, ONE_BLACK, PATHS, RED, ROUTES, furnish
from .shop import BLACK, ORDER, PRODUCT, WHITE, Tables, a_product, a_sku

SKU = f"/products/{PRODUCT}/skus/{BLACK}"
GREEN = f"SKU-{PRODUCT}-GRN-L"


def of_no_product(sent: Sent) -> Sent:
    sku = f"SKU-{NO_PRODUCT['product_id']}-RED-L"
    return replace(sent, paths={**sent.paths, **NO_PRODUCT}, body=sent.body | {"sku": sku})


def with_a_line(sku: str, quantity: Any) -> Any:
    """Add a line to those that are there."""

    def add(sent: Sent) -> Sent:
        line = {"sku": sku, "quantity": quantity}
        if "product_id" in sent.body["lines"][0]:
            line["product_id"] = PRODUCT
        return replace(sent, body=sent.body | {"lines": [*sent.body["lines"], line]})

    return add


def of_a_new_order(sent: Sent) -> Sent:
    return replace(sent, paths={**sent.paths, "order_id": "ORDER-67890"})


def all_of(*spoils: Any) -> Any:
    def spoil(sent: Sent) -> Sent:
        for each in spoils:
            sent = each(sent)
        return sent

    return spoil


NOTHING_ASKED = Fault("a line of nothing", 422, "invalid_input", with_a_line(BLACK, 0))
NOT_IN_THE_ORDER = Fault("a SKU that the order has not", 404, "sku_not_found", with_a_line(WHITE, 1))


class TestOrderOfChecks(OrderOfChecks):
    routes = ROUTES
    paths = PATHS
    more: ClassVar[Mapping[Route, Sequence[Fault]]] = {
        ("POST", "/products/{product_id}/skus"): [
            Fault("a threshold of nobody", 422, "invalid_input", with_members(reorder_threshold=-1)),
            Fault("a SKU of another product", 422, "invalid_input", with_members(sku="SKU-PROD-11111-RED")),
            Fault("no such product", 404, "product_not_found", of_no_product),
            Fault("a SKU that exists", 409, "sku_exists", with_members(sku=BLACK)),
        ],
        ("PATCH", "/products/{product_id}/skus/{sku}"): [
            Fault("a price of nobody", 422, "invalid_input", with_members(unit_price=-1)),
        ],
        ("POST", "/products/{product_id}/skus/{sku}/restocks"): [
            Fault("nothing to restock", 422, "invalid_input", with_members(quantity=0)),
            Fault("a SKU that is not sold", 409, "sku_inactive", with_paths(sku=GREEN)),
        ],
        ("POST", "/products/{product_id}/skus/{sku}/adjustments"): [
            Fault("nothing to adjust", 422, "invalid_input", with_members(notes="")),
            Fault(
                "less than is reserved",
                409,
                "adjustment_below_reserved",
                with_members(quantity_change=-48),
            ),
        ],
        ("PUT", "/orders/{order_id}"): [
            NOTHING_ASKED,
            Fault(
                "a SKU that does not exist",
                404,
                "sku_not_found",
                all_of(of_a_new_order, with_a_line(NO_SKU["sku"], 1)),
            ),
            Fault(
                "more than there is",
                409,
                "insufficient_stock",
                all_of(of_a_new_order, with_a_line(WHITE, 4)),
            ),
            Fault(
                "a SKU that is not sold",
                409,
                "sku_inactive",
                all_of(of_a_new_order, with_a_line(GREEN, 1)),
            ),
        ],
        ("POST", "/orders/{order_id}/confirm"): [
            NOTHING_ASKED,
            NOT_IN_THE_ORDER,
            Fault("more than is reserved", 409, "quantity_exceeds_reserved", with_a_line(BLACK, 9)),
        ],
        ("POST", "/orders/{order_id}/cancel"): [
            NOTHING_ASKED,
            NOT_IN_THE_ORDER,
            Fault("more than is reserved", 409, "quantity_exceeds_reserved", with_a_line(BLACK, 9)),
        ],
        ("POST", "/orders/{order_id}/refund"): [
            NOTHING_ASKED,
            NOT_IN_THE_ORDER,
            Fault("more than was confirmed", 409, "refund_exceeds_confirmed", with_a_line(BLACK, 9)),
        ],
    }

    @pytest.fixture
    def furnished(self, shop: Client, tables: Tables, orders: str, vendor: str) -> Client:
        furnish(shop, tables, orders)
        tables.put(a_sku(GREEN, 5, is_active=False))
        # So that the vendor's bound of low stock need not be raised before a SKU that is refused.
        reached = NEW_SKU | {"sku": f"SKU-{PRODUCT}-BLU-L"}
        assert shop.post(f"/products/{PRODUCT}/skus", reached, vendor).status == 201
        return shop


@pytest.mark.usefixtures("stocked")
def test_a_key_used_for_another_body_goes_before_a_conflict(shop: Client, vendor: str) -> None:
    sent = {"quantity": 1}
    assert shop.post(f"{SKU}/restocks", sent, vendor, idempotency_key="k").status == 201
    assert shop.delete(SKU, vendor).status == 204
    again = shop.post(f"{SKU}/restocks", {"quantity": 2}, vendor, idempotency_key="k")
    assert (again.status, again.code) == (422, "idempotency_key_reused")
    assert shop.post(f"{SKU}/restocks", sent, vendor, idempotency_key="l").code == "sku_inactive"


@pytest.mark.usefixtures("product")
def test_a_key_used_for_another_body_goes_before_a_sku_that_exists(shop: Client, vendor: str) -> None:
    address = f"/products/{PRODUCT}/skus"
    assert shop.post(address, NEW_SKU, vendor, idempotency_key="k").status == 201
    again = shop.post(address, NEW_SKU | {"unit_price": 1}, vendor, idempotency_key="k")
    assert (again.status, again.code) == (422, "idempotency_key_reused")
    assert shop.post(address, NEW_SKU | {"sku": RED}, vendor, idempotency_key="l").code == "sku_exists"


def test_a_key_used_for_other_lines_goes_before_lines_that_the_order_cannot_give(
    shop: Client, tables: Tables, orders: str
) -> None:
    furnish(shop, tables, orders)
    for command in ("confirm", "cancel", "refund"):
        address = f"/orders/{ORDER}/{command}"
        assert shop.post(address, ONE_BLACK, orders, idempotency_key="k").status == 200
        for sku, quantity in ((BLACK, 9), (WHITE, 1)):
            order_body = {"lines": [{"sku": sku, "quantity": quantity}]}
            again = shop.post(address, order_body, orders, idempotency_key="k")
            assert (again.status, again.code) == (422, "idempotency_key_reused"), (command, sku)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_who_may_not_know_of_a_sku_is_not_told_its_version(
    shop: Client, tokens: Tokens, tables: Tables, method: str
) -> None:
    tables.put(a_product(), a_sku(BLACK, 50))
    body = {"unit_price": 1} if method == "PATCH" else None
    answer = shop.send(method, SKU, tokens.vendor(ANOTHER_VENDOR), body, if_match='"of-yesterday"')
    assert (answer.status, answer.code) == (404, "sku_not_found")


@pytest.mark.usefixtures("stocked")
def test_who_may_not_know_of_a_sku_is_not_told_what_stands_against_a_change(
    shop: Client, tokens: Tokens
) -> None:
    other = tokens.vendor(ANOTHER_VENDOR)
    too_few = {"quantity_change": -1_000, "notes": "broken"}
    stale = {"counted_stock": 1, "expected_stock": 1, "notes": "counted"}
    for body in (too_few, stale):
        answer = shop.post(f"{SKU}/adjustments", body, other, idempotency_key="k")
        assert (answer.status, answer.code) == (404, "sku_not_found")
