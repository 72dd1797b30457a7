"""SKUs: one by its key, the lists of them, and the writes that do not change stock."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any

from inventory_common.barcode_lookups import LOOKUP_SORT_PREFIX, barcode_partition, sku_of_lookup
from inventory_common.change_ids import made_version, was_sent_again
from inventory_common.conditions import OLD_IMAGE
from inventory_common.dynamodb import expected_error, is_outcome_unknown
from inventory_common.errors import OutcomeUnknown
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.ids import StockKey
from inventory_common.items import Item, to_attribute, to_item
from inventory_common.limits import PAGE_MAX_ITEMS
from inventory_common.malformed_items import MalformedItem
from inventory_common.pages import Filter, Listing, Page, PageRequest, at_most, starting_with
from inventory_common.products import Product
from inventory_common.schema import (
    BARCODE_LOOKUPS,
    LOW_STOCK_INDEX,
    SKUS_OF_PRODUCT,
    VENDOR_INVENTORY,
    VENDOR_INVENTORY_INDEX,
)
from inventory_common.skus import Sku
from inventory_common.stored_types import EXACT_BOUND
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import PRIORITY_LEASE_SECONDS
from inventory_common.values import value

from ..domain.decisions import ReadSet
from ..domain.low_stock import LowStockBound
from .bounds import BoundStore
from .database import Database
from .items import SKU_SORT_PREFIX, read_set_of, sku_key
from .transaction import (
    LEASE_ATTRIBUTE,
    NOT_LEASED,
    Action,
    barcode_writes,
    details_update,
    idempotency_record_put,
    lease_values,
    product_check,
    returned_images,
    sku_put,
)

__all__ = ["LeaseHeld", "NotWritten", "SkuStore", "Written"]


@value
class Written:
    """The write succeeded."""


@value
class NotWritten:
    """Nothing was written: an item had changed, or a transaction on it was in progress.

    `found` contains the items that DynamoDB returned.  If `is_unknown`, the response to an earlier attempt of
    the same call was lost, and that one may have been written.
    """

    found: ReadSet
    is_unknown: bool = False


@value
class LeaseHeld:
    """Another writer holds a priority lease on the SKU, or a transaction on it is in progress."""


@value
class SkuStore:
    """Reads and writes SKUs."""

    database: Database
    bounds: BoundStore

    # Reads

    def get(self, key: StockKey) -> Sku | None:
        """Return a SKU, read consistently."""
        item = self.database.get(self.database.inventory, sku_key(key))
        return None if item is None else self.read(item)

    def get_all(self, keys: Collection[StockKey]) -> list[Sku]:
        """Return up to 100 SKUs in one call, read consistently; without those that do not exist."""
        if not keys:
            return []
        inventory = self.database.inventory
        items = self.database.batch_get({inventory: [sku_key(key) for key in keys]})[inventory]
        return list(self.database.malformed.read_all(VENDOR_INVENTORY, items, Sku.from_item))

    def first_of_product(self, product_id: str, count: int) -> list[Sku]:
        """Return so many of a product's SKUs, the first by id, read consistently."""
        listing = Listing(SKUS_OF_PRODUCT, product_id, starting_with(SKU_SORT_PREFIX))
        items = islice(self.database.query_all(listing, count), count)
        return list(self.database.malformed.read_all(VENDOR_INVENTORY, items, Sku.from_item))

    def read(self, item: Item) -> Sku:
        """Read a SKU's item, or raise `MalformedItem`."""
        return self.database.malformed.read(VENDOR_INVENTORY, item, Sku.from_item)

    def of_product(self, product_id: str, page: PageRequest) -> Page:
        """List a product's SKUs by id, read consistently."""
        return self._page(Listing(SKUS_OF_PRODUCT, product_id, starting_with(SKU_SORT_PREFIX)), page)

    def of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's SKUs, newest change first; one that changes between two pages moves to the top."""
        return self._page(Listing(VENDOR_INVENTORY_INDEX, vendor_id, descending=True), page)

    def low_stock_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's SKUs at or below their thresholds, lowest stock first, if they and their products
        are active.

        Reads the bound, then queries up to it.  DynamoDB does not allow a filter on an index's key, so
        thresholds are compared here, and a page may have fewer items than its limit, or none.
        """
        bound = self.bounds.get(vendor_id)
        # A cursor of another list is refused even if there is nothing to read.
        Listing(LOW_STOCK_INDEX, vendor_id).check(page)
        if bound is None or _is_above(bound, page):
            return Page([], None)
        found = self._page(Listing(LOW_STOCK_INDEX, vendor_id, at_most(bound.bound)), page)
        conditions = ("low_stock_flag", "is_active", "product_is_active")
        low = [sku for sku in found.documents if all(sku[name] for name in conditions)]
        return Page(low, found.next_cursor)

    def of_barcode(self, vendor_id: str, barcode: str, page: PageRequest) -> Page:
        """List a vendor's SKUs that have a barcode by id, read consistently; at most 100 a page.

        One Query reads lookup items, one call their SKUs.  A SKU whose barcode changes in between is left
        out, so that a page may have fewer items than its limit, or none.
        """
        partition = barcode_partition(vendor_id, barcode)
        listing = Listing(BARCODE_LOOKUPS, partition, starting_with(LOOKUP_SORT_PREFIX))
        page = replace(page, limit=min(page.limit, PAGE_MAX_ITEMS))
        response = self.database.query(listing, page)
        read_all, inventory = self.database.malformed.read_all, self.database.inventory
        keys = [sku_key(key) for key in read_all(VENDOR_INVENTORY, response["Items"], sku_of_lookup)]
        items = self.database.batch_get({inventory: keys})[inventory] if keys else []
        skus = sorted(read_all(VENDOR_INVENTORY, items, Sku.from_item), key=lambda sku: sku.sku)
        documents = [sku.document() for sku in skus if (sku.vendor_id, sku.barcode) == (vendor_id, barcode)]
        return Page(documents, listing.next_cursor(response))

    def with_outdated_flag(self, product: Product) -> Iterator[StockKey]:
        """Yield the SKUs whose product flag is of an earlier version of the product, read consistently."""
        older = Filter("product_version", "<", product.version)
        listing = Listing(
            SKUS_OF_PRODUCT, product.product_id, starting_with(SKU_SORT_PREFIX), filters=(older,)
        )
        for item in self.database.query_all(listing, PAGE_MAX_ITEMS):
            yield StockKey(product.product_id, item["sku"]["S"])

    # Writes

    def add(
        self, sku: Sku, bound: LowStockBound | None, record: IdempotencyRecord | None
    ) -> Written | NotWritten:
        """Create a SKU if it does not exist and its product has not changed since it was read.

        `bound` is the vendor's low-stock bound as it was read.  It is raised first if necessary: a bound that
        is too high costs a little, one that is too low would hide the SKU.
        """
        if bound is None or bound.threshold_max < sku.reorder_threshold:
            self.bounds.raise_to(sku.vendor_id, sku.reorder_threshold)
        actions = [
            product_check(sku, self.database),
            sku_put(sku, self.database),
            *barcode_writes(None, sku, self.database),
        ]
        if record is not None:
            actions.append(idempotency_record_put(record, self.database))
        client = self.database.client
        try:
            client.transact_write_items(TransactItems=actions)
        except client.exceptions.TransactionCanceledException as error:
            found = read_set_of(returned_images(error, actions).values(), self.database)
            found.require_readable([sku.key, None if record is None else record.idempotency_id])
            return NotWritten(found)
        return Written()

    def update(
        self, before: Sku, after: Sku, change_id: str, record: IdempotencyRecord | None = None
    ) -> Sku | NotWritten:
        """Write the attributes, other than its stock, that differ between a SKU and its next version.

        Returns the SKU as it is then, which may have been sold meanwhile.  The vendor's low-stock bound is
        raised first if the new threshold needs it.  The lookup items of a changed barcode and the record of
        the command are written in the same transaction.  After a lost response, the same change may be
        written again: it finds its own.
        """
        if after.reorder_threshold > before.reorder_threshold:
            self.bounds.raise_to(after.vendor_id, after.reorder_threshold)
        action = details_update(before, after, change_id, self.database)
        others = barcode_writes(before, after, self.database)
        if record is not None:
            others.append(idempotency_record_put(record, self.database))
        if others:
            # With a record, that one shows whether the command was executed.
            change = None if record is not None else (change_id, after.details_version)
            return self._update_with_others(action, others, after.key, change)
        client = self.database.client
        try:
            response = client.update_item(**action["Update"], ReturnValues="ALL_NEW")
        except client.exceptions.ConditionalCheckFailedException as error:
            image = error.response["Item"]
            stored = self.read(image)
            if made_version(change_id, after.details_version, image):
                return stored  # botocore sent it again after a lost response
            return NotWritten(read_set_of([image], self.database), was_sent_again(error))
        except client.exceptions.TransactionConflictException as error:
            return NotWritten(ReadSet(), was_sent_again(error))
        return self.read(response["Attributes"])

    def add_record(self, record: IdempotencyRecord) -> Written | NotWritten:
        """Write the idempotency record of a command that changes nothing."""
        # In a transaction, where alone puts are granted.
        images = self._transact([idempotency_record_put(record, self.database)])
        return Written() if images is None else NotWritten(read_set_of(images.values(), self.database))

    def set_product_flag(self, key: StockKey, product: Product) -> Written | NotWritten:
        """Copy a product's flag to a SKU, unless that of a later version was copied; nothing else changes.

        A SKU whose version is no number is left as it is, and reported.
        """
        client = self.database.client
        try:
            client.update_item(
                TableName=self.database.inventory,
                Key=sku_key(key),
                UpdateExpression="SET product_is_active = :flag, product_version = :new, "
                "#version = #version + :one",
                # DynamoDB refuses to add to a text, or beyond 38 digits.
                ConditionExpression="product_version < :new AND #version BETWEEN :first AND :last",
                ExpressionAttributeNames={"#version": "version"},
                ExpressionAttributeValues={
                    ":flag": to_attribute(product.is_active),
                    ":new": to_attribute(product.version),
                    ":one": to_attribute(1),
                    ":first": to_attribute(-EXACT_BOUND),
                    ":last": to_attribute(EXACT_BOUND),
                },
                **OLD_IMAGE,
            )
        except client.exceptions.ConditionalCheckFailedException as error:
            if image := error.response.get("Item"):
                with suppress(MalformedItem):  # it is reported
                    self.read(image)
            return Written()  # this or a later version was copied before
        except client.exceptions.TransactionConflictException:
            return NotWritten(ReadSet())
        return Written()

    def take_priority_leases(self, keys: Sequence[StockKey], now: str) -> ReadSet | LeaseHeld:
        """Take priority leases on SKUs for `PRIORITY_LEASE_SECONDS`, one call each, and return the SKUs.

        Other writers do not write a leased SKU.  A lease is advisory: correctness does not depend on it.
        """
        client = self.database.client
        lease_end = to_item({":lease_end": plus_seconds(now, PRIORITY_LEASE_SECONDS)})
        images = []
        for key in keys:
            try:
                response = client.update_item(
                    TableName=self.database.inventory,
                    Key=sku_key(key),
                    UpdateExpression=f"SET {LEASE_ATTRIBUTE} = :lease_end",
                    ConditionExpression=f"attribute_exists(sku) AND {NOT_LEASED}",
                    ExpressionAttributeValues=lease_values(now) | lease_end,
                    ReturnValues="ALL_NEW",
                    **OLD_IMAGE,
                )
                images.append(response["Attributes"])
            except client.exceptions.ConditionalCheckFailedException as error:
                if "Item" in error.response:
                    return LeaseHeld()
                # The SKU does not exist: the command will be refused for that.
            except client.exceptions.TransactionConflictException:
                return LeaseHeld()
        return read_set_of(images, self.database)

    def _update_with_others(
        self, update: Action, others: Sequence[Action], key: StockKey, change: tuple[str, int] | None
    ) -> Sku | NotWritten:
        """Commit the update of a SKU with writes of other items, and return the SKU.

        `change` is the id of the change and the version that it makes, if the SKU alone shows them.
        """
        images = self._transact([update, *others])
        if images is not None:
            if change is not None and 0 in images and made_version(*change, images[0]):
                return self.read(images[0])  # it was sent before, and that response was lost
            return NotWritten(read_set_of(images.values(), self.database))
        try:
            sku = self.get(key)  # a transaction returns no items
        except Exception as failure:
            if is_outcome_unknown(failure) or expected_error(failure) is None:
                raise
            raise OutcomeUnknown from failure  # the read is throttled, but the change is written
        assert sku is not None, "SKUs are never removed"
        return sku

    def _transact(self, actions: Sequence[Action]) -> dict[int, Item] | None:
        """Commit actions; if their transaction is cancelled, return what its failed conditions found."""
        client = self.database.client
        try:
            client.transact_write_items(TransactItems=list(actions))
        except client.exceptions.TransactionCanceledException as error:
            return returned_images(error, actions)
        return None

    def _page(self, listing: Listing, page: PageRequest) -> Page:
        response = self.database.query(listing, page)
        documents = self.database.malformed.read_all(VENDOR_INVENTORY, response["Items"], _document)
        return Page(list(documents), listing.next_cursor(response))


def _document(item: Item) -> dict[str, Any]:
    return Sku.from_item(item).document()


def _is_above(bound: LowStockBound, page: PageRequest) -> bool:
    """Return whether a page starts above the bound: its cursor is older than the bound."""
    return page.after is not None and not at_most(bound.bound).admits(page.after[LOW_STOCK_INDEX.sort_key])
