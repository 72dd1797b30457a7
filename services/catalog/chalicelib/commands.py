"""What the service can be told to do, validated and independent of HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from inventory_common.idempotency import Intent

__all__ = ["CreateProduct"]


@dataclass(frozen=True, slots=True, kw_only=True)
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
    intent: Intent | None
