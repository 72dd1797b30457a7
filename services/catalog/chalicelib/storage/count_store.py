"""Counters of categories and vendors in DynamoDB, and what was counted of each product.

Items of Products-table, by partition key: ``#CATEGORY#{SHA-256 of the name}`` and ``#VENDOR#{vendor_id}`` are
counters, whose `vendor_id` (``#CATEGORIES``, ``#VENDORS``) and `created_at` (the name) list them in
VendorProductsIndex.  ``#COUNTED#{product_id}`` is what was counted of a product; no index contains it.

Each has a token, `last_change`, that every write replaces: an item whose token is the same has not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Any, Final

from inventory_common.change_ids import new_change_id
from inventory_common.conditions import failed_conditions
from inventory_common.dynamodb import DynamoDBClient
from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.errors import DatabaseUnavailable
from inventory_common.ids import is_id
from inventory_common.items import AttributeValue, Item, from_item, to_item
from inventory_common.malformed_items import MalformedItem, MalformedItems
from inventory_common.pages import Filter, Listing, Page, PageRequest
from inventory_common.products import Product
from inventory_common.schema import PRODUCTS, TTL_ATTRIBUTE, VENDOR_PRODUCTS_INDEX
from inventory_common.settings import Settings
from inventory_common.stored_types import EXACT_BOUND, is_exact_integer
from inventory_common.timestamps import Clock, epoch_seconds
from inventory_common.tuning import COUNTED_REMOVAL_TTL_SECONDS, READ_ROUNDS_MAX
from inventory_common.values import value

from ..domain.counts import Count, CountedProduct, Counter, CounterKind, counted_product, difference

__all__ = ["COUNT_SCAN_ITEMS", "CountStore", "StoredCounter", "StoredProduct", "counter_key"]

_COUNTED_PREFIX: Final = "#COUNTED#"
_PARTITIONS: Final[Mapping[CounterKind, str]] = {"category": "#CATEGORIES", "vendor": "#VENDORS"}
_TOKEN: Final = "last_change"
_LISTED: Final[Mapping[CounterKind, Filter]] = {
    # A category without active products is nothing to browse.
    "category": Filter("active_products", ">=", 1),
    "vendor": Filter("products", ">=", 1),
}
COUNT_SCAN_ITEMS: Final = TRANSACTION_ITEMS_MAX
"""Items of one page of the scan: what was counted of its products is read in one call."""


@value
class StoredProduct:
    """What was counted of a product: None if nothing was, or if it cannot be read; with the item's token."""

    product: CountedProduct | None = None
    token: AttributeValue | None = None


@value
class StoredCounter:
    """A counter's count, None if it cannot be read, with the item's token."""

    count: Count | None = None
    token: AttributeValue | None = None


