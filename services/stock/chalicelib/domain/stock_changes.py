"""Restocks and adjustments of one SKU."""

from __future__ import annotations

from inventory_common.errors import AdjustmentBelowReserved, CountStale, SkuNotFound
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionType

from .commands import AdjustStock, Restock
from .decisions import NOTHING_TO_WRITE, CurrentState, Decision, NothingToWrite, WriteSet
from .stock_rules import CommandContext, StockMovement, move_stock

__all__ = ["adjust", "restock"]


def restock(state: CurrentState, command: Restock, context: CommandContext) -> Decision:
    """Add units to the stock.

    Raises
    ------
    SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded, IdempotencyKeyReused
    """
    sku = _sku_to_change(state, command, context)
    if isinstance(sku, NothingToWrite):
        return sku
    return _write_set(command, move_stock(sku, TransactionType.RESTOCK, command.quantity, context), context)


def adjust(state: CurrentState, command: AdjustStock, context: CommandContext) -> Decision:
    """Correct the stock by a signed quantity, or to a physical count.

    A count that finds the expected stock is logged as well, with a change of 0.

    Raises
    ------
    SkuNotFound, CountStale, AdjustmentBelowReserved, StockLimitExceeded, IdempotencyKeyReused
    """
    sku = _sku_to_change(state, command, context)
    if isinstance(sku, NothingToWrite):
        return sku
    quantity = _adjustment(sku, command)
    movement = move_stock(sku, TransactionType.MANUAL_ADJUSTMENT, quantity, context)
    return _write_set(command, movement, context)


def _sku_to_change(
    state: CurrentState, command: Restock | AdjustStock, context: CommandContext
) -> Sku | NothingToWrite:
    sku = state.skus.get(command.key)
    if sku is None or not command.scope.covers(sku.vendor_id):
        # Another vendor's SKU looks like one that does not exist.
        raise SkuNotFound(f"{command.key.sku} was not found.")
    if command.idempotency_key.replayed_record(state.idempotency_record, context.now):
        return NOTHING_TO_WRITE
    return sku


def _write_set(command: Restock | AdjustStock, movement: StockMovement, context: CommandContext) -> WriteSet:
    record = movement.record
    results = [{"transaction_id": record.transaction_id, "timestamp": record.timestamp}]
    return WriteSet(
        movements=(movement,), idempotency_record=command.idempotency_key.record(results, context.now)
    )


def _adjustment(sku: Sku, command: AdjustStock) -> int:
    """Return the signed number of units by which the stock is corrected."""
    figures = {
        "current_stock": sku.current_stock,
        "reserved_stock": sku.reserved_stock,
        "available_stock": sku.available_stock,
    }
    if isinstance(command.correction, int):
        quantity = command.correction
    elif command.correction.expected_stock == sku.current_stock:
        quantity = command.correction.counted_stock - sku.current_stock
    else:
        expected = command.correction.expected_stock
        raise CountStale(f"{sku.sku} has {sku.current_stock} units in stock, not {expected}.", **figures)
    if sku.current_stock + quantity < sku.reserved_stock:
        raise AdjustmentBelowReserved(
            f"{sku.sku} would have {sku.current_stock + quantity} units in stock, but "
            f"{sku.reserved_stock} are reserved.",
            **figures,
        )
    return quantity
