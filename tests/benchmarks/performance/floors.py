"""What DynamoDB must charge for reading and writing given items: arithmetic of bytes, by docs/capacity.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import ceil
from typing import Any, Final

from local.table_definitions import Index, Table

__all__ = ["Units", "item_bytes", "read_units", "write_units"]

Item = Mapping[str, Any]
Units = dict[str, float]
"""Capacity units by ``table`` or ``table/index``, reads as ``table read``."""

READ_UNIT_BYTES: Final = 4_096
WRITE_UNIT_BYTES: Final = 1_024
TRANSACTED: Final = 2
"""A transaction writes an item of a table twice, to prepare and to commit; its entries in indexes once."""


def item_bytes(item: Item) -> int:
    """Return an item's size, in bytes: of the names and of the values, as DynamoDB counts them."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def read_units(items: Iterable[Item], *, consistent: bool) -> float:
    """Return what one Query or GetItem costs that reads these items; at least as much as of one byte."""
    units = ceil(max(sum(map(item_bytes, items)), 1) / READ_UNIT_BYTES)
    return units if consistent else units / 2


def write_units(
    name: str, table: Table, before: Item | None, after: Item | None, *, transacted: bool
) -> Units:
    """Return what a write costs, by table and index, that takes an item from one image to another."""
    size = max(_units(before), _units(after))
    units: Units = {name: size * (TRANSACTED if transacted else 1)}
    for index_name, index in table["global_secondary_indexes"].items():
        units[f"{name}/{index_name}"] = _index_units(index, before, after)
    return {place: count for place, count in units.items() if count}


def _index_units(index: Index, before: Item | None, after: Item | None) -> int:
    attributes = [key["name"] for key in (index["partition_key"], index.get("sort_key")) if key]
    old, new = _entry(attributes, before), _entry(attributes, after)
    if old is not None and new is not None and _same(old, new, attributes):
        return 0 if old == new else max(_units(old), _units(new))
    return _units(old) + _units(new)


def _entry(attributes: Collection[str], item: Item | None) -> Item | None:
    """Return an item's entry in an index that projects all attributes; None if it has none."""
    return item if item is not None and all(name in item for name in attributes) else None


def _same(old: Item, new: Item, attributes: Collection[str]) -> bool:
    return all(old[name] == new[name] for name in attributes)


def _units(item: Item | None) -> int:
    return 0 if item is None else ceil(item_bytes(item) / WRITE_UNIT_BYTES)


def _value_bytes(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            digits = content.lstrip("-").replace(".", "").strip("0")
            return ceil(len(digits) / 2) + 1 + int(content.startswith("-"))
        case "B":
            return len(content) // 2  # in hexadecimal digits
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _value_bytes(member) for member in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_bytes(member) for name, member in content.items())
        case _:
            raise ValueError(f"no size of a {kind}")
