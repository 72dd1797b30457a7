"""What is answered to a request that is wrong in several ways: always what is checked first (design 4)."""

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
            Fault("a price of nobody", 422, "invalid_input", with_members(base_price=-1)),
            Fault("no owner", 422, "invalid_input", with_members(vendor_id=None)),
            Fault("an external id that is taken", 409, "external_id_exists", with_members(external_id="L-1")),
        ],
        ("GET", "/products"): [
            Fault("no category", 422, "invalid_input", without_query("category")),
        ],
        ("PATCH", "/products/{product_id}"): [
            Fault("a price of nobody", 422, "invalid_input", with_members(base_price=-1)),
        ],
    }

    @pytest.fixture
    def furnished(self, shop: Client, dynamodb: Any, admin: str) -> Client:
        furnish(dynamodb)
        guarded = NEW_PRODUCT | {"vendor_id": VENDOR, "external_id": "L-1"}
        assert shop.post("/products", guarded, admin).status == 201
        return shop


def test_a_key_used_for_another_body_goes_before_an_external_id_that_is_taken(
    shop: Client, vendor: str
) -> None:
    taken = NEW_PRODUCT | {"external_id": "L-1"}
    assert shop.post("/products", taken, vendor, idempotency_key="k").status == 201
    again = shop.post("/products", taken | {"base_price": 20}, vendor, idempotency_key="k")
    assert (again.status, again.code) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_who_may_not_know_of_a_product_is_not_told_its_version(
    shop: Client, tokens: Tokens, dynamodb: Any, method: str
) -> None:
    keep(dynamodb, a_product(PRODUCT))
    body = {"brand": "B"} if method == "PATCH" else None
    other = tokens.vendor(ANOTHER_VENDOR)
    answer = shop.send(method, f"/products/{PRODUCT}", other, body, if_match='"of-yesterday"')
    assert (answer.status, answer.code) == (404, "product_not_found")


@pytest.mark.parametrize(
    "also", ["limit=0", "cursor=nonsense", "unheard_of=1", "min_price=cheap", "active=true"]
)
def test_who_may_not_ask_for_inactive_products_is_told_so_first(
    shop: Client, tokens: Tokens, also: str
) -> None:
    address = f"/products?category=Electronics&active=false&{also}"
    assert shop.get(address).code == "unauthenticated"
    for role in ("vendor", "orders"):
        assert shop.get(address, tokens.of_role(role)).code == "forbidden"
    for role in ("auditor", "admin"):
        assert shop.get(address, tokens.of_role(role)).status in (400, 422)
