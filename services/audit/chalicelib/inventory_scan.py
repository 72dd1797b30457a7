"""A walk through all of VendorInventory, for what looks at every SKU; and an order as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from inventory_common.dynamodb import DynamoDBClient
from inventory_common.items import Item
from inventory_common.order_items import held_units, order_key, part_count, part_key
from inventory_common.schema import VENDOR_INVENTORY
from inventory_common.settings import Settings

__all__ = ["InventoryScan"]


class InventoryScan:
    """Reads VendorInventory as a whole: no index lists all vendors, so this is a Scan."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._table = settings.name_of(VENDOR_INVENTORY)

    def items(self) -> Iterator[Item]:
        """Yield all items, each read consistently, and all of them over the time that it takes."""
        arguments = {"TableName": self._table, "ConsistentRead": True}
        while True:
            answer = self._client.scan(**arguments)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def held_by(self, order_id: str, sku: str) -> int:
        """Return the units of a SKU that an order holds, read consistently."""
        own = self._get(order_key(order_id))
        if own is None:
            return 0
        parts = (self._get(part_key(order_id, part)) for part in range(1, part_count(own) + 1))
        return sum(held_units(item).get(sku, 0) for item in (own, *parts) if item is not None)

    def _get(self, key: Item) -> Item | None:
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item
