"""The service's commands and questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from inventory_common.contention import Persistence
from inventory_common.errors import ProductNotFound
from inventory_common.idempotency import Marker
from inventory_common.identity import Principal, Scope
from inventory_common.pages import Page, PageRequest
from inventory_common.products import Product
from inventory_common.timestamps import Clock

from .commands import CreateProduct
from .product_gateway import CommandSeen, ProductChanged, ProductGateway, ProductIdTaken
from .product_rules import deactivated, is_visible, new_product

__all__ = ["CatalogService", "CreatedProduct"]


class CreatedProduct(NamedTuple):
    """A product, and whether its creation had been done before."""

    product: Product
    replayed: bool


@dataclass(frozen=True, slots=True)
class CatalogService:
    """What the catalog service does; `bootstrap` makes it."""

    gateway: ProductGateway
    clock: Clock
    draw_product_id: Callable[[], str]
    persistence: Persistence

    def product(self, product_id: str, principal: Principal) -> Product:
        """Return a product that the principal sees, or raise `ProductNotFound`."""
        found = self.gateway.product(product_id)
        if found is None or not is_visible(found, principal):
            raise ProductNotFound(f"There is no {product_id}.")
        return found

    def products_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's products, inactive ones too, oldest first."""
        return self.gateway.products_of_vendor(vendor_id, page)

    def products_of_category(self, category: str, page: PageRequest) -> Page:
        """List the active products of a category."""
        return self.gateway.active_products_of_category(category, page)

    def create(self, command: CreateProduct) -> CreatedProduct:
        """Put a product into the catalog.

        Raises
        ------
        IdempotencyKeyReused, Busy
        """
        intent = command.intent
        for _ in self.persistence.attempts():
            now = self.clock()
            product = new_product(command, self.draw_product_id(), now)
            done = [{"product_id": product.product_id}]
            marker = None if intent is None else intent.marker(done, now)
            try:
                self.gateway.add(product, marker)
                return CreatedProduct(product, replayed=False)
            except ProductIdTaken:
                continue
            except CommandSeen as seen:
                if intent and intent.already_done(seen.marker, now):
                    return CreatedProduct(self._created_by(seen.marker), replayed=True)
        raise AssertionError("attempts end by raising Busy")

    def deactivate(self, product_id: str, scope: Scope) -> None:
        """Take a product out of the shop; nothing is removed, and once more is no error.

        Raises
        ------
        ProductNotFound, Busy
        """
        for _ in self.persistence.attempts():
            product = self.gateway.product(product_id)
            if product is None or not scope.covers(product.vendor_id):
                raise ProductNotFound(f"There is no {product_id}.")
            next_version = deactivated(product, self.clock())
            if next_version is None:
                return
            try:
                self.gateway.update(product, to=next_version)
                return
            except ProductChanged:
                continue
        raise AssertionError("attempts end by raising Busy")

    def _created_by(self, marker: Marker) -> Product:
        product = self.gateway.product(marker.done[0]["product_id"])
        assert product is not None, "a marker commits with its product, and products are never removed"
        return product
