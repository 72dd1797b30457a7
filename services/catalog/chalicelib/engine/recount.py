"""Recounts all products: it corrects what was counted of each, and the counters.

A scan is no snapshot.  So a counter is compared with the products that the scan found only if it has not
changed since before the scan: then none of its products was counted otherwise meanwhile, and the sum is
exact.  A counter that has changed is compared in the next scan.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from inventory_common.tuning import RECOUNT_PASSES_MAX
from inventory_common.values import value

from ..domain.counts import NOTHING, Count, CountedProduct, Counter, CounterKind, contribution
from ..storage.count_store import CountStore, StoredCounter
from .counting import Counting, is_miscounted

__all__ = ["Recount"]

_KINDS: Final[tuple[CounterKind, ...]] = ("category", "vendor")


class _Pass(NamedTuple):
    """What one scan found and did."""

    products: int
    counted: int
    corrected: int
    unsettled: int


@value
class Recount:
    """Recounts all products; `bootstrap` makes it."""

    store: CountStore
    counting: Counting

    def run(self) -> Mapping[str, int]:
        """Count products that were not counted as they are, and correct counters.

        A counter that does not change while the last scan runs is exact after it.

        Returns
        -------
        Mapping[str, int]
            The `products` that there are; how many products were `counted` and counters `corrected`; the
            `scans`, and the counters that are `unsettled` after the last one: they were wrong, and changed
            while it ran, so that the next run has to compare them.
        """
        done = [self._scan()]
        # A scan that counts products changes counters that it has read before: the next one compares them.
        while (done[-1].unsettled or done[-1].counted) and len(done) < RECOUNT_PASSES_MAX:
            done.append(self._scan())
        return {
            "products": done[-1].products,
            "counted": sum(each.counted for each in done),
            "corrected": sum(each.corrected for each in done),
            "scans": len(done),
            "unsettled": done[-1].unsettled,
        }

    def _scan(self) -> _Pass:
        before: dict[Counter, StoredCounter] = {}
        for kind in _KINDS:
            before |= self.store.counters(kind)
        sums: dict[Counter, Count] = {}
        products = counted = 0
        for found in self.store.scan():
            as_counted, changed = self._counted(found)
            products += sum(product is not None for product in found.values())
            counted += changed
            for product in as_counted:
                for counter, count in contribution(product).items():
                    sums[counter] = sums.get(counter, NOTHING).plus(count)
        corrected = unsettled = 0
        for counter in {**before, **sums}:
            stored, count = before.get(counter, StoredCounter()), sums.get(counter, NOTHING)
            if stored.count == count != NOTHING:
                continue
            is_written = self.store.correct(counter, stored, count)
            is_change = stored.count != count
            corrected += is_written and is_change
            unsettled += not is_written and is_change
        return _Pass(products, counted, corrected, unsettled)

    def _counted(self, found: Mapping[str, CountedProduct | None]) -> tuple[list[CountedProduct], int]:
        """Count products that were counted otherwise; return what is counted of all, and their number."""
        if not found:
            return [], 0
        stored = {product_id: each.product for product_id, each in self.store.counted(found).items()}
        miscounted = [
            product_id
            for product_id, product in found.items()
            if (
                is_miscounted(stored[product_id], product)
                if product is not None
                else bool(contribution(stored[product_id]))
            )
        ]
        corrected = self.counting.correct(miscounted)
        now = {**stored, **corrected}
        return [product for product in now.values() if product is not None], len(miscounted)