class CountStore:
    """Reads and writes counters and what was counted of products; `bootstrap` makes it."""

    def __init__(
        self,
        client: DynamoDBClient,
        settings: Settings,
        malformed: MalformedItems,
        clock: Clock,
        draw_token: Callable[[], str] = new_change_id,
    ) -> None:
        self._client = client
        self._malformed = malformed
        self._clock = clock
        self._draw_token = draw_token
        self._table = settings.name_of(PRODUCTS)

    def of_kind(self, kind: CounterKind, page: PageRequest) -> Page:
        """List categories that have active products, or vendors that have products, by name."""
        listing = Listing(VENDOR_PRODUCTS_INDEX, _PARTITIONS[kind], filters=(_LISTED[kind],))
        response = self._client.query(**listing.query(self._table, page))
        counters = self._read_counters(kind, response["Items"])
        return Page([_document(counter, count) for counter, count in counters], listing.next_cursor(response))

    def readable(self, image: Item | None) -> CountedProduct | None:
        """Return what is counted of a product's item; None if there is none, or it cannot be read."""
        return self._malformed.readable(PRODUCTS, image, _product)

    def counted(self, product_ids: Collection[str]) -> dict[str, StoredProduct]:
        """Return what was counted of up to 100 products, each read consistently."""
        found = dict.fromkeys(product_ids, StoredProduct())
        for item in self._items(_COUNTED_PREFIX + product_id for product_id in product_ids):
            product_id = item[PRODUCTS.partition_key]["S"].removeprefix(_COUNTED_PREFIX)
            product: CountedProduct | None = None
            with suppress(MalformedItem):  # then it is counted anew
                product = self._malformed.read(PRODUCTS, item, _counted)
            found[product_id] = StoredProduct(product, item.get(_TOKEN))
        return found

    def products(self, product_ids: Collection[str]) -> dict[str, CountedProduct]:
        """Return what is to be counted of up to 100 products, each read consistently.

        Those that do not exist or cannot be read are left out.
        """
        found = map(self.readable, self._items(product_ids))
        return {product.product_id: product for product in found if product is not None}

    def count(self, changes: Sequence[tuple[StoredProduct, CountedProduct]]) -> bool:
        """Count products instead of what was counted of them, all in one transaction.

        Returns whether they are counted: not if another process counts one of them, or changes a counter at
        the same time.  A counter that cannot be read is left as it is, and reported: a recount replaces it.
        """
        counters: dict[Counter, Count] = {}
        for stored, product in changes:
            for counter, change in difference(stored.product, product).items():
                counters[counter] = counters.get(counter, Count(0, 0)).plus(change)
        puts = [self._counted_put(stored, product) for stored, product in changes]
        while True:
            updates = [self._counter_update(counter, change) for counter, change in counters.items()]
            try:
                self._client.transact_write_items(TransactItems=[*puts, *updates])
            except self._client.exceptions.TransactionCanceledException as error:
                failed = failed_conditions(error)
                if not failed or min(failed) < len(puts):
                    return False
                names = list(counters)
                for position, item in failed.items():
                    counter = names[position - len(puts)]
                    del counters[counter]
                    list(self._read_counters(counter.kind, [item] if item else []))  # which reports it
            else:
                return True

    def counters(self, kind: CounterKind) -> dict[Counter, StoredCounter]:
        """Return all counters of a kind that the index lists, each read consistently."""
        found: dict[Counter, StoredCounter] = {}
        query = Listing(VENDOR_PRODUCTS_INDEX, _PARTITIONS[kind]).query(
            self._table, PageRequest(TRANSACTION_ITEMS_MAX)
        )
        while True:
            response = self._client.query(**query)
            named = {
                counter_key(counter): counter
                for item in response["Items"]
                for counter in [Counter(kind, item[VENDOR_PRODUCTS_INDEX.sort_key]["S"])]
            }
            for item in self._items(named):
                counter = named[item[PRODUCTS.partition_key]["S"]]
                counts = [count for _, count in self._read_counters(kind, [item])]
                found[counter] = StoredCounter(counts[0] if counts else None, item.get(_TOKEN))
            if "LastEvaluatedKey" not in response:
                return found
            query["ExclusiveStartKey"] = response["LastEvaluatedKey"]

    def correct(self, counter: Counter, stored: StoredCounter, count: Count) -> bool:
        """Write a counter's count, or remove a counter of nothing, if it has not changed; return whether."""
        condition = _same_token(stored.token)
        key = to_item({PRODUCTS.partition_key: counter_key(counter)})
        try:
            if count == Count(0, 0):
                self._client.delete_item(TableName=self._table, Key=key, **condition)
            else:
                item = to_item({**_listed(counter), **count._asdict(), _TOKEN: self._draw_token()})
                self._client.put_item(TableName=self._table, Item=key | item, **condition)
        except (
            self._client.exceptions.ConditionalCheckFailedException,
            self._client.exceptions.TransactionConflictException,
        ):
            return False
        return True

    def scan(self) -> Iterator[dict[str, CountedProduct | None]]:
        """Yield the products of the table by id, some at a time, each read consistently.

        None stands for a product that cannot be read.
        """
        scan: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "Limit": COUNT_SCAN_ITEMS,
        }
        while True:
            response = self._client.scan(**scan)
            yield {
                item[PRODUCTS.partition_key]["S"]: self.readable(item)
                for item in response["Items"]
                if is_id("product_id", item[PRODUCTS.partition_key]["S"])
            }
            if "LastEvaluatedKey" not in response:
                return
            scan["ExclusiveStartKey"] = response["LastEvaluatedKey"]

    def _read_counters(self, kind: CounterKind, items: Iterable[Item]) -> Iterator[tuple[Counter, Count]]:
        return self._malformed.read_all(PRODUCTS, items, partial(_counter, kind))

    def _items(self, keys: Iterable[str]) -> list[Item]:
        wanted = [to_item({PRODUCTS.partition_key: key}) for key in keys]
        pending: Any = {self._table: {"Keys": wanted, "ConsistentRead": True}} if wanted else {}
        items: list[Item] = []
        for _ in range(READ_ROUNDS_MAX):
            if not pending:
                return items
            response = self._client.batch_get_item(RequestItems=pending)
            items += response["Responses"].get(self._table, [])
            pending = response["UnprocessedKeys"]
        raise DatabaseUnavailable("The database throttles the service; please try again.")

    def _counted_put(self, stored: StoredProduct, product: CountedProduct) -> dict[str, Any]:
        removal = (
            {TTL_ATTRIBUTE: epoch_seconds(self._clock()) + COUNTED_REMOVAL_TTL_SECONDS}
            if product.is_removed
            else {}
        )
        item = to_item(
            {
                PRODUCTS.partition_key: _COUNTED_PREFIX + product.product_id,
                "counted_version": product.version,
                "counted_vendor": product.vendor_id,
                "counted_category": product.category,
                "counted_active": product.is_active,
                "counted_removed": product.is_removed,
                _TOKEN: self._draw_token(),
                **removal,
            }
        )
        return {"Put": {"TableName": self._table, "Item": item, **_same_token(stored.token)}}

    def _counter_update(self, counter: Counter, change: Count) -> dict[str, Any]:
        listed = _listed(counter)
        values = {
            ":partition": listed[VENDOR_PRODUCTS_INDEX.partition_key],
            ":name": listed[VENDOR_PRODUCTS_INDEX.sort_key],
            ":products": change.products,
            ":active": change.active_products,
            ":token": self._draw_token(),
            # DynamoDB refuses to add to a text, or beyond 38 digits.
            ":least": -EXACT_BOUND,
            ":most": EXACT_BOUND,
        }
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_item({PRODUCTS.partition_key: counter_key(counter)}),
                "UpdateExpression": f"SET vendor_id = :partition, created_at = :name, {_TOKEN} = :token "
                "ADD products :products, active_products :active",
                "ConditionExpression": "attribute_not_exists(product_id) OR "
                "(products BETWEEN :least AND :most AND active_products BETWEEN :least AND :most)",
                "ExpressionAttributeValues": to_item(values),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }


