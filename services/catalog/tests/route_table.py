"""Which roles may use which route of the catalog, and with which request: written by hand, as a check."""

from __future__ import annotations

from typing import Any

from refusal_walk import EVERYBODY, OWN_ROUTES, SERVED, Row, Table

from .shop import VENDOR, a_product, keep

WRITERS = frozenset({"vendor", "admin"})
OVERSEERS = frozenset({"vendor", "auditor", "admin"})

PRODUCT = "PROD-E4F9A"
PATHS = {"product_id": PRODUCT, "vendor_id": VENDOR}
ABSENT = {"product_id": "PROD-ZZZZZ"}

ROUTES: Table = {
    **OWN_ROUTES,
    ("POST", "/products"): Row(
        allowed_roles=WRITERS,
        body={"vendor_id": VENDOR, "product_name": "Lamp", "category": "Home", "base_price": 19.9},
        idempotency="optional",
        another_vendor="forbidden",
    ),
    ("GET", "/products"): Row(
        allowed_roles=EVERYBODY, query=(("category", "Electronics"),), paged=True, another_vendor=SERVED
    ),
    ("GET", "/products/{product_id}"): Row(
        allowed_roles=EVERYBODY, another_vendor=SERVED, absent=ABSENT, not_found="product_not_found"
    ),
    ("PATCH", "/products/{product_id}"): Row(
        allowed_roles=WRITERS,
        body={"brand": "Lumen"},
        idempotency="optional",
        versioned=True,
        another_vendor="product_not_found",
        absent=ABSENT,
        not_found="product_not_found",
    ),
    ("DELETE", "/products/{product_id}"): Row(
        allowed_roles=WRITERS,
        idempotency="optional",
        versioned=True,
        another_vendor="product_not_found",
        absent=ABSENT,
        not_found="product_not_found",
    ),
    ("GET", "/categories"): Row(allowed_roles=EVERYBODY, paged=True, another_vendor=SERVED),
    ("GET", "/vendors"): Row(allowed_roles=frozenset({"auditor", "admin"}), paged=True),
    ("GET", "/vendors/{vendor_id}/products"): Row(
        allowed_roles=OVERSEERS, paged=True, another_vendor="forbidden"
    ),
}


def furnish(dynamodb: Any) -> None:
    """Store the items that the requests of the table are about."""
    keep(dynamodb, a_product(PRODUCT))
