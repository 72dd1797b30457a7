from typing import Any

from inventory_common import schema
from inventory_common.schema import INDEXES, SKUS_OF_PRODUCT, KeySpace, Table

TABLES = (schema.PRODUCTS, schema.VENDOR_INVENTORY, schema.STOCK_TRANSACTIONS)
DATA_TYPES = {str: "S", int: "N"}


def test_the_names_in_code_are_the_names_that_the_platform_declares(declared_tables: dict[str, Any]) -> None:
    in_code = {
        table.name: {index.index_name for index in INDEXES if index.table == table} for table in TABLES
    }
    declared = {name: set(table["global_secondary_indexes"]) for name, table in declared_tables.items()}
    assert in_code == declared


def test_there_are_three_tables_and_seven_indexes_under_the_names_of_the_specification() -> None:
    assert {index.index_name: index.table.name for index in INDEXES} == {
        "VendorProductsIndex": "Products-table",
        "CategoryIndex": "Products-table",
        "VendorInventoryIndex": "VendorInventory",
        "LowStockIndex": "VendorInventory",
        "ProductTransactionIndex": "StockTransactions",
        "VendorTransactionIndex": "StockTransactions",
        "SKUTransactionIndex": "StockTransactions",
    }
    assert len(INDEXES) == 7
    assert len({table.name for table in TABLES}) == 3


def test_the_keys_of_tables_are_those_that_the_platform_declares(declared_tables: dict[str, Any]) -> None:
    for table in TABLES:
        declared = declared_tables[table.name]
        keys = [declared["partition_key"], *([declared["sort_key"]] if "sort_key" in declared else [])]
        assert tuple(key["name"] for key in keys) == table.key
        assert {key["type"] for key in keys} == {"S"}


def test_the_keys_of_indexes_are_those_that_the_platform_declares(
    declared_tables: dict[str, Any],
) -> None:
    for index in INDEXES:
        declared = declared_tables[index.table.name]["global_secondary_indexes"][index.index_name]
        assert declared["partition_key"] == {"name": index.partition_key, "type": "S"}
        assert declared["sort_key"] == {"name": index.sort_key, "type": DATA_TYPES[index.sort_type]}


def test_the_keys_are_those_of_the_specification() -> None:
    assert {table.name: table.key for table in TABLES} == {
        "Products-table": ("product_id",),
        "VendorInventory": ("product_id", "sku"),
        "StockTransactions": ("transaction_id", "timestamp"),
    }
    assert {index.index_name: (index.partition_key, index.sort_key) for index in INDEXES} == {
        "VendorProductsIndex": ("vendor_id", "created_at"),
        "CategoryIndex": ("category", "is_active"),
        "VendorInventoryIndex": ("vendor_id", "last_updated"),
        "LowStockIndex": ("vendor_id", "current_stock"),
        "ProductTransactionIndex": ("product_id", "timestamp"),
        "VendorTransactionIndex": ("vendor_id", "timestamp"),
        "SKUTransactionIndex": ("sku", "timestamp"),
    }


def test_every_index_projects_everything(declared_tables: dict[str, Any]) -> None:
    projections = {
        index["projection"]
        for table in declared_tables.values()
        for index in table["global_secondary_indexes"].values()
    }
    assert projections == {"ALL"}


def test_every_table_is_paid_per_request_and_streams_both_images(declared_tables: dict[str, Any]) -> None:
    assert {table["billing_mode"] for table in declared_tables.values()} == {"PAY_PER_REQUEST"}
    assert {table["stream_view_type"] for table in declared_tables.values()} == {"NEW_AND_OLD_IMAGES"}


def test_items_expire_from_every_table_but_the_log(declared_tables: dict[str, Any]) -> None:
    assert {name: table.get("ttl_attribute") for name, table in declared_tables.items()} == {
        "Products-table": schema.TTL_ATTRIBUTE,
        "VendorInventory": schema.TTL_ATTRIBUTE,
        "StockTransactions": None,
    }


def test_a_position_has_each_attribute_of_the_index_key_and_the_table_key_once() -> None:
    assert schema.CATEGORY_INDEX.position == ("category", "is_active", "product_id")
    assert schema.LOW_STOCK_INDEX.position == ("vendor_id", "current_stock", "product_id", "sku")
    assert schema.SKU_TRANSACTION_INDEX.position == ("sku", "timestamp", "transaction_id")


def test_the_skus_of_a_product_are_read_from_the_table_itself() -> None:
    assert (
        KeySpace(Table("VendorInventory", "product_id", "sku"), None, "product_id", "sku", str)
        == SKUS_OF_PRODUCT
    )
    assert SKUS_OF_PRODUCT.position == ("product_id", "sku")
