"""The catalog service: products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Literal, Required, TypedDict, Unpack

from inventory_common.products import Product

from .connection import Client, new_key, path_of
from .documents import Outcome, read

__all__ = ["CatalogClient", "NewProduct"]

_product = partial(read, Product)


class NewProduct(TypedDict, total=False):
    """A product to be; `vendor_id` is an admin's to name, a vendor's token says it."""

    product_name: Required[str]
    category: Required[str]
    base_price: Required[Decimal | int]
    vendor_id: str | None
    description: str | None
    subcategory: str | None
    brand: str | None
    images: list[str] | None
    tags: list[str] | None
    external_id: str | None


class CatalogClient(Client):
    """Products, as the principal of the token sees them."""

    def product(self, product_id: str) -> Product:
        """Return a product, or raise `ProductNotFound`."""
        return self._get(path_of("products", product_id), _product)

    def create_product(
        self, *, idempotency_key: str | None = None, **attributes: Unpack[NewProduct]
    ) -> Outcome[Product]:
        """Put a product into the catalog; without a key one is made, so that a retry doubles nothing."""
        return self._command("POST", "/products", _product, body=attributes, key=idempotency_key or new_key())

    def change_product(
        self, product_id: str, changes: Mapping[str, Any], *, if_version: int | None = None
    ) -> Product:
        """Change attributes: None takes an optional one away, ``{"is_active": True}`` brings it back.

        Raises
        ------
        PreconditionFailed
            If it has another version than `if_version` by now.
        """
        path = path_of("products", product_id)
        return self._decoded(self._send("PATCH", path, body=changes, if_version=if_version), _product)

    def deactivate_product(self, product_id: str, *, if_version: int | None = None) -> None:
        """Take a product out of the shop; its record stays."""
        self._send("DELETE", path_of("products", product_id), if_version=if_version)

    def browse(
        self,
        category: str,
        *,
        active: bool = True,
        subcategory: str | None = None,
        brand: str | None = None,
        tag: str | None = None,
        min_price: Decimal | int | None = None,
        max_price: Decimal | int | None = None,
    ) -> Iterator[Product]:
        """Yield the products of a category."""
        params = {
            "category": category,
            "active": None if active else "false",
            "subcategory": subcategory,
            "brand": brand,
            "tag": tag,
            "min_price": None if min_price is None else str(min_price),
            "max_price": None if max_price is None else str(max_price),
        }
        return self._pages("/products", _product, params)

    def products_of_vendor(
        self,
        vendor_id: str,
        *,
        created_from: str | None = None,
        created_to: str | None = None,
        order: Literal["asc", "desc"] | None = None,
    ) -> Iterator[Product]:
        """Yield all products of a vendor by their creation, oldest first, inactive ones too."""
        params = {"created_from": created_from, "created_to": created_to, "order": order}
        return self._pages(path_of("vendors", vendor_id, "products"), _product, params)
