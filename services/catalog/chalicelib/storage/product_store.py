"""Products in DynamoDB.

Items of Products-table, by partition key: ``PROD-…`` is a product, ``#MARKER#…`` an idempotency record until
its ``ttl``, and ``#EXTERNAL#{vendor_id}#{external_id}`` permanently reserves an external id for one product.
The last two carry no key attribute of an index, so no index contains them.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from inventory_common.change_ids import change_slot, made_version, was_sent_again
from inventory_common.conditions import OLD_IMAGE, failed_conditions, versioned_update
from inventory_common.dynamodb import DynamoDBClient
from inventory_common.errors import DatabaseUnavailable
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.items import Item, from_item, to_item
from inventory_common.pages import Filter, Listing, Operator, Page, PageRequest, Period, equal_to, within
from inventory_common.products import ACTIVE, INACTIVE, Product
from inventory_common.schema import CATEGORY_INDEX, PRODUCTS, VENDOR_PRODUCTS_INDEX
from inventory_common.settings import Settings
from inventory_common.tuning import READ_ROUNDS_MAX
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
    """The product is stored, and may have changed further since."""

    product: Product


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
    """Nothing is written: another writer changed the product, or is writing one of the items.

    Attributes
    ----------
    version
        The version of the product that was found, if any.
    is_unknown
        Whether the response to an earlier attempt of the same call was lost, which may have been written.
    """

    version: int | None = None
    is_unknown: bool = False


AddResult = Written | ProductIdInUse | ExternalIdInUse | AlreadyExecuted | WriteConflict
UpdateResult = Written | AlreadyExecuted | WriteConflict


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

    def product_and_record(
        self, product_id: str, idempotency_id: str
    ) -> tuple[Product | None, IdempotencyRecord | None]:
        """Return a product and an idempotency record, each read consistently, together no snapshot."""
        pending: Any = {
            self._table: {"Keys": [_key(product_id), _key(idempotency_id)], "ConsistentRead": True}
        }
        items: list[Item] = []
        for _ in range(READ_ROUNDS_MAX):
            response = self._client.batch_get_item(RequestItems=pending)
            items += response["Responses"].get(self._table, [])
            pending = response["UnprocessedKeys"]
            if not pending:
                break
        else:
            raise DatabaseUnavailable("The database throttles the service; please try again.")
        records = [
            IdempotencyRecord.from_item(item, PRODUCTS.partition_key) for item in items if _is_record(item)
        ]
        products = [Product.from_item(item) for item in items if not _is_record(item)]
        return next(iter(products), None), next(iter(records), None)

    def record(self, idempotency_id: str) -> IdempotencyRecord | None:
        """Return an idempotency record, read consistently."""
        response = self._client.get_item(TableName=self._table, Key=_key(idempotency_id), ConsistentRead=True)
        item: Item | None = response.get("Item")
        return IdempotencyRecord.from_item(item, PRODUCTS.partition_key) if item else None

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

    def add(
        self, product: Product, idempotency_record: IdempotencyRecord | None, change_id: str
    ) -> AddResult:
        """Write a new product, and in the same transaction its external id and the command's idempotency
        record.
        """
        put: dict[str, Any] = {"TableName": self._table, "Item": product.to_item(), **_NOT_EXISTS}
        guards = []
        if idempotency_record is not None:
            guards.append(self._record_put(idempotency_record))
        if product.external_id is not None:
            guards.append(self._external_id_put(product))
        try:
            if guards:
                self._client.transact_write_items(TransactItems=[*guards, {"Put": put}])
            else:
                put["Item"] |= change_slot(product.version, change_id)
                self._client.put_item(**put)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # A put has no ClientRequestToken: if its response is lost, botocore sends it again, and the
            # second put finds what the first one wrote.
            return _own(error, product, change_id) or ProductIdInUse()
        except self._client.exceptions.TransactionConflictException:
            return WriteConflict()
        except self._client.exceptions.TransactionCanceledException as error:
            return _reason(failed_conditions(error).values())
        return Written(product)

    def update(
        self, product: Product, to: Product, change_id: str, record: IdempotencyRecord | None = None
    ) -> UpdateResult:
        """Write the differences between a product and its next version, if `product` is the stored one.

        The record of the command is written in the same transaction.  After a lost response, the same change
        may be written again: it finds its own.
        """
        update = {
            "TableName": self._table,
            "Key": _key(product.product_id),
            **versioned_update(product.to_item(), to.to_item() | change_slot(to.version, change_id)),
        }
        try:
            if record is None:
                self._client.update_item(**update)
            else:
                self._client.transact_write_items(
                    TransactItems=[self._record_put(record), {"Update": update}]
                )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # An update has no ClientRequestToken either.
            return _own(error, to, change_id) or _conflict(error)
        except self._client.exceptions.TransactionConflictException as error:
            # The transaction that creates a SKU checks the product of the SKU.
            return _conflict(error)
        except self._client.exceptions.TransactionCanceledException as error:
            reason = _reason(failed_conditions(error).values())
            return reason if isinstance(reason, AlreadyExecuted) else WriteConflict()
        return Written(to)

    def add_record(self, record: IdempotencyRecord) -> AlreadyExecuted | WriteConflict | None:
        """Write the idempotency record of a command that changes nothing; return None if it is written."""
        try:
            self._client.put_item(**self._record_put(record)["Put"])
        except self._client.exceptions.ConditionalCheckFailedException as error:
            found = IdempotencyRecord.from_item(error.response["Item"], PRODUCTS.partition_key)
            return AlreadyExecuted(found)
        except self._client.exceptions.TransactionConflictException:
            return WriteConflict()
        return None

    def _record_put(self, record: IdempotencyRecord) -> dict[str, Any]:
        return record.put(self._table, _key(record.idempotency_id))

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


def _own(failed: Any, product: Product, change_id: str) -> Written | None:
    """Return the stored product if a failed condition found that this change made its version."""
    item = failed.response.get("Item")
    made = item is not None and made_version(change_id, product.version, item)
    return Written(Product.from_item(item)) if made else None


def _conflict(failed: Any) -> WriteConflict:
    item = failed.response.get("Item")
    version = None if item is None else Product.from_item(item).version
    return WriteConflict(version, was_sent_again(failed))


def _is_record(item: Item) -> bool:
    return "body_hash" in item


def _reason(found: Iterable[Item | None]) -> AddResult:
    """Return what the items mean that failed the conditions of a transaction.

    The command's own idempotency record comes first: a repeated command meets its external id too.
    """
    items = [item for item in found if item]
    for item in items:
        if _is_record(item):
            return AlreadyExecuted(IdempotencyRecord.from_item(item, PRODUCTS.partition_key))
    for item in items:
        if "belongs_to" in item:
            return ExternalIdInUse(from_item(item)["belongs_to"])
    return ProductIdInUse() if items else WriteConflict()
