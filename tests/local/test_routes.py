"""The route of a path."""

from __future__ import annotations

import pytest

from local.routes import Match, RouteTable

ROUTES = RouteTable(
    [
        "/",
        "/orders/{order_id}",
        "/orders/batch",
        "/orders/{order_id}/confirm",
        "/products",
        "/products/{product_id}/skus/{sku}",
    ]
)


def test_a_literal_segment_wins_over_a_parameter() -> None:
    assert ROUTES.match("/orders/batch") == Match("/orders/batch", None)
    assert ROUTES.match("/orders/ORDER-1") == Match("/orders/{order_id}", {"order_id": "ORDER-1"})


def test_an_encoded_slash_does_not_split_a_segment() -> None:
    assert ROUTES.match("/orders/A%2FB").parameters == {"order_id": "A%2FB"}
    assert ROUTES.match("/orders/A%2fconfirm").resource == "/orders/{order_id}"


def test_parameters_stay_encoded() -> None:
    match = ROUTES.match("/products/%E2%82%AC/skus/100%25")
    assert match.parameters == {"product_id": "%E2%82%AC", "sku": "100%25"}


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/", "/"),
        ("/products/", "/products"),
        ("/orders/ORDER-1/", "/orders/{order_id}"),
        ("/orders/ORDER-1/confirm/", "/orders/{order_id}/confirm"),
    ],
)
def test_one_trailing_slash_is_ignored(path: str, resource: str) -> None:
    assert ROUTES.match(path).resource == resource


@pytest.mark.parametrize(
    "path",
    [
        "/unknown",
        "/products//",
        "//products",
        "/orders//confirm",
        "/orders/a/b/c",
        "/Products",
        "products",
        "*",
        "",
    ],
)
def test_an_unknown_path_is_its_own_resource(path: str) -> None:
    assert ROUTES.match(path) == Match(path, None)