def counter_key(counter: Counter) -> str:
    """Return the partition key of a counter."""
    if counter.kind == "vendor":
        return f"#VENDOR#{counter.name}"
    return f"#CATEGORY#{sha256(counter.name.encode()).hexdigest()}"


def _listed(counter: Counter) -> dict[str, str]:
    """Return the attributes that list a counter in VendorProductsIndex."""
    return {
        VENDOR_PRODUCTS_INDEX.partition_key: _PARTITIONS[counter.kind],
        VENDOR_PRODUCTS_INDEX.sort_key: counter.name,
    }


def _same_token(token: AttributeValue | None) -> dict[str, Any]:
    """Return the condition that an item has not changed since it was read, or is still absent."""
    if token is None:
        return {"ConditionExpression": f"attribute_not_exists({_TOKEN})"}
    return {"ConditionExpression": f"{_TOKEN} = :seen", "ExpressionAttributeValues": {":seen": token}}


def _product(item: Item) -> CountedProduct:
    return counted_product(Product.from_item(item))


def _counter(kind: CounterKind, item: Item) -> tuple[Counter, Count]:
    read = from_item(item)
    counter = Counter(kind, read[VENDOR_PRODUCTS_INDEX.sort_key])
    if read[PRODUCTS.partition_key] != counter_key(counter):
        raise TypeError("product_id is not that of a counter")
    if not is_exact_integer(read["products"]) or not is_exact_integer(read["active_products"]):
        raise TypeError("a count is no integer")
    return counter, Count(read["products"], read["active_products"])


def _counted(item: Item) -> CountedProduct:
    read = from_item(item)
    texts = [read[name] for name in ("counted_vendor", "counted_category")]
    flags = [read[name] for name in ("counted_active", "counted_removed")]
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(flag, bool) for flag in flags):
        raise TypeError("what was counted is of another type")
    if not is_exact_integer(read["counted_version"]):
        raise TypeError("counted_version is no integer")
    return CountedProduct(
        product_id=read[PRODUCTS.partition_key].removeprefix(_COUNTED_PREFIX),
        version=read["counted_version"],
        vendor_id=texts[0],
        category=texts[1],
        is_active=flags[0],
        is_removed=flags[1],
    )


def _document(counter: Counter, count: Count) -> dict[str, Any]:
    if counter.kind == "category":
        return {"category": counter.name, "active_products": count.active_products}
    return {"vendor_id": counter.name, **count._asdict()}
