"""Products in DynamoDB.

Items of Products-table, by partition key: ``PROD-…`` is a product, ``#MARKER#…`` what an Idempotency-Key
stands for, until ``ttl``.  Markers carry no key attribute of an index and so are in none.
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from inventory_common.conditions import failed_conditions
from inventory_common.dynamodb import DynamoDBClient
from inventory_common.idempotency import Marker
from inventory_common.items import Item, to_attribute, to_item
from inventory_common.pages import Listing, Page, PageRequest, equal_to
from inventory_common.products import ACTIVE, Product
from inventory_common.schema import CATEGORY_INDEX, PRODUCTS, VENDOR_PRODUCTS_INDEX
from inventory_common.settings import Settings

__all__ = ["CommandSeen", "ProductChanged", "ProductGateway", "ProductIdTaken"]


class ProductIdTaken(Exception):
    """The drawn product id belongs to another product: draw again."""


class CommandSeen(Exception):
    """The command's marker is there already."""

    def __init__(self, marker: Marker) -> None:
        super().__init__(marker.marker_id)
        self.marker = marker


class ProductChanged(Exception):
    """The product changed since it was read."""


class ProductGateway:
    """Reads and writes Products-table."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._table = settings.name_of(PRODUCTS)

    def product(self, product_id: str) -> Product | None:
        """Return a product, read consistently."""
        item = self._get(product_id)
        return Product.from_item(item) if item else None

    def products_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's products, inactive ones too, oldest first."""
        return self._list(Listing(VENDOR_PRODUCTS_INDEX, vendor_id), page)

    def active_products_of_category(self, category: str, page: PageRequest) -> Page:
        """List the active products of a category."""
        return self._list(Listing(CATEGORY_INDEX, category, equal_to(ACTIVE)), page)

    def add(self, product: Product, marker: Marker | None) -> None:
        """Write a new product, and in the same transaction the marker of its command.

        Raises
        ------
        ProductIdTaken
            If the id belongs to another product.
        CommandSeen
            If a marker was there first.
        """
        put = {
            "TableName": self._table,
            "Item": product.to_item(),
            "ConditionExpression": "attribute_not_exists(product_id)",
        }
        try:
            if marker is None:
                self._client.put_item(**put)
            else:
                key = to_item({PRODUCTS.partition_key: marker.marker_id})
                # The marker comes first: see `_why_not_added`.
                actions = [marker.put(self._table, key), {"Put": put}]
                self._client.transact_write_items(TransactItems=actions)
        except (
            self._client.exceptions.ConditionalCheckFailedException,
            self._client.exceptions.TransactionConflictException,
        ) as error:
            raise ProductIdTaken from error
        except self._client.exceptions.TransactionCanceledException as error:
            raise _why_not_added(error) from error

    def update(self, product: Product, to: Product) -> None:
        """Write what differs between a product and its next version.

        Raises
        ------
        ProductChanged
            If the stored version is not the former.
        """
        former, latter = product.to_item(), to.to_item()
        sets = {name: value for name, value in latter.items() if former.get(name) != value}
        removes = [name for name in former if name not in latter]
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in sets)
        if removes:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in removes)
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({PRODUCTS.partition_key: product.product_id}),
                UpdateExpression=expression,
                ConditionExpression="#version = :expected",
                ExpressionAttributeNames={f"#{name}": name for name in (*sets, *removes)},
                ExpressionAttributeValues={
                    ":expected": to_attribute(product.version),
                    **{f":{name}": value for name, value in sets.items()},
                },
            )
        except (
            self._client.exceptions.ConditionalCheckFailedException,
            # A SKU of the product is just being made: its transaction checks the product.
            self._client.exceptions.TransactionConflictException,
        ) as error:
            raise ProductChanged from error

    def _get(self, key: str) -> Item | None:
        answer = self._client.get_item(
            TableName=self._table, Key=to_item({PRODUCTS.partition_key: key}), ConsistentRead=True
        )
        item: Item | None = answer.get("Item")
        return item

    def _list(self, listing: Listing, page: PageRequest) -> Page:
        answer = self._client.query(**listing.query(self._table, page))
        return Page(
            [Product.from_item(item).document() for item in answer["Items"]],
            listing.next_cursor(answer),
        )


def _why_not_added(cancelled: ClientError) -> Exception:
    failed = failed_conditions(cancelled)
    marker = failed.get(0)
    if marker is not None:
        return CommandSeen(Marker.from_item(marker, PRODUCTS.partition_key))
    # The id is taken, or another transaction was at work on the marker: either way, draw and try again.
    return ProductIdTaken()
