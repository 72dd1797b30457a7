"""The catalog service: products, and the categories and vendors that have some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Literal, Unpack

from inventory_common.limits import BULK_PAGE_MAX_ITEMS
from inventory_common.products import NewProduct, Product

from .connection import Client, path_of
from .documents import CategoryCount, Outcome, VendorCount, read
from .retries import new_key

__all__ = ["CatalogClient"]

_product = partial(read, Product)


class CatalogClient(Client):
    """The products that the token's principal may read or change."""

    def product(self, product_id: str) -> Product:
        """Return a product, or raise `ProductNotFound`."""
        return self._get(path_of("products", product_id), _product)

    def create_product(
        self, *, idempotency_key: str | None = None, **attributes: Unpack[NewProduct]
    ) -> Outcome[Product]:
        """Create a product; without an Idempotency-Key, one is generated for the client's own retries."""
        return self._command("POST", "/products", _product, body=attributes, key=idempotency_key or new_key())

    def change_product(
        self,
        product_id: str,
        changes: Mapping[str, Any],
        *,
        if_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Product:
        """Change attributes: None removes an optional one, ``{"is_active": True}`` reactivates the product.

        Raises
        ------
        PreconditionFailed
            If the product no longer has the version `if_version`, and is not as requested already.
        """
        path, key = path_of("products", product_id), idempotency_key or new_key()
        response = self._send("PATCH", path, body=changes, if_version=if_version, key=key)
        return self._decoded(response, _product)

    def deactivate_product(
        self, product_id: str, *, if_version: int | None = None, idempotency_key: str | None = None
    ) -> None:
        """Deactivate a product; it is not deleted."""
        key = idempotency_key or new_key()
        self._send("DELETE", path_of("products", product_id), if_version=if_version, key=key)

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
        return self._items("/products", _product, params)

    def products_of_vendor(
        self,
        vendor_id: str,
        *,
        created_from: str | None = None,
        created_to: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        external_id: str | None = None,
        name: str | None = None,
    ) -> Iterator[Product]:
        """Yield all products of a vendor, also inactive ones, by creation time; oldest first by default.

        `external_id` is the vendor's own id of one product, exactly; `name` is how the names of the wanted
        products begin, in capitals or not: the vendor's whole list is compared.
        """
        params = {
            "created_from": created_from,
            "created_to": created_to,
            "order": order,
            "external_id": external_id,
            "name": name,
        }
        path = path_of("vendors", vendor_id, "products")
        return self._items(path, _product, params, limit=BULK_PAGE_MAX_ITEMS)

    def product_members_of_vendor(
        self,
        vendor_id: str,
        members: Sequence[str],
        *,
        created_from: str | None = None,
        created_to: str | None = None,
        order: Literal["asc", "desc"] | None = None,
        external_id: str | None = None,
        name: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield the named members alone of all products of a vendor, as `products_of_vendor` lists them."""
        params = {
            "created_from": created_from,
            "created_to": created_to,
            "order": order,
            "external_id": external_id,
            "name": name,
        }
        return self._members(path_of("vendors", vendor_id, "products"), members, params)

    def categories(self) -> Iterator[CategoryCount]:
        """Yield the categories that have active products, by name."""
        return self._items("/categories", partial(read, CategoryCount))

    def vendors(self) -> Iterator[VendorCount]:
        """Yield the vendors that have products, by id; for auditors and admins."""
        return self._items("/vendors", partial(read, VendorCount))
