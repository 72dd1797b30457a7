"""Each route of the service with its roles and a valid request, stated independently of the application."""

from __future__ import annotations

from front_door import Client
from refusal_walk import EMPTY, EVERYBODY, OWN_ROUTES, SERVED, Row, Table

from .shop import (
    BLACK,
    ORDER,
    ORDER_PATH,
    PRODUCT,
    VENDOR,
    WHITE,
    Tables,
    a_product,
    a_sku,
    order_body,
    settlement_body,
)

WRITERS = frozenset({"vendor", "admin"})
READERS = frozenset({"vendor", "orders", "desk", "auditor", "admin"})
INVENTORY_READERS = frozenset({"vendor", "auditor", "admin"})
ORDER_KEEPERS = frozenset({"orders", "desk", "admin"})
ORDER_LISTERS = ORDER_KEEPERS | {"auditor"}
ORDER_RELEASERS = ORDER_KEEPERS | {"vendor"}

PATHS = {"product_id": PRODUCT, "sku": BLACK, "vendor_id": VENDOR, "order_id": ORDER}
NO_PRODUCT = {"product_id": "PROD-00000"}
NO_SKU = {"sku": f"SKU-{PRODUCT}-NONE"}
NO_ORDER = {"order_id": "ORDER-NONE"}
ANOTHER_ORDER = "ORDER-67890"
CANCELLED_ORDER = "ORDER-CANCELLED"

RED = f"SKU-{PRODUCT}-RED-L"
NEW_SKU = {"sku": RED, "variant_name": "Red", "unit_price": 90, "reorder_threshold": 5}
A_CHANGE = {
    "type": "restock",
    "product_id": PRODUCT,
    "sku": BLACK,
    "quantity": 5,
    "idempotency_key": "change-of-the-walk",
}
ONE_UNIT = settlement_body((BLACK, 1))

