"""Stored items as JSON objects, whatever they hold: a check for damage must not fail on the damage."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, NamedTuple

from inventory_common.items import Item, from_item, to_item
from inventory_common.ledger import RECORD_ATTRIBUTES
from inventory_common.transactions import served

__all__ = ["StoredRecord", "read_balance", "read_record"]

_UNREADABLE: Final = (TypeError, ValueError, KeyError, AttributeError)


class StoredRecord(NamedTuple):
    """A stored record as a JSON object, and whether the services could have written its item.

    They could not if an attribute has a type that no record has, or if an absent optional attribute is stored
    as NULL: neither is visible in the JSON object.
    """

    document: dict[str, Any]
    is_well_formed: bool


def read_record(item: Item) -> StoredRecord:
    """Return a record; unknown attributes are included, absent ones are None."""
    attributes = None
    with suppress(*_UNREADABLE):
        stored = from_item(item)
        if to_item(stored) == item:
            attributes = served(stored)
    is_well_formed = attributes is not None and not _has_bytes(attributes)
    if attributes is None or not is_well_formed:
        attributes = _readable_attributes(item)
    return StoredRecord({**dict.fromkeys(RECORD_ATTRIBUTES), **attributes}, is_well_formed)


def read_balance(item: Item) -> dict[str, Any]:
    """Return the attributes of a live SKU."""
    with suppress(*_UNREADABLE):
        attributes = from_item(item)
        if not _has_bytes(attributes):
            return attributes
    return _readable_attributes(item)


def _readable_attributes(item: Item) -> dict[str, Any]:
    """Return the attributes as JSON values: the text of one that has none."""
    readable: dict[str, Any] = {}
    for name, attribute in item.items():
        try:
            [value] = from_item({name: attribute}).values()
        except _UNREADABLE:
            value = repr(attribute)
        readable[name] = repr(value) if _has_bytes(value) else value
    return readable


def _has_bytes(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_bytes, value.values()))
    return isinstance(value, bytes) or (isinstance(value, list) and any(map(_has_bytes, value)))
