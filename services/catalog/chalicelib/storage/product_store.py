"""Products in DynamoDB.

Items of Products-table, by partition key: ``PROD-…`` is a product, ``#MARKER#…`` an idempotency record until
its ``ttl``, and ``#EXTERNAL#{vendor_id}#{external_id}`` permanently reserves an external id for one product.
The last two carry no key attribute of an index, so no index contains them.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from inventory_common.conditions import OLD_IMAGE, failed_conditions, versioned_update
from inventory_common.dynamodb import DynamoDBClient
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.items import Item, from_item, to_item
from inventory_common.pages import Filter, Listing, Operator, Page, PageRequest, Period, equal_to, within
from inventory_common.products import ACTIVE, INACTIVE, Product
from inventory_common.schema import CATEGORY_INDEX, PRODUCTS, VENDOR_PRODUCTS_INDEX
from inventory_common.settings import Settings
from inventory_common.values import value

from ..domain.commands import BrowseCategory

__all__ = [
    "AddResult",
    "AlreadyExecuted",
    "ExternalIdInUse",
    "ProductIdInUse",
    "ProductStore",
    "UpdateResult",
    "WriteConflict",
    "Written",
]

_EXTERNAL_ID_PREFIX: Final = "#EXTERNAL#"
_NOT_EXISTS: Final = {"ConditionExpression": "attribute_not_exists(product_id)", **OLD_IMAGE}


@value
class Written:
    """The product is stored."""


@value
class ProductIdInUse:
    """Nothing is written: another product has this id."""


@value
class ExternalIdInUse:
    """Nothing is written: the vendor's product `product_id` has this external id."""

    product_id: str


@value
class AlreadyExecuted:
    """Nothing is written: the command has an idempotency record."""

    idempotency_record: IdempotencyRecord


@value
class WriteConflict:
    """Nothing is written: another writer changed the product, or is writing one of the items."""


AddResult = Written | ProductIdInUse | ExternalIdInUse | AlreadyExecuted | WriteConflict
UpdateResult = Written | WriteConflict


class ProductStore:
    """Reads and writes Products-table."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._table = settings.name_of(PRODUCTS)

    def product(self, product_id: str) -> Product | None:
        """Return a product, read consistently."""
        response = self._client.get_item(TableName=self._table, Key=_key(product_id), ConsistentRead=True)
        item: Item | None = response.get("Item")
        return Product.from_item(item) if item else None

    def products_of_vendor(self, vendor_id: str, period: Period, page: PageRequest) -> Page:
        """List a vendor's products by creation time, inactive ones too."""
        return self._list(Listing(VENDOR_PRODUCTS_INDEX, vendor_id, within(period), period.descending), page)

    def products_of_category(self, wanted: BrowseCategory, page: PageRequest) -> Page:
        """List products of a category; the key says whether they are active, filters select the rest."""
        possible: list[tuple[str, Operator, str | Decimal | int | None]] = [
            ("subcategory", "=", wanted.subcategory),
            ("brand", "=", wanted.brand),
            ("tags", "contains", wanted.tag),
            ("base_price", ">=", wanted.min_price),
            ("base_price", "<=", wanted.max_price),
        ]
        filters = tuple(
            Filter(name, operator, value) for name, operator, value in possible if value is not None
        )
        active = equal_to(ACTIVE if wanted.active else INACTIVE)
        return self._list(Listing(CATEGORY_INDEX, wanted.category, active, filters=filters), page)

    def add(self, product: Product, idempotency_record: IdempotencyRecord | None) -> AddResult:
        """Write a new product, and in the same transaction its external id and the command's idempotency
        record.
        """
        put = {"TableName": self._table, "Item": product.to_item(), **_NOT_EXISTS}
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
            # A put has no ClientRequestToken: if its response is lost, botocore sends it again, and the
            # second put finds what the first one wrote.
            return Written() if _is_stored(error, product) else ProductIdInUse()
        except self._client.exceptions.TransactionConflictException:
            return WriteConflict()
        except self._client.exceptions.TransactionCanceledException as error:
            return _reason(failed_conditions(error).values())
        return Written()

    def update(self, product: Product, to: Product) -> UpdateResult:
        """Write the differences between a product and its next version, if `product` is the stored one."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(product.product_id),
                **versioned_update(product.to_item(), to.to_item()),
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # An update has no ClientRequestToken either.
            return Written() if _is_stored(error, to) else WriteConflict()
        except self._client.exceptions.TransactionConflictException:
            # The transaction that creates a SKU checks the product of the SKU.
            return WriteConflict()
        return Written()

    def _external_id_put(self, product: Product) -> dict[str, Any]:
        guard = f"{_EXTERNAL_ID_PREFIX}{product.vendor_id}#{product.external_id}"
        item = to_item({PRODUCTS.partition_key: guard, "belongs_to": product.product_id})
        return {"Put": {"TableName": self._table, "Item": item, **_NOT_EXISTS}}

    def _list(self, listing: Listing, page: PageRequest) -> Page:
        response = self._client.query(**listing.query(self._table, page))
        return Page(
            [Product.from_item(item).document() for item in response["Items"]],
            listing.next_cursor(response),
        )


def _key(product_id: str) -> Item:
    return to_item({PRODUCTS.partition_key: product_id})


def _is_stored(failed: Any, product: Product) -> bool:
    """Return whether a failed condition found this very version of the product."""
    item = failed.response.get("Item")
    return item is not None and Product.from_item(item) == product


def _reason(found: Iterable[Item | None]) -> AddResult:
    """Return what the items mean that failed the conditions of a transaction.

    The command's own idempotency record comes first: a repeated command meets its external id too.
    """
    items = [item for item in found if item]
    for item in items:
        if "body_hash" in item:
            return AlreadyExecuted(IdempotencyRecord.from_item(item, PRODUCTS.partition_key))
    for item in items:
        if "belongs_to" in item:
            return ExternalIdInUse(from_item(item)["belongs_to"])
    return ProductIdInUse() if items else WriteConflict()
