"""The result of verifying a SKU's log, and the rules of a verification that need no I/O.

The rules of a single record are `inventory_common.ledger`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from inventory_common.ids import transaction_id
from inventory_common.ledger import Difference
from inventory_common.limits import VERIFICATION_EXTRA_READS_MAX
from inventory_common.values import value

from .stored_items import StoredRecord

__all__ = [
    "Verification",
    "expected_length",
    "missing_records",
    "missing_sku",
    "sequence_of",
    "unexpected_record",
    "unreadable_record",
]


@value
class Verification:
    """What one page of a verification found; `head_hash` is the live SKU's, None if there is no SKU."""

    checked: int
    head_hash: str | None
    differences: Sequence[Difference]
    next_cursor: str | None

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves."""
        return {
            "checked": self.checked,
            "head_hash": self.head_hash,
            "findings": [difference.document() for difference in self.differences],
            "next_cursor": self.next_cursor,
        }


def expected_length(balance: dict[str, Any] | None, records: Iterable[StoredRecord]) -> int:
    """Return how many records a log should have: as many as the live SKU says, or else the index shows."""
    sequence = None if balance is None else balance.get("sequence")
    if type(sequence) is int and sequence >= 0:
        return sequence
    shown = [record.document["sequence"] for record in records]
    return max((sequence for sequence in shown if type(sequence) is int), default=0)


def sequence_of(record: StoredRecord, sku: str, last_checked: int) -> int | None:
    """Return the sequence from which a record's id is derived, whatever its own `sequence` says.

    An id cannot be inverted: the record's own sequence and the next ones after `last_checked` are tried.
    """
    named, own = record.document["transaction_id"], record.document["sequence"]
    following = range(last_checked + 1, last_checked + 2 + VERIFICATION_EXTRA_READS_MAX)
    for sequence in ([own] if type(own) is int else []) + list(following):
        if named == transaction_id(sku, sequence):
            return sequence
    return None


def missing_sku(sku: str) -> Difference:
    """Return the difference of a log whose SKU does not exist."""
    return Difference(None, "missing_sku", sku, None)


def missing_records(sku: str, first: int, last: int) -> Difference:
    """Return the difference of records that do not exist."""
    expected = {"first_sequence": first, "last_sequence": last}
    return Difference(transaction_id(sku, first), "missing_record", expected, None)


def unreadable_record(sku: str, sequence: int) -> Difference:
    """Return the difference of a record whose item the services could not have written."""
    expected = "a record as the stock service writes it"
    return Difference(transaction_id(sku, sequence), "unreadable_record", expected, None)


def unexpected_record(record: StoredRecord) -> Difference:
    """Return the difference of a record that should not exist."""
    document = record.document
    found = {name: document[name] for name in ("transaction_id", "timestamp", "sequence")}
    named = document["transaction_id"]
    return Difference(named if isinstance(named, str) else None, "unexpected_record", None, found)
