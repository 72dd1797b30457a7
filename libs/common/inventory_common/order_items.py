"""The keys and held units of orders as the stock service stores them, for the other services too.

An order is the item ``#ORDER`` under its id.  An order of more lines than one item holds has further items,
``#PART-001`` and so on.  While an order holds units, VendorInventoryIndex lists it in one of the partitions
`OPEN_ORDERS`.
"""

import zlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from .dynamodb_limits import ORDER_PART_LINES_MAX
from .ids import StockKey, is_id
from .items import AttributeValue, Item, to_item
from .limits import ORDER_LINES_MAX
from .timestamps import is_stored_moment

__all__ = [
    "OPEN_ORDERS",
    "ORDER_PARTS_MAX",
    "ORDER_SORT",
    "PART_SORT",
    "DueEntry",
    "HeldUnits",
    "due_entry",
    "expected_due_entry",
    "held_units",
    "malformed_attributes",
    "open_orders_partition",
    "order_key",
    "part_count",
    "part_key",
    "stored_count",
]

ORDER_SORT: Final = "#ORDER"
PART_SORT: Final = "#PART-"
OPEN_ORDERS: Final = tuple(f"OPEN-ORDERS#{shard}" for shard in range(16))
"""The partitions of VendorInventoryIndex that share the writes of all open orders."""
ORDER_PARTS_MAX: Final = -(-ORDER_LINES_MAX // ORDER_PART_LINES_MAX)
"""Parts of the largest order."""

_SAGA: Final = "errand"
_LAST_COMMAND: Final = "last_command"
_TEXT, _MOMENT, _COUNT, _FLAG, _LIST, _MAP = "a text", "a moment", "a count", "a flag", "a list", "a map"
_DATA_TYPES: Final = {_TEXT: "S", _MOMENT: "S", _COUNT: "N", _FLAG: "BOOL", _LIST: "L", _MAP: "M"}
_ORDER_TYPES: Final = {
    "created_at": _MOMENT,
    "version": _COUNT,
    "lines": _MAP,
    "expires_at": _MOMENT,
    "cancel_reason": _TEXT,
    "ttl": _COUNT,
    "phase": _TEXT,
    _SAGA: _MAP,
    "parts": _COUNT,
    "owner": _TEXT,
    "settled_in_part": _FLAG,
    "placed_as": _TEXT,
    "last_release": _COUNT,
    "short_lines": _LIST,
    _LAST_COMMAND: _MAP,
    "vendor_id": _TEXT,
    "last_updated": _MOMENT,
}
"""The types of the attributes of an order, and of its parts, which have the first of `_REQUIRED` alone."""
_REQUIRED: Final = {ORDER_SORT: ("lines", "version", "created_at"), PART_SORT: ("lines", "version")}
_SAGA_TYPES: Final = {
    "performed_by": _TEXT,
    "request_id": _TEXT,
    "lease_until": _MOMENT,
    "asked": _TEXT,
    "restock": _FLAG,
    "cancel_reason": _TEXT,
    "command": _TEXT,
    "hold_seconds": _COUNT,
    "acknowledged": _FLAG,
    "command_id": _TEXT,
    "reason": _TEXT,
    "notes": _TEXT,
}
_SAGA_REQUIRED: Final = ("performed_by", "request_id", "lease_until")
_LAST_COMMAND_TYPES: Final = {"type": _TEXT, "id": _TEXT}
_LINE_TYPES: Final = {
    "product_id": _TEXT,
    "vendor_id": _TEXT,
    **dict.fromkeys(("placed", "reserved", "confirmed", "cancelled", "refunded", "pending"), _COUNT),
    **dict.fromkeys(("records", "last_record", "last_released", "released_by"), _COUNT),
    **dict.fromkeys(("reason", "notes"), _TEXT),
    "without_restock": _FLAG,
}
_LINE_REQUIRED: Final = ("product_id", "vendor_id", "placed", "reserved")

_COUNT_DIGITS_MAX: Final = 15
"""Digits of a number that JSON and every client represent exactly."""


def order_key(order_id: str) -> Item:
    """Return the key of an order."""
    return to_item({"product_id": order_id, "sku": ORDER_SORT})


def part_key(order_id: str, part: int) -> Item:
    """Return the key of a part of an order; parts are numbered from 1."""
    return to_item({"product_id": order_id, "sku": f"{PART_SORT}{part:03}"})


def part_count(item: Mapping[str, AttributeValue]) -> int:
    """Return the number of parts that an order has beside its own item; 0 if it cannot be read."""
    parts = stored_count(item.get("parts"))
    return parts if parts is not None and parts <= ORDER_PARTS_MAX else 0


def stored_count(attribute: AttributeValue | None) -> int | None:
    """Return a stored count; None if it is absent, or none that a service writes."""
    number = (attribute or {}).get("N", "")
    return int(number) if _is_count(number) else None


def open_orders_partition(order_id: str) -> str:
    """Return the partition of VendorInventoryIndex that lists an order while it will be due."""
    return OPEN_ORDERS[zlib.crc32(order_id.encode()) % len(OPEN_ORDERS)]


class DueEntry(NamedTuple):
    """The key of an order in VendorInventoryIndex: the partition, and when it is due; None if it is absent.

    An order that will not be due has neither.
    """

    vendor_id: str | None
    last_updated: str | None


def due_entry(item: Mapping[str, AttributeValue]) -> DueEntry:
    """Return the key under which VendorInventoryIndex lists an order."""
    return DueEntry(item.get("vendor_id", {}).get("S"), item.get("last_updated", {}).get("S"))


def expected_due_entry(item: Mapping[str, AttributeValue], *, holds_units: bool) -> DueEntry:
    """Return the key under which an order should be listed.

    It is due at the end of its saga's lease if it has a saga, or else at the end of its hold if it, or a part
    of it, `holds_units`.
    """
    if _SAGA in item:
        due_at = item[_SAGA].get("M", {}).get("lease_until", {}).get("S")
    elif holds_units:
        due_at = item.get("expires_at", {}).get("S")
    else:
        return DueEntry(None, None)
    return DueEntry(open_orders_partition(item["product_id"]["S"]), due_at)


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
    units = {sku: int(text) for sku, text in texts.items() if _is_count(text)}
    return HeldUnits(units, sorted(texts.keys() - units.keys()))


def malformed_attributes(item: Mapping[str, AttributeValue]) -> list[str]:
    """Return the attributes of an order, or of a part of one, that no service could have written.

    Those of lines and sagas are named with them, as in ``lines.SKU-….reserved``.  Unknown attributes are none
    of them.
    """
    sort_key = item["sku"]["S"]
    required = _REQUIRED[ORDER_SORT if sort_key == ORDER_SORT else PART_SORT]
    found = _malformed(item, _ORDER_TYPES, required)
    if "parts" in item and "parts" not in found and int(item["parts"]["N"]) > ORDER_PARTS_MAX:
        found.append("parts")
    if "M" in item.get(_SAGA, {}):
        found += _malformed(item[_SAGA]["M"], _SAGA_TYPES, _SAGA_REQUIRED, f"{_SAGA}.")
    if "M" in item.get(_LAST_COMMAND, {}):
        command = item[_LAST_COMMAND]["M"]
        found += _malformed(command, _LAST_COMMAND_TYPES, tuple(_LAST_COMMAND_TYPES), f"{_LAST_COMMAND}.")
    for sku, line in item.get("lines", {}).get("M", {}).items():
        figures = line.get("M")
        product_id = None if figures is None else figures.get("product_id", {}).get("S")
        if figures is None or not is_id("sku", sku) or StockKey.of(sku).product_id != product_id:
            found.append(f"lines.{sku}")
        else:
            found += _malformed(figures, _LINE_TYPES, _LINE_REQUIRED, f"lines.{sku}.")
    for number, line in enumerate(item.get("short_lines", {}).get("L", ())):
        if "M" not in line:
            found.append(f"short_lines.{number}")
    return sorted(found)


def _malformed(
    attributes: Mapping[str, AttributeValue],
    types: Mapping[str, str],
    required: tuple[str, ...],
    prefix: str = "",
) -> list[str]:
    missing = [name for name in required if name not in attributes]
    wrong = [
        name
        for name, expected in types.items()
        if name in attributes and not _is_of(expected, attributes[name])
    ]
    return [prefix + name for name in (*missing, *wrong)]


def _is_of(expected: str, attribute: AttributeValue) -> bool:
    found = attribute.get(_DATA_TYPES[expected])
    if found is None:
        return False
    if expected == _COUNT:
        return _is_count(found)
    return expected != _MOMENT or is_stored_moment(found)


def _is_count(number: str) -> bool:
    return number.isdecimal() and len(number) <= _COUNT_DIGITS_MAX
