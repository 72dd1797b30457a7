"""The service's commands and questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from inventory_common.errors import ProductNotFound
from inventory_common.idempotency import IdempotencyRecord
from inventory_common.identity import Principal
from inventory_common.pages import Page, PageRequest, Period
from inventory_common.products import Product
from inventory_common.retry_policy import RetryPolicy
from inventory_common.timestamps import Clock
from inventory_common.values import value

from .commands import BrowseCategory, ChangeProduct, CreateProduct
from .product_gateway import CommandSeen, ProductChanged, ProductGateway, ProductIdTaken
from .product_rules import changed, is_visible, new_product

__all__ = ["CatalogService", "CreatedProduct"]


class CreatedProduct(NamedTuple):
    """A product, and whether its creation had been done before."""

    product: Product
    replayed: bool


@value
class CatalogService:
    """What the catalog service does; `bootstrap` makes it."""

    gateway: ProductGateway
    clock: Clock
    draw_product_id: Callable[[], str]
    retry_policy: RetryPolicy

    def product(self, product_id: str, principal: Principal) -> Product:
        """Return a product that the principal sees, or raise `ProductNotFound`."""
        found = self.gateway.product(product_id)
        if found is None or not is_visible(found, principal):
            raise ProductNotFound(f"There is no {product_id}.")
        return found

    def products_of_vendor(self, vendor_id: str, period: Period, page: PageRequest) -> Page:
        """List a vendor's products by their creation, inactive ones too."""
        return self.gateway.products_of_vendor(vendor_id, period, page)

    def browse(self, wanted: BrowseCategory, page: PageRequest) -> Page:
        """List products of a category."""
        return self.gateway.products_of_category(wanted, page)

    def create(self, command: CreateProduct) -> CreatedProduct:
        """Put a product into the catalog.

        Raises
        ------
        ExternalIdExists, IdempotencyKeyReused, Busy
        """
        idempotency_key = command.idempotency_key
        for _ in self.retry_policy.attempts():
            now = self.clock()
            product = new_product(command, self.draw_product_id(), now)
            done = [{"product_id": product.product_id}]
            idempotency_record = (
                None if idempotency_key is None else idempotency_key.idempotency_record(done, now)
            )
            try:
                self.gateway.add(product, idempotency_record)
                return CreatedProduct(product, replayed=False)
            except ProductIdTaken:
                continue
            except CommandSeen as seen:
                if idempotency_key and idempotency_key.replayed_record(seen.idempotency_record, now):
                    return CreatedProduct(self._created_by(seen.idempotency_record), replayed=True)
        raise AssertionError("attempts end by raising Busy")

    def change(self, command: ChangeProduct) -> Product:
        """Set attributes of a product, and return it as it stands then.

        What is so already is no change, and no error.

        Raises
        ------
        ProductNotFound, PreconditionFailed, Busy
        """
        for _ in self.retry_policy.attempts():
            product = self.gateway.product(command.product_id)
            if product is None or not command.scope.covers(product.vendor_id):
                raise ProductNotFound(f"There is no {command.product_id}.")
            command.if_match.require(product.version)
            next_version = changed(product, command.changes, self.clock())
            if next_version is None:
                return product
            try:
                self.gateway.update(product, to=next_version)
                return next_version
            except ProductChanged:
                continue
        raise AssertionError("attempts end by raising Busy")

    def _created_by(self, idempotency_record: IdempotencyRecord) -> Product:
        product = self.gateway.product(idempotency_record.done[0]["product_id"])
        assert product is not None, "a marker commits with its product, and products are never removed"
        return product
