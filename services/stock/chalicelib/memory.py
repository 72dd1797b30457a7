"""What this process remembers of the SKUs that it has written: a first guess, which saves a read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from threading import Lock
from typing import Final

from inventory_common.skus import Sku

__all__ = ["SKUS_REMEMBERED_MAX", "Memory"]

SKUS_REMEMBERED_MAX: Final = 1_000
"""SKUs that a process remembers; of more, it forgets those that it wrote longest ago."""


class Memory:
    """SKUs as this process left them; another may have changed them since.

    So a guess may lead to a transaction, whose conditions tell whether it still holds, and to nothing else:
    never to an answer, and never to a refusal.  Safe to share between threads.
    """

    def __init__(self, skus_max: int = SKUS_REMEMBERED_MAX) -> None:
        self._skus_max = skus_max
        self._skus: OrderedDict[str, Sku] = OrderedDict()
        self._lock = Lock()

    def recall(self, skus: Iterable[str]) -> dict[str, Sku] | None:
        """Return these SKUs as they were left, or None if one of them is not remembered."""
        with self._lock:
            try:
                return {sku: self._skus[sku] for sku in skus}
            except KeyError:
                return None

    def keep(self, skus: Iterable[Sku]) -> None:
        """Remember SKUs as they have just been written."""
        with self._lock:
            for sku in skus:
                self._skus[sku.sku] = sku
                self._skus.move_to_end(sku.sku)
            while len(self._skus) > self._skus_max:
                self._skus.popitem(last=False)

    def forget(self, skus: Collection[str]) -> None:
        """Forget SKUs that another writer has changed."""
        with self._lock:
            for sku in skus:
                self._skus.pop(sku, None)
