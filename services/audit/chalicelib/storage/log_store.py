"""StockTransactions as the audit service reads it: one Query for each page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import Any, Final, NamedTuple, Self

from inventory_common.dynamodb import DynamoDBClient
from inventory_common.ids import is_id
from inventory_common.items import Item, from_item, to_attribute, to_item
from inventory_common.malformed_items import MalformedItems
from inventory_common.pages import Listing, PageRequest, Period, Position, at_most, within
from inventory_common.schema import (
    PRODUCT_TRANSACTION_INDEX,
    SKU_TRANSACTION_INDEX,
    STOCK_TRANSACTIONS,
    VENDOR_TRANSACTION_INDEX,
    KeySpace,
)
from inventory_common.settings import Settings
from inventory_common.timestamps import TIMESTAMP_STORED_FORM
from inventory_common.transactions import TransactionRecord

from ..domain.list_page import ListPage
from ..domain.stored_items import served_record, usable_record
from .batch_reads import batch_get

__all__ = ["LogStore", "RecordKey"]

_ALWAYS: Final = Period()
_STORED: Final = re.compile(TIMESTAMP_STORED_FORM)
_WALK_ITEMS: Final = 250
"""Items of one Query when a whole log is read."""
_SINGLE_TIMES_MAX: Final = 3
"""Times that only one of the records to be read together has, before the others are read one by one."""


class RecordKey(NamedTuple):
    """The key of a record's item."""

    transaction_id: str
    timestamp: str

    @classmethod
    def of(cls, transaction_id: object, moment: object) -> Self | None:
        """Return a key of these values; None if no service writes it, as DynamoDB may refuse to read it."""
        if not (isinstance(transaction_id, str) and isinstance(moment, str)):
            return None
        if not (is_id("transaction_id", transaction_id) and _STORED.fullmatch(moment)):
            return None
        return cls(transaction_id, moment)

    def item(self) -> Item:
        """Return it in the form of DynamoDB's API."""
        return to_item(self._asdict())


