"""DynamoDB as the audit service reads it: the log, one Query for each page, and the inventory as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from inventory_common.dynamodb import DynamoDBClient
from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import DatabaseUnavailable
from inventory_common.ids import product_of
from inventory_common.items import Item, from_item, to_attribute, to_item
from inventory_common.order_items import held_units, order_key, part_count, part_key
from inventory_common.pages import Listing, Page, PageRequest, Period, Position, at_most, within
from inventory_common.schema import (
    PRODUCT_TRANSACTION_INDEX,
    SKU_TRANSACTION_INDEX,
    STOCK_TRANSACTIONS,
    VENDOR_INVENTORY,
    VENDOR_TRANSACTION_INDEX,
    KeySpace,
)
from inventory_common.settings import Settings
from inventory_common.transactions import TransactionRecord
from inventory_common.tuning import READ_ROUNDS_MAX
from inventory_common.values import value

__all__ = ["InventoryScan", "LogGateway", "LogPage"]

_ALL: Final = Period()
_WALK_ITEMS: Final = 250
"""Items of one Query where a log is walked."""


@value
class LogPage(Page):
    """A page of documents; `position_of` tells where in the list one of them stands."""

    position_of: Callable[[Mapping[str, Any]], Position]


class LogGateway:
    """Reads StockTransactions, and the SKUs of VendorInventory that it is about."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._table = settings.name_of(STOCK_TRANSACTIONS)
        self._inventory = settings.name_of(VENDOR_INVENTORY)

    def record(self, transaction_id: str) -> TransactionRecord | None:
        """Return a log record, read consistently.

        A Query, as GetItem would need the timestamp too; an id has one record.
        """
        found = self.items_of_id(transaction_id)
        return TransactionRecord.from_item(found[0]) if found else None

    def records_of_product(self, product_id: str, period: Period, page: PageRequest) -> LogPage:
        """List a product's records."""
        return self._list(PRODUCT_TRANSACTION_INDEX, product_id, period, page)

    def records_of_vendor(self, vendor_id: str, period: Period, page: PageRequest) -> LogPage:
        """List a vendor's records."""
        return self._list(VENDOR_TRANSACTION_INDEX, vendor_id, period, page)

    def records_of_sku(self, sku: str, period: Period, page: PageRequest) -> LogPage:
        """List a SKU's records."""
        return self._list(SKU_TRANSACTION_INDEX, sku, period, page)

    # What looks for damage takes items as they are: a record that was changed may be none any more.

    def items_of_id(self, transaction_id: str) -> list[Item]:
        """Return what stands under a record's id, read consistently: one item, where nobody has meddled."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="transaction_id = :transaction_id",
            ExpressionAttributeValues={":transaction_id": to_attribute(transaction_id)},
            ConsistentRead=True,
        )
        items: list[Item] = answer["Items"]
        return items

    def items_of_sku(
        self, sku: str, page: PageRequest, period: Period = _ALL
    ) -> tuple[list[Item], Position | None]:
        """Return a page of a SKU's items, and where the next begins."""
        listing = Listing(SKU_TRANSACTION_INDEX, sku, within(period), period.descending)
        answer = self._client.query(**listing.query(self._table, page))
        last = answer.get("LastEvaluatedKey")
        return answer["Items"], None if last is None else from_item(last)

    def item_at(self, sku: str, moment: str) -> Item | None:
        """Return a SKU's last item at a moment or before, as the index shows it; one item is read."""
        listing = Listing(SKU_TRANSACTION_INDEX, sku, at_most(moment), descending=True)
        answer = self._client.query(**listing.query(self._table, PageRequest(1)))
        return answer["Items"][0] if answer["Items"] else None

    def walk_sku(self, sku: str, *, descending: bool = False) -> Iterator[Item]:
        """Yield all items of a SKU."""
        page = PageRequest(_WALK_ITEMS)
        while True:
            items, after = self.items_of_sku(sku, page, Period(descending=descending))
            yield from items
            if after is None:
                return
            page = PageRequest(_WALK_ITEMS, after)

    def orders(self, order_ids: Iterable[str]) -> Iterator[Item]:
        """Yield those orders that exist, their own items alone, read consistently."""
        left = [order_key(order_id) for order_id in order_ids]
        for _ in range(READ_ROUNDS_MAX + len(left) // TRANSACTION_ITEMS_MAX):
            if not left:
                return
            some, left = left[:TRANSACTION_ITEMS_MAX], left[TRANSACTION_ITEMS_MAX:]
            answer = self._client.batch_get_item(
                RequestItems={self._inventory: {"Keys": some, "ConsistentRead": True}}
            )
            yield from answer["Responses"].get(self._inventory, ())
            # What DynamoDB throttled.
            left += answer["UnprocessedKeys"].get(self._inventory, {}).get("Keys", ())
        if left:
            raise DatabaseUnavailable("The database cannot answer at present; please try again.")

    @staticmethod
    def position_of(item: Item) -> Position:
        """Return the position in the SKU's index right behind an item."""
        return from_item(item, SKU_TRANSACTION_INDEX.position)

    def sku_item(self, sku: str) -> Item | None:
        """Return the item of a live SKU, read consistently."""
        key = to_item({"product_id": product_of(sku), "sku": sku})
        answer = self._client.get_item(TableName=self._inventory, Key=key, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item

    def _list(self, space: KeySpace, partition: str, period: Period, page: PageRequest) -> LogPage:
        listing = Listing(space, partition, within(period), period.descending)
        answer = self._client.query(**listing.query(self._table, page))
        return LogPage(
            [TransactionRecord.document_of(item) for item in answer["Items"]],
            listing.next_cursor(answer),
            lambda document: {name: document[name] for name in space.position},
        )


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
