"""The nine rows of "Common Query Patterns": what each finds, and its calls of DynamoDB."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.settings import SERVICES, SERVICES_FOLDER
from tests.integration.shop import Shop, Sku, done
from tests.specification.recorder import Read, Recorder
from tests.specification.routes import Route, routes_of
from tests.specification.the_specification import ACCESS_PATTERNS, INVENTORY, PRODUCTS, TRANSACTIONS

STRONGLY, EVENTUALLY = True, False
VENDOR, OTHER_VENDOR = "VENDOR-001", "VENDOR-002"

NEEDED = {
    "/products": {"category": "Drinks"},
    "/orders": {"due_before": "2999-01-01T00:00:00Z"},
    "/skus/{sku}/stock-at": {"time": "2999-01-01T00:00:00Z"},
}
"""The query parameters that a read requires."""

Ask = Callable[..., tuple[Any, list[Read]]]


@pytest.fixture
def ask(shop: Shop, recorder: Recorder) -> Ask:
    """Send one GET, and return its response with its calls of DynamoDB."""

    def ask(url: str, role: str | None, vendor_id: str | None = None) -> tuple[Any, list[Read]]:
        with recorder.recording() as calls:
            response = done(shop.ask("GET", url, role, vendor_id)).json()
        return response, [call.read for call in calls]

    return ask


def values(page: Any, name: str) -> list[Any]:
    """Return one attribute of all items of a list that has a single page."""
    assert page["next_cursor"] is None
    return [item[name] for item in page["items"]]


def test_get_product_details(shop: Shop, ask: Ask) -> None:
    created = done(shop.create_product(product_name="Headphones", category="Electronics")).json()
    shop.has_product(product_name="Another")

    product, reads = ask(f"{shop.catalog}/products/{created['product_id']}", None)

    assert product == created
    assert reads == [
        Read("GetItem", PRODUCTS, None, f"product_id = '{created['product_id']}'", STRONGLY),
    ]


def test_list_vendor_products(shop: Shop, ask: Ask) -> None:
    first, second, third = (shop.has_product(VENDOR, category=category) for category in "CAB")
    shop.has_product(OTHER_VENDOR)
    done(shop.deactivate_product(second))

    page, reads = ask(f"{shop.catalog}/vendors/{VENDOR}/products", "vendor", VENDOR)

    assert values(page, "product_id") == [first, second, third], "sorted by creation date"
    assert reads == [Read("Query", PRODUCTS, "VendorProductsIndex", f"vendor_id = '{VENDOR}'", EVENTUALLY)]


def test_browse_electronics(shop: Shop, ask: Ask) -> None:
    ours = shop.has_product(VENDOR, category="Electronics")
    theirs = shop.has_product(OTHER_VENDOR, category="Electronics")
    inactive = shop.has_product(VENDOR, category="Electronics")
    done(shop.deactivate_product(inactive))
    shop.has_product(VENDOR, category="Books")

    page, reads = ask(f"{shop.catalog}/products?category=Electronics", None)

    assert sorted(values(page, "product_id")) == sorted([ours, theirs])
    active = "category = 'Electronics' AND is_active = 'true'"
    assert reads == [Read("Query", PRODUCTS, "CategoryIndex", active, EVENTUALLY)]

    page, reads = ask(f"{shop.catalog}/products?category=Electronics&active=false", "admin")

    assert values(page, "product_id") == [inactive]
    assert reads == [
        Read("Query", PRODUCTS, "CategoryIndex", active.replace("true", "false"), EVENTUALLY),
    ]


def test_get_sku_inventory(shop: Shop, ask: Ask) -> None:
    sku = shop.has_sku(50, variant="BLK-L")
    shop.has_sku(3, product_id=sku.product_id, variant="WHT-L")

    found, reads = ask(f"{shop.stock}/products/{sku.product_id}/skus/{sku.sku}", "vendor", VENDOR)

    assert (found["product_id"], found["sku"], found["current_stock"]) == (sku.product_id, sku.sku, 50)
    key_condition = f"product_id = '{sku.product_id}' AND sku = '{sku.sku}'"
    assert reads == [Read("GetItem", INVENTORY, None, key_condition, STRONGLY)]


def test_list_vendor_inventory(shop: Shop, ask: Ask) -> None:
    first, second, third = (shop.has_sku(10, vendor_id=VENDOR) for _ in range(3))
    shop.has_sku(10, vendor_id=OTHER_VENDOR)
    done(shop.restock(second, 1))

    page, reads = ask(f"{shop.stock}/vendors/{VENDOR}/inventory", "vendor", VENDOR)

    assert values(page, "sku") == [second.sku, third.sku, first.sku], "recent changes first"
    assert reads == [Read("Query", INVENTORY, "VendorInventoryIndex", f"vendor_id = '{VENDOR}'", EVENTUALLY)]


def test_find_low_stock_items(shop: Shop, ask: Ask) -> None:
    def has(variant: str, stock: int, threshold: int, vendor_id: str = VENDOR) -> Sku:
        return shop.has_sku(stock, variant=variant, vendor_id=vendor_id, reorder_threshold=threshold)

    at_its_threshold = has("AT", stock=10, threshold=10)
    below = has("BELOW", stock=3, threshold=5)
    has("ABOVE-ITS-OWN-BELOW-ANOTHERS", stock=6, threshold=5)
    has("PLENTY", stock=500, threshold=10)
    has("THEIRS", stock=1, threshold=99, vendor_id=OTHER_VENDOR)
    retired = has("RETIRED", stock=2, threshold=5)
    done(
        shop.ask("DELETE", f"{shop.stock}/products/{retired.product_id}/skus/{retired.sku}", "vendor", VENDOR)
    )

    page, reads = ask(f"{shop.stock}/vendors/{VENDOR}/low-stock", "vendor", VENDOR)

    assert values(page, "sku") == [below.sku, at_its_threshold.sku], "lowest stock first"
    assert values(page, "low_stock_flag") == [True, True]
    bound = f"product_id = '{VENDOR}' AND sku = '#LOW-STOCK-BOUND'"
    assert reads == [
        Read("GetItem", INVENTORY, None, bound, STRONGLY),
        Read(
            "Query", INVENTORY, "LowStockIndex", f"vendor_id = '{VENDOR}' AND current_stock <= 10", EVENTUALLY
        ),
    ]


def test_get_transaction_by_id(shop: Shop, ask: Ask) -> None:
    sku = shop.has_sku(25)
    restock = done(shop.restock(sku, 5)).json()["transaction"]

    record, reads = ask(f"{shop.audit}/transactions/{restock['transaction_id']}", "vendor", VENDOR)

    assert record == restock
    assert reads == [
        Read("Query", TRANSACTIONS, None, f"transaction_id = '{restock['transaction_id']}'", STRONGLY)
    ]


def test_product_stock_history(shop: Shop, ask: Ask) -> None:
    black = shop.has_sku(10, variant="BLK")
    white = shop.has_sku(20, variant="WHT", product_id=black.product_id)
    shop.has_sku(30)
    done(shop.place("ORDER-1", (black, 4)))

    page, reads = ask(f"{shop.audit}/products/{black.product_id}/transactions", "vendor", VENDOR)

    history = list(zip(values(page, "sku"), values(page, "transaction_type"), strict=True))
    assert history == [(black.sku, "order_placed"), (white.sku, "restock"), (black.sku, "restock")]
    key_condition = f"product_id = '{black.product_id}'"
    assert reads == [Read("Query", TRANSACTIONS, "ProductTransactionIndex", key_condition, EVENTUALLY)]


def test_vendor_audit_log(shop: Shop, ask: Ask) -> None:
    first, second = shop.has_sku(10, vendor_id=VENDOR), shop.has_sku(20, vendor_id=VENDOR)
    shop.has_sku(30, vendor_id=OTHER_VENDOR)

    page, reads = ask(f"{shop.audit}/vendors/{VENDOR}/transactions", "vendor", VENDOR)

    assert values(page, "sku") == [second.sku, first.sku]
    assert values(page, "vendor_id") == [VENDOR, VENDOR]
    assert reads == [
        Read("Query", TRANSACTIONS, "VendorTransactionIndex", f"vendor_id = '{VENDOR}'", EVENTUALLY)
    ]


def test_sku_history(shop: Shop, ask: Ask) -> None:
    """Not one of the nine, but the use of the seventh index."""
    black = shop.has_sku(10, variant="BLK")
    shop.has_sku(20, variant="WHT", product_id=black.product_id)
    done(shop.restock(black, 5))

    page, reads = ask(f"{shop.audit}/skus/{black.sku}/transactions", "vendor", VENDOR)

    assert values(page, "stock_after") == [15, 10]
    assert reads == [Read("Query", TRANSACTIONS, "SKUTransactionIndex", f"sku = '{black.sku}'", EVENTUALLY)]


@pytest.mark.parametrize(
    "route",
    [route for service in SERVICES for route in routes_of(service) if route.method == "GET"],
    ids=lambda route: f"{route.service} {route.path}",
)
def test_no_read_of_any_service_is_a_scan(shop: Shop, recorder: Recorder, route: Route) -> None:
    sku = shop.has_sku(5)
    done(shop.place("ORDER-1", (sku, 1)))
    ids = {**sku._asdict(), "order_id": "ORDER-1", "transaction_id": shop.sku(sku)["last_transaction_id"]}
    url = getattr(shop, route.service) + route.path.format(**ids)
    with recorder.recording() as calls:
        shop.ask("GET", url, "admin", params=NEEDED.get(route.path))
    if route.path in ("/findings", "/ledger-keys"):
        assert not calls, "they are not in the tables"
        return
    assert calls, "the read makes no call"
    assert {call.operation for call in calls} <= {"GetItem", "BatchGetItem", "Query"}


def test_the_routes_are_those_of_the_openapi_documents() -> None:
    for service in SERVICES:
        document = json.loads((SERVICES_FOLDER / service / "openapi.json").read_text(encoding="utf-8"))
        documented = {
            (method.upper(), path)
            for path, operations in document["paths"].items()
            for method in operations
            if path not in ("/health", "/openapi.json", "/asyncapi.json") and not path.startswith("/docs")
        }
        assert {(route.method, route.path) for route in routes_of(service)} == documented


def test_every_pattern_has_its_test() -> None:
    names = {f"test_{pattern.lower().replace(' ', '_')}" for pattern in ACCESS_PATTERNS}
    assert len(names) == 9
    assert names <= globals().keys()
