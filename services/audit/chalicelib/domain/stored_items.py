"""Stored items as JSON objects, whatever they hold: a check for damage must not fail on the damage."""

from __future__ import annotations

from typing import Any, NamedTuple

from inventory_common.items import Item, from_item, to_item
from inventory_common.ledger import RECORD_ATTRIBUTES

__all__ = ["StoredRecord", "document_of", "read_balance", "read_record"]


class StoredRecord(NamedTuple):
    """A stored record as a JSON object, and whether the services could have written its item.

    They could not if an attribute has a type that no record has, or if an absent optional attribute is stored
    as NULL: neither is visible in the JSON object.
    """

    document: dict[str, Any]
    is_well_formed: bool


def read_record(item: Item) -> StoredRecord:
    """Return a record; unknown attributes are included, absent ones are None."""
    try:
        attributes = from_item(item)
        is_well_formed = to_item(attributes) == item
    except (TypeError, ValueError, KeyError, AttributeError):
        attributes, is_well_formed = _readable_attributes(item), False
    return StoredRecord({**dict.fromkeys(RECORD_ATTRIBUTES), **attributes}, is_well_formed)


def document_of(item: Item) -> dict[str, Any]:
    """Return the document of `read_record`, but not whether the services could have written it."""
    try:
        attributes = from_item(item)
    except (TypeError, ValueError, KeyError, AttributeError):
        attributes = _readable_attributes(item)
    return {**dict.fromkeys(RECORD_ATTRIBUTES), **attributes}


def read_balance(item: Item) -> dict[str, Any]:
    """Return the attributes of a live SKU."""
    try:
        return from_item(item)
    except (TypeError, ValueError, KeyError, AttributeError):
        return _readable_attributes(item)


def _readable_attributes(item: Item) -> dict[str, Any]:
    readable: dict[str, Any] = {}
    for name, attribute in item.items():
        try:
            readable |= from_item({name: attribute})
        except (TypeError, ValueError, KeyError, AttributeError):
            readable[name] = repr(attribute)
    return readable
