"""The figures of a live SKU that change only together with its log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from inventory_common.ledger import ChainHead, Difference

__all__ = ["STOCK_FIGURES", "chain_head_of", "changed_attributes", "figures_of"]

STOCK_FIGURES: Final = (
    "current_stock",
    "reserved_stock",
    "available_stock",
    "sequence",
    "ledger_hash",
    "last_transaction_id",
    "last_transaction_at",
)


def figures_of(balance: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a live SKU; absent ones are None."""
    return {name: balance.get(name) for name in STOCK_FIGURES}


def chain_head_of(balance: Mapping[str, Any]) -> ChainHead | None:
    """Return what the next record of a live SKU must continue; None if its figures are not integers."""
    figures = [balance.get(name) for name in ("sequence", "current_stock", "reserved_stock")]
    if not all(type(figure) is int for figure in figures):
        return None
    sequence, stock, reserved = (figure or 0 for figure in figures)
    return ChainHead(
        sequence,
        str(balance.get("ledger_hash")),
        stock,
        reserved,
        balance.get("last_transaction_at"),
        balance.get("vendor_id"),
    )


def changed_attributes(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Iterable[str], transaction_id: str | None
) -> list[Difference]:
    """Return a difference for each of the named attributes that changed."""
    return [
        Difference(transaction_id, name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]
