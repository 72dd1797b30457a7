"""What all routes have in common: paths, methods, bodies and queries that are wrong."""

from __future__ import annotations

import pytest
from front_door import Client

from ..shop import ORDER_PATH, RESTOCKS_PATH, SKU_PATH, SKUS_PATH


def test_all_faults_of_a_request_are_named_at_once(shop: Client, vendor: str) -> None:
    path = "/products/PROD-!/skus/SKU-!/restocks?x=1"
    answer = shop.post(path, {"quantity": 0, "more": 1}, vendor, idempotency_key="k")
    paths = {error["path"] for error in answer.json["errors"]}
    assert paths == {"query.x", "path.product_id", "path.sku", "body.quantity", "body.more"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "route_not_found"),
        ("GET", f"{RESTOCKS_PATH}/1", 404, "route_not_found"),
        ("PATCH", ORDER_PATH, 405, "method_not_allowed"),
        ("GET", RESTOCKS_PATH, 405, "method_not_allowed"),
        ("OPTIONS", ORDER_PATH, 405, "method_not_allowed"),
    ],
)
def test_an_unknown_path_or_method_is_refused(
    shop: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = shop.send(method, path)
    assert (answer.status, answer.code) == (status, code)
    assert ("Allow" in answer.headers) == (status == 405)


def test_the_health_of_the_service_is_ok(shop: Client) -> None:
    answer = shop.get("/health")
    assert (answer.status, answer.json) == (200, {"status": "ok", "service": "inventory-stock"})
    assert answer.headers["X-Request-Id"]


@pytest.mark.usefixtures("stocked")
def test_path_parameters_are_decoded_once(shop: Client, vendor: str) -> None:
    assert shop.get(SKU_PATH.replace("-", "%2D"), vendor).status == 200
    assert shop.get(SKU_PATH.replace("-", "%252D"), vendor).status == 422


NONSENSE = [
    '{"quantity": 1e99999999999999999999}',
    '{"quantity": 1e-99999999999999999999}',
    '{"quantity": 1e999}',
    '{"quantity": -0}',
    '{"quantity": ' + "9" * 5000 + "}",
    '{"quantity": NaN}',
    '{"quantity": 1, "quantity": 1}',
    '{"quantity": 1, "notes": "\\ud800"}',
    '{"quantity": 1, "\\ud800": 1}',
    '{"quantity": 1, "\\u0000": 1}',
    '{"unit_price": 1e99999999999999999999}',
    '{"lines": [{"product_id": "\\udfff", "sku": "SKU-", "quantity": {}}]}',
    "[" * 100_000,
    "null",
    '"text"',
    "\ud800",
    "\x00",
    " ",
]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_no_body_causes_an_internal_error(shop: Client, vendor: str, orders: str, body: str) -> None:
    for method, path, token in (
        ("POST", RESTOCKS_PATH, vendor),
        ("POST", SKUS_PATH, vendor),
        ("PUT", ORDER_PATH, orders),
        ("POST", f"{ORDER_PATH}/cancel", orders),
        ("POST", f"{ORDER_PATH}/refund", orders),
        ("POST", f"{SKU_PATH}/adjustments", vendor),
        ("PATCH", SKU_PATH, vendor),
    ):
        answer = shop.send(method, path, token, body, idempotency_key="k")
        assert answer.status in (400, 422), answer


@pytest.mark.parametrize(
    "query", ["cursor=W10", "cursor=%F0%9F%8E%A7", "cursor=", "cursor=bnVsbA", "%00=1", "limit=%F0%9F%8E%A7"]
)
def test_no_query_causes_an_internal_error(shop: Client, vendor: str, query: str) -> None:
    assert shop.get(f"{SKUS_PATH}?{query}", vendor).status in (400, 422)
