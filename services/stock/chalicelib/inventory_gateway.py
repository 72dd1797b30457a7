"""Stock in DynamoDB: how it is read, and the one transaction that changes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from botocore.exceptions import ClientError

from inventory_common.conditions import (
    OLD_IMAGE,
    failed_conditions,
    is_in_conflict,
    versioned_update,
)
from inventory_common.dynamodb import DynamoDBClient
from inventory_common.errors import Busy, DatabaseUnavailable, InvalidCursor
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.items import Item, from_item, to_attribute, to_item
from inventory_common.limits import PAGE_MAX_ITEMS, RESPONSE_LINES_MAX
from inventory_common.pages import (
    Filter,
    Listing,
    Page,
    PageRequest,
    Period,
    Position,
    at_most,
    starting_with,
    within,
)
from inventory_common.products import Product
from inventory_common.schema import (
    LOW_STOCK_INDEX,
    PRODUCTS,
    SKUS_OF_PRODUCT,
    STOCK_TRANSACTIONS,
    TTL_ATTRIBUTE,
    VENDOR_INVENTORY,
    VENDOR_INVENTORY_INDEX,
)
from inventory_common.settings import Settings
from inventory_common.skus import Sku
from inventory_common.timestamps import epoch_seconds
from inventory_common.transactions import TransactionRecord
from inventory_common.tuning import READ_ROUNDS_MAX, SENT_ALERT_TTL_SECONDS, WRITE_ATTEMPTS_MAX

from .inventory_actions import (
    NOT_ANOTHERS_TURN,
    Action,
    Tables,
    actions_of,
    product_check,
    sku_put,
    turn_values,
)
from .inventory_items import (
    OPEN_ORDERS,
    SKU_SORT_PREFIX,
    LowStockBound,
    alert_key,
    bound_key,
    idempotency_record_key,
    is_order_key,
    order_key,
    order_of,
    part_key,
    readings_of,
    sku_key,
    whole_order,
)
from .orders import Order
from .snapshot import Commit, Readings

__all__ = ["InventoryGateway", "LostRace"]

_NO_SKU: Final = -1
"""The bound of a vendor that has none: no stock is that low."""


class LostRace(Exception):
    """Nothing was committed, as another writer was there first; `found` holds what it left behind.

    Items on which DynamoDB merely saw two transactions at once are not in it; `contested` names the SKUs of
    both kinds.
    """

    def __init__(self, found: Readings, contested: Collection[str] = ()) -> None:
        super().__init__("another writer was first")
        self.found = found
        self.contested = frozenset(contested)


class InventoryGateway:
    """Reads and writes VendorInventory and StockTransactions, and reads Products-table."""

    def __init__(self, client: DynamoDBClient, settings: Settings) -> None:
        self._client = client
        self._products = settings.name_of(PRODUCTS)
        self._inventory = settings.name_of(VENDOR_INVENTORY)
        self._transactions = settings.name_of(STOCK_TRANSACTIONS)
        self._tables = Tables(self._products, self._inventory, self._transactions)

    # Reads

    def sku(self, product_id: str, sku: str) -> Sku | None:
        """Return a SKU, read consistently."""
        item = self._get(sku_key(product_id, sku))
        return Sku.from_item(item) if item else None

    def order(self, order_id: str) -> Order | None:
        """Return an order, read consistently."""
        item = self._get(order_key(order_id))
        return self._whole(order_of(item)) if item else None

    def product(self, product_id: str) -> Product | None:
        """Return a product, read consistently."""
        key = to_item({"product_id": product_id})
        answer = self._client.get_item(TableName=self._products, Key=key, ConsistentRead=True)
        return Product.from_item(answer["Item"]) if "Item" in answer else None

    def record_and_sku(
        self, record_key: Mapping[str, str], product_id: str, sku: str
    ) -> tuple[TransactionRecord, Sku]:
        """Return a log record and its SKU, which must exist: the log forgets nothing."""
        found = self._batch_get(
            {self._transactions: [to_item(record_key)], self._inventory: [sku_key(product_id, sku)]}
        )
        [record], [item] = found[self._transactions], found[self._inventory]
        return TransactionRecord.from_item(record), Sku.from_item(item)

    def read(
        self,
        skus: Iterable[tuple[str, str]] = (),
        *,
        orders: Iterable[str] = (),
        idempotency_records: Iterable[str] = (),
    ) -> Readings:
        """Read SKUs (``(product_id, sku)``), orders and markers in one call, each consistently.

        At most `TRANSACTION_ITEMS_MAX` in all.  Orders that have parts take one call more each.
        """
        keys = [sku_key(*sku) for sku in skus]
        keys += [order_key(order_id) for order_id in orders]
        keys += [idempotency_record_key(idempotency_id) for idempotency_id in idempotency_records]
        if not keys:
            return Readings()
        found = readings_of(self._batch_get({self._inventory: keys})[self._inventory])
        if all(order.is_whole for order in found.orders.values()):
            return found
        whole = [self._whole(order) for order in found.orders.values()]
        return replace(found, orders={order.order_id: order for order in whole if order is not None})

    def product_and_bound(
        self, product_id: str, vendor_id: str | None, idempotency_id: str | None
    ) -> tuple[Product | None, int | None, IdempotencyRecord | None]:
        """Read what a new SKU depends on: the product, the vendor's low-stock bound, the marker.

        One call where the vendor is known beforehand; otherwise the product is read first to learn it.
        """
        product: Product | None = None
        if vendor_id is None:
            product = self.product(product_id)
            if product is None:
                return None, None, None
            vendor_id = product.vendor_id
        keys = [bound_key(vendor_id)] + ([idempotency_record_key(idempotency_id)] if idempotency_id else [])
        requested = {self._inventory: keys}
        if product is None:
            requested[self._products] = [to_item({"product_id": product_id})]
        found = self._batch_get(requested)
        if product is None and found[self._products]:
            product = Product.from_item(found[self._products][0])
        bounds = [LowStockBound.from_item(item) for item in found[self._inventory] if "bound" in item]
        bound = bounds[0].needed if bounds else None
        return (
            product,
            bound,
            readings_of(found[self._inventory]).of(idempotency_id=idempotency_id).idempotency_record,
        )

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
        up_to_bound = at_most(bound)
        # A cursor above the bound is of a page before it was lowered, and nothing follows.
        Listing(LOW_STOCK_INDEX, vendor_id).check(page)
        is_above = page.after is not None and not up_to_bound.admits(page.after[LOW_STOCK_INDEX.sort_key])
        if item is None or is_above:
            return Page([], None)
        found = self._list(Listing(LOW_STOCK_INDEX, vendor_id, up_to_bound), page)
        low = [sku for sku in found.documents if sku["low_stock_flag"] and sku["is_active"]]
        return Page(low, found.next_cursor)

    def skus_older_than(self, product: Product) -> Iterator[str]:
        """Yield the SKUs of a product whose flag is of an earlier version of it, read consistently."""
        older = Filter("product_version", "<", product.version)
        listing = Listing(
            SKUS_OF_PRODUCT, product.product_id, starting_with(SKU_SORT_PREFIX), filters=(older,)
        )
        query = listing.query(self._inventory, PageRequest(PAGE_MAX_ITEMS))
        while True:
            answer = self._client.query(**query)
            yield from (item["sku"]["S"] for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def is_sent(self, alert_id: str) -> bool:
        """Tell whether an alert is remembered as sent."""
        return self._get(alert_key(alert_id)) is not None

    def orders_due(self, due_before: str, page: PageRequest) -> tuple[list[Order], Position | None]:
        """List orders that hold units and are due before a moment, and where the list goes on.

        In the order of due time within each of the sixteen partitions that share them, one after another; a
        page takes at most sixteen Queries, and ends early where its orders have `RESPONSE_LINES_MAX` lines.
        The index may lag.
        """
        partition, after = self._place_of(page.after)
        orders: list[Order] = []
        lines = 0
        for number in range(OPEN_ORDERS.index(partition), len(OPEN_ORDERS)):
            listing = Listing(VENDOR_INVENTORY_INDEX, OPEN_ORDERS[number], within(Period(end=due_before)))
            wanted = PageRequest(page.limit - len(orders), after)
            answer = self._client.query(**listing.query(self._inventory, wanted))
            for item in answer["Items"]:
                order = self._whole(order_of(item))
                if order is not None:
                    orders.append(order)
                    lines += len(order.lines)
                if lines >= RESPONSE_LINES_MAX:
                    return orders, from_item({name: item[name] for name in VENDOR_INVENTORY_INDEX.position})
            if "LastEvaluatedKey" in answer:
                return orders, from_item(answer["LastEvaluatedKey"])
            after = None
            if len(orders) >= page.limit and number + 1 < len(OPEN_ORDERS):
                return orders, {VENDOR_INVENTORY_INDEX.partition_key: OPEN_ORDERS[number + 1]}
        return orders, None

    @staticmethod
    def _place_of(position: Position | None) -> tuple[str, Position | None]:
        """Return the partition that a page of due orders begins in, and where in it."""
        if position is None:
            return OPEN_ORDERS[0], None
        partition = position.get(VENDOR_INVENTORY_INDEX.partition_key)
        if partition not in OPEN_ORDERS:
            raise InvalidCursor("The cursor does not belong to this listing.")
        return str(partition), position if len(position) > 1 else None

    # Writes

    def commit(self, commits: Sequence[Commit], in_turn: Collection[str] = ()) -> None:
        """Write commits, each decided on what the one before it leaves: all or nothing, in one call.

        `in_turn` names the SKUs that other writers leave to this one.

        Raises
        ------
        LostRace
            If another writer changed one of the items since they were read, or it is its turn.
        """
        self._transact(actions_of(commits, self._tables, in_turn))

    def take_turn(self, skus: Iterable[tuple[str, str]], now: str) -> Readings:
        """Ask other writers to leave these SKUs alone for `PRIORITY_LEASE_SECONDS`, and return them as they stand.

        One call each.  It is a courtesy, no lock: whoever does not wait breaks nothing.

        Raises
        ------
        LostRace
            If it is another writer's turn, or a transaction is under way.
        """
        items = []
        for sku in skus:
            try:
                answer = self._client.update_item(
                    TableName=self._inventory,
                    Key=sku_key(*sku),
                    UpdateExpression="SET turn_until = :turn_end",
                    ConditionExpression=f"attribute_exists(sku) AND {NOT_ANOTHERS_TURN}",
                    ExpressionAttributeValues=turn_values(now),
                    ReturnValues="ALL_NEW",
                    **OLD_IMAGE,
                )
                items.append(answer["Attributes"])
            except self._client.exceptions.ConditionalCheckFailedException as error:
                if "Item" in error.response:
                    raise LostRace(Readings()) from error
            except self._client.exceptions.TransactionConflictException as error:
                raise LostRace(Readings()) from error
        return readings_of(items)

    def add_sku(self, sku: Sku, bound: int | None, idempotency_record: IdempotencyRecord | None) -> None:
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
        actions = [product_check(sku, self._tables), sku_put(sku, self._tables)]
        if idempotency_record is not None:
            actions.append(
                idempotency_record.put(
                    self._inventory, idempotency_record_key(idempotency_record.idempotency_id)
                )
            )
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
            # An update has no ClientRequestToken: when its answer is lost, botocore's second try meets it.
            found = error.response["Item"]
            if Sku.from_item(found) != to:
                raise LostRace(readings_of([found])) from error
        except self._client.exceptions.TransactionConflictException as error:
            raise LostRace(Readings()) from error

    def set_product_activity(self, sku: str, product: Product) -> None:
        """Set a SKU's flag of its product, if it is of an earlier version; its stock and dates stay.

        Raises
        ------
        LostRace
            If a transaction on the SKU is under way.
        """
        try:
            self._client.update_item(
                TableName=self._inventory,
                Key=sku_key(product.product_id, sku),
                UpdateExpression="SET product_is_active = :flag, product_version = :new, "
                "#version = #version + :one",
                ConditionExpression="product_version < :new",
                ExpressionAttributeNames={"#version": "version"},
                ExpressionAttributeValues={
                    ":flag": to_attribute(product.is_active),
                    ":new": to_attribute(product.version),
                    ":one": to_attribute(1),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            pass  # it knows already
        except self._client.exceptions.TransactionConflictException as error:
            raise LostRace(Readings()) from error

    def remember_sent(self, alert_id: str, now: str) -> None:
        """Remember an alert as sent, for longer than its stream keeps the change."""
        ttl = epoch_seconds(now) + SENT_ALERT_TTL_SECONDS
        item = alert_key(alert_id) | to_item({TTL_ATTRIBUTE: ttl})
        self._client.put_item(TableName=self._inventory, Item=item)

    # The low-stock bounds

    def bounds_and_thresholds(self) -> tuple[list[LowStockBound], dict[str, int]]:
        """Return all vendors' bounds, and each vendor's highest threshold, by a consistent Scan."""
        bounds: list[LowStockBound] = []
        thresholds: dict[str, int] = {}
        scan: dict[str, Any] = {"TableName": self._inventory, "ConsistentRead": True}
        while True:
            answer = self._client.scan(**scan)
            for item in answer["Items"]:
                if "bound" in item:
                    bounds.append(LowStockBound.from_item(item))
                elif item["sku"]["S"].startswith(SKU_SORT_PREFIX):
                    read = from_item(item, ("vendor_id", "reorder_threshold"))
                    vendor_id, threshold = read["vendor_id"], read["reorder_threshold"]
                    thresholds[vendor_id] = max(threshold, thresholds.get(vendor_id, _NO_SKU))
            if "LastEvaluatedKey" not in answer:
                return bounds, thresholds
            scan["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def replace_bound(self, bound: LowStockBound, by: LowStockBound) -> bool:
        """Write a bound's next state if nobody has changed it; return whether that was so."""
        conditions, values = [], {}
        for name, attribute in bound.to_item().items():
            if name not in VENDOR_INVENTORY.key:
                conditions.append(f"#{name} = :{name}")
                values[f":{name}"] = attribute
        if bound.lowering_at is None:
            conditions.append("attribute_not_exists(#lowering_at)")
        names = {f"#{name}": name for name in ("bound", "lowering_at", "lowering_to")}
        used = " ".join(conditions)
        try:
            self._client.put_item(
                TableName=self._inventory,
                Item=by.to_item(),
                ConditionExpression=" AND ".join(conditions),
                ExpressionAttributeNames={key: name for key, name in names.items() if key in used},
                ExpressionAttributeValues=values,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    # How

    def _get(self, key: Item) -> Item | None:
        answer = self._client.get_item(TableName=self._inventory, Key=key, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item

    def _whole(self, order: Order) -> Order | None:
        """Return an order with its parts, both of one moment; None if it has gone meanwhile."""
        for _ in range(READ_ROUNDS_MAX):
            if order.is_whole:
                return order
            keys = [part_key(order.order_id, part) for part in range(1, order.parts + 1)]
            whole = whole_order(order, self._batch_get({self._inventory: keys})[self._inventory])
            if whole is not None:
                return whole
            item = self._get(order_key(order.order_id))
            if item is None:
                return None
            order = order_of(item)
        raise DatabaseUnavailable("The order changes too fast to be read; please try again.")

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
        """Leave the bound at least as high, and no plan to lower it further than that."""
        for _ in range(WRITE_ATTEMPTS_MAX):
            arguments: dict[str, Any] = {
                "TableName": self._inventory,
                "Key": bound_key(vendor_id),
                "ExpressionAttributeNames": {"#bound": "bound"},
                "ExpressionAttributeValues": {":threshold": to_attribute(threshold)},
            }
            try:
                self._client.update_item(
                    **arguments,
                    UpdateExpression="SET #bound = :threshold REMOVE lowering_to, lowering_at",
                    ConditionExpression="attribute_not_exists(#bound) OR #bound < :threshold",
                    **OLD_IMAGE,
                )
                return
            except self._client.exceptions.ConditionalCheckFailedException as error:
                bound = LowStockBound.from_item(error.response["Item"])
            if bound.needed >= threshold:
                return
            with suppress(self._client.exceptions.ConditionalCheckFailedException):
                self._client.update_item(
                    **arguments,
                    UpdateExpression="REMOVE lowering_to, lowering_at",
                    ConditionExpression="#bound >= :threshold",
                )
                return
            # It was lowered in between.
        raise Busy("The low-stock bound changes too fast; please try again.")

    def _transact(self, actions: list[Action]) -> None:
        try:
            self._client.transact_write_items(TransactItems=actions)
        except self._client.exceptions.TransactionCanceledException as error:
            raise _lost_race(error, actions) from error


def _lost_race(cancelled: ClientError, actions: Sequence[Action]) -> LostRace:
    """Read from a cancelled transaction what a faster writer left.

    An order that has gone shows no item.  If no other failed condition shows one, a log record exists that
    its SKU does not know of: a defect, passed on.
    """
    failed = failed_conditions(cancelled)
    images = [item for item in failed.values() if item]
    has_gone = any(_is_of_order(actions[position]) for position, item in failed.items() if not item)
    if failed and not images and not has_gone and not is_in_conflict(cancelled):
        raise cancelled
    reasons = cancelled.response["CancellationReasons"]
    contested = {
        action["Update"]["Key"]["sku"]["S"]
        for action, reason in zip(actions, reasons, strict=False)
        if "Update" in action and not _is_of_order(action) and reason["Code"] != "None"
    }
    return LostRace(readings_of(images), contested)


def _is_of_order(action: Action) -> bool:
    [write] = action.values()
    key: Item = write.get("Item") or write["Key"]
    return is_order_key(key)
