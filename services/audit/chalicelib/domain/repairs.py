"""Repairs: which adjustments account for a stock that differs from its log.

A repair is an adjustment by a person of the shop whose notes name a kept finding.  The finding must concern
the same SKU and be older.  Otherwise a vendor could make the reconciliation accept any stock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from inventory_common.identity import PERSON_PREFIX
from inventory_common.ids import FINDING_ID
from inventory_common.transactions import TransactionType

__all__ = ["KeptFinding", "is_repair"]

KeptFinding = Callable[[str], Mapping[str, Any] | None]
"""Returns the kept finding with an id, as the API serves it; None if there is none."""

_FINDING_ID: Final = re.compile(FINDING_ID)


def is_repair(record: Mapping[str, Any], kept: KeptFinding) -> bool:
    """Return whether a record repairs its SKU's stock.

    Vendors and machines do not repair: a record of a vendor has the vendor's id as `performed_by`, one of a
    machine begins with ``client:``, and the stock service lets nobody but admins name a finding.
    """
    performed_by, notes = record.get("performed_by"), record.get("notes")
    if (
        record.get("transaction_type") != TransactionType.MANUAL_ADJUSTMENT
        or not isinstance(notes, str)
        or not isinstance(performed_by, str)
        or not performed_by.startswith(PERSON_PREFIX)
    ):
        return False
    return any(_concerns(kept(named), record) for named in dict.fromkeys(_FINDING_ID.findall(notes)))


def _concerns(finding: Mapping[str, Any] | None, record: Mapping[str, Any]) -> bool:
    if finding is None or finding.get("sku") is None:
        return False
    return finding["sku"] == record.get("sku") and str(finding["occurred_at"]) < str(record.get("timestamp"))
