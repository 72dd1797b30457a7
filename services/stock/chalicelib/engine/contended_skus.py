"""The SKUs over which this process has lost against other writers just now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Final

from inventory_common.ids import StockKey
from inventory_common.tuning import CONTENDED_SECONDS

__all__ = ["CONTENDED_SKUS_MAX", "ContendedSkus"]

CONTENDED_SKUS_MAX: Final = 1_000
"""Contended SKUs that a process keeps; those whose conflict is the longest ago are forgotten."""


class ContendedSkus:
    """SKUs that other writers write at this time, as conflicts of `CONTENDED_SECONDS` show.

    A batch that writes one of them without a priority lease probably loses, with all that it has decided and
    signed.  Moments are those of a monotonic clock.  Threads may share them.
    """

    def __init__(self) -> None:
        self._until: OrderedDict[StockKey, float] = OrderedDict()
        self._lock = Lock()

    def add_all(self, keys: Iterable[StockKey], moment: float) -> None:
        """Keep the SKUs of a conflict."""
        with self._lock:
            for key in keys:
                self._until[key] = moment + CONTENDED_SECONDS
                self._until.move_to_end(key)
            while len(self._until) > CONTENDED_SKUS_MAX:
                self._until.popitem(last=False)

    def has(self, key: StockKey, moment: float) -> bool:
        """Return whether other writers have written a SKU just before."""
        return self._until.get(key, moment) > moment
