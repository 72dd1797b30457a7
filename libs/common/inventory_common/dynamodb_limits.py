"""The limits that DynamoDB sets, and what follows from them for the items of an order."""

from typing import Final

from .limits import BATCH_ORDER_LINES_MAX

__all__ = ["ORDER_PART_LINES_MAX", "SINGLE_ITEM_ORDER_LINES_MAX", "TRANSACTION_ITEMS_MAX"]

TRANSACTION_ITEMS_MAX: Final = 100
"""Actions of one transaction, and keys of one BatchGetItem."""
SINGLE_ITEM_ORDER_LINES_MAX: Final = BATCH_ORDER_LINES_MAX
"""Distinct SKUs of an order that is one item and is written by one transaction: two actions a line, the order
and an
idempotency record make 100."""
ORDER_PART_LINES_MAX: Final = 48
"""Lines in each part of a larger order: the part takes an action beside the order's."""
