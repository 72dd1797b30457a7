"""The three tables and the bucket, as somebody reads and writes them who may do so past the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from inventory_common.items import Item, to_item
from inventory_common.ledger_keys import SigningKey
from inventory_common.schema import (
    PRODUCTS,
    SKU_TRANSACTION_INDEX,
    STOCK_TRANSACTIONS,
    VENDOR_INVENTORY,
    VENDOR_TRANSACTION_INDEX,
    KeySpace,
)
from inventory_common.transactions import UNHASHED, TransactionRecord
from local.settings import ARCHIVE_BUCKET
from tests.support.fixed_ledger_key import fixed_key

__all__ = ["Document", "Tables"]

Document = dict[str, Any]
"""A record as it is served."""

_KEYS = {table.name: table.key for table in (PRODUCTS, STOCK_TRANSACTIONS, VENDOR_INVENTORY)}


@dataclass(frozen=True)
class Tables:
    """Clients of DynamoDB and S3, and a signing key that the stage does not know."""

    dynamodb: Any
    s3: Any
    key: SigningKey = field(default_factory=lambda: fixed_key("insider"))

    # Items

    def item(self, table: str, *key: str) -> Item:
        """Return an item that exists."""
        names = _KEYS[table]
        response = self.dynamodb.get_item(
            TableName=table, Key=to_item(dict(zip(names, key, strict=True))), ConsistentRead=True
        )
        item: Item = response["Item"]
        return item

    def sku(self, sku: Any) -> Item:
        return self.item("VendorInventory", sku.product_id, sku.sku)

    def order(self, order_id: str) -> Item:
        return self.item("VendorInventory", order_id, "#ORDER")

    def order_items(self, order_id: str) -> list[Item]:
        """Return an order's item and its parts."""
        found: list[Item] = self.dynamodb.query(
            TableName="VendorInventory",
            KeyConditionExpression="product_id = :id",
            ExpressionAttributeValues={":id": {"S": order_id}},
            ConsistentRead=True,
        )["Items"]
        return found

    def records(self, sku: str) -> list[Item]:
        """Return the records of a SKU, oldest first."""
        return sorted(self._log(SKU_TRANSACTION_INDEX, sku), key=lambda item: int(item["sequence"]["N"]))

    def records_of_vendor(self, vendor_id: str) -> list[Item]:
        return self._log(VENDOR_TRANSACTION_INDEX, vendor_id)

    def _log(self, index: KeySpace, partition: str) -> list[Item]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName="StockTransactions",
            IndexName=index.index_name,
            KeyConditionExpression=f"{index.partition_key} = :partition",
            ExpressionAttributeValues={":partition": {"S": partition}},
        )
        return [item for page in pages for item in page["Items"]]

    def put(self, table: str, item: Item) -> None:
        self.dynamodb.put_item(TableName=table, Item=item)

    def remove(self, table: str, item: Item) -> None:
        self.dynamodb.delete_item(TableName=table, Key={name: item[name] for name in _KEYS[table]})

    def change(self, table: str, item: Item, **values: Any) -> None:
        """Write an item with other attributes; those that are None are removed."""
        changed = {**item, **to_item({k: v for k, v in values.items() if v is not None})}
        for name, value in values.items():
            if value is None:
                del changed[name]
        self.put(table, changed)

    def replace(self, table: str, item: Item, changed: Item) -> None:
        """Write an item in place of another, also under another key."""
        self.remove(table, item)
        self.put(table, changed)

    # Records

    def signed(self, document: Document, key: SigningKey | None = None) -> TransactionRecord:
        """Return a record whose hash is right, signed with the insider's key."""
        hashed = {name: member for name, member in document.items() if name not in UNHASHED}
        return TransactionRecord.signed_by(key or self.key, **hashed)

    def write_log(self, sku_item: Item, documents: list[Document], key: SigningKey | None = None) -> None:
        """Write records as the whole log of a SKU, chained anew, and a SKU that ends with the last one."""
        previous = None
        for document in documents:
            if previous is not None:
                document = {**document, "previous_hash": previous.hash}
            previous = self.signed(document, key)
            self.put("StockTransactions", previous.to_item())
        assert previous is not None
        last = previous.document()
        free = last["stock_after"] - last["reserved_after"]
        self.change(
            "VendorInventory",
            sku_item,
            current_stock=last["stock_after"],
            reserved_stock=last["reserved_after"],
            available_stock=free,
            sequence=last["sequence"],
            ledger_hash=last["hash"],
            last_transaction_id=last["transaction_id"],
            last_transaction_at=last["timestamp"],
        )

    # Objects

    def keys(self, prefix: str) -> list[str]:
        """Return the keys of the bucket's objects."""
        response = self.s3.list_objects_v2(Bucket=ARCHIVE_BUCKET, Prefix=prefix)
        return [each["Key"] for each in response.get("Contents", ())]

    def read(self, key: str) -> bytes:
        content: bytes = self.s3.get_object(Bucket=ARCHIVE_BUCKET, Key=key)["Body"].read()
        return content

    def write(self, key: str, content: bytes) -> str:
        """Write an object, and return its key."""
        self.s3.put_object(Bucket=ARCHIVE_BUCKET, Key=key, Body=content)
        return key

    def delete(self, key: str) -> str:
        """Remove an object, of which a version stays, and return its key."""
        self.s3.delete_object(Bucket=ARCHIVE_BUCKET, Key=key)
        return key
