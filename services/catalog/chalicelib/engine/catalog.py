"""The use cases of the catalog: read a product, list products, create one, change one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from inventory_common.change_ids import new_change_id
from inventory_common.dynamodb import lost_answers_reported
from inventory_common.errors import (
    ExternalIdExists,
    PreconditionFailed,
    ProductNotFound,
)
from inventory_common.idempotency import IdempotencyKey, IdempotencyRecord
from inventory_common.identity import Principal
from inventory_common.lost_answers import LostAnswers
from inventory_common.pages import Page, PageRequest
from inventory_common.products import Product
from inventory_common.retry_policy import RetryPolicy
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.commands import BrowseCategory, ChangeProduct, CreateProduct, ListVendorProducts
from ..domain.product_rules import ProductChange, change_product, is_visible, new_product
from ..storage.product_store import (
    AlreadyExecuted,
    ExternalIdInUse,
    ProductIdInUse,
    ProductStore,
    UpdateResult,
    WriteConflict,
    Written,
)

__all__ = ["Catalog", "ChangedProduct", "CreatedProduct"]


class CreatedProduct(NamedTuple):
    """A product, and whether an earlier request created it."""

    product: Product
    replayed: bool


class ChangedProduct(NamedTuple):
    """A product after a change, and whether the same command had changed it before; then as it is now."""

    product: Product
    replayed: bool


@value
class Catalog:
    """The products of all vendors; `bootstrap` makes it."""

    store: ProductStore
    clock: Clock
    draw_product_id: Callable[[], str]
    retry_policy: RetryPolicy
    draw_change_id: Callable[[], str] = new_change_id

    def product(self, product_id: str, principal: Principal) -> Product:
        """Return a product that the principal can see.

        Raises
        ------
        ProductNotFound
        """
        product = self.store.product(product_id)
        if product is None or not is_visible(product, principal):
            raise _not_found(product_id)
        return product

    def products_of_vendor(self, wanted: ListVendorProducts, page: PageRequest) -> Page:
        """List a vendor's products by creation time, inactive ones too."""
        if wanted.external_id is None:
            return self.store.products_of_vendor(wanted, page)
        return self.store.product_of_external_id(wanted, wanted.external_id, page)

    def browse(self, wanted: BrowseCategory, page: PageRequest) -> Page:
        """List products of a category."""
        return self.store.products_of_category(wanted, page)

    def create(self, command: CreateProduct) -> CreatedProduct:
        """Create a product, or return the one that an earlier request with the same key created.

        Raises
        ------
        ExternalIdExists, IdempotencyKeyReused, Busy
        """
        key = command.idempotency_key
        change_id = self.draw_change_id()
        for _ in self.retry_policy.attempts():
            now = self.clock()
            product = new_product(command, self.draw_product_id(), now)
            record = None if key is None else key.record([{"product_id": product.product_id}], now)
            with lost_answers_reported():
                added = self.store.add(product, record, change_id)
            match added:
                case Written(stored):
                    return CreatedProduct(stored, replayed=False)
                case AlreadyExecuted(earlier) if key is not None and key.replayed_record(earlier, now):
                    return CreatedProduct(self._created_by(earlier), replayed=True)
                case ExternalIdInUse(product_id):
                    raise ExternalIdExists(
                        f"The external id is in use by {product_id}.", product_id=product_id
                    )
                case ProductIdInUse() | WriteConflict() | AlreadyExecuted():
                    continue
        raise AssertionError("attempts end by raising Busy")

    def change(self, command: ChangeProduct) -> ChangedProduct:
        """Set attributes of a product, and return its current version.

        Attributes that have the wanted values already are no change, and no error.

        Raises
        ------
        ProductNotFound, PreconditionFailed, IdempotencyKeyReused, Busy, OutcomeUnknown
        """
        change_id = self.draw_change_id()
        change: ProductChange | IdempotencyRecord | None = None
        lost = LostAnswers()
        with lost.reported():
            for _ in self.retry_policy.quick().attempts():
                if not lost or command.idempotency_key is not None:
                    change = self._decide(command)
                if not isinstance(change, ProductChange):
                    return ChangedProduct(self._existing(command.product_id), replayed=True)
                written: UpdateResult | None = None
                with lost.noted():
                    written = self._write(change, change_id)
                match written:
                    case Written(product):
                        return ChangedProduct(product, replayed=False)
                    case WriteConflict(version, is_unknown):
                        if is_unknown:
                            lost.note()
                        if version is not None:
                            lost.settle(version - change.before.version)
        raise AssertionError("attempts end by raising Busy")

    def _decide(self, command: ChangeProduct) -> ProductChange | IdempotencyRecord:
        """Read a product, with the command's idempotency record, and decide its change."""
        key, record = command.idempotency_key, None
        if key is None:
            product = self.store.product(command.product_id)
        else:
            product, record = self.store.product_and_record(command.product_id, key.idempotency_id)
        now = self.clock()
        try:
            return change_product(product, record, command, now)
        except PreconditionFailed:
            # A read of two items is no snapshot: the product may be newer than the record.
            executed = self._executed(key, now)
            if executed is None:
                raise
            return executed

    def _write(self, change: ProductChange, change_id: str) -> UpdateResult:
        record = change.idempotency_record
        if change.after is not None:
            return self.store.update(change.before, change.after, change_id, record)
        # So that a retry after another's change does not undo that one.
        refused = None if record is None else self.store.add_record(record)
        return refused or Written(change.before)

    def _executed(self, key: IdempotencyKey | None, now: str) -> IdempotencyRecord | None:
        return None if key is None else key.replayed_record(self.store.record(key.idempotency_id), now)

    def _existing(self, product_id: str) -> Product:
        product = self.store.product(product_id)
        assert product is not None, "products are never removed"
        return product

    def _created_by(self, record: IdempotencyRecord) -> Product:
        return self._existing(record.results[0]["product_id"])


def _not_found(product_id: str) -> ProductNotFound:
    return ProductNotFound(f"{product_id} was not found.")
