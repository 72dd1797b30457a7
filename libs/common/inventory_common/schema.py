"""The names of tables, indexes and key attributes, for all code.

The schema itself (types, projections, streams) is declared in ``terraform/platform/tables.auto.tfvars.json``;
a test compares these names with it.
"""

from typing import Final

from .values import value

__all__ = [
    "BARCODE_LOOKUPS",
    "CATEGORY_INDEX",
    "INDEXES",
    "LOW_STOCK_INDEX",
    "PRODUCTS",
    "PRODUCT_TRANSACTION_INDEX",
    "SKUS_OF_PRODUCT",
    "SKU_TRANSACTION_INDEX",
    "STOCK_TRANSACTIONS",
    "TTL_ATTRIBUTE",
    "VENDOR_INVENTORY",
    "VENDOR_INVENTORY_INDEX",
    "VENDOR_PRODUCTS_INDEX",
    "VENDOR_TRANSACTION_INDEX",
    "KeySpace",
    "Table",
]


@value
class Table:
    """A table: its name without the prefix of the stage, and its primary key."""

    name: str
    partition_key: str
    sort_key: str | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """The attributes of the primary key."""
        return (self.partition_key,) if self.sort_key is None else (self.partition_key, self.sort_key)


@value
class KeySpace:
    """The sort order that a Query reads: that of an index or, without an index name, of the table itself."""

    table: Table
    index_name: str | None
    partition_key: str
    sort_key: str
    sort_type: type[str] | type[int] = str

    @property
    def position(self) -> tuple[str, ...]:
        """The key attributes of a position in it: its own key, then that of the table."""
        return tuple(dict.fromkeys((self.partition_key, self.sort_key, *self.table.key)))


PRODUCTS: Final = Table("Products-table", "product_id")
VENDOR_INVENTORY: Final = Table("VendorInventory", "product_id", "sku")
STOCK_TRANSACTIONS: Final = Table("StockTransactions", "transaction_id", "timestamp")

TTL_ATTRIBUTE: Final = "ttl"
"""Epoch seconds after which DynamoDB removes an item; in Products-table and VendorInventory only."""

VENDOR_PRODUCTS_INDEX: Final = KeySpace(PRODUCTS, "VendorProductsIndex", "vendor_id", "created_at")
CATEGORY_INDEX: Final = KeySpace(PRODUCTS, "CategoryIndex", "category", "is_active")
VENDOR_INVENTORY_INDEX: Final = KeySpace(
    VENDOR_INVENTORY, "VendorInventoryIndex", "vendor_id", "last_updated"
)
LOW_STOCK_INDEX: Final = KeySpace(VENDOR_INVENTORY, "LowStockIndex", "vendor_id", "current_stock", int)
PRODUCT_TRANSACTION_INDEX: Final = KeySpace(
    STOCK_TRANSACTIONS, "ProductTransactionIndex", "product_id", "timestamp"
)
VENDOR_TRANSACTION_INDEX: Final = KeySpace(
    STOCK_TRANSACTIONS, "VendorTransactionIndex", "vendor_id", "timestamp"
)
SKU_TRANSACTION_INDEX: Final = KeySpace(STOCK_TRANSACTIONS, "SKUTransactionIndex", "sku", "timestamp")

INDEXES: Final = (
    VENDOR_PRODUCTS_INDEX,
    CATEGORY_INDEX,
    VENDOR_INVENTORY_INDEX,
    LOW_STOCK_INDEX,
    PRODUCT_TRANSACTION_INDEX,
    VENDOR_TRANSACTION_INDEX,
    SKU_TRANSACTION_INDEX,
)

SKUS_OF_PRODUCT: Final = KeySpace(VENDOR_INVENTORY, None, "product_id", "sku")
"""The SKUs of one product in the table itself, which can be read consistently."""
BARCODE_LOOKUPS: Final = KeySpace(VENDOR_INVENTORY, None, "product_id", "sku")
"""The lookup items of one vendor's barcode, in the table itself too."""
