"""Reads the state that commands are decided on, and commits what they write: one call each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import uuid4

from botocore.exceptions import ClientError

from inventory_common.bound_items import bound_key
from inventory_common.conditions import failed_conditions
from inventory_common.dynamodb import expected_error, is_outcome_unknown
from inventory_common.errors import OrderDamaged
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.ids import StockKey
from inventory_common.items import to_item
from inventory_common.order_items import order_key
from inventory_common.products import Product
from inventory_common.schema import STOCK_TRANSACTIONS, VENDOR_INVENTORY
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord
from inventory_common.values import value

from ..domain.decisions import ReadSet, WriteSet
from ..domain.low_stock import LowStockBound
from ..domain.orders import Order
from .bounds import bound_from_item
from .database import Database
from .items import idempotency_record_key, read_set_of, sku_key
from .orders import OrderStore
from .products import ProductStore
from .transaction import (
    Action,
    actions_of,
    is_leased_by_another,
    movements_by_sku,
    returned_images,
    writes_order,
)

__all__ = ["Committed", "NewSkuState", "RecordAndSku", "StateStore", "Unanswered", "WriteConflict"]


@value
class Committed:
    """The write sets were committed."""


@value(kw_only=True)
class WriteConflict:
    """Nothing was committed: other writers had changed, or were changing, the same items.

    Attributes
    ----------
    found
        The items that had changed, as the failed conditions returned them.
    contended
        The SKUs that had changed, or on which DynamoDB saw another transaction in progress.
    is_leased
        Whether a SKU had not changed, but another writer holds a priority lease on it.
    is_over_order
        Whether the order itself had changed or was being changed: another process executes a command on it,
        in most cases the same one.
    has_failed_condition
        Whether an item had changed; otherwise, the same transaction may succeed later.
    was_unanswered
        Whether an earlier answer to the same transaction was lost.
    """

    found: ReadSet
    contended: frozenset[StockKey] = frozenset()
    is_leased: bool = False
    is_over_order: bool = False
    has_failed_condition: bool = True
    was_unanswered: bool = False


@value
class Unanswered:
    """A transaction that may have been committed: its answer was lost by a `failure`.

    Sent again with the same token, it is committed once.
    """

    write_sets: Sequence[WriteSet]
    request: Mapping[str, Any]
    failure: Exception


class NewSkuState(NamedTuple):
    """What the creation of a SKU depends on."""

    product: Product | None
    bound: LowStockBound | None
    idempotency_record: IdempotencyRecord | None


class RecordAndSku(NamedTuple):
    """A log record, and the SKU as it is now."""

    record: TransactionRecord
    sku: Sku


@value
class StateStore:
    """Reads read sets and commits write sets."""

    database: Database
    orders: OrderStore
    products: ProductStore

    def read(
        self,
        keys: Iterable[StockKey] = (),
        *,
        orders: Iterable[str] = (),
        idempotency_records: Iterable[str] = (),
    ) -> ReadSet:
        """Read SKUs, orders and idempotency records in one call, each consistently.

        At most `TRANSACTION_ITEMS_MAX` in total.  An order that has parts takes one more call.
        """
        requested = [sku_key(key) for key in keys]
        requested += [order_key(order_id) for order_id in orders]
        requested += [idempotency_record_key(idempotency_id) for idempotency_id in idempotency_records]
        if not requested:
            return ReadSet()
        inventory = self.database.inventory
        found = read_set_of(self.database.batch_get({inventory: requested})[inventory], self.database)
        if all(order.has_all_lines for order in found.orders.values()):
            return found
        complete: dict[str, Order] = {}
        malformed: set[StockKey | str] = set()
        for order_id, order in found.orders.items():
            try:
                with_lines = self.orders.with_all_lines(order)
            except OrderDamaged:
                malformed.add(order_id)
            else:
                complete |= {} if with_lines is None else {order_id: with_lines}
        return replace(found, orders=complete, malformed=found.malformed | malformed)

    def read_for_new_sku(
        self, product_id: str, vendor_id: str | None, idempotency_id: str | None
    ) -> NewSkuState:
        """Read what the creation of a SKU depends on.

        One call if the vendor is known; otherwise the product is read first, to learn its vendor.
        """
        product = None
        if vendor_id is None:
            product = self.products.get(product_id)
            if product is None:
                return NewSkuState(None, None, None)
            vendor_id = product.vendor_id
        keys = [bound_key(vendor_id)]
        if idempotency_id is not None:
            keys.append(idempotency_record_key(idempotency_id))
        requested = {self.database.inventory: keys}
        if product is None:
            requested[self.database.products] = [to_item({"product_id": product_id})]
        found = self.database.batch_get(requested)
        if product is None and found[self.database.products]:
            product = self.products.read(found[self.database.products][0])
        items = found[self.database.inventory]
        bounds = [bound_from_item(item) for item in items if "bound" in item]
        read_set = read_set_of(items, self.database)
        read_set.require_readable([idempotency_id])
        record = read_set.state_of(idempotency_id=idempotency_id).idempotency_record
        return NewSkuState(product, bounds[0] if bounds else None, record)

    def record_and_sku(self, record_key: Mapping[str, str], key: StockKey) -> RecordAndSku:
        """Return a log record and its SKU; both exist, as neither is ever deleted."""
        transactions, inventory = self.database.transactions, self.database.inventory
        found = self.database.batch_get({transactions: [to_item(record_key)], inventory: [sku_key(key)]})
        [record], [item] = found[transactions], found[inventory]
        malformed = self.database.malformed
        return RecordAndSku(
            malformed.read(STOCK_TRANSACTIONS, record, TransactionRecord.from_item),
            malformed.read(VENDOR_INVENTORY, item, Sku.from_item),
        )

    def log_records(self, keys: Iterable[Mapping[str, str]]) -> dict[str, TransactionRecord]:
        """Return log records by their ids in one call, without those that cannot be read.

        At most `TRANSACTION_ITEMS_MAX`.
        """
        transactions = self.database.transactions
        items = self.database.batch_get({transactions: [to_item(key) for key in keys]})[transactions]
        records = self.database.malformed.read_all(STOCK_TRANSACTIONS, items, TransactionRecord.from_item)
        return {record.transaction_id: record for record in records}

    def commit(
        self, write_sets: Sequence[WriteSet], leased: Collection[StockKey] = ()
    ) -> Committed | WriteConflict | Unanswered:
        """Commit write sets, each decided on the result of the previous one, in one transaction.

        `leased` are the SKUs on which the writer holds priority leases.
        """
        actions = actions_of(write_sets, self.database, leased)
        request = {"TransactItems": actions, "ClientRequestToken": str(uuid4())}
        try:
            return self._send(write_sets, request)
        except Exception as failure:
            if not is_outcome_unknown(failure):
                raise
            return Unanswered(write_sets, request, failure)

    def send_again(self, unanswered: Unanswered) -> Committed | WriteConflict | Unanswered:
        """Send a transaction again whose answer was lost."""
        try:
            return self._send(unanswered.write_sets, unanswered.request)
        except Exception as failure:
            if expected_error(failure) is None:
                raise
            return unanswered

    def _send(self, write_sets: Sequence[WriteSet], request: Mapping[str, Any]) -> Committed | WriteConflict:
        client = self.database.client
        try:
            client.transact_write_items(**request)
        except client.exceptions.TransactionCanceledException as error:
            return self._conflict(error, request["TransactItems"], write_sets)
        return Committed()

    def _conflict(
        self, cancelled: ClientError, actions: Sequence[Action], write_sets: Sequence[WriteSet]
    ) -> WriteConflict:
        """Return what the cancellation reasons of a transaction say about other writers."""
        images = returned_images(cancelled, actions)
        found = read_set_of(images.values(), self.database)
        movements = movements_by_sku(write_sets)
        reasons = cancelled.response["CancellationReasons"]
        # Actions on SKUs come first, in the order of their movements.
        contended = {key for key, reason in zip(movements, reasons, strict=False) if reason["Code"] != "None"}
        is_leased = any(
            key in found.skus and is_leased_by_another(images[position], moved)
            for position, (key, moved) in enumerate(movements.items())
        )
        return WriteConflict(
            found=found,
            contended=frozenset(contended),
            is_leased=is_leased,
            is_over_order=any(
                reason["Code"] != "None" and writes_order(action)
                for action, reason in zip(actions, reasons, strict=False)
            ),
            has_failed_condition=bool(failed_conditions(cancelled)),
        )
