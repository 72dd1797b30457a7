"""The response to a request with several faults is that of the check that comes first (design 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest
from front_door import Client, Tokens
from refusal_walk import ANOTHER_VENDOR, Fault, OrderOfChecks, Route, with_members, without_query

from .route_table import PATHS, PRODUCT, ROUTES, furnish
from .shop import VENDOR, a_product, keep

NEW_PRODUCT = {"product_name": "Lamp", "category": "Home", "base_price": 19.9}


class TestOrderOfChecks(OrderOfChecks):
    routes = ROUTES
    paths = PATHS
    more: ClassVar[Mapping[Route, Sequence[Fault]]] = {
        ("POST", "/products"): [
            Fault("a negative price", 422, "invalid_input", with_members(base_price=-1)),
            Fault("no vendor", 422, "invalid_input", with_members(vendor_id=None)),
            Fault(
                "an external id that is in use", 409, "external_id_exists", with_members(external_id="L-1")
            ),
        ],
        ("GET", "/products"): [
            Fault("no category", 422, "invalid_input", without_query("category")),
        ],
        ("PATCH", "/products/{product_id}"): [
            Fault("a negative price", 422, "invalid_input", with_members(base_price=-1)),
        ],
    }

    @pytest.fixture
    def furnished(self, shop: Client, dynamodb: Any, admin: str) -> Client:
        furnish(dynamodb)
        guarded = NEW_PRODUCT | {"vendor_id": VENDOR, "external_id": "L-1"}
        assert shop.post("/products", guarded, admin).status == 201
        return shop


def test_a_key_used_for_another_body_is_reported_before_an_external_id_that_is_in_use(
    shop: Client, vendor: str
) -> None:
    in_use = NEW_PRODUCT | {"external_id": "L-1"}
    assert shop.post("/products", in_use, vendor, idempotency_key="k").status == 201
    again = shop.post("/products", in_use | {"base_price": 20}, vendor, idempotency_key="k")
    assert (again.status, again.code) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_another_vendor_does_not_learn_a_products_version(
    shop: Client, tokens: Tokens, dynamodb: Any, method: str
) -> None:
    keep(dynamodb, a_product(PRODUCT))
    body = {"brand": "B"} if method == "PATCH" else None
    other = tokens.vendor(ANOTHER_VENDOR)
    response = shop.send(method, f"/products/{PRODUCT}", other, body, if_match='"of-yesterday"')
    assert (response.status, response.code) == (404, "product_not_found")


@pytest.mark.parametrize(
    "also", ["limit=0", "cursor=nonsense", "unheard_of=1", "min_price=cheap", "active=true"]
)
def test_the_role_for_inactive_products_is_checked_first(shop: Client, tokens: Tokens, also: str) -> None:
    address = f"/products?category=Electronics&active=false&{also}"
    assert shop.get(address).code == "unauthenticated"
    for role in ("vendor", "orders"):
        assert shop.get(address, tokens.of_role(role)).code == "forbidden"
    for role in ("auditor", "admin"):
        assert shop.get(address, tokens.of_role(role)).status in (400, 422)
