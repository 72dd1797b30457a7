"""What other services may know of stored orders: keys, units held, due time.

An order is the item ``#ORDER`` under its id; one of more lines than an item holds has further ones,
``#PART-001`` and so on.  While it holds units, VendorInventoryIndex lists it under one of `OPEN_ORDERS`.
"""

from collections.abc import Mapping
from typing import Final

from .items import AttributeValue, Item, from_item, to_item

__all__ = ["OPEN_ORDERS", "ORDER_SORT", "PART_SORT", "held_units", "order_key", "part_count", "part_key"]

ORDER_SORT: Final = "#ORDER"
PART_SORT: Final = "#PART-"
OPEN_ORDERS: Final = tuple(f"OPEN-ORDERS#{shard}" for shard in range(16))
"""The partitions of VendorInventoryIndex that share the index writes of all open orders."""


def order_key(order_id: str) -> Item:
    """Return the key of an order."""
    return to_item({"product_id": order_id, "sku": ORDER_SORT})


def part_key(order_id: str, part: int) -> Item:
    """Return the key of an order's part, numbered from 1."""
    return to_item({"product_id": order_id, "sku": f"{PART_SORT}{part:03}"})


def part_count(item: Mapping[str, AttributeValue]) -> int:
    """Return how many parts an order has beside its own item."""
    return int(from_item(item, ("parts",)).get("parts", 0))


def held_units(item: Mapping[str, AttributeValue]) -> dict[str, int]:
    """Return the units that an order, or a part of one, holds of each SKU, 0 included."""
    lines = from_item(item, ("lines",)).get("lines", {})
    return {sku: figures["reserved"] for sku, figures in lines.items()}
