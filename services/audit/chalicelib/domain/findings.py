"""Findings: what changed stock or log without the services, each kept once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, Literal

from inventory_common.ids import is_id
from inventory_common.ledger import Difference
from inventory_common.values import value

__all__ = ["FINDING_ATTRIBUTES", "Finding", "FindingKind", "finding_id", "id_in", "is_finding", "shortened"]

FindingKind = Literal[
    "archive_conflict",
    "archive_fault",
    "low_stock_bound",
    "malformed_item",
    "order_damaged",
    "order_differs",
    "order_not_due",
    "owner_changed",
    "reconciliation",
    "record_modified",
    "record_removed",
    "record_without_stock",
    "sku_removed",
    "sku_without_product",
    "stock_without_record",
    "tables_restored",
]
"""What findings report; docs/audit-functions.md describes each."""

FINDING_ATTRIBUTES: Final = (
    "finding_id",
    "kind",
    "occurred_at",
    "vendor_id",
    "product_id",
    "sku",
    "transaction_id",
    "differences",
)

_SENT_BYTES_MAX: Final = 200_000
"""The finding in an alert or a log line: SNS and CloudWatch take 256 KB with all that surrounds it."""
_SENT_VALUE_CHARACTERS: Final = 1_000
"""What is sent of each expected and found value of a finding that is too long."""


@value(kw_only=True)
class Finding:
    """A kept report of the differences that one event caused; ids are None where they are unknown."""

    finding_id: str
    kind: FindingKind
    occurred_at: str
    vendor_id: str | None
    product_id: str | None = None
    sku: str | None = None
    transaction_id: str | None = None
    differences: Sequence[Difference] = ()

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves."""
        members = {name: getattr(self, name) for name in FINDING_ATTRIBUTES}
        return members | {"differences": [difference.document() for difference in self.differences]}


def id_in(subject: Mapping[str, Any], name: str) -> str | None:
    """Return an id of a SKU or a record, None if it is absent or invalid."""
    value = subject.get(name)
    return value if isinstance(value, str) and is_id(name, value) else None


def finding_id(*parts: str) -> str:
    """Return the id of the finding that these texts identify; equal texts give equal ids."""
    return f"FIND-{sha256(json.dumps(parts).encode()).hexdigest()[:32]}"


def is_finding(document: Any) -> bool:
    """Return whether a stored JSON value has the members of a finding that its readers rely on."""
    return (
        isinstance(document, dict)
        and all(name in document for name in FINDING_ATTRIBUTES)
        and isinstance(document["finding_id"], str)
        and isinstance(document["occurred_at"], str)
        and isinstance(document["differences"], list)
    )


def shortened(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding as an alert and a log line can carry it: unchanged, unless it is too long.

    Of a longer one, the values of its differences are cut, then the last differences left out.  The member
    `shortened` then says how many differences there are; the finding that is kept has all of them.
    """
    if _bytes_of(document) <= _SENT_BYTES_MAX:
        return dict(document)
    all_differences = document["differences"]
    cut = {**document, "differences": [], "shortened": len(all_differences)}
    left = _SENT_BYTES_MAX - _bytes_of(cut)
    for difference in all_differences:
        short = {name: _cut(member) for name, member in difference.items()}
        left -= _bytes_of(short) + len(", ")
        if left < 0:
            break
        cut["differences"].append(short)
    return cut


def _cut(member: Any) -> Any:
    """Return a value, or the beginning of its JSON text if that is long."""
    text = member if isinstance(member, str) else json.dumps(member, default=repr)
    if len(text) <= _SENT_VALUE_CHARACTERS:
        return member
    return f"{text[:_SENT_VALUE_CHARACTERS]}…"


def _bytes_of(document: Any) -> int:
    # As the log writes it, in ASCII: that is never shorter than the UTF-8 of an alert.
    return len(json.dumps(document, default=repr))
