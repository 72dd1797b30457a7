"""What a transaction demands of a SKU, and what it changes: the table of stock semantics, one row a type.

=====================  ===========================================  =============  ==============
transaction            demands                                      current_stock  reserved_stock
=====================  ===========================================  =============  ==============
``restock``            SKU and product active                       +q
``order_placed``       SKU and product active, available >= q                      +q
``order_confirmed``    the order holds q                            -q             -q
``order_cancelled``    the order holds q                                           -q
``refund``             q have left and are not back          +q, or not
``manual_adjustment``  no fewer left than are reserved       +q or -q
=====================  ===========================================  =============  ==============

Per SKU, always: ``0 <= reserved_stock <= current_stock``.  The two last columns stand in
`inventory_common.transactions.EFFECTS`, which the audit service checks records against.
"""

from dataclasses import replace
from typing import Final

from inventory_common.errors import ProductInactive, SkuInactive, StockLimitExceeded
from inventory_common.ids import transaction_id
from inventory_common.limits import STOCK_MAX
from inventory_common.skus import Sku
from inventory_common.timestamps import later_of
from inventory_common.transactions import EFFECTS, NO_EFFECT, TransactionRecord, TransactionType
from inventory_common.values import value

__all__ = ["Movement", "Occasion", "move", "require_active"]

NEEDS_ACTIVE: Final = frozenset({TransactionType.RESTOCK, TransactionType.ORDER_PLACED})
"""A deactivated SKU or product takes no new stock and no new orders; reserved units can still be settled."""
ANSWERED: Final = frozenset({TransactionType.RESTOCK, TransactionType.MANUAL_ADJUSTMENT})
"""Commands on one SKU are answered with it, so nothing of it may have changed when they commit."""


@value(kw_only=True)
class Occasion:
    """When, for whom and why stock moves, as the log records it."""

    now: str
    performed_by: str
    request_id: str
    order_id: str | None = None
    notes: str | None = None


@value
class Movement:
    """One change of one SKU's stock: the SKU before and after, and the log record of it."""

    before: Sku
    after: Sku
    record: TransactionRecord

    @property
    def needs_active(self) -> bool:
        """Whether the SKU and its product must still be active when this commits."""
        return self.record.transaction_type in NEEDS_ACTIVE

    @property
    def is_answered(self) -> bool:
        """Whether the SKU must still be wholly as it was when this commits, not its stock alone."""
        return self.record.transaction_type in ANSWERED


def move(
    sku: Sku, kind: TransactionType, quantity: int, occasion: Occasion, *, restock: bool = True
) -> Movement:
    """Move `quantity` units of a SKU; only an adjustment's may be negative or 0.

    With `restock` false, what comes back cannot be sold again: it is recorded and does not enter the stock.

    Raises
    ------
    SkuInactive, ProductInactive
        If the type needs both active.
    StockLimitExceeded
        If the SKU would hold more than `STOCK_MAX` units.
    """
    if kind in NEEDS_ACTIVE:
        require_active(sku)
    effect = EFFECTS[kind] if restock else NO_EFFECT
    current_stock = sku.current_stock + effect.current_stock * quantity
    reserved_stock = sku.reserved_stock + effect.reserved_stock * quantity
    require_room(sku, current_stock - sku.current_stock)
    # Callers check what the order holds and what is available; a plan that breaks this is a defect of theirs.
    assert 0 <= reserved_stock <= current_stock, (sku, kind, quantity)
    record = _record(sku, kind, quantity, current_stock, reserved_stock, occasion)
    after = replace(
        sku,
        current_stock=current_stock,
        reserved_stock=reserved_stock,
        sequence=record.sequence,
        ledger_hash=record.hash,
        last_transaction_at=record.timestamp,
        last_transaction_id=record.transaction_id,
        last_updated=record.timestamp,
        last_updated_by=occasion.performed_by,
        version=sku.version + 1,
    )
    return Movement(sku, after, record)


def require_room(sku: Sku, units: int) -> None:
    """Raise `StockLimitExceeded` if the SKU would hold more than `STOCK_MAX` with so many units more."""
    if sku.current_stock + units > STOCK_MAX:
        raise StockLimitExceeded(
            f"{sku.sku} holds {sku.current_stock} units; {STOCK_MAX} is the most.",
            current_stock=sku.current_stock,
            limit=STOCK_MAX,
        )


def require_active(sku: Sku) -> None:
    """Raise `SkuInactive` or `ProductInactive` if the SKU takes no new stock and orders."""
    if not sku.is_active:
        raise SkuInactive(f"{sku.sku} is deactivated.", product_id=sku.product_id, sku=sku.sku)
    if not sku.product_is_active:
        raise ProductInactive(f"{sku.product_id} is deactivated.", product_id=sku.product_id)


def _record(
    sku: Sku,
    kind: TransactionType,
    quantity: int,
    stock_after: int,
    reserved_after: int,
    occasion: Occasion,
) -> TransactionRecord:
    sequence = sku.sequence + 1
    return TransactionRecord.sealed(
        transaction_id=transaction_id(sku.sku, sequence),
        timestamp=later_of(occasion.now, sku.last_transaction_at),
        product_id=sku.product_id,
        sku=sku.sku,
        vendor_id=sku.vendor_id,
        transaction_type=kind.value,
        quantity_change=stock_after - sku.current_stock,
        stock_before=sku.current_stock,
        stock_after=stock_after,
        order_id=occasion.order_id,
        performed_by=occasion.performed_by,
        notes=occasion.notes,
        sequence=sequence,
        quantity=abs(quantity),
        reserved_before=sku.reserved_stock,
        reserved_after=reserved_after,
        request_id=occasion.request_id,
        previous_hash=sku.ledger_hash,
    )
