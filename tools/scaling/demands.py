"""The measured capacity units of each operation, by the partition key that it uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

__all__ = [
    "BY_VENDOR",
    "DEMANDS",
    "ITEMS",
    "LOW",
    "PARTITION_READS",
    "PARTITION_WRITES",
    "SPREAD",
    "Demand",
    "Partition",
    "limit_of",
    "place",
]

PARTITION_WRITES: Final = 1_000
PARTITION_READS: Final = 3_000
"""Units a second that one partition serves, according to DynamoDB's documentation."""


class Partition(NamedTuple):
    """A partition key of a table or index.

    Attributes
    ----------
    table
        The table, or ``table/index``.
    key_of
        What the key identifies: a product, a vendor, an order, ….
    reads
        Whether the operation reads there; otherwise it writes.
    """

    table: str
    key_of: str
    reads: bool = False

    @property
    def units_per_second(self) -> int:
        """The units a second that the partition serves."""
        return PARTITION_READS if self.reads else PARTITION_WRITES


Demand = Mapping[Partition, float]

ITEMS, BY_VENDOR, LOW = (
    "VendorInventory",
    "VendorInventory/VendorInventoryIndex",
    "VendorInventory/LowStockIndex",
)
LOG: Final = "StockTransactions"
PRODUCTS: Final = "Products-table"

_RECORD: Final = {
    Partition(LOG, "record"): 2,
    Partition(f"{LOG}/ProductTransactionIndex", "product"): 1,
    Partition(f"{LOG}/VendorTransactionIndex", "vendor"): 1,
    Partition(f"{LOG}/SKUTransactionIndex", "sku"): 1,
}
_SKU: Final = {Partition(ITEMS, "product"): 2, Partition(BY_VENDOR, "vendor"): 2}
_ORDER: Final = {Partition(ITEMS, "order"): 2, Partition(BY_VENDOR, "open orders"): 1}
_ORDER_READ: Final = {Partition(ITEMS, "order", reads=True): 1}


def _times(demand: Demand, count: int) -> dict[Partition, float]:
    return {partition: units * count for partition, units in demand.items()}


def place(orders: int) -> dict[Partition, float]:
    """Return the demand of one transaction that places so many orders of one line of the same SKU."""
    return {**_times(_RECORD, orders), **_SKU, **_times(_ORDER, orders), Partition(LOW, "vendor"): 1}


DEMANDS: Final[dict[str, Demand]] = {
    "get_product": {Partition(PRODUCTS, "product", reads=True): 1},
    "browse_category": {Partition(f"{PRODUCTS}/CategoryIndex", "category", reads=True): 6.5},
    "list_vendor_products": {Partition(f"{PRODUCTS}/VendorProductsIndex", "vendor", reads=True): 6.5},
    "get_sku": {Partition(ITEMS, "product", reads=True): 1},
    "list_vendor_inventory": {Partition(BY_VENDOR, "vendor", reads=True): 5.5},
    "low_stock": {Partition(ITEMS, "vendor", reads=True): 1, Partition(LOW, "vendor", reads=True): 1},
    "product_history": {Partition(f"{LOG}/ProductTransactionIndex", "product", reads=True): 6.5},
    "vendor_log": {Partition(f"{LOG}/VendorTransactionIndex", "vendor", reads=True): 6.5},
    "sku_history": {Partition(f"{LOG}/SKUTransactionIndex", "sku", reads=True): 6.5},
    "stock_at": {Partition(f"{LOG}/SKUTransactionIndex", "sku", reads=True): 0.5},
    "restock": {**_RECORD, **_SKU, Partition(LOW, "vendor"): 2, Partition(ITEMS, "idempotency record"): 2},
    "place_1": place(1),
    "confirm_1": {**_RECORD, **_SKU, **_ORDER, **_ORDER_READ, Partition(LOW, "vendor"): 2},
    "batch_place_49": place(49),
}
"""The demand of each operation on one SKU, one product, one vendor or one category."""

SPREAD: Final = frozenset({"order", "record", "idempotency record"})
"""Keys that are new for each request, and so spread over all partitions."""


def limit_of(operation: str, key_of: str) -> tuple[float, Partition] | None:
    """Return the highest rate a second of an operation on one product, vendor, …, and the partition that
    limits it; None if none does.
    """
    rates = [
        (partition.units_per_second / units, partition)
        for partition, units in DEMANDS[operation].items()
        if partition.key_of == key_of
    ]
    return min(rates, default=None)
