"""The event that a finding raises, once it is found."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypedDict

from inventory_common.attributes import Attribute, ProductId, SkuId, TransactionId, VendorId
from inventory_common.events import Event, EventType, event_id

from .findings import Finding, shortened

__all__ = ["EVENT_TYPES", "finding_event"]

SOURCE: Final = "/inventory/audit"
LEDGER_FINDING: Final = "ledger.finding"


class LedgerFinding(TypedDict):
    """A finding: a change that no service made."""

    finding_id: Annotated[str, Attribute("The id of the finding.", "FIND-f3a051f8b7748eb09e110d2ef5978dea")]
    kind: Annotated[str, Attribute("What was found; there may be further kinds.", "reconciliation")]
    occurred_at: Annotated[str, Attribute("When the change happened.", "2026-02-23T14:20:00.000000Z")]
    vendor_id: VendorId | None
    product_id: ProductId | None
    sku: SkuId | None
    transaction_id: TransactionId | None
    differences: Annotated[
        list[dict[str, Any]],
        Attribute("What was expected and found, shortened as in an alert if that would be too large.", []),
    ]
    link: Annotated[str, Attribute("The path of the findings in the audit service.", "/findings")]


EVENT_TYPES: Final = (
    EventType(LEDGER_FINDING, LedgerFinding, "The audit has found a change that no service made."),
)


def finding_event(finding: Finding) -> Event:
    """Return the event of a finding; it is the same however often it is found."""
    return Event(
        id=event_id(LEDGER_FINDING, finding.finding_id),
        source=SOURCE,
        type=LEDGER_FINDING,
        subject=finding.finding_id,
        time=finding.occurred_at,
        sequence=1,
        data=shortened(finding.document()) | {"link": "/findings"},
    )
