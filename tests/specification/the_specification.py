"""The specification's own tables, row by row, as its document (version 1.0, February 23, 2026) has them.

Written down a second time, apart from the product, so that a mistake in the product is not repeated here.
Where DynamoDB forces a deviation, the row is the specification's, and the exception follows it.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Key(NamedTuple):
    """Partition key and sort key."""

    partition: str
    sort: str | None


class Attribute(NamedTuple):
    """A row of an "Attributes" table."""

    name: str
    type: str
    required: bool


class Index(NamedTuple):
    """A row of "Global Secondary Indexes Summary"."""

    name: str
    table: str
    key: Key
    projection: str


PRODUCTS, INVENTORY, TRANSACTIONS = "Products-table", "VendorInventory", "StockTransactions"

REGION = "ap-south-1"

KEYS = {
    PRODUCTS: Key("product_id", None),
    INVENTORY: Key("product_id", "sku"),
    TRANSACTIONS: Key("transaction_id", "timestamp"),
}

ATTRIBUTES = {
    PRODUCTS: (
        Attribute("product_id", "String", True),
        Attribute("vendor_id", "String", True),
        Attribute("product_name", "String", True),
        Attribute("description", "String", False),
        Attribute("category", "String", True),
        Attribute("subcategory", "String", False),
        Attribute("brand", "String", False),
        Attribute("base_price", "Number", True),
        Attribute("images", "List", False),
        Attribute("tags", "List", False),
        Attribute("is_active", "Boolean", True),
        Attribute("created_at", "String", True),
        Attribute("updated_at", "String", True),
    ),
    INVENTORY: (
        Attribute("product_id", "String", True),
        Attribute("sku", "String", True),
        Attribute("vendor_id", "String", True),
        Attribute("variant_name", "String", True),
        Attribute("variant_attributes", "Map", False),
        Attribute("current_stock", "Number", True),
        Attribute("reserved_stock", "Number", True),
        Attribute("available_stock", "Number", True),
        Attribute("reorder_threshold", "Number", True),
        Attribute("unit_price", "Number", True),
        Attribute("last_updated", "String", True),
        Attribute("last_updated_by", "String", True),
        Attribute("is_active", "Boolean", True),
    ),
    TRANSACTIONS: (
        Attribute("transaction_id", "String", True),
        Attribute("timestamp", "String", True),
        Attribute("product_id", "String", True),
        Attribute("sku", "String", True),
        Attribute("vendor_id", "String", True),
        Attribute("transaction_type", "String", True),
        Attribute("quantity_change", "Number", True),
        Attribute("stock_before", "Number", True),
        Attribute("stock_after", "Number", True),
        Attribute("order_id", "String", False),
        Attribute("performed_by", "String", True),
        Attribute("notes", "String", False),
    ),
}

DYNAMODB_TYPES = {"String": "S", "Number": "N", "Boolean": "BOOL", "List": "L", "Map": "M"}

STORED_OTHERWISE = {(PRODUCTS, "is_active"): "S"}
"""The sort key of CategoryIndex: a key of DynamoDB is a string, a number or binary, never a boolean."""

INDEXES = (
    Index("VendorProductsIndex", PRODUCTS, Key("vendor_id", "created_at"), "ALL"),
    Index("CategoryIndex", PRODUCTS, Key("category", "is_active"), "ALL"),
    Index("VendorInventoryIndex", INVENTORY, Key("vendor_id", "last_updated"), "ALL"),
    Index("LowStockIndex", INVENTORY, Key("vendor_id", "current_stock"), "ALL"),
    Index("ProductTransactionIndex", TRANSACTIONS, Key("product_id", "timestamp"), "ALL"),
    Index("VendorTransactionIndex", TRANSACTIONS, Key("vendor_id", "timestamp"), "ALL"),
    Index("SKUTransactionIndex", TRANSACTIONS, Key("sku", "timestamp"), "ALL"),
)

ACCESS_PATTERNS = (
    "Get product details",
    "List vendor products",
    "Browse Electronics",
    "Get SKU inventory",
    "List vendor inventory",
    "Find low stock items",
    "Get transaction by ID",
    "Product stock history",
    "Vendor audit log",
)

CONSISTENCY_RULES = (
    "Product Creation",
    "Stock Updates",
    "Available Stock",
    "Soft Deletes",
    "Immutable Logs",
)

TRANSACTION_TYPES = (
    "restock",
    "order_placed",
    "order_confirmed",
    "order_cancelled",
    "refund",
    "manual_adjustment",
)

CALCULATED_FIELDS = ("available_stock", "low_stock_flag")

SAMPLE_PRODUCT: dict[str, Any] = {
    "product_id": "PROD-E4F9A",
    "vendor_id": "VENDOR-001",
    "product_name": "Wireless Bluetooth Headphones",
    "description": "Premium over-ear headphones with active noise cancellation",
    "category": "Electronics",
    "subcategory": "Audio",
    "brand": "SoundMax",
    "base_price": 89.99,
    "images": [
        "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img1.jpg",
        "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img2.jpg",
    ],
    "tags": ["wireless", "bluetooth", "audio", "headphones"],
    "is_active": True,
    "created_at": "2026-02-23T10:30:00Z",
    "updated_at": "2026-02-23T10:30:00Z",
}

SAMPLE_SKU: dict[str, Any] = {
    "product_id": "PROD-E4F9A",
    "sku": "SKU-PROD-E4F9A-BLK-L",
    "vendor_id": "VENDOR-001",
    "variant_name": "Black - Large",
    "variant_attributes": {"color": "Black", "size": "Large"},
    "current_stock": 50,
    "reserved_stock": 5,
    "available_stock": 45,
    "reorder_threshold": 10,
    "unit_price": 89.99,
    "last_updated": "2026-02-23T14:20:00Z",
    "last_updated_by": "VENDOR-001",
    "is_active": True,
}

SAMPLE_TRANSACTION: dict[str, Any] = {
    "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
    "timestamp": "2026-02-23T14:20:00Z",
    "product_id": "PROD-E4F9A",
    "sku": "SKU-PROD-E4F9A-BLK-L",
    "vendor_id": "VENDOR-001",
    "transaction_type": "restock",
    "quantity_change": 25,
    "stock_before": 50,
    "stock_after": 75,
    "order_id": None,
    "performed_by": "VENDOR-001",
    "notes": "Monthly restock shipment from warehouse",
}
