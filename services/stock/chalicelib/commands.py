"""What the service can be told to do, validated and independent of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from inventory_common.idempotency import Intent
from inventory_common.identity import Scope

__all__ = ["CreateSku", "OrderLineRequest", "PlaceOrder", "Restock", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a command comes from, as the log records it."""

    performed_by: str
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSku:
    """Offer a variant of a product, with no stock yet."""

    product_id: str
    sku: str
    variant_name: str
    variant_attributes: Mapping[str, str] | None
    unit_price: Decimal | int
    reorder_threshold: int
    scope: Scope
    intent: Intent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restock:
    """Take `quantity` units into stock."""

    product_id: str
    sku: str
    quantity: int
    notes: str | None
    scope: Scope
    intent: Intent


@dataclass(frozen=True, slots=True)
class OrderLineRequest:
    """So many units of a SKU for an order."""

    product_id: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Reserve every line of an order, or nothing; the hold ends after `hold_seconds`."""

    order_id: str
    lines: tuple[OrderLineRequest, ...]
    hold_seconds: int
