"""A request that is wrong in several ways is refused for the fault that is checked first (design 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from front_door import Client, Tokens
from refusal_walk import ANOTHER_VENDOR, Fault, OrderOfChecks, Route, Sent, with_members, with_paths

from ..route_table import NEW_SKU, NO_PRODUCT, NO_SKU, ONE_UNIT, PATHS, RED, ROUTES, prepare
from ..shop import (
    BLACK,
    ORDER,
    ORDER_PATH,
    PRODUCT,
    RESTOCKS_PATH,
    SKU_PATH,
    SKUS_PATH,
    WHITE,
    Tables,
    a_product,
    a_sku,
    settlement_body,
)

GREEN = f"SKU-{PRODUCT}-GRN-L"


def of_an_unknown_product(sent: Sent) -> Sent:
    sku = f"SKU-{NO_PRODUCT['product_id']}-RED-L"
    return replace(sent, paths={**sent.paths, **NO_PRODUCT}, body=sent.body | {"sku": sku})


def with_a_line(sku: str, quantity: Any) -> Callable[[Sent], Sent]:
    """Add a line to those of the request."""

    def add(sent: Sent) -> Sent:
        line = {"sku": sku, "quantity": quantity}
        if "product_id" in sent.body["lines"][0]:
            line["product_id"] = PRODUCT
        return replace(sent, body=sent.body | {"lines": [*sent.body["lines"], line]})

    return add


def of_a_new_order(sent: Sent) -> Sent:
    return replace(sent, paths={**sent.paths, "order_id": "ORDER-67890"})


def all_of(*changes: Callable[[Sent], Sent]) -> Callable[[Sent], Sent]:
    """Make several changes of a request, one after the other."""

    def change(sent: Sent) -> Sent:
        for each in changes:
            sent = each(sent)
        return sent

    return change


EMPTY_LINE = Fault("a line of no units", 422, "invalid_input", with_a_line(BLACK, 0))
NOT_IN_THE_ORDER = Fault("a SKU that the order does not have", 404, "sku_not_found", with_a_line(WHITE, 1))


class TestOrderOfChecks(OrderOfChecks):
    routes = ROUTES
    paths = PATHS
    more: ClassVar[Mapping[Route, Sequence[Fault]]] = {
        ("POST", "/products/{product_id}/skus"): [
            Fault("a negative threshold", 422, "invalid_input", with_members(reorder_threshold=-1)),
            Fault("a SKU of another product", 422, "invalid_input", with_members(sku="SKU-PROD-11111-RED")),
            Fault("an unknown product", 404, "product_not_found", of_an_unknown_product),
            Fault("a SKU that exists", 409, "sku_exists", with_members(sku=BLACK)),
        ],
        ("PATCH", "/products/{product_id}/skus/{sku}"): [
            Fault("a negative price", 422, "invalid_input", with_members(unit_price=-1)),
        ],
        ("POST", "/products/{product_id}/skus/{sku}/restocks"): [
            Fault("no units to restock", 422, "invalid_input", with_members(quantity=0)),
            Fault("a deactivated SKU", 409, "sku_inactive", with_paths(sku=GREEN)),
        ],
        ("POST", "/products/{product_id}/skus/{sku}/adjustments"): [
            Fault("no notes", 422, "invalid_input", with_members(notes="")),
            Fault(
                "fewer units than are reserved",
                409,
                "adjustment_below_reserved",
                with_members(quantity_change=-48),
            ),
        ],
        ("PUT", "/orders/{order_id}"): [
            EMPTY_LINE,
            Fault(
                "an unknown SKU",
                404,
                "sku_not_found",
                all_of(of_a_new_order, with_a_line(NO_SKU["sku"], 1)),
            ),
            Fault(
                "more units than are available",
                409,
                "insufficient_stock",
                all_of(of_a_new_order, with_a_line(WHITE, 4)),
            ),
            Fault(
                "a deactivated SKU",
                409,
                "sku_inactive",
                all_of(of_a_new_order, with_a_line(GREEN, 1)),
            ),
        ],
        ("POST", "/orders/{order_id}/amend"): [
            Fault("a negative quantity", 422, "invalid_input", with_a_line(BLACK, -1)),
            Fault("an unknown SKU", 404, "sku_not_found", with_a_line(NO_SKU["sku"], 1)),
            Fault("a deactivated SKU", 409, "sku_inactive", with_a_line(GREEN, 1)),
        ],
        ("POST", "/orders/{order_id}/reopen"): [
            Fault("a hold that is too short", 422, "invalid_input", with_members(hold_seconds=59)),
            Fault("an order that reserves units", 409, "not_reopenable", with_paths(order_id=ORDER)),
        ],
        ("POST", "/orders/{order_id}/confirm"): [
            EMPTY_LINE,
            NOT_IN_THE_ORDER,
            Fault("more units than are reserved", 409, "quantity_exceeds_reserved", with_a_line(BLACK, 9)),
        ],
        ("POST", "/orders/{order_id}/cancel"): [
            EMPTY_LINE,
            NOT_IN_THE_ORDER,
            Fault("more units than are reserved", 409, "quantity_exceeds_reserved", with_a_line(BLACK, 9)),
        ],
        ("POST", "/orders/{order_id}/refund"): [
            EMPTY_LINE,
            NOT_IN_THE_ORDER,
            Fault("more units than were confirmed", 409, "refund_exceeds_confirmed", with_a_line(BLACK, 9)),
        ],
    }

    @pytest.fixture
    def furnished(self, shop: Client, tables: Tables, orders: str, vendor: str) -> Client:
        prepare(shop, tables, orders)
        tables.put(a_sku(GREEN, 5, is_active=False))
        # It raises the vendor's low-stock bound, so that a refused SKU does not have to.
        higher = NEW_SKU | {"sku": f"SKU-{PRODUCT}-BLU-L"}
        assert shop.post(SKUS_PATH, higher, vendor).status == 201
        return shop


@pytest.mark.usefixtures("stocked")
def test_a_reused_key_is_reported_before_a_deactivated_sku(shop: Client, vendor: str) -> None:
    sent = {"quantity": 1}
    assert shop.post(RESTOCKS_PATH, sent, vendor, idempotency_key="k").status == 201
    assert shop.delete(SKU_PATH, vendor).status == 204
    again = shop.post(RESTOCKS_PATH, {"quantity": 2}, vendor, idempotency_key="k")
    assert (again.status, again.code) == (422, "idempotency_key_reused")
    assert shop.post(RESTOCKS_PATH, sent, vendor, idempotency_key="l").code == "sku_inactive"


@pytest.mark.usefixtures("product")
def test_a_reused_key_is_reported_before_an_existing_sku(shop: Client, vendor: str) -> None:
    assert shop.post(SKUS_PATH, NEW_SKU, vendor, idempotency_key="k").status == 201
    again = shop.post(SKUS_PATH, NEW_SKU | {"unit_price": 1}, vendor, idempotency_key="k")
    assert (again.status, again.code) == (422, "idempotency_key_reused")
    assert shop.post(SKUS_PATH, NEW_SKU | {"sku": RED}, vendor, idempotency_key="l").code == "sku_exists"


def test_a_reused_key_is_reported_before_lines_that_the_order_cannot_settle(
    shop: Client, tables: Tables, orders: str
) -> None:
    prepare(shop, tables, orders)
    for command in ("confirm", "cancel", "refund"):
        path = f"{ORDER_PATH}/{command}"
        assert shop.post(path, ONE_UNIT, orders, idempotency_key="k").status == 200
        for sku, quantity in ((BLACK, 9), (WHITE, 1)):
            again = shop.post(path, settlement_body((sku, quantity)), orders, idempotency_key="k")
            assert (again.status, again.code) == (422, "idempotency_key_reused"), (command, sku)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_another_vendor_does_not_learn_the_version_of_a_sku(
    shop: Client, tokens: Tokens, tables: Tables, method: str
) -> None:
    tables.put(a_product(), a_sku(BLACK, 50))
    body = {"unit_price": 1} if method == "PATCH" else None
    answer = shop.send(method, SKU_PATH, tokens.vendor(ANOTHER_VENDOR), body, if_match='"of-yesterday"')
    assert (answer.status, answer.code) == (404, "sku_not_found")


@pytest.mark.usefixtures("stocked")
def test_another_vendor_does_not_learn_why_an_adjustment_would_be_refused(
    shop: Client, tokens: Tokens
) -> None:
    other = tokens.vendor(ANOTHER_VENDOR)
    too_few = {"quantity_change": -1_000, "notes": "broken"}
    stale = {"counted_stock": 1, "expected_stock": 1, "notes": "counted"}
    for body in (too_few, stale):
        answer = shop.post(f"{SKU_PATH}/adjustments", body, other, idempotency_key="k")
        assert (answer.status, answer.code) == (404, "sku_not_found")


def test_checks_are_made_in_the_documented_order(shop: Client, tokens: Tokens, vendor: str) -> None:
    """401, 403, 413, 415, 400 (JSON, key), 422, 404: each request corrects one fault of the one before."""
    invalid_path = "/products/PROD-!/skus/SKU-!/restocks"
    huge = '{"quantity": ' + "1" * 1_048_576
    xml = {"content_type": "application/xml"}
    assert shop.post(invalid_path, huge, **xml).status == 401
    assert shop.post(invalid_path, huge, tokens.of_role("orders"), **xml).status == 403
    assert shop.post(invalid_path, huge, vendor, **xml).status == 413
    assert shop.post(invalid_path, "{", vendor, **xml).status == 415
    assert shop.post(invalid_path, "{", vendor).code == "invalid_json"
    assert shop.post(invalid_path, {}, vendor).code == "idempotency_key_required"
    assert shop.post(invalid_path, {}, vendor, idempotency_key="k").status == 422
    assert shop.post(RESTOCKS_PATH, {}, vendor, idempotency_key="k").status == 422
    assert shop.post(RESTOCKS_PATH, {"quantity": 1}, vendor, idempotency_key="k").status == 404
    assert shop.get(f"{SKUS_PATH}?limit=0&cursor=!", vendor).status == 400
