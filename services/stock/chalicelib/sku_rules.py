"""What a SKU starts as, and what its vendor may change of it; its stock is the business of `stock_rules`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from inventory_common.errors import InvalidInput, ProductInactive, ProductNotFound
from inventory_common.limits import VARIANT_ATTRIBUTES_MAX
from inventory_common.products import Product
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku

from .commands import ChangeSku, CreateSku, Source

__all__ = ["changed_sku", "new_sku"]


def new_sku(command: CreateSku, product: Product | None, source: Source, now: str) -> Sku:
    """Return the SKU that a command offers, with no stock yet.

    Raises
    ------
    ProductNotFound, ProductInactive
    """
    if product is None or not command.scope.covers(product.vendor_id):
        raise ProductNotFound(f"There is no {command.product_id}.")
    if not product.is_active:
        raise ProductInactive(f"{product.product_id} is deactivated.", product_id=product.product_id)
    return Sku(
        product_id=product.product_id,
        sku=command.sku,
        vendor_id=product.vendor_id,
        variant_name=command.variant_name,
        variant_attributes=None if command.variant_attributes is None else dict(command.variant_attributes),
        current_stock=0,
        reserved_stock=0,
        reorder_threshold=command.reorder_threshold,
        unit_price=command.unit_price,
        last_updated=now,
        last_updated_by=source.performed_by,
        is_active=True,
        sequence=0,
        ledger_hash=FIRST_PREVIOUS_HASH,
        version=1,
        product_is_active=True,
        product_version=product.version,
    )


def changed_sku(sku: Sku, command: ChangeSku, source: Source, now: str) -> Sku | None:
    """Return the SKU's next version with some attributes set; None if they are so already.

    Raises
    ------
    InvalidInput
        If its variant attributes would be too many.
    """
    changes = dict(command.changes)
    if changes.get("variant_attributes") is not None:
        changes["variant_attributes"] = _merged(sku.variant_attributes or {}, changes["variant_attributes"])
    if replace(sku, **changes) == sku:
        return None
    return replace(
        sku, **changes, last_updated=now, last_updated_by=source.performed_by, version=sku.version + 1
    )


def _merged(standing: Mapping[str, str], patch: Mapping[str, Any]) -> dict[str, str]:
    """Merge as RFC 7396 does: None takes a member away."""
    merged = {name: value for name, value in {**standing, **patch}.items() if value is not None}
    if len(merged) > VARIANT_ATTRIBUTES_MAX:
        message = f"should leave at most {VARIANT_ATTRIBUTES_MAX} attributes, and leaves {len(merged)}"
        raise InvalidInput([("body.variant_attributes", message)])
    return merged
