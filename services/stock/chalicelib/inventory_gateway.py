"""Stock in DynamoDB: how it is read, and the one transaction that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from botocore.exceptions import ClientError

from inventory_common.conditions import (
    OLD_IMAGE,
    absent_or_lapsed,
    failed_conditions,
    is_in_conflict,
    versioned_update,
)
from inventory_common.dynamodb import DynamoDBClient
from inventory_common.errors import DatabaseUnavailable
from inventory_common.idempotency import Marker
from inventory_common.items import Item, from_item, to_attribute, to_item
from inventory_common.limits import READ_ROUNDS_MAX
from inventory_common.pages import Listing, Page, PageRequest, at_most, starting_with
from inventory_common.products import ACTIVE, Product
from inventory_common.schema import (
    LOW_STOCK_INDEX,
    PRODUCTS,
    SKUS_OF_PRODUCT,
    STOCK_TRANSACTIONS,
    VENDOR_INVENTORY,
    VENDOR_INVENTORY_INDEX,
)
from inventory_common.settings import Settings
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord

from .inventory_items import (
    SKU_SORT_PREFIX,
    bound_key,
    marker_key,
    order_item,
    order_key,
    order_of,
    sku_key,
    snapshot_of,
)
from .orders import Order
from .snapshot import Commit, Snapshot
from .stock_rules import Movement

__all__ = ["InventoryGateway", "LostRace"]

_NO_SKU: Final = -1
"""The bound of a vendor that has none: no stock is that low."""

_STOCK_ATTRIBUTES: Final = (
    "current_stock",
    "reserved_stock",
    "available_stock",
    "last_updated",
    "last_updated_by",
    "sequence",
    "ledger_hash",
    "last_transaction_at",
    "last_transaction_id",
)
"""What a stock write sets, and nothing else: a PATCH beside it keeps what it set."""

_STOCK_UPDATE: Final = "SET " + ", ".join(f"#{name} = :{name}" for name in _STOCK_ATTRIBUTES)
_STOCK_UPDATE_NAMES: Final = {f"#{name}": name for name in (*_STOCK_ATTRIBUTES, "version")}


class LostRace(Exception):
    """Nothing was committed, as another writer was there first; `found` holds what it left behind.

    Items on which DynamoDB merely saw two transactions at once are not in it.
    """

    def __init__(self, found: Snapshot) -> None:
        super().__init__("another writer was first")
        self.found = found


class InventoryGateway:
    """Reads and writes VendorInventory and StockTransactions, and reads Products-table."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._products = settings.name_of(PRODUCTS)
        self._inventory = settings.name_of(VENDOR_INVENTORY)
        self._transactions = settings.name_of(STOCK_TRANSACTIONS)

    # Reads

    def sku(self, product_id: str, sku: str) -> Sku | None:
        """Return a SKU, read consistently."""
        item = self._get(sku_key(product_id, sku))
        return Sku.from_item(item) if item else None

    def order(self, order_id: str) -> Order | None:
        """Return an order, read consistently."""
        item = self._get(order_key(order_id))
        return order_of(item) if item else None

    def record_and_sku(
        self, record_key: Mapping[str, str], product_id: str, sku: str
    ) -> tuple[TransactionRecord, Sku]:
        """Return a log record and its SKU, which must exist: the log forgets nothing."""
        found = self._batch_get(
            {self._transactions: [to_item(record_key)], self._inventory: [sku_key(product_id, sku)]}
        )
        [record], [item] = found[self._transactions], found[self._inventory]
        return TransactionRecord.from_item(record), Sku.from_item(item)

    def snapshot(
        self,
        skus: Iterable[tuple[str, str]] = (),
        *,
        order_id: str | None = None,
        marker_id: str | None = None,
    ) -> Snapshot:
        """Read SKUs (``(product_id, sku)``), an order and a marker in one call, each consistently."""
        keys = [sku_key(*sku) for sku in skus]
        if order_id is not None:
            keys.append(order_key(order_id))
        if marker_id is not None:
            keys.append(marker_key(marker_id))
        return snapshot_of(self._batch_get({self._inventory: keys})[self._inventory])

    def product_and_bound(
        self, product_id: str, vendor_id: str | None, marker_id: str | None
    ) -> tuple[Product | None, int | None, Marker | None]:
        """Read what a new SKU depends on: the product, the vendor's low-stock bound, the marker.

        One call where the vendor is known beforehand; otherwise the product is read first to learn it.
        """
        product: Product | None = None
        if vendor_id is None:
            product = self._product(product_id)
            if product is None:
                return None, None, None
            vendor_id = product.vendor_id
        keys = [bound_key(vendor_id)] + ([marker_key(marker_id)] if marker_id else [])
        requested = {self._inventory: keys}
        if product is None:
            requested[self._products] = [to_item({"product_id": product_id})]
        found = self._batch_get(requested)
        if product is None and found[self._products]:
            product = Product.from_item(found[self._products][0])
        bound = next((from_item(item)["bound"] for item in found[self._inventory] if "bound" in item), None)
        return product, bound, snapshot_of(found[self._inventory]).marker

    def skus_of_product(self, product_id: str, page: PageRequest) -> Page:
        """List a product's SKUs in the order of their ids, read consistently."""
        return self._list(Listing(SKUS_OF_PRODUCT, product_id, starting_with(SKU_SORT_PREFIX)), page)

    def skus_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's SKUs, newest change first; a SKU that changes meanwhile moves."""
        return self._list(Listing(VENDOR_INVENTORY_INDEX, vendor_id, descending=True), page)

    def low_stock_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's active SKUs at or below their thresholds, lowest stock first.

        Two calls: the bound, then one Query up to it.  DynamoDB refuses a filter on an index's own key, so
        the threshold is compared here, and a page can be shorter than asked for, or empty.
        """
        item = self._get(bound_key(vendor_id))
        bound = _NO_SKU if item is None else int(from_item(item)["bound"])
        listing = Listing(LOW_STOCK_INDEX, vendor_id, at_most(bound))
        if item is None:
            listing.check(page)
            return Page([], None)
        found = self._list(listing, page)
        low = [sku for sku in found.documents if sku["low_stock_flag"] and sku["is_active"]]
        return Page(low, found.next_cursor)

    # Writes

    def commit(self, commit: Commit) -> None:
        """Write movements with their log records, the order and the marker: all or nothing, in one call.

        Raises
        ------
        LostRace
            If another writer changed one of the items since they were read.
        """
        actions: list[dict[str, Any]] = []
        for movement in commit.movements:
            actions += [self._stock_update(movement), self._log_put(movement)]
        if commit.order is not None:
            actions.append(self._order_put(commit.order, commit.replaced_order))
        if commit.marker is not None:
            actions.append(commit.marker.put(self._inventory, marker_key(commit.marker.marker_id)))
        self._transact(actions)

    def add_sku(self, sku: Sku, bound: int | None, marker: Marker | None) -> None:
        """Write a new SKU on condition that its product stands as it was read and the SKU does not.

        `bound` is the vendor's low-stock bound as read; it is raised first where the SKU needs it: a bound
        that is too high costs a little, one that is too low would hide a SKU.

        Raises
        ------
        LostRace
            If the product changed, or the SKU or the marker was there first.
        """
        if bound is None or bound < sku.reorder_threshold:
            self._raise_bound(sku.vendor_id, sku.reorder_threshold)
        actions = [self._product_check(sku), self._sku_put(sku)]
        if marker is not None:
            actions.append(marker.put(self._inventory, marker_key(marker.marker_id)))
        self._transact(actions)

    def update_sku(self, sku: Sku, to: Sku) -> None:
        """Write what differs between a SKU and its next version, which its stock is not part of.

        The vendor's low-stock bound is raised first where the new threshold needs it.

        Raises
        ------
        LostRace
            If the stored version is not the former.
        """
        if to.reorder_threshold > sku.reorder_threshold:
            self._raise_bound(to.vendor_id, to.reorder_threshold)
        try:
            self._client.update_item(
                TableName=self._inventory,
                Key=sku_key(sku.product_id, sku.sku),
                **versioned_update(sku.to_item(), to.to_item()),
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise LostRace(snapshot_of([error.response["Item"]])) from error
        except self._client.exceptions.TransactionConflictException as error:
            raise LostRace(Snapshot()) from error

    # How

    def _get(self, key: Item) -> Item | None:
        answer = self._client.get_item(TableName=self._inventory, Key=key, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item

    def _product(self, product_id: str) -> Product | None:
        key = to_item({"product_id": product_id})
        answer = self._client.get_item(TableName=self._products, Key=key, ConsistentRead=True)
        return Product.from_item(answer["Item"]) if "Item" in answer else None

    def _batch_get(self, keys: Mapping[str, Sequence[Item]]) -> dict[str, list[Item]]:
        """Read up to 100 items consistently; at most 16 MB come at once, far above what 100 of ours have."""
        found: dict[str, list[Item]] = {table: [] for table in keys}
        pending: Any = {
            table: {"Keys": list(wanted), "ConsistentRead": True} for table, wanted in keys.items()
        }
        for _ in range(READ_ROUNDS_MAX):
            answer = self._client.batch_get_item(RequestItems=pending)
            for table, items in answer["Responses"].items():
                found[table] += items
            pending = answer["UnprocessedKeys"]  # throttled ones; botocore backs off if all of them are
            if not pending:
                return found
        raise DatabaseUnavailable("The database is throttled; please try again.")

    def _list(self, listing: Listing, page: PageRequest) -> Page:
        answer = self._client.query(**listing.query(self._inventory, page))
        return Page(
            [Sku.from_item(item).document() for item in answer["Items"]],
            listing.next_cursor(answer),
        )

    def _raise_bound(self, vendor_id: str, threshold: int) -> None:
        # If the condition fails, somebody has raised it as high or higher meanwhile.
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._inventory,
                Key=bound_key(vendor_id),
                UpdateExpression="SET #bound = :threshold",
                ConditionExpression="attribute_not_exists(#bound) OR #bound < :threshold",
                ExpressionAttributeNames={"#bound": "bound"},
                ExpressionAttributeValues={":threshold": to_attribute(threshold)},
            )

    def _transact(self, actions: list[dict[str, Any]]) -> None:
        try:
            self._client.transact_write_items(TransactItems=actions)
        except self._client.exceptions.TransactionCanceledException as error:
            raise _lost_race(error) from error

    def _product_check(self, sku: Sku) -> dict[str, Any]:
        return {
            "ConditionCheck": {
                "TableName": self._products,
                "Key": to_item({"product_id": sku.product_id}),
                "ConditionExpression": "is_active = :active AND vendor_id = :vendor AND #version = :version",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {
                    ":active": to_attribute(ACTIVE),
                    ":vendor": to_attribute(sku.vendor_id),
                    ":version": to_attribute(sku.product_version),
                },
                **OLD_IMAGE,
            }
        }

    def _sku_put(self, sku: Sku) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self._inventory,
                "Item": sku.to_item(),
                "ConditionExpression": "attribute_not_exists(product_id)",
                **OLD_IMAGE,
            }
        }

    def _stock_update(self, movement: Movement) -> dict[str, Any]:
        after = movement.after
        values = {f":{name}": to_attribute(getattr(after, name)) for name in _STOCK_ATTRIBUTES}
        values |= {":expected": to_attribute(movement.before.sequence), ":one": to_attribute(1)}
        condition = "#sequence = :expected"
        if movement.needs_active:
            # The flags may have changed without a new sequence.
            condition += " AND is_active = :true AND product_is_active = :true"
            values[":true"] = to_attribute(True)
        return {
            "Update": {
                "TableName": self._inventory,
                "Key": sku_key(after.product_id, after.sku),
                "UpdateExpression": f"{_STOCK_UPDATE}, #version = #version + :one",
                "ConditionExpression": condition,
                "ExpressionAttributeNames": _STOCK_UPDATE_NAMES,
                "ExpressionAttributeValues": values,
                **OLD_IMAGE,
            }
        }

    def _log_put(self, movement: Movement) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self._transactions,
                "Item": movement.record.to_item(),
                "ConditionExpression": "attribute_not_exists(transaction_id)",
            }
        }

    def _order_put(self, order: Order, replaced: Order | None) -> dict[str, Any]:
        if replaced is None:
            condition = absent_or_lapsed(order.created_at)
        else:
            condition = {
                "ConditionExpression": "#version = :expected",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {":expected": to_attribute(replaced.version)},
            }
        return {
            "Put": {
                "TableName": self._inventory,
                "Item": order_item(order),
                **condition,
                **OLD_IMAGE,
            }
        }


def _lost_race(cancelled: ClientError) -> LostRace:
    """Read from a cancelled transaction what a faster writer left.

    If no failed condition shows an item, a log record exists that its SKU does not know of: a defect, passed
    on.
    """
    failed = failed_conditions(cancelled)
    images = [item for item in failed.values() if item]
    if failed and not images and not is_in_conflict(cancelled):
        raise cancelled
    return LostRace(snapshot_of(images))
