"""Products, which the catalog service owns: read only."""

from __future__ import annotations

from inventory_common.items import Item, to_item
from inventory_common.products import Product
from inventory_common.schema import PRODUCTS
from inventory_common.values import value

from .database import Database

__all__ = ["ProductStore"]


@value
class ProductStore:
    """Reads products."""

    database: Database

    def get(self, product_id: str) -> Product | None:
        """Return a product, read consistently."""
        item = self.database.get(self.database.products, to_item({"product_id": product_id}))
        return None if item is None else self.read(item)

    def read(self, item: Item) -> Product:
        """Read a product's item, or raise `MalformedItem`."""
        return self.database.malformed.read(PRODUCTS, item, Product.from_item)
