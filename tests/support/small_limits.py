"""Lower limits on the lines of an order: with the real ones, each order in steps would need a hundred SKUs.

While they apply, an order of up to 3 lines is one item, a larger one has parts of 2 lines each, and one
transaction settles, amends or reopens what takes at most 12 actions.  Orders of 4 to 6 lines then behave as
orders of 50 to 144 lines do otherwise: they are placed in two or three steps, and settled in one transaction
or in steps, depending on their parts.  Everything else is unchanged, also the lease of a saga.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Final
from unittest import mock

SINGLE_ITEM_LINES_MAX: Final = 3
PART_LINES_MAX: Final = 2
SETTLEMENT_ACTIONS_MAX: Final = 12

_LIMITS: Final = (
    ("domain.saga_steps", "SINGLE_ITEM_ORDER_LINES_MAX", SINGLE_ITEM_LINES_MAX),
    ("engine.sagas", "SINGLE_ITEM_ORDER_LINES_MAX", SINGLE_ITEM_LINES_MAX),
    ("engine.orders", "SINGLE_ITEM_ORDER_LINES_MAX", SINGLE_ITEM_LINES_MAX),
    ("domain.saga_steps", "ORDER_PART_LINES_MAX", PART_LINES_MAX),
    ("engine.sagas", "ORDER_PART_LINES_MAX", PART_LINES_MAX),
    # Each module has a name of its own for the limit: that of transactions in general stays.
    ("domain.settlements", "TRANSACTION_ITEMS_MAX", SETTLEMENT_ACTIONS_MAX),
    ("domain.amendments", "TRANSACTION_ITEMS_MAX", SETTLEMENT_ACTIONS_MAX),
    ("domain.amendments", "SINGLE_ITEM_ORDER_LINES_MAX", SINGLE_ITEM_LINES_MAX),
    ("domain.amendments", "ORDER_PART_LINES_MAX", PART_LINES_MAX),
)


@contextmanager
def limits_are_small(service: str = "services.stock.chalicelib") -> Iterator[None]:
    """Lower the limits of the stock service, whose modules are in the package `service`."""
    with ExitStack() as patches:
        for module, name, limit in _LIMITS:
            patches.enter_context(mock.patch.object(import_module(f"{service}.{module}"), name, limit))
        yield
