"""Stored items as the JSON objects that they stand for, whatever has become of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from inventory_common.items import Item, from_item, to_item
from inventory_common.ledger import RECORD_ATTRIBUTES

__all__ = ["Reading", "balance_of", "read_record"]


class Reading(NamedTuple):
    """A stored record as a JSON object, and whether the item is one that the services could have written.

    They could not where an attribute has a type that no record has, or an absent optional is stored as NULL:
    neither shows in what the API serves.
    """

    document: dict[str, Any]
    is_plain: bool


def read_record(item: Item) -> Reading:
    """Read a record; attributes that it should not have are in it, those that are absent are None."""
    try:
        stored = from_item(item)
        is_plain = to_item(stored) == item
    except (TypeError, ValueError, KeyError, AttributeError):
        stored, is_plain = _readable_part(item), False
    return Reading({**dict.fromkeys(RECORD_ATTRIBUTES), **stored}, is_plain)


def balance_of(item: Item) -> dict[str, Any]:
    """Read a live SKU."""
    try:
        return from_item(item)
    except (TypeError, ValueError, KeyError, AttributeError):
        return _readable_part(item)


def _readable_part(item: Item) -> dict[str, Any]:
    readable: dict[str, Any] = {}
    for name, attribute in item.items():
        try:
            readable |= from_item({name: attribute})
        except (TypeError, ValueError, KeyError, AttributeError):
            readable[name] = repr(attribute)
    return readable
