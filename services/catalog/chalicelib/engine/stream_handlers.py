"""Handlers of the changes of products that the table's stream delivers.

Changes may be delivered twice, late, or to one process while another one processes later ones; every handler
tolerates that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inventory_common.streams import ItemChange
from inventory_common.values import value

from ..domain.counts import CountedProduct, contribution
from ..storage.count_store import CountStore
from .counting import Counting

__all__ = ["StreamHandlers"]


@value
class StreamHandlers:
    """The handlers of the service's stream."""

    store: CountStore
    counting: Counting

    def products_changed(self, changes: Sequence[ItemChange]) -> None:
        """Handle the changes of a batch, in their order."""
        self.counting.count(self._to_count(changes))

    def _to_count(self, changes: Sequence[ItemChange]) -> Iterator[CountedProduct]:
        """Yield the products whose changes change a count, each as it was after the change.

        The others, such as a new price, need no call.  A product that cannot be read is left to the recount.
        """
        for change in changes:
            before, after = self.store.readable(change.before), self.store.readable(change.after)
            if change.after is None:
                after = None if before is None else replace(before, is_removed=True)
            if after is not None and (before is None or contribution(before) != contribution(after)):
                yield after
