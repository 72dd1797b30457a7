"""Orders in the index of due orders: an order that it does not list is never expired, and holds its units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inventory_common.items import Item
from inventory_common.order_items import (
    ORDER_SORT,
    due_entry,
    expected_due_entry,
    held_units,
    malformed_attributes,
    part_count,
)

from .reconciliation import FigureDifference

__all__ = ["DueSuspects", "compare_due"]


class DueSuspects:
    """Finds orders that the index may not list as it should, in a Scan, where parts follow their order.

    Orders change during a Scan, so these are only suspects.  Orders that cannot be read are none: they are
    reported for that.
    """

    def __init__(self) -> None:
        self.order_ids: set[str] = set()
        self._last = ""
        self._last_is_listed = False

    def see(self, item: Item) -> None:
        """Take the next order, or part of one, into account."""
        order_id = item["product_id"]["S"]
        if item["sku"]["S"] != ORDER_SORT:
            is_listed = order_id == self._last and self._last_is_listed
            if any(held_units(item).units.values()) and not is_listed:
                self.order_ids.add(order_id)
            return
        self._last, self._last_is_listed = order_id, due_entry(item).vendor_id is not None
        holds_units = any(held_units(item).units.values()) or (part_count(item) > 0 and self._last_is_listed)
        if due_entry(item) != expected_due_entry(item, holds_units=holds_units):
            self.order_ids.add(order_id)


def compare_due(order_id: str, items: Sequence[Item]) -> list[FigureDifference]:
    """Compare the place of an order in the index with its lines.

    `items` are those of the order, its own first; without its own, they are parts of an order that does not
    exist.
    """
    if any(malformed_attributes(item) for item in items):
        return []
    holds_units = any(units for item in items for units in held_units(item).units.values())
    if not items or items[0]["sku"]["S"] != ORDER_SORT:
        return [FigureDifference(order_id, "order", None, "parts", ORDER_SORT)] if holds_units else []
    expected, found = expected_due_entry(items[0], holds_units=holds_units), due_entry(items[0])
    figures: Mapping[str, tuple[Any, Any]] = {
        name: (getattr(expected, name), getattr(found, name)) for name in expected._fields
    }
    return [
        FigureDifference(order_id, figure, is_stored, "due index", should_be)
        for figure, (should_be, is_stored) in figures.items()
        if should_be != is_stored
    ]
