"""Findings: what changed stock or log without the services, each kept once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from inventory_common.ledger import Difference
from inventory_common.values import value

__all__ = ["FINDING_ATTRIBUTES", "Finding", "finding_id"]

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


@value(kw_only=True)
class Finding:
    """A kept report of the differences that one event caused; ids are None where they are unknown."""

    finding_id: str
    kind: str
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


def finding_id(*parts: str) -> str:
    """Return the id of the finding that these texts identify; equal texts give equal ids."""
    return f"FIND-{sha256(json.dumps(parts).encode()).hexdigest()[:32]}"
