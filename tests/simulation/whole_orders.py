"""Orders in one transaction each: the model does not know yet what an order looks like that is half done.

A service that keeps losing a SKU goes on with an order in steps (design 3).  Until the model has steps, the
simulations keep it from doing so, and say so here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from services.stock.chalicelib import transactor

NEVER = 1_000_000


@contextmanager
def orders_stay_whole() -> Iterator[None]:
    """Let no order be divided, however often it loses."""
    with mock.patch.object(transactor, "LOSSES_BEFORE_DIVIDING", NEVER):
        yield
