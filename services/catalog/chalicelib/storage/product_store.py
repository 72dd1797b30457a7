"""Products in DynamoDB.

Items of Products-table, by partition key: ``PROD-…`` is a product, ``#MARKER#…`` an idempotency record until
its ``ttl``, and ``#EXTERNAL#{vendor_id}#{external_id}`` permanently reserves an external id for one product.
The last two carry no key attribute of an index, so no index contains them.  Those of `count_store` are in no
list of products.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final, TypeVar

from inventory_common.change_ids import change_slot, made_version, was_sent_again
from inventory_common.conditions import OLD_IMAGE, failed_conditions, versioned_update
from inventory_common.dynamodb import DynamoDBClient
from inventory_common.errors import DatabaseUnavailable, InvalidCursor
from inventory_common.idempotency import IDEMPOTENCY_ID_PREFIX, IdempotencyRecord
from inventory_common.ids import is_id
from inventory_common.items import Item, from_item, to_item
from inventory_common.malformed_items import MalformedItem, MalformedItems
from inventory_common.pages import Filter, Listing, Operator, Page, PageRequest, equal_to, within
from inventory_common.products import ACTIVE, INACTIVE, Product
from inventory_common.schema import CATEGORY_INDEX, PRODUCTS, VENDOR_PRODUCTS_INDEX
from inventory_common.settings import Settings
from inventory_common.tuning import READ_ROUNDS_MAX
from inventory_common.values import value

from ..domain.commands import BrowseCategory, ListVendorProducts
from ..domain.product_rules import is_listed

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

T = TypeVar("T")

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
    """Reads and writes Products-table.

    Products that cannot be read are left out of lists; every other method raises `MalformedItem` for one.
    """

    def __init__(self, client: DynamoDBClient, settings: Settings, malformed: MalformedItems) -> None:
        self._client = client
        self._malformed = malformed
        self._table = settings.name_of(PRODUCTS)

    def product(self, product_id: str) -> Product | None:
        """Return a product, read consistently."""
        response = self._client.get_item(TableName=self._table, Key=_key(product_id), ConsistentRead=True)
        item: Item | None = response.get("Item")
        return self._read(item) if item else None

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
        records = [self._read_record(item) for item in items if _is_record(item)]
        products = [self._read(item) for item in items if not _is_record(item)]
        return next(iter(products), None), next(iter(records), None)

    def record(self, idempotency_id: str) -> IdempotencyRecord | None:
        """Return an idempotency record, read consistently."""
        response = self._client.get_item(TableName=self._table, Key=_key(idempotency_id), ConsistentRead=True)
        item: Item | None = response.get("Item")
        return self._read_record(item) if item else None

    def products_of_vendor(self, wanted: ListVendorProducts, page: PageRequest) -> Page:
        """List a vendor's products by creation time, inactive ones too.

        DynamoDB cannot compare names without their case, so they are compared here, and a page may have fewer
        items than its limit, or none.
        """
        period = wanted.period
        listing = Listing(VENDOR_PRODUCTS_INDEX, wanted.vendor_id, within(period), period.descending)
        return self._list(listing, page, lambda product: is_listed(product, wanted))

    def product_of_external_id(self, wanted: ListVendorProducts, external_id: str, page: PageRequest) -> Page:
        """List a vendor's product that has an external id, read consistently: one, or none.

        Raises
        ------
        InvalidCursor
            If the page has a position: this list has one page.
        """
        if page.after is not None:
            raise InvalidCursor("The cursor does not belong to this listing.")
        products: Iterable[Product] = ()
        for product_id in self._read_all(self._items(_guard(wanted.vendor_id, external_id)), _owner):
            products = self._read_all(self._items(product_id), Product.from_item)
        return Page([product.document() for product in products if is_listed(product, wanted)], None)

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
            guards.append(self._external_id_put(product, product.external_id))
        try:
            if guards:
                self._client.transact_write_items(TransactItems=[*guards, {"Put": put}])
            else:
                put["Item"] |= change_slot(product.version, change_id)
                self._client.put_item(**put)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # A put has no ClientRequestToken: if its response is lost, botocore sends it again, and the
            # second put finds what the first one wrote.
            return self._own(error, product, change_id) or ProductIdInUse()
        except self._client.exceptions.TransactionConflictException:
            return WriteConflict()
        except self._client.exceptions.TransactionCanceledException as error:
            return self._reason(failed_conditions(error).values())
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
            return self._own(error, to, change_id) or self._conflict(error)
        except self._client.exceptions.TransactionConflictException as error:
            # The transaction that creates a SKU checks the product of the SKU.
            return self._conflict(error)
        except self._client.exceptions.TransactionCanceledException as error:
            reason = self._reason(failed_conditions(error).values())
            return reason if isinstance(reason, AlreadyExecuted) else WriteConflict()
        return Written(to)

    def add_record(self, record: IdempotencyRecord) -> AlreadyExecuted | WriteConflict | None:
        """Write the idempotency record of a command that changes nothing; return None if it is written."""
        try:
            self._client.put_item(**self._record_put(record)["Put"])
        except self._client.exceptions.ConditionalCheckFailedException as error:
            return AlreadyExecuted(self._read_record(error.response["Item"]))
        except self._client.exceptions.TransactionConflictException:
            return WriteConflict()
        return None

    def readable(self, image: Item | None) -> Product | None:
        """Return the product of an image of a change; None if there is none, or it cannot be read."""
        return self._malformed.readable(PRODUCTS, image, Product.from_item)

    def _read(self, item: Item) -> Product:
        return self._malformed.read(PRODUCTS, item, Product.from_item)

    def _record_put(self, record: IdempotencyRecord) -> dict[str, Any]:
        return record.put(self._table, _key(record.idempotency_id))

    def _external_id_put(self, product: Product, external_id: str) -> dict[str, Any]:
        guard = _guard(product.vendor_id, external_id)
        item = to_item({PRODUCTS.partition_key: guard, "belongs_to": product.product_id})
        return {"Put": {"TableName": self._table, "Item": item, **_NOT_EXISTS}}

    def _list(
        self, listing: Listing, page: PageRequest, is_wanted: Callable[[Product], bool] = lambda _: True
    ) -> Page:
        response = self._client.query(**listing.query(self._table, page))
        products = self._read_all(response["Items"], Product.from_item)
        documents = [product.document() for product in products if is_wanted(product)]
        return Page(documents, listing.next_cursor(response))

    def _items(self, key: str) -> list[Item]:
        """Return the item with a key, read consistently, or nothing."""
        response = self._client.get_item(TableName=self._table, Key=_key(key), ConsistentRead=True)
        return [response["Item"]] if "Item" in response else []

    def _read_all(self, items: Iterable[Item], read: Callable[[Item], T]) -> Iterable[T]:
        return self._malformed.read_all(PRODUCTS, items, read)

    def _read_record(self, item: Item) -> IdempotencyRecord:
        return self._malformed.read(PRODUCTS, item, _idempotency_record)

    def _own(self, failed: Any, product: Product, change_id: str) -> Written | None:
        """Return the stored product if a failed condition found that this change made its version."""
        item = failed.response.get("Item")
        made = item is not None and made_version(change_id, product.version, item)
        return Written(self._read(item)) if made else None

    def _conflict(self, failed: Any) -> WriteConflict:
        item = failed.response.get("Item")
        version = None
        with suppress(MalformedItem):  # the next read of the product raises it
            version = None if item is None else self._read(item).version
        return WriteConflict(version, was_sent_again(failed))

    def _reason(self, found: Iterable[Item | None]) -> AddResult:
        """Return what the items mean that failed the conditions of a transaction.

        The command's own idempotency record comes first: a repeated command meets its external id too.
        """
        items = [item for item in found if item]
        for item in items:
            if _is_record(item):
                return AlreadyExecuted(self._read_record(item))
        for item in items:
            if "belongs_to" in item:
                return ExternalIdInUse(from_item(item)["belongs_to"])
        return ProductIdInUse() if items else WriteConflict()


def _key(product_id: str) -> Item:
    return to_item({PRODUCTS.partition_key: product_id})


def _guard(vendor_id: str, external_id: str) -> str:
    return f"{_EXTERNAL_ID_PREFIX}{vendor_id}#{external_id}"


def _owner(guard: Item) -> str:
    """Return the product that a guard item reserves an external id for."""
    owner = from_item(guard)["belongs_to"]
    if not isinstance(owner, str) or not is_id("product_id", owner):
        raise TypeError("belongs_to is not the id of a product")
    return owner


def _is_record(item: Item) -> bool:
    return bool(item[PRODUCTS.partition_key]["S"].startswith(IDEMPOTENCY_ID_PREFIX))


def _idempotency_record(item: Item) -> IdempotencyRecord:
    return IdempotencyRecord.from_item(item, PRODUCTS.partition_key)
