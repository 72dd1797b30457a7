"""The commands of the service: validated requests, independent of HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Literal

from inventory_common.bodies import Changes
from inventory_common.errors import InvalidInput
from inventory_common.idempotency import IdempotencyKey
from inventory_common.identity import EVERYTHING, Scope
from inventory_common.ids import StockKey
from inventory_common.limits import HOLD_DEFAULT_SECONDS, ORDER_LINES_MAX, QUANTITY_MAX
from inventory_common.owners import EVERY_OWNER, Owners
from inventory_common.preconditions import ANY_VERSION, IfMatch
from inventory_common.settings import DEFAULT_OWNER
from inventory_common.skus import NewSku
from inventory_common.values import value

__all__ = [
    "NO_EXPLANATION",
    "Actor",
    "AdjustStock",
    "AmendOrder",
    "BatchedCommand",
    "ChangeSku",
    "CreateSku",
    "Explanation",
    "ExtendHold",
    "LineAsRead",
    "LineRequest",
    "PlaceOrder",
    "ReopenOrder",
    "Restock",
    "SettleOrder",
    "StockCount",
    "sum_lines",
    "sum_quantities",
]


@value
class Actor:
    """Who sent a command, and in which request, as the log records it; and whose orders it sees."""

    performed_by: str
    request_id: str
    owners: Owners = EVERY_OWNER


@value(kw_only=True)
class CreateSku:
    """Create a variant of a product, without stock."""

    product_id: str
    attributes: NewSku
    scope: Scope
    idempotency_key: IdempotencyKey | None


@value(kw_only=True)
class ChangeSku:
    """Change attributes of a SKU; None removes an optional one.

    `variant_attributes` is merged into the current value as a JSON Merge Patch (RFC 7396).
    """

    key: StockKey
    changes: Changes
    if_match: IfMatch
    scope: Scope
    idempotency_key: IdempotencyKey | None = None


@value(kw_only=True)
class Restock:
    """Add `quantity` units to the stock of a SKU."""

    key: StockKey
    quantity: int
    notes: str | None
    scope: Scope
    idempotency_key: IdempotencyKey


@value
class StockCount:
    """A physical count, and the stock on record when it began; if that has changed, the count is stale."""

    counted_stock: int
    expected_stock: int


@value(kw_only=True)
class AdjustStock:
    """Correct the stock of a SKU by a signed quantity, or to a physical count; `notes` give the reason."""

    key: StockKey
    correction: int | StockCount
    notes: str
    scope: Scope
    idempotency_key: IdempotencyKey


@value
class LineRequest:
    """A requested order line."""

    key: StockKey
    quantity: int


@value(kw_only=True)
class PlaceOrder:
    """Reserve all lines of an order or none; the hold lasts `hold_seconds`.  Lines have distinct SKUs."""

    order_id: str
    lines: tuple[LineRequest, ...]
    hold_seconds: int
    owner: str = DEFAULT_OWNER


@value
class AmendOrder:
    """Make the `lines`, units by SKU, what an order reserves of these SKUs; it keeps its other lines."""

    order_id: str
    lines: Mapping[StockKey, int]
    idempotency_key: IdempotencyKey
    if_match: IfMatch = ANY_VERSION


@value
class ReopenOrder:
    """Reserve again what an order's last cancellation or expiry released, for `hold_seconds` from now."""

    order_id: str
    hold_seconds: int
    idempotency_key: IdempotencyKey
    if_match: IfMatch = ANY_VERSION


@value
class LineAsRead:
    """Members of an order's line that a client sends back as it has read them; `path` is where they stand."""

    key: StockKey
    path: str
    members: Mapping[str, Any]


@value
class Explanation:
    """Why units were cancelled or refunded: a word for programs, and a remark for people."""

    reason: str | None = None
    notes: str | None = None


NO_EXPLANATION: Final = Explanation()


