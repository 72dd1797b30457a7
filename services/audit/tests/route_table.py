"""Which roles may use which route of the log, and with which request: written by hand, as a check."""

from __future__ import annotations

from typing import Any

from front_door import ROLES
from refusal_walk import EMPTY, EVERYBODY, OWN_ROUTES, SERVED, Row, Table

from .ledger import BLACK, PRODUCT, VENDOR, a_ledger, a_record, a_sku, keep, keep_order, keep_sku

LOG_READERS = frozenset({"vendor", "auditor", "admin"})

PATHS = {
    "transaction_id": a_record().transaction_id,
    "product_id": PRODUCT,
    "vendor_id": VENDOR,
    "sku": BLACK,
    "order_id": "ORDER-12345",
}
NO_SKU = {"sku": f"SKU-{PRODUCT}-NONE"}
ABSENT = {"transaction_id": a_record(BLACK, 99).transaction_id}

ROUTES: Table = {
    **OWN_ROUTES,
    ("GET", "/transactions/{transaction_id}"): Row(
        allowed_roles=LOG_READERS,
        another_vendor="transaction_not_found",
        absent=ABSENT,
        not_found="transaction_not_found",
    ),
    ("GET", "/products/{product_id}/transactions"): Row(
        allowed_roles=LOG_READERS, paged=True, another_vendor=EMPTY
    ),
    ("GET", "/vendors/{vendor_id}/transactions"): Row(
        allowed_roles=LOG_READERS, paged=True, another_vendor="forbidden"
    ),
    ("GET", "/orders/{order_id}/transactions"): Row(
        allowed_roles=frozenset(ROLES),
        paged=True,
        another_vendor="order_not_found",
        absent={"order_id": "ORDER-NONE"},
        not_found="order_not_found",
    ),
    ("GET", "/findings"): Row(
        allowed_roles=LOG_READERS, paged=True, another_vendor=EMPTY, throttled="archive_unavailable"
    ),
    ("GET", "/ledger-keys"): Row(
        allowed_roles=EVERYBODY, another_vendor=SERVED, throttled="ledger_key_unavailable"
    ),
    ("GET", "/skus/{sku}/stock-at"): Row(
        allowed_roles=LOG_READERS,
        query=(("time", "2026-02-23T10:31:00Z"),),
        another_vendor="sku_not_found",
        absent=NO_SKU,
        not_found="sku_not_found",
    ),
    ("GET", "/skus/{sku}/timeline.svg"): Row(
        allowed_roles=LOG_READERS, another_vendor="sku_not_found", absent=NO_SKU, not_found="sku_not_found"
    ),
    ("GET", "/skus/{sku}/reservations"): Row(
        allowed_roles=LOG_READERS | {"desk"},
        another_vendor="sku_not_found",
        absent=NO_SKU,
        not_found="sku_not_found",
    ),
    ("GET", "/skus/{sku}/verification"): Row(
        allowed_roles=LOG_READERS,
        paged=True,
        another_vendor="sku_not_found",
        absent=NO_SKU,
        not_found="sku_not_found",
    ),
    ("GET", "/skus/{sku}/transactions"): Row(allowed_roles=LOG_READERS, paged=True, another_vendor=EMPTY),
}


def furnish(dynamodb: Any) -> None:
    """Store the items that the requests of the table are about."""
    records = a_ledger(3)
    keep(dynamodb, *records)
    keep_sku(dynamodb, a_sku(records))
    keep_order(dynamodb, PATHS["order_id"], 5)
