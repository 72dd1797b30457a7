"""Stored items as JSON objects, whatever they hold: a check for damage must not fail on the damage."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, NamedTuple

from inventory_common.ids import StockKey, is_id
from inventory_common.items import Item, from_item, to_item
from inventory_common.ledger import RECORD_ATTRIBUTES, malformed_members
from inventory_common.skus import Sku
from inventory_common.timestamps import is_stored_moment
from inventory_common.transactions import TransactionRecord, served

__all__ = [
    "MalformedSku",
    "StoredRecord",
    "document_of",
    "is_well_placed",
    "malformed_record",
    "malformed_sku",
    "read_balance",
    "read_record",
    "served_record",
    "usable_record",
]

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


def document_of(item: Item) -> dict[str, Any]:
    """Return the document of `read_record`, but not whether the services could have written it."""
    with suppress(*_UNREADABLE):
        attributes = served(from_item(item))
        if not _has_bytes(attributes):
            return {**dict.fromkeys(RECORD_ATTRIBUTES), **attributes}
    return {**dict.fromkeys(RECORD_ATTRIBUTES), **_readable_attributes(item)}


class MalformedSku(NamedTuple):
    """Why a SKU's item cannot be read, at most one reason, and whether its key is another SKU's."""

    reasons: tuple[str, ...]
    is_misplaced: bool = False


def malformed_sku(item: Item) -> MalformedSku:
    """Return what of a SKU's item no service could have written."""
    if not is_well_placed(item):
        return MalformedSku(("sku",), is_misplaced=True)
    try:
        Sku.from_item(item)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        return MalformedSku((str(error),))
    return MalformedSku(())


def is_well_placed(item: Item) -> bool:
    """Return whether the key of a SKU's item is that of the SKU which it names."""
    sku = item["sku"]["S"]
    return is_id("sku", sku) and StockKey.of(sku).product_id == item["product_id"]["S"]


def malformed_record(record: StoredRecord) -> list[str]:
    """Return the attributes of a record that no service could have written; ``item`` if its types show it."""
    malformed = malformed_members(record.document)
    if "timestamp" not in malformed and not is_stored_moment(record.document["timestamp"]):
        malformed.append("timestamp")
    return malformed or ([] if record.is_well_formed else ["item"])


def usable_record(item: Item) -> TransactionRecord:
    """Read a record with whose attributes its readers can calculate.

    Raises
    ------
    KeyError, TypeError, ValueError
        If no service could have written it.
    """
    record = TransactionRecord.from_item(item)
    _require_well_formed(record.document())
    return record


def served_record(item: Item) -> dict[str, Any]:
    """Return the JSON object of a record that the API serves.

    Raises
    ------
    KeyError, TypeError, ValueError
        If no service could have written it.
    """
    document = TransactionRecord.document_of(item)
    _require_well_formed(document)
    return document


def _require_well_formed(document: dict[str, Any]) -> None:
    if malformed := malformed_members(document):
        raise TypeError(f"{', '.join(malformed)}: of another type")
    if not is_stored_moment(document["timestamp"]):
        raise TypeError("timestamp: of another type")


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
