"""Orders of few lines that go in steps: the real limits would take simulations a hundred SKUs an order.

While this lasts, an order of up to 3 lines is kept in one item, more in parts of 2 lines, and a settlement
that is done at once takes 12 actions.  So orders of 4 to 6 lines are to the service what orders of 50 to 144
lines are otherwise: placed in two or three steps, and settled at once or in steps as their parts have it.
All else is as it is, the lease as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final
from unittest import mock

from services.stock.chalicelib import reservations, sagas, steps, stock_service

UNDIVIDED_LINES_MAX: Final = 3
PART_LINES_MAX: Final = 2
SETTLEMENT_ACTIONS_MAX: Final = 12


@contextmanager
def parts_are_narrow() -> Iterator[None]:
    with ExitStack() as patches:
        for module in (reservations, sagas, steps, stock_service):
            patches.enter_context(mock.patch.object(module, "UNDIVIDED_ORDER_LINES_MAX", UNDIVIDED_LINES_MAX))
        for module in (sagas, steps):
            patches.enter_context(mock.patch.object(module, "ORDER_PART_LINES_MAX", PART_LINES_MAX))
        patches.enter_context(
            mock.patch.object(reservations, "TRANSACTION_ITEMS_MAX", SETTLEMENT_ACTIONS_MAX)
        )
        yield
