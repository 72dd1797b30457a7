"""The stock log in DynamoDB: one Query for each question."""

from __future__ import annotations

from inventory_common.dynamodb import DynamoDBClient
from inventory_common.items import to_attribute
from inventory_common.pages import Listing, Page, PageRequest, Period, within
from inventory_common.schema import (
    PRODUCT_TRANSACTION_INDEX,
    SKU_TRANSACTION_INDEX,
    STOCK_TRANSACTIONS,
    VENDOR_TRANSACTION_INDEX,
    KeySpace,
)
from inventory_common.settings import Settings
from inventory_common.transactions import TransactionRecord

__all__ = ["LogGateway"]


class LogGateway:
    """Reads StockTransactions."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._table = settings.name_of(STOCK_TRANSACTIONS)

    def record(self, transaction_id: str) -> TransactionRecord | None:
        """Return a log record, read consistently.

        A Query, as GetItem would need the timestamp too; an id has one record.
        """
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="transaction_id = :transaction_id",
            ExpressionAttributeValues={":transaction_id": to_attribute(transaction_id)},
            ConsistentRead=True,
        )
        return TransactionRecord.from_item(answer["Items"][0]) if answer["Items"] else None

    def records_of_product(self, product_id: str, period: Period, page: PageRequest) -> Page:
        """List a product's records."""
        return self._list(PRODUCT_TRANSACTION_INDEX, product_id, period, page)

    def records_of_vendor(self, vendor_id: str, period: Period, page: PageRequest) -> Page:
        """List a vendor's records."""
        return self._list(VENDOR_TRANSACTION_INDEX, vendor_id, period, page)

    def records_of_sku(self, sku: str, period: Period, page: PageRequest) -> Page:
        """List a SKU's records."""
        return self._list(SKU_TRANSACTION_INDEX, sku, period, page)

    def _list(self, space: KeySpace, partition: str, period: Period, page: PageRequest) -> Page:
        listing = Listing(space, partition, within(period), period.descending)
        answer = self._client.query(**listing.query(self._table, page))
        return Page(
            [TransactionRecord.from_item(item).document() for item in answer["Items"]],
            listing.next_cursor(answer),
        )
