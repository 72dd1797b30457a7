"""Ledgers for tests: records as the stock service writes them."""

from __future__ import annotations

from typing import Any

from inventory_common.ids import transaction_id
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import plus_seconds
from inventory_common.transactions import TransactionRecord

NOW = "2026-02-23T10:30:00.000000Z"
PRODUCT = "PROD-E4F9A"
VENDOR = "VENDOR-001"
OTHER_VENDOR = "VENDOR-002"
BLACK = f"SKU-{PRODUCT}-BLK-L"
WHITE = f"SKU-{PRODUCT}-WHT-L"


def a_record(sku: str = BLACK, sequence: int = 1, **differences: Any) -> TransactionRecord:
    """A restock of five; each a minute after the one before."""
    attributes: dict[str, Any] = {
        "transaction_id": transaction_id(sku, sequence),
        "timestamp": plus_seconds(NOW, 60 * sequence),
        "product_id": sku.removeprefix("SKU-")[: len(PRODUCT)],
        "sku": sku,
        "vendor_id": VENDOR,
        "transaction_type": "restock",
        "quantity_change": 5,
        "stock_before": 5 * (sequence - 1),
        "stock_after": 5 * sequence,
        "performed_by": VENDOR,
        "sequence": sequence,
        "quantity": 5,
        "reserved_before": 0,
        "reserved_after": 0,
        "request_id": "request-1",
        "previous_hash": FIRST_PREVIOUS_HASH,
    }
    return TransactionRecord.sealed(**attributes | differences)


def keep(client: Any, *records: TransactionRecord) -> None:
    for record in records:
        client.put_item(TableName="StockTransactions", Item=record.to_item())
