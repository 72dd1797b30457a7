"""The DynamoDB client with the tables' names: the calls that the stores have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from inventory_common.dynamodb import DynamoDBClient
from inventory_common.errors import DatabaseUnavailable
from inventory_common.items import Item
from inventory_common.malformed_items import MalformedItems
from inventory_common.pages import Listing, PageRequest
from inventory_common.schema import PRODUCTS, STOCK_TRANSACTIONS, VENDOR_INVENTORY
from inventory_common.seals import has_genuine_seal, sealed
from inventory_common.settings import Settings
from inventory_common.tuning import READ_ROUNDS_MAX

from .ledger_key import LedgerKey

__all__ = ["Database"]

_T = TypeVar("_T")


class Database:
    """Reads items of the three tables; stores write by its `client`, and read items by `malformed`.

    What they write into orders is sealed with the `ledger_key`.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        settings: Settings,
        malformed: MalformedItems,
        ledger_key: LedgerKey,
    ) -> None:
        self.client = client
        self.malformed = malformed
        self.ledger_key = ledger_key
        self.products = settings.name_of(PRODUCTS)
        self.inventory = settings.name_of(VENDOR_INVENTORY)
        self.transactions = settings.name_of(STOCK_TRANSACTIONS)

    def sealed(self, item: Item) -> Item:
        """Return an item of an order with the seal that `read_sealed` requires."""
        return sealed(item, self.ledger_key.current())

    def read_sealed(self, item: Item, reader: Callable[[Item], _T]) -> _T:
        """Return what `reader` reads of an item of an order.

        Raises
        ------
        MalformedItem
            If the item has no genuine seal or cannot be read; it has been reported then.
        LedgerKeyUnavailable
            If that is not known.
        """
        is_genuine = has_genuine_seal(item, self.ledger_key.public_key)
        return self.malformed.read(VENDOR_INVENTORY, item, reader if is_genuine else _refuse)

    def get(self, table: str, key: Item) -> Item | None:
        """Return an item, read consistently."""
        response = self.client.get_item(TableName=table, Key=key, ConsistentRead=True)
        item: Item | None = response.get("Item")
        return item

    def batch_get(self, keys: Mapping[str, Sequence[Item]]) -> dict[str, list[Item]]:
        """Return up to 100 items by table, each read consistently.

        DynamoDB also limits a response to 16 MB; 100 of our items are far below that.

        Raises
        ------
        DatabaseUnavailable
            If DynamoDB keeps throttling some of them.
        """
        found: dict[str, list[Item]] = {table: [] for table in keys}
        pending: Any = {
            table: {"Keys": list(requested), "ConsistentRead": True} for table, requested in keys.items()
        }
        for _ in range(READ_ROUNDS_MAX):
            response = self.client.batch_get_item(RequestItems=pending)
            for table, items in response["Responses"].items():
                found[table] += items
            pending = response[
                "UnprocessedKeys"
            ]  # if DynamoDB processes none, it raises an error, and botocore backs off
            if not pending:
                return found
        raise DatabaseUnavailable("The database throttles the service; please try again.")

    def query(self, listing: Listing, page: PageRequest) -> dict[str, Any]:
        """Return DynamoDB's response to the Query for a page of VendorInventory or of one of its indexes."""
        response: dict[str, Any] = self.client.query(**listing.query(self.inventory, page))
        return response

    def query_all(self, listing: Listing, page_size: int) -> Iterator[Item]:
        """Yield all items of a listing of VendorInventory or of one of its indexes."""
        query = listing.query(self.inventory, PageRequest(page_size))
        while True:
            response = self.client.query(**query)
            yield from response["Items"]
            if "LastEvaluatedKey" not in response:
                return
            query["ExclusiveStartKey"] = response["LastEvaluatedKey"]

    def scan(self) -> Iterator[Item]:
        """Yield all items of VendorInventory, each read consistently."""
        scan: dict[str, Any] = {"TableName": self.inventory, "ConsistentRead": True}
        while True:
            response = self.client.scan(**scan)
            yield from response["Items"]
            if "LastEvaluatedKey" not in response:
                return
            scan["ExclusiveStartKey"] = response["LastEvaluatedKey"]


def _refuse(item: Item) -> NoReturn:
    raise TypeError("the seal is not genuine")
