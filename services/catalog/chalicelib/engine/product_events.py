"""Sends the events of products, from the changes that the table's stream delivers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inventory_common.event_bus import EventBus
from inventory_common.event_delivery import send_events
from inventory_common.events import Event
from inventory_common.streams import ChangeFailed, ItemChange
from inventory_common.values import value

from ..domain.events import product_events
from ..storage.product_store import ProductStore

__all__ = ["ProductEvents"]


@value
class ProductEvents:
    """Sends the events of products."""

    store: ProductStore
    bus: EventBus

    def products_changed(self, changes: Sequence[ItemChange]) -> None:
        """Send the events of changes of products, in their order.

        Raises
        ------
        ChangeFailed
            With the first change whose event was not sent; those from there on are delivered again.
        """
        failed = send_events(changes, self._events_of, self.bus)
        if failed is not None:
            raise ChangeFailed(failed.change) from failed.error

    def _events_of(self, change: ItemChange) -> Iterator[Event]:
        after = self.store.readable(change.after)
        if after is not None:  # products are never removed
            yield from product_events(self.store.readable(change.before), after)
