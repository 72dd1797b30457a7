"""What a product starts as, what it may become, and who sees it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from inventory_common.errors import Forbidden, InvalidInput
from inventory_common.identity import Principal, Scope
from inventory_common.products import Product

from .commands import CreateProduct

__all__ = ["changed", "is_visible", "new_product", "owner_of_new_product"]


def owner_of_new_product(named: str | None, scope: Scope) -> str:
    """Return whose a new product is: a vendor's own, whoever an admin names.

    Raises
    ------
    InvalidInput
        If an admin names nobody.
    Forbidden
        If a vendor names another.
    """
    if scope.vendor_id is None:
        if named is None:
            raise InvalidInput([("body.vendor_id", "is required of an admin")])
        return named
    if named is not None and not scope.covers(named):
        raise Forbidden("A vendor creates products of its own only.")
    return scope.vendor_id


def new_product(command: CreateProduct, product_id: str, now: str) -> Product:
    """Return the product that a command puts into the catalog: active, in its first version."""
    return Product(
        product_id=product_id,
        vendor_id=command.vendor_id,
        product_name=command.product_name,
        description=command.description,
        category=command.category,
        subcategory=command.subcategory,
        brand=command.brand,
        base_price=command.base_price,
        images=command.images,
        tags=command.tags,
        is_active=True,
        created_at=now,
        updated_at=now,
        version=1,
        external_id=command.external_id,
    )


def changed(product: Product, changes: Mapping[str, Any], now: str) -> Product | None:
    """Return the product's next version with some attributes set; None if they are so already."""
    if replace(product, **changes) == product:
        return None
    return replace(product, **changes, updated_at=now, version=product.version + 1)


def is_visible(product: Product, principal: Principal) -> bool:
    """Tell whether a principal sees a product: active ones everybody, others their vendor and overseers."""
    return product.is_active or principal.oversees(product.vendor_id)
