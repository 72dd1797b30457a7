"""VendorInventory as the audit service reads it: SKUs, orders, and the whole table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from inventory_common.barcode_lookups import lookup_key
from inventory_common.bound_items import bound_key
from inventory_common.dynamodb import DynamoDBClient
from inventory_common.ids import StockKey
from inventory_common.items import Item, to_item
from inventory_common.order_items import ORDER_SORT, held_units, order_key, part_count, part_key
from inventory_common.schema import VENDOR_INVENTORY
from inventory_common.settings import Settings

from .batch_reads import batch_get

__all__ = ["InventoryScan", "OrderStore", "SkuStore"]

_HEAD_ATTRIBUTES: Final = (
    "sku",
    "vendor_id",
    "sequence",
    "ledger_hash",
    "last_transaction_id",
    "last_transaction_at",
)


class SkuStore:
    """Reads live SKUs, the lookup items of their barcodes, and their vendors' low-stock bounds."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._table = settings.name_of(VENDOR_INVENTORY)

    def sku_item(self, sku: str) -> Item | None:
        """Return the item of a live SKU, read consistently."""
        key = to_item(StockKey.of(sku)._asdict())
        response = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item: Item | None = response.get("Item")
        return item

    def bound_item(self, vendor_id: str) -> Item | None:
        """Return the item of a vendor's low-stock bound, read consistently."""
        response = self._client.get_item(TableName=self._table, Key=bound_key(vendor_id), ConsistentRead=True)
        item: Item | None = response.get("Item")
        return item

    def heads(self, skus: Iterable[str]) -> dict[str, Item]:
        """Return what live SKUs say of vendor and last record, by SKU, read consistently, many in a call."""
        keys = [to_item(StockKey.of(sku)._asdict()) for sku in dict.fromkeys(skus)]
        found = batch_get(self._client, self._table, keys, _HEAD_ATTRIBUTES)
        return {item["sku"]["S"]: item for item in found}

    def has_lookup(self, partition: str, sku: str) -> bool:
        """Return whether a SKU has a lookup item in the partition of a barcode, read consistently."""
        key = lookup_key(partition, sku)
        return "Item" in self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)


class OrderStore:
    """Reads orders."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._table = settings.name_of(VENDOR_INVENTORY)

    def expiry_times(self, order_ids: Iterable[str]) -> dict[str, str | None]:
        """Return when the holds of those orders expire that exist, by order id, read consistently."""
        found = batch_get(self._client, self._table, [order_key(order_id) for order_id in order_ids])
        return {order["product_id"]["S"]: order.get("expires_at", {}).get("S") for order in found}

    def held_units(self, order_id: str, sku: str) -> int:
        """Return the units of a SKU that the readable lines of an order hold, read consistently."""
        items = self.items(order_id)
        if not items or items[0]["sku"]["S"] != ORDER_SORT:
            return 0
        return sum(held_units(item).units.get(sku, 0) for item in items)

    def items(self, order_id: str) -> list[Item]:
        """Return the item of an order, first, and its parts; of an order that does not exist, a first part.

        Each is read consistently, but not all of them at one point in time.
        """
        order = self._get(order_key(order_id))
        last_part = 1 if order is None else part_count(order)
        parts = (self._get(part_key(order_id, part)) for part in range(1, last_part + 1))
        return [item for item in (order, *parts) if item is not None]

    def item(self, order_id: str, sort_key: str) -> Item | None:
        """Return an order's item, or a part, also one that it does not name, read consistently."""
        return self._get(to_item({"product_id": order_id, "sku": sort_key}))

    def order_and_parts(self, order_id: str) -> list[Item]:
        """Return the item of an order, first, and its parts, in two calls; none if it does not exist.

        Each is read consistently, but not all of them at one point in time.
        """
        order = self._get(order_key(order_id))
        if order is None:
            return []
        keys = [part_key(order_id, part) for part in range(1, part_count(order) + 1)]
        return [order, *batch_get(self._client, self._table, keys)]

    def _get(self, key: Item) -> Item | None:
        response = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item: Item | None = response.get("Item")
        return item


class InventoryScan:
    """Reads the whole of VendorInventory: no index lists all vendors, so this is a Scan."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._table = settings.name_of(VENDOR_INVENTORY)

    def items(self) -> Iterator[Item]:
        """Yield all items; each is read consistently, but not all of them at one point in time."""
        arguments: dict[str, Any] = {"TableName": self._table, "ConsistentRead": True}
        while True:
            response = self._client.scan(**arguments)
            yield from response["Items"]
            if "LastEvaluatedKey" not in response:
                return
            arguments["ExclusiveStartKey"] = response["LastEvaluatedKey"]
