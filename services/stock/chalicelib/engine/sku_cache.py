"""SKUs as this process last wrote them: deciding on them first saves a read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from threading import Lock
from typing import Final

from inventory_common.ids import StockKey
from inventory_common.skus import Sku

__all__ = ["CACHED_SKUS_MAX", "SkuCache"]

CACHED_SKUS_MAX: Final = 10_000
"""SKUs that a process caches, in about a kilobyte each; the least recently written ones are dropped.  An
import of more SKUs reads each of them before it writes it."""


class SkuCache:
    """SKUs as this process last wrote them; other processes may have changed them since.

    So use a cached SKU only to attempt a transaction, whose conditions verify it: never for a response, and
    never for a refusal.  Threads may share a cache.
    """

    def __init__(self, skus_max: int = CACHED_SKUS_MAX) -> None:
        self._skus_max = skus_max
        self._skus: OrderedDict[StockKey, Sku] = OrderedDict()
        self._lock = Lock()

    def get_all(self, keys: Iterable[StockKey]) -> Mapping[StockKey, Sku] | None:
        """Return these SKUs, or None if one of them is not cached."""
        with self._lock:
            try:
                return {key: self._skus[key] for key in keys}
            except KeyError:
                return None

    def put_all(self, skus: Iterable[Sku]) -> None:
        """Cache SKUs that were just written."""
        with self._lock:
            for sku in skus:
                self._skus[sku.key] = sku
                self._skus.move_to_end(sku.key)
            while len(self._skus) > self._skus_max:
                self._skus.popitem(last=False)

    def discard_all(self, keys: Collection[StockKey]) -> None:
        """Drop SKUs that another writer has changed."""
        with self._lock:
            for key in keys:
                self._skus.pop(key, None)
