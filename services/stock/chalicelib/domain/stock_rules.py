"""What each type of stock transaction requires, and how it changes the stock of a SKU.

=====================  ===========================================  =============  ==============
transaction            requires                                     current_stock  reserved_stock
=====================  ===========================================  =============  ==============
``restock``            SKU and product active                       +q
``order_placed``       SKU and product active, available >= q                      +q
``order_confirmed``    the order has reserved q                     -q             -q
``order_cancelled``    the order has reserved q; also its expiry                   -q
``refund``             q confirmed and not yet refunded             +q [1]_
``manual_adjustment``  the stock afterwards >= reserved_stock       +q or -q
=====================  ===========================================  =============  ==============

.. [1] 0 if the units do not return to the stock.

Per SKU, always: ``0 <= reserved_stock <= current_stock``.  `inventory_common.transactions.RULES` declares the
last two columns and which types require an active SKU; the audit service verifies records against the same
declaration.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Final

from inventory_common.errors import InternalError, ProductInactive, SkuInactive, StockLimitExceeded
from inventory_common.ids import StockKey, transaction_id
from inventory_common.ledger_keys import LedgerSigner
from inventory_common.limits import RECORD_REQUEST_ID_CHARACTERS, STOCK_MAX
from inventory_common.skus import Sku
from inventory_common.timestamps import later_of
from inventory_common.transactions import NO_EFFECT, RULES, Command, TransactionRecord, TransactionType
from inventory_common.values import value

from .commands import Actor

__all__ = [
    "COMMAND_ID_CHARACTERS",
    "FIRST_STEP",
    "CommandContext",
    "OrderStep",
    "StockMovement",
    "move_stock",
    "require_active",
    "require_room",
]


COMMAND_ID_CHARACTERS: Final = 32
"""The length of the id of a command on an order."""


@value(kw_only=True)
class CommandContext:
    """When, by whom and for which order stock is moved, and why, as the log records it; who signs that."""

    now: str
    actor: Actor
    signer: LedgerSigner
    order_id: str | None = None
    notes: str | None = None
    reason: str | None = None

    def command_id(self, order_version: int) -> str:
        """Return the id of the command, which writes this version of its order.

        The version alone does not identify it: an order whose place was undone, or a tombstone that has
        expired, leaves its id to a new order, which begins with the same versions.
        """
        parts = (self.order_id or "", str(order_version), self.now, self.actor.request_id)
        return sha256("\n".join(parts).encode()).hexdigest()[:COMMAND_ID_CHARACTERS]


@value
class OrderStep:
    """Which record of an order's line it is, and the sequence of the line's previous one."""

    number: int
    previous: int | None


FIRST_STEP: Final = OrderStep(1, None)
"""The place of the record that reserves a new line."""


@value
class StockMovement:
    """One change of one SKU's stock: the SKU before and after it, and its log record."""

    before: Sku
    after: Sku
    record: TransactionRecord

    @property
    def key(self) -> StockKey:
        """The SKU's key."""
        return self.after.key

    @property
    def needs_active(self) -> bool:
        """Whether SKU and product must still be active when the movement is committed."""
        return RULES[TransactionType(self.record.transaction_type)].needs_active

    @property
    def returns_sku(self) -> bool:
        """Whether the commit must fail if any attribute of the SKU has changed: the response contains the
        SKU.
        """
        return RULES[TransactionType(self.record.transaction_type)].returns_sku


def move_stock(
    sku: Sku,
    transaction_type: TransactionType,
    quantity: int,
    context: CommandContext,
    *,
    command: Command | None = None,
    step: OrderStep | None = None,
    restock: bool = True,
) -> StockMovement:
    """Return the movement of `quantity` units.

    The quantity is positive, except in a manual adjustment, where it is signed and may be 0.  The `command`
    is the first of the type, unless it is another; the `step` belongs to an order's line.  With `restock`
    false, refunded units are logged but not added to the stock.

    Raises
    ------
    SkuInactive, ProductInactive
        If the type requires both to be active.
    StockLimitExceeded
        If the stock would exceed `STOCK_MAX`.
    InternalError
        If the SKU has fewer units than its orders say.
    """
    rules = RULES[transaction_type]
    if rules.needs_active:
        require_active(sku)
    effect = rules.effect if restock else NO_EFFECT
    current_stock = sku.current_stock + effect.current_stock * quantity
    reserved_stock = sku.reserved_stock + effect.reserved_stock * quantity
    require_room(sku, current_stock - sku.current_stock)
    if not 0 <= reserved_stock <= current_stock:
        # The caller has checked the reserved and the available units, so somebody has changed the SKU or the
        # order by hand.  It is no assertion, which would fail for the other commands of the batch too.
        raise InternalError(f"{sku.sku} cannot be changed, as its stock and the order disagree.")
    record = TransactionRecord.signed_by(
        context.signer,
        transaction_id=transaction_id(sku.sku, sku.sequence + 1),
        # The timestamps of one SKU increase even if the clocks of two processes differ.
        timestamp=later_of(context.now, sku.last_transaction_at),
        product_id=sku.product_id,
        sku=sku.sku,
        vendor_id=sku.vendor_id,
        transaction_type=transaction_type.value,
        quantity_change=current_stock - sku.current_stock,
        stock_before=sku.current_stock,
        stock_after=current_stock,
        order_id=context.order_id,
        performed_by=context.actor.performed_by,
        notes=context.notes,
        sequence=sku.sequence + 1,
        quantity=abs(quantity),
        reserved_before=sku.reserved_stock,
        reserved_after=reserved_stock,
        request_id=context.actor.request_id[:RECORD_REQUEST_ID_CHARACTERS],
        command=(command or rules.commands[0]).value,
        reason=context.reason,
        order_step=None if step is None else step.number,
        order_previous=None if step is None else step.previous,
        previous_hash=sku.ledger_hash,
    )
    after = replace(
        sku,
        current_stock=current_stock,
        reserved_stock=reserved_stock,
        sequence=record.sequence,
        ledger_hash=record.hash,
        last_transaction_at=record.timestamp,
        last_transaction_id=record.transaction_id,
        last_updated=record.timestamp,
        last_updated_by=context.actor.performed_by,
        version=sku.version + 1,
    )
    return StockMovement(sku, after, record)


def require_room(sku: Sku, units: int) -> None:
    """Raise `StockLimitExceeded` if the stock would exceed `STOCK_MAX` with that many more units."""
    if sku.current_stock + units > STOCK_MAX:
        raise StockLimitExceeded(
            f"{sku.sku} has {sku.current_stock} units in stock; the maximum is {STOCK_MAX}.",
            current_stock=sku.current_stock,
            limit=STOCK_MAX,
        )


def require_active(sku: Sku) -> None:
    """Raise `SkuInactive` or `ProductInactive` unless both the SKU and its product are active."""
    if not sku.is_active:
        raise SkuInactive(f"{sku.sku} is deactivated.", product_id=sku.product_id, sku=sku.sku)
    if not sku.product_is_active:
        raise ProductInactive(f"{sku.product_id} is deactivated.", product_id=sku.product_id)
