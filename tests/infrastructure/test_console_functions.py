"""The functions that CloudFront runs for each request to the console: what becomes of a path."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infrastructure.cloudfront_functions import CODE_MAX_BYTES, code_of, run

PAGES = [
    "/",
    "/overview",
    "/inventory",
    "/skus/SKU-PROD-E4F9A-BLK-L",
    "/products",
    "/products/PROD-E4F9A",
    "/import",
    "/stocktake",
    "/orders",
    "/orders/ORDER-1001",
    "/log",
    "/findings",
    "/verify/SKU-PROD-E4F9A-BLK-L",
    "/stock-at/SKU-PROD-E4F9A-BLK-L",
    "/shelf",
]
"""The addresses of the console's pages."""
UNUSUAL_PAGES = [
    "/inventory/",
    "/skus/SKU.1",
    "/orders/1.2.3/",
    "/skus/A%2FB",
    "/products/%E2%82%AC",
    "/skus/%2e%2e",
    "/no-such-page",
    "/a.b/c",
    "/skus/a/b",
    "/apian",
    "/demonstration",
    "/tokens",
    "/Api/stock",
    "//",
    "",
]
FILES = [
    "/index.html",
    "/config.json",
    "/colour-scheme.js",
    "/favicon.svg",
    "/assets/index-B1xY2z3_.js",
    "/assets/inventory-1a2b3c4d.css",
    "/pyodide/pyodide.asm.wasm",
    "/.well-known/security.txt",
    "/robots.txt",
    "/skus.html",
    "/skus/a/b.js",
    "/orders/../config.json",
    "/missing.js",
]
NOT_HERE = [
    "/api",
    "/api/",
    "/api/stock",
    "/api/stockx",
    "/api/stockx/health",
    "/api/Stock/health",
    "/api/stock.json",
    "/api/orders/ORDER-1",
    "//api/stock/health",
    "/token",
    "/token/",
    "/demo",
    "/demo/x.html",
]


def assert_not_found(returned: dict[str, Any]) -> None:
    assert returned["statusCode"] == 404
    assert returned["headers"]["content-type"] == {"value": "application/problem+json"}
    assert returned["headers"]["cache-control"] == {"value": "no-store"}
    assert '"code":"route_not_found"' in returned["body"]
    assert '"request_id":"some-request"' in returned["body"]


def test_the_address_of_a_page_becomes_the_page() -> None:
    paths = PAGES + UNUSUAL_PAGES
    assert {
        path: each["uri"] for path, each in zip(paths, run("pages", paths), strict=True)
    } == dict.fromkeys(paths, "/index.html")


def test_a_file_stays_itself() -> None:
    assert [each["uri"] for each in run("pages", FILES)] == FILES


def test_what_is_no_page_is_not_found_in_the_form_of_the_services() -> None:
    for returned in run("pages", NOT_HERE):
        assert_not_found(returned)


@pytest.mark.parametrize("service", ["audit", "catalog", "stock"])
def test_a_service_gets_the_path_without_its_prefix(service: str) -> None:
    own = [
        "/health",
        "/",
        "/vendors/VENDOR-001/inventory",
        "/products/PROD-E4F9A/skus/SKU-PROD-E4F9A-BLK-L/",
        "/skus/SKU-PROD-E4F9A-BLK-L/timeline.svg",
        "/orders/A%2FB",
        "/orders/1..2",
        "/orders/.hidden",
        "/api/stock/health",
        "/products/caf%C3%A9%20",
    ]
    returned = run("api", [f"/api/{service}{path}" for path in own])
    assert [each["uri"] for each in returned] == own


@pytest.mark.parametrize(
    "path",
    [
        "/api/stock",
        "/api/stockx",
        "/api/stockx/health",
        "/api/billing/health",
        "/API/stock/health",
        "/api/stock/../catalog/products",
        "/api/stock/..",
        "/api/stock/./health",
        "/api/stock/%2e%2e/catalog",
        "/api/stock/%2E./catalog",
        "/api/stock/..%2fcatalog",
        "/api/stock/..%5ccatalog",
        "/api/stock/a\\b",
        "/api/stock//health",
        "/api/stock/orders//",
        "//api/stock/health",
        "/api//stock/health",
        "/x/../api/stock/health",
        "/%61pi/stock/health",
    ],
)
def test_a_path_that_two_could_read_differently_reaches_no_service(path: str) -> None:
    assert_not_found(run("api", [path])[0])


def test_everything_but_the_path_stays() -> None:
    request = {
        "method": "POST",
        "querystring": {
            "q": {"value": "a%2Fb"},
            "tag": {"value": "1", "multiValue": [{"value": "1"}, {"value": "2"}]},
        },
        "headers": {
            "authorization": {"value": "Bearer x"},
            "idempotency-key": {"value": "k"},
            "if-match": {"value": '"3"'},
        },
        "cookies": {},
    }
    assert run("api", ["/api/stock/orders"], **request) == [request | {"uri": "/orders"}]
    assert run("pages", ["/shelf"], **request) == [request | {"uri": "/index.html"}]


@pytest.mark.parametrize("name", ["pages", "api"])
def test_the_code_is_short_enough_for_cloudfront(name: str) -> None:
    assert len(code_of(name).encode()) < CODE_MAX_BYTES
    assert "import " not in code_of(name)
