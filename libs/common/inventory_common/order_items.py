"""The keys and held units of orders as the stock service stores them, for the other services too.

An order is the item ``#ORDER`` under its id.  An order of more lines than one item holds has further items,
``#PART-001`` and so on.  While an order holds units, VendorInventoryIndex lists it in one of the partitions
`OPEN_ORDERS`.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from .items import AttributeValue, Item, to_item

__all__ = [
    "OPEN_ORDERS",
    "ORDER_SORT",
    "PART_SORT",
    "HeldUnits",
    "held_units",
    "order_key",
    "part_count",
    "part_key",
]

ORDER_SORT: Final = "#ORDER"
PART_SORT: Final = "#PART-"
OPEN_ORDERS: Final = tuple(f"OPEN-ORDERS#{shard}" for shard in range(16))
"""The partitions of VendorInventoryIndex that share the writes of all open orders."""


def order_key(order_id: str) -> Item:
    """Return the key of an order."""
    return to_item({"product_id": order_id, "sku": ORDER_SORT})


def part_key(order_id: str, part: int) -> Item:
    """Return the key of a part of an order; parts are numbered from 1."""
    return to_item({"product_id": order_id, "sku": f"{PART_SORT}{part:03}"})


def part_count(item: Mapping[str, AttributeValue]) -> int:
    """Return the number of parts that an order has beside its own item; 0 if it cannot be read."""
    number = item.get("parts", {}).get("N", "")
    return int(number) if number.isdecimal() else 0


class HeldUnits(NamedTuple):
    """The units of each SKU that an order, or a part of one, holds; 0 for a SKU it holds no more.

    `malformed` are the SKUs of lines that cannot be read, or ``lines`` if none can.
    """

    units: dict[str, int]
    malformed: list[str]


def held_units(item: Mapping[str, AttributeValue]) -> HeldUnits:
    """Return the units that an order, or a part of one, holds."""
    lines = item.get("lines", {}).get("M")
    if lines is None:
        return HeldUnits({}, ["lines"])
    texts = {sku: line.get("M", {}).get("reserved", {}).get("N", "") for sku, line in lines.items()}
    units = {sku: int(text) for sku, text in texts.items() if text.isdecimal()}
    return HeldUnits(units, sorted(texts.keys() - units.keys()))
