"""Products in DynamoDB.

Items of Products-table, by partition key: ``PROD-…`` is a product, ``#MARKER#…`` what an Idempotency-Key
stands for, until ``ttl``, and ``#EXTERNAL#{vendor_id}#{external_id}`` says for ever which product has that id
of its vendor's.  The last two carry no key attribute of an index and so are in none.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from inventory_common.conditions import OLD_IMAGE, failed_conditions, versioned_update
from inventory_common.dynamodb import DynamoDBClient
from inventory_common.errors import ExternalIdExists
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.items import Item, from_item, to_item
from inventory_common.pages import Filter, Listing, Operator, Page, PageRequest, Period, equal_to, within
from inventory_common.products import ACTIVE, INACTIVE, Product
from inventory_common.schema import CATEGORY_INDEX, PRODUCTS, VENDOR_PRODUCTS_INDEX
from inventory_common.settings import Settings

from .commands import BrowseCategory

__all__ = ["CommandSeen", "ProductChanged", "ProductGateway", "ProductIdTaken"]

_EXTERNAL_ID_PREFIX: Final = "#EXTERNAL#"


class ProductIdTaken(Exception):
    """The drawn product id belongs to another product: draw again."""


class CommandSeen(Exception):
    """The command's marker is there already."""

    def __init__(self, idempotency_record: IdempotencyRecord) -> None:
        super().__init__(idempotency_record.idempotency_id)
        self.idempotency_record = idempotency_record


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

    def products_of_vendor(self, vendor_id: str, period: Period, page: PageRequest) -> Page:
        """List a vendor's products by their creation, inactive ones too."""
        return self._list(Listing(VENDOR_PRODUCTS_INDEX, vendor_id, within(period), period.descending), page)

    def products_of_category(self, wanted: BrowseCategory, page: PageRequest) -> Page:
        """List products of a category; whether they are active is in the key, all else is filtered."""
        filtered: list[tuple[str, Operator, str | Decimal | int | None]] = [
            ("subcategory", "=", wanted.subcategory),
            ("brand", "=", wanted.brand),
            ("tags", "contains", wanted.tag),
            ("base_price", ">=", wanted.min_price),
            ("base_price", "<=", wanted.max_price),
        ]
        asked = tuple(
            Filter(name, operator, value) for name, operator, value in filtered if value is not None
        )
        active = equal_to(ACTIVE if wanted.active else INACTIVE)
        return self._list(Listing(CATEGORY_INDEX, wanted.category, active, filters=asked), page)

    def add(self, product: Product, idempotency_record: IdempotencyRecord | None) -> None:
        """Write a new product, and in the same transaction the marker of its command and its external id.

        Raises
        ------
        CommandSeen
            If a marker was there first.
        ExternalIdExists
            If the vendor has a product of that external id.
        ProductIdTaken
            If the id belongs to another product, or another transaction is at work on one of the items.
        """
        put = {
            "TableName": self._table,
            "Item": product.to_item(),
            "ConditionExpression": "attribute_not_exists(product_id)",
            **OLD_IMAGE,
        }
        guards = []
        if idempotency_record is not None:
            guards.append(idempotency_record.put(self._table, _key(idempotency_record.idempotency_id)))
        if product.external_id is not None:
            guards.append(self._external_id_put(product))
        try:
            if guards:
                self._client.transact_write_items(TransactItems=[*guards, {"Put": put}])
            else:
                self._client.put_item(**put)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # A put has no ClientRequestToken: if its answer is lost, botocore's second try meets the first.
            found = error.response.get("Item")
            if found is None or Product.from_item(found) != product:
                raise ProductIdTaken from error
        except self._client.exceptions.TransactionConflictException as error:
            raise ProductIdTaken from error
        except self._client.exceptions.TransactionCanceledException as error:
            raise _why_not_added(failed_conditions(error).values()) from error

    def update(self, product: Product, to: Product) -> None:
        """Write what differs between a product and its next version.

        Raises
        ------
        ProductChanged
            If the stored version is not the former.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(product.product_id),
                **versioned_update(product.to_item(), to.to_item()),
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # An update has no ClientRequestToken either.
            found = error.response.get("Item")
            if found is None or Product.from_item(found) != to:
                raise ProductChanged from error
        except self._client.exceptions.TransactionConflictException as error:
            # A SKU of the product is just being made: its transaction checks the product.
            raise ProductChanged from error

    def _get(self, key: str) -> Item | None:
        answer = self._client.get_item(TableName=self._table, Key=_key(key), ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item

    def _external_id_put(self, product: Product) -> dict[str, Any]:
        guard = f"{_EXTERNAL_ID_PREFIX}{product.vendor_id}#{product.external_id}"
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_item({PRODUCTS.partition_key: guard, "belongs_to": product.product_id}),
                "ConditionExpression": "attribute_not_exists(product_id)",
                **OLD_IMAGE,
            }
        }

    def _list(self, listing: Listing, page: PageRequest) -> Page:
        answer = self._client.query(**listing.query(self._table, page))
        return Page(
            [Product.from_item(item).document() for item in answer["Items"]],
            listing.next_cursor(answer),
        )


def _key(product_id: str) -> Item:
    return to_item({PRODUCTS.partition_key: product_id})


def _why_not_added(found: Iterable[Item | None]) -> Exception:
    """Return what items that stood in the way mean; a command's own marker goes before all else."""
    items = [item for item in found if item]
    for item in items:
        if "body_hash" in item:
            return CommandSeen(IdempotencyRecord.from_item(item, PRODUCTS.partition_key))
    for item in items:
        if "belongs_to" in item:
            product_id = from_item(item)["belongs_to"]
            return ExternalIdExists(f"The external id belongs to {product_id}.", product_id=product_id)
    # The id is taken, or another transaction is at work on one of the items: draw and try again.
    return ProductIdTaken()
