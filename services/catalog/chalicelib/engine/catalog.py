"""The use cases of the catalog: read a product, list products, create one, change one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from inventory_common.errors import ExternalIdExists, ProductNotFound
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.identity import Principal
from inventory_common.pages import Page, PageRequest, Period
from inventory_common.products import Product
from inventory_common.retry_policy import RetryPolicy
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.commands import BrowseCategory, ChangeProduct, CreateProduct
from ..domain.product_rules import changed, is_visible, new_product
from ..storage.product_store import (
    AlreadyExecuted,
    ExternalIdInUse,
    ProductIdInUse,
    ProductStore,
    WriteConflict,
    Written,
)

__all__ = ["Catalog", "CreatedProduct"]


class CreatedProduct(NamedTuple):
    """A product, and whether an earlier request created it."""

    product: Product
    replayed: bool


@value
class Catalog:
    """The products of all vendors; `bootstrap` makes it."""

    store: ProductStore
    clock: Clock
    draw_product_id: Callable[[], str]
    retry_policy: RetryPolicy

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

    def products_of_vendor(self, vendor_id: str, period: Period, page: PageRequest) -> Page:
        """List a vendor's products by creation time, inactive ones too."""
        return self.store.products_of_vendor(vendor_id, period, page)

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
        for _ in self.retry_policy.attempts():
            now = self.clock()
            product = new_product(command, self.draw_product_id(), now)
            record = None if key is None else key.record([{"product_id": product.product_id}], now)
            match self.store.add(product, record):
                case Written():
                    return CreatedProduct(product, replayed=False)
                case AlreadyExecuted(earlier) if key is not None and key.replayed_record(earlier, now):
                    return CreatedProduct(self._created_by(earlier), replayed=True)
                case ExternalIdInUse(product_id):
                    raise ExternalIdExists(
                        f"The external id is in use by {product_id}.", product_id=product_id
                    )
                case ProductIdInUse() | WriteConflict() | AlreadyExecuted():
                    continue
        raise AssertionError("attempts end by raising Busy")

    def change(self, command: ChangeProduct) -> Product:
        """Set attributes of a product, and return its current version.

        Attributes that have the wanted values already are no change, and no error.

        Raises
        ------
        ProductNotFound, PreconditionFailed, Busy
        """
        for _ in self.retry_policy.attempts():
            product = self.store.product(command.product_id)
            if product is None or not command.scope.covers(product.vendor_id):
                raise _not_found(command.product_id)
            command.if_match.require(product.version)
            next_version = changed(product, command.changes, self.clock())
            if next_version is None:
                return product
            match self.store.update(product, to=next_version):
                case Written():
                    return next_version
                case WriteConflict():
                    continue
        raise AssertionError("attempts end by raising Busy")

    def _created_by(self, record: IdempotencyRecord) -> Product:
        product = self.store.product(record.results[0]["product_id"])
        assert product is not None, "a record is written with its product, and products are never removed"
        return product


def _not_found(product_id: str) -> ProductNotFound:
    return ProductNotFound(f"{product_id} was not found.")