ROUTES: Table = {
    **OWN_ROUTES,
    ("POST", "/products/{product_id}/skus"): Row(
        allowed_roles=WRITERS, body=NEW_SKU, idempotency="optional", another_vendor="product_not_found"
    ),
    ("GET", "/products/{product_id}/skus"): Row(allowed_roles=READERS, paged=True, another_vendor=EMPTY),
    ("GET", "/products/{product_id}/skus/{sku}"): Row(
        allowed_roles=READERS, another_vendor="sku_not_found", absent=NO_SKU, not_found="sku_not_found"
    ),
    ("PATCH", "/products/{product_id}/skus/{sku}"): Row(
        allowed_roles=WRITERS,
        body={"unit_price": 80},
        idempotency="optional",
        versioned=True,
        another_vendor="sku_not_found",
        absent=NO_SKU,
        not_found="sku_not_found",
    ),
    ("DELETE", "/products/{product_id}/skus/{sku}"): Row(
        allowed_roles=WRITERS,
        idempotency="optional",
        versioned=True,
        another_vendor="sku_not_found",
        absent=NO_SKU,
        not_found="sku_not_found",
    ),
    ("POST", "/products/{product_id}/skus/{sku}/restocks"): Row(
        allowed_roles=WRITERS,
        body={"quantity": 5},
        idempotency="required",
        another_vendor="sku_not_found",
        absent=NO_SKU,
        not_found="sku_not_found",
    ),
    ("POST", "/products/{product_id}/skus/{sku}/adjustments"): Row(
        allowed_roles=WRITERS,
        body={"quantity_change": -1, "notes": "broken"},
        idempotency="required",
        another_vendor="sku_not_found",
        absent=NO_SKU,
        not_found="sku_not_found",
    ),
    ("POST", "/stock/batch"): Row(
        allowed_roles=WRITERS,
        body={"changes": [A_CHANGE]},
        per_item=True,
        another_vendor=SERVED,
    ),
    ("GET", "/vendors/{vendor_id}/inventory"): Row(
        allowed_roles=INVENTORY_READERS, paged=True, another_vendor="forbidden"
    ),
    ("GET", "/vendors/{vendor_id}/low-stock"): Row(
        allowed_roles=INVENTORY_READERS, paged=True, another_vendor="forbidden"
    ),
    ("POST", "/availability"): Row(
        allowed_roles=EVERYBODY,
        body={"lines": [{"product_id": PRODUCT, "sku": BLACK, "quantity": 2}]},
        reads_only=True,
        another_vendor=SERVED,
    ),
    ("PUT", "/orders/{order_id}"): Row(
        allowed_roles=ORDER_KEEPERS,
        body=order_body((BLACK, 4)),
        writing={"paths": PATHS | {"order_id": ANOTHER_ORDER}},
    ),
    ("GET", "/orders/{order_id}"): Row(
        allowed_roles=READERS, another_vendor="order_not_found", absent=NO_ORDER, not_found="order_not_found"
    ),
    ("GET", "/orders"): Row(allowed_roles=ORDER_LISTERS, paged=True),
    ("POST", "/orders/batch"): Row(
        allowed_roles=ORDER_KEEPERS,
        body={"orders": [{"order_id": ORDER} | order_body((BLACK, 4))]},
        per_item=True,
        writing={"body": {"orders": [{"order_id": ANOTHER_ORDER} | order_body((BLACK, 4))]}},
    ),
    ("POST", "/orders/{order_id}/extend"): Row(
        allowed_roles=ORDER_KEEPERS,
        body={"hold_seconds": 2_000_000},
        absent=NO_ORDER,
        not_found="order_not_found",
    ),
    ("POST", "/orders/{order_id}/amend"): Row(
        allowed_roles=ORDER_KEEPERS,
        body=order_body((BLACK, 5)),
        idempotency="required",
        versioned=True,
        absent=NO_ORDER,
        not_found="order_not_found",
    ),
    ("POST", "/orders/{order_id}/reopen"): Row(
        allowed_roles=ORDER_KEEPERS,
        body={"hold_seconds": 600},
        idempotency="required",
        versioned=True,
        absent=NO_ORDER,
        not_found="order_not_found",
        paths={"order_id": CANCELLED_ORDER},
    ),
    ("POST", "/orders/{order_id}/confirm"): Row(
        allowed_roles=ORDER_KEEPERS,
        body=ONE_UNIT,
        idempotency="required",
        absent=NO_ORDER,
        not_found="order_not_found",
    ),
    ("POST", "/orders/{order_id}/cancel"): Row(
        allowed_roles=ORDER_RELEASERS,
        another_vendor="order_not_found",
        body=ONE_UNIT,
        idempotency="required",
        absent=NO_ORDER,
        not_found="order_not_found",
    ),
    ("POST", "/orders/{order_id}/refund"): Row(
        allowed_roles=ORDER_RELEASERS,
        another_vendor="order_not_found",
        body=ONE_UNIT,
        idempotency="required",
        absent=NO_ORDER,
        not_found="order_not_found",
    ),
}
"""A command on part of an order requires a key; one on the whole order, tested elsewhere, does not."""


def prepare(shop: Client, tables: Tables, orders: str) -> None:
    """Store what the requests of the table need: two SKUs, an order of four units, one confirmed, and one
    that was cancelled.
    """
    tables.put(a_product(), a_sku(BLACK, 50), a_sku(WHITE, 3))
    assert shop.put(ORDER_PATH, order_body((BLACK, 4)), orders).status == 201
    confirmed = shop.post(f"{ORDER_PATH}/confirm", ONE_UNIT, orders, idempotency_key="before-the-walk")
    assert confirmed.status == 200
    cancelled_path = f"/orders/{CANCELLED_ORDER}"
    assert shop.put(cancelled_path, order_body((BLACK, 1)), orders).status == 201
    assert shop.post(f"{cancelled_path}/cancel", token=orders).status == 200
