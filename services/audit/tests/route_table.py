"""Who may use which route of the log, and with which request: stated here once more, by hand."""

from __future__ import annotations

from typing import Any

from refusal_walk import EMPTY, OWN_ROUTES, Row, Table

from .ledger import BLACK, PRODUCT, VENDOR, a_record, keep

LOG_READERS = frozenset({"vendor", "auditor", "admin"})

PATHS = {
    "transaction_id": a_record().transaction_id,
    "product_id": PRODUCT,
    "vendor_id": VENDOR,
    "sku": BLACK,
}
ABSENT = {"transaction_id": a_record(BLACK, 99).transaction_id}

ROUTES: Table = {
    **OWN_ROUTES,
    ("GET", "/transactions/{transaction_id}"): Row(
        may=LOG_READERS,
        another_vendor="transaction_not_found",
        absent=ABSENT,
        not_found="transaction_not_found",
    ),
    ("GET", "/products/{product_id}/transactions"): Row(may=LOG_READERS, paged=True, another_vendor=EMPTY),
    ("GET", "/vendors/{vendor_id}/transactions"): Row(
        may=LOG_READERS, paged=True, another_vendor="forbidden"
    ),
    ("GET", "/skus/{sku}/transactions"): Row(may=LOG_READERS, paged=True, another_vendor=EMPTY),
}


def furnish(dynamodb: Any) -> None:
    """Store what the requests of the table are about."""
    keep(dynamodb, *(a_record(BLACK, sequence) for sequence in range(1, 4)))
