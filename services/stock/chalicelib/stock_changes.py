"""Decisions about one SKU's stock: what comes in, and what a count corrects.  No I/O."""

from __future__ import annotations

from collections.abc import Callable

from inventory_common.errors import AdjustmentBelowReserved, CountStale, SkuNotFound
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionType

from .commands import AdjustStock, Restock
from .snapshot import Commit, Snapshot
from .stock_rules import Movement, Occasion, move

__all__ = ["adjust", "restock"]


def restock(snapshot: Snapshot, command: Restock, occasion: Occasion) -> Commit | None:
    """Take units into stock; None if the command was done before.

    Raises
    ------
    SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded, IdempotencyKeyReused
    """
    return _once(
        snapshot,
        command,
        occasion,
        lambda sku: move(sku, TransactionType.RESTOCK, command.quantity, occasion),
    )


def adjust(snapshot: Snapshot, command: AdjustStock, occasion: Occasion) -> Commit | None:
    """Correct the stock by a signed change, or to what was counted; None if the command was done before.

    A count that finds what is expected is recorded with a change of 0.

    Raises
    ------
    SkuNotFound, CountStale, AdjustmentBelowReserved, StockLimitExceeded, IdempotencyKeyReused
    """
    return _once(
        snapshot,
        command,
        occasion,
        lambda sku: move(sku, TransactionType.MANUAL_ADJUSTMENT, _change(sku, command), occasion),
    )


def _once(
    snapshot: Snapshot,
    command: Restock | AdjustStock,
    occasion: Occasion,
    decide: Callable[[Sku], Movement],
) -> Commit | None:
    sku = snapshot.skus.get(command.sku)
    # A remembered one is found by its own id alone, one that is read by its product's too.
    if sku is None or sku.product_id != command.product_id or not command.scope.covers(sku.vendor_id):
        raise SkuNotFound(f"There is no {command.sku}.")
    if command.idempotency_key.replayed_record(snapshot.idempotency_record, occasion.now):
        return None
    movement = decide(sku)
    record = movement.record
    done = [{"transaction_id": record.transaction_id, "timestamp": record.timestamp}]
    return Commit(
        movements=(movement,),
        idempotency_record=command.idempotency_key.idempotency_record(done, occasion.now),
    )


def _change(sku: Sku, command: AdjustStock) -> int:
    figures = {
        "current_stock": sku.current_stock,
        "reserved_stock": sku.reserved_stock,
        "available_stock": sku.available_stock,
    }
    if isinstance(command.correction, int):
        change = command.correction
    elif command.correction.expected_stock == sku.current_stock:
        change = command.correction.counted_stock - sku.current_stock
    else:
        expected = command.correction.expected_stock
        raise CountStale(f"{sku.sku} holds {sku.current_stock} units, not {expected}.", **figures)
    if sku.current_stock + change < sku.reserved_stock:
        raise AdjustmentBelowReserved(
            f"{sku.sku} would hold {sku.current_stock + change} units, and orders have reserved "
            f"{sku.reserved_stock}.",
            **figures,
        )
    return change
