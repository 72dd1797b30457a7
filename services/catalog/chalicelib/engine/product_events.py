"""Sends the events of products, from the changes that the table's stream delivers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inventory_common.event_bus import EventBus
from inventory_common.event_delivery import send_events
from inventory_common.events import Event
from inventory_common.items import Item
from inventory_common.malformed_items import MalformedItem
from inventory_common.products import Product
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
        after = self._readable(change.after)
        if after is not None:  # products are never removed
            yield from product_events(self._readable(change.before), after)

    def _readable(self, image: Item | None) -> Product | None:
        """Return the product of an image, None if it cannot be read: a retry could not read it either."""
        try:
            return None if image is None else self.store.read(image)
        except MalformedItem:
            return None
