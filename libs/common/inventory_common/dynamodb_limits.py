"""The limits that DynamoDB sets, and the sizes of an order's items that follow from them."""

from typing import Final

from .limits import BATCH_ORDER_LINES_MAX

__all__ = ["ORDER_PART_LINES_MAX", "SINGLE_ITEM_ORDER_LINES_MAX", "TRANSACTION_ITEMS_MAX"]

TRANSACTION_ITEMS_MAX: Final = 100
"""Actions of one transaction, and keys of one BatchGetItem."""
SINGLE_ITEM_ORDER_LINES_MAX: Final = BATCH_ORDER_LINES_MAX
"""Distinct SKUs of an order that is one item, written by one transaction: two actions for each line, the
order and an idempotency record make 100."""
ORDER_PART_LINES_MAX: Final = 48
"""Lines in each part of a larger order: its transaction has an action for the part beside the order's."""
