"""What the service can be told to do, validated and independent of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import Scope
from inventory_common.limits import HOLD_DEFAULT_SECONDS
from inventory_common.preconditions import IfMatch
from inventory_common.values import value

__all__ = [
    "AdjustStock",
    "BatchedOrder",
    "ChangeSku",
    "Count",
    "CreateSku",
    "ExtendHold",
    "OrderLineRequest",
    "PlaceOrder",
    "Restock",
    "SettleOrder",
    "Source",
]


@value
class Source:
    """Where a command comes from, as the log records it."""

    performed_by: str
    request_id: str


@value(kw_only=True)
class CreateSku:
    """Offer a variant of a product, with no stock yet."""

    product_id: str
    sku: str
    variant_name: str
    variant_attributes: Mapping[str, str] | None
    unit_price: Decimal | int
    reorder_threshold: int
    scope: Scope
    idempotency_key: IdempotencyKey | None


@value(kw_only=True)
class Restock:
    """Take `quantity` units into stock."""

    product_id: str
    sku: str
    quantity: int
    notes: str | None
    scope: Scope
    idempotency_key: IdempotencyKey


@value
class Count:
    """What was counted, and what the books said when the count began, in units."""

    counted_stock: int
    expected_stock: int


@value(kw_only=True)
class AdjustStock:
    """Correct the stock by a signed change of units, or to a count; `notes` say why."""

    product_id: str
    sku: str
    correction: int | Count
    notes: str
    scope: Scope
    idempotency_key: IdempotencyKey


@value(kw_only=True)
class ChangeSku:
    """Set some attributes of a SKU; None takes an optional one away.

    `variant_attributes` among the changes are merged into those that stand, as RFC 7396 does it.
    """

    product_id: str
    sku: str
    changes: Mapping[str, Any]
    if_match: IfMatch
    scope: Scope


@value
class OrderLineRequest:
    """So many units of a SKU for an order."""

    product_id: str
    sku: str
    quantity: int


@value(kw_only=True)
class PlaceOrder:
    """Reserve every line of an order, or nothing; the hold ends after `hold_seconds`."""

    order_id: str
    lines: tuple[OrderLineRequest, ...]
    hold_seconds: int


@value
class SettleOrder:
    """Confirm, cancel or refund an order: `lines` are units by SKU, None for all of it.

    `restock` is whether what comes back can be sold again.
    """

    order_id: str
    lines: Mapping[str, int] | None = None
    idempotency_key: IdempotencyKey | None = None
    restock: bool = True


@value
class ExtendHold:
    """Let an order hold its units until `hold_seconds` from now; never for shorter than it does."""

    order_id: str
    hold_seconds: int
    idempotency_key: IdempotencyKey | None = None


@value
class BatchedOrder:
    """One command of a batch: a place with its lines and hold, or a confirm or cancel of the whole order."""

    order_id: str
    command: Literal["place", "confirm", "cancel"]
    lines: tuple[OrderLineRequest, ...] = ()
    hold_seconds: int = HOLD_DEFAULT_SECONDS
