"""What the service can be told to do, validated and independent of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import Scope
from inventory_common.preconditions import IfMatch
from inventory_common.values import value

__all__ = ["BrowseCategory", "ChangeProduct", "CreateProduct"]


@value(kw_only=True)
class CreateProduct:
    """Put a product of `vendor_id` into the catalog."""

    vendor_id: str
    product_name: str
    description: str | None
    category: str
    subcategory: str | None
    brand: str | None
    base_price: Decimal | int
    images: list[str] | None
    tags: list[str] | None
    external_id: str | None
    idempotency_key: IdempotencyKey | None


@value(kw_only=True)
class ChangeProduct:
    """Set some attributes of a product; None takes an optional one away."""

    product_id: str
    changes: Mapping[str, Any]
    if_match: IfMatch
    scope: Scope


@value(kw_only=True)
class BrowseCategory:
    """Look for products of a category; what is None is not asked for."""

    category: str
    active: bool = True
    subcategory: str | None = None
    brand: str | None = None
    tag: str | None = None
    min_price: Decimal | int | None = None
    max_price: Decimal | int | None = None