class LogStore:
    """Reads StockTransactions; lists leave out records that cannot be read, a verification reports them."""

    def __init__(self, client: DynamoDBClient, settings: Settings, malformed: MalformedItems) -> None:
        self._client = client
        self._malformed = malformed
        self._table = settings.name_of(STOCK_TRANSACTIONS)
        self._held: Mapping[str, Item] = {}

    def record(self, transaction_id: str) -> TransactionRecord | None:
        """Return a log record, read consistently."""
        items = self.items_of_id(transaction_id)
        return self.read(items[0]) if items else None

    def read(self, item: Item) -> TransactionRecord:
        """Read an item as a record, or raise `MalformedItem`."""
        return self._malformed.read(STOCK_TRANSACTIONS, item, usable_record)

    def readable(self, items: Iterable[Item]) -> Iterator[TransactionRecord]:
        """Yield the records among items that can be read."""
        return self._malformed.read_all(STOCK_TRANSACTIONS, items, usable_record)

    def records_of_product(self, product_id: str, period: Period, page: PageRequest) -> ListPage:
        """List a product's records."""
        return self._list(PRODUCT_TRANSACTION_INDEX, product_id, period, page)

    def records_of_vendor(self, vendor_id: str, period: Period, page: PageRequest) -> ListPage:
        """List a vendor's records."""
        return self._list(VENDOR_TRANSACTION_INDEX, vendor_id, period, page)

    def records_of_sku(self, sku: str, period: Period, page: PageRequest) -> ListPage:
        """List a SKU's records."""
        return self._list(SKU_TRANSACTION_INDEX, sku, period, page)

    # The checks read items, as a damaged one may not be readable as a record.

    def items_of_id(self, transaction_id: str) -> list[Item]:
        """Return the items with a record's id, read consistently: one, unless somebody has interfered.

        It is a Query because GetItem needs the timestamp, which is part of the table's key, too.
        """
        if transaction_id in self._held:
            return [self._held[transaction_id]]
        response = self._client.query(
            TableName=self._table,
            KeyConditionExpression="transaction_id = :transaction_id",
            ExpressionAttributeValues={":transaction_id": to_attribute(transaction_id)},
            ConsistentRead=True,
        )
        items: list[Item] = response["Items"]
        return items

    def items_of_ids(self, ids: Iterable[str]) -> dict[str, Item]:
        """Return those items that exist with these ids, read consistently, by id.

        The records that one transaction has written have one time, unless clocks differ: when that of one is
        known, the keys of the others are, too, and one call reads those of up to 100.
        """
        found: dict[str, Item] = {}
        missing = list(dict.fromkeys(ids))
        single_times = 0
        while missing:
            first, *others = missing
            items = self.items_of_id(first)[:1]
            if items and others and single_times < _SINGLE_TIMES_MAX:
                moment = items[0]["timestamp"]["S"]
                items += self.items_of_keys(RecordKey(other, moment) for other in others).values()
                single_times += len(items) == 1
            found |= {item["transaction_id"]["S"]: item for item in items}
            missing = [other for other in others if other not in found]
        return found

    def served(self, items: Iterable[Item]) -> list[dict[str, Any]]:
        """Return the records among items that can be read, as the API serves them."""
        return list(self._malformed.read_all(STOCK_TRANSACTIONS, items, served_record))

    def items_of_keys(self, keys: Iterable[RecordKey]) -> dict[RecordKey, Item]:
        """Return those items that exist with these keys, read consistently, many in each call."""
        found: dict[RecordKey, Item] = {}
        wanted = [key.item() for key in dict.fromkeys(keys)]
        for item in batch_get(self._client, self._table, wanted):
            found[RecordKey(item["transaction_id"]["S"], item["timestamp"]["S"])] = item
        return found

    def holding(self, items: Iterable[Item]) -> Self:
        """Return this store with items that were just read, which `items_of_id` returns without a call."""
        holding = copy(self)
        holding._held = {item["transaction_id"]["S"]: item for item in items}
        return holding

    def items_of_sku(
        self, sku: str, page: PageRequest, period: Period = _ALWAYS
    ) -> tuple[list[Item], Position | None]:
        """Return a page of a SKU's items, and the position after which the next one begins."""
        listing = Listing(SKU_TRANSACTION_INDEX, sku, within(period), period.descending)
        response = self._client.query(**listing.query(self._table, page))
        last = response.get("LastEvaluatedKey")
        return response["Items"], None if last is None else from_item(last)

    def item_at(self, sku: str, moment: str) -> Item | None:
        """Return a SKU's last item until a time, as the index shows it; it reads one item."""
        listing = Listing(SKU_TRANSACTION_INDEX, sku, at_most(moment), descending=True)
        response = self._client.query(**listing.query(self._table, PageRequest(1)))
        return response["Items"][0] if response["Items"] else None

    def all_items_of_sku(self, sku: str, *, descending: bool = False) -> Iterator[Item]:
        """Yield all items of a SKU, as the index shows them."""
        page = PageRequest(_WALK_ITEMS)
        while True:
            items, after = self.items_of_sku(sku, page, Period(descending=descending))
            yield from items
            if after is None:
                return
            page = PageRequest(_WALK_ITEMS, after)

    @staticmethod
    def position_of(item: Item) -> Position:
        """Return the position of an item in the SKU's index."""
        return from_item(item, SKU_TRANSACTION_INDEX.position)

    def _list(self, space: KeySpace, partition: str, period: Period, page: PageRequest) -> ListPage:
        listing = Listing(space, partition, within(period), period.descending)
        response = self._client.query(**listing.query(self._table, page))
        return ListPage(
            self.served(response["Items"]),
            listing.next_cursor(response),
            lambda document: {name: document[name] for name in space.position},
        )