@value
class SettleOrder:
    """Settle an order: confirm, cancel or refund it, as the rule says that the command is passed to.

    `lines` maps SKUs to quantities; None settles all that is left.  `restock`, of a refund, is whether the
    units return to the stock, unless `restock_of` says otherwise of a line.  It is refused unless the order's
    lines are still as `lines_as_read`.  The `explanation` belongs to cancels and refunds.  A vendor names
    lines in its `scope`; those of others do not exist for it.
    """

    order_id: str
    lines: Mapping[StockKey, int] | None = None
    idempotency_key: IdempotencyKey | None = None
    restock: bool = True
    if_match: IfMatch = ANY_VERSION
    lines_as_read: Sequence[LineAsRead] = ()
    explanation: Explanation = NO_EXPLANATION
    restock_of: Mapping[StockKey, bool] = field(default_factory=dict)
    scope: Scope = EVERYTHING

    def restocks(self, key: StockKey) -> bool:
        """Return whether refunded units of a line return to the stock."""
        return self.restock_of.get(key, self.restock)

    @property
    def is_keyed(self) -> bool:
        """Whether it has an Idempotency-Key."""
        return self.idempotency_key is not None

    @property
    def is_identified(self) -> bool:
        """Whether a late duplicate of it can be recognised, by a key or a version."""
        return self.is_keyed or self.if_match.versions is not None


@value
class ExtendHold:
    """Make the hold of an order last at least `hold_seconds` from now; a hold is never shortened."""

    order_id: str
    hold_seconds: int
    idempotency_key: IdempotencyKey | None = None


@value
class BatchedCommand:
    """One command of a batch: place an order, with lines and a hold, or settle one as `settlement` says.

    Without a `settlement`, the whole order is settled.
    """

    order_id: str
    command: Literal["place", "confirm", "cancel", "refund"]
    lines: tuple[LineRequest, ...] = ()
    hold_seconds: int = HOLD_DEFAULT_SECONDS
    owner: str = DEFAULT_OWNER
    settlement: SettleOrder | None = None

    def settle(self) -> SettleOrder:
        """Return it as a `SettleOrder`."""
        return self.settlement or SettleOrder(self.order_id)

    def place(self) -> PlaceOrder:
        """Return it as a `PlaceOrder`, with the lines of one SKU merged.

        Raises
        ------
        InvalidInput
        """
        return PlaceOrder(
            order_id=self.order_id,
            lines=sum_lines(self.lines),
            hold_seconds=self.hold_seconds,
            owner=self.owner,
        )


def sum_lines(lines: Iterable[LineRequest]) -> tuple[LineRequest, ...]:
    """Merge the lines of one SKU, by adding their quantities; there is at least one line.

    Raises
    ------
    InvalidInput
        If a sum exceeds `QUANTITY_MAX`, or there are more than `ORDER_LINES_MAX` distinct SKUs.
    """
    quantities: dict[StockKey, int] = {}
    for line in lines:
        quantities[line.key] = quantities.get(line.key, 0) + line.quantity
    if len(quantities) > ORDER_LINES_MAX:
        raise InvalidInput([("body.lines", f"should name at most {ORDER_LINES_MAX} distinct SKUs")])
    if max(quantities.values()) > QUANTITY_MAX:
        raise InvalidInput([("body.lines", f"should request at most {QUANTITY_MAX} units of a SKU in total")])
    return tuple(LineRequest(key, quantity) for key, quantity in quantities.items())


def sum_quantities(lines: Iterable[tuple[StockKey, int]]) -> dict[StockKey, int]:
    """Return the total quantity of each SKU.

    Raises
    ------
    InvalidInput
        If there are more distinct SKUs than an order can have.
    """
    quantities: dict[StockKey, int] = {}
    for key, quantity in lines:
        quantities[key] = quantities.get(key, 0) + quantity
    if len(quantities) > ORDER_LINES_MAX:
        raise InvalidInput([("body.lines", f"should name at most {ORDER_LINES_MAX} distinct SKUs")])
    return quantities
