"""Reports findings, each once, and lists them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from inventory_common.alert_topic import AlertTopic
from inventory_common.alerts import Alert
from inventory_common.event_bus import EventBus
from inventory_common.identity import Scope
from inventory_common.log_lines import write_event
from inventory_common.pages import PageRequest
from inventory_common.values import value

from ..domain.events import finding_event
from ..domain.findings import Finding, shortened
from ..domain.list_page import ListPage
from ..storage.finding_store import FindingStore

__all__ = ["FindingsLog"]

_NAMESPACE: Final = "Inventory/Ledger"


@value
class FindingsLog:
    """Reports findings as metric, log line and alert, and keeps them; `bootstrap` makes it."""

    store: FindingStore
    alerts: AlertTopic
    events: EventBus
    service: str

    def report(self, finding: Finding) -> None:
        """Report a finding, as log line, alert and event, and keep it, unless it is kept already.

        It is kept last: if the process ends in between, or the log cannot be written, the finding is reported
        again rather than never, and the ids of alert and event are the same.  Without an archive it is
        reported each time, and not kept.  Log line, alert and event have it shortened if it is too long for
        them; it is kept whole.
        """
        if self.store.exists(finding):
            return
        document = shortened(finding.document())
        write_event(self.service, "finding", level="ERROR", **document, **_metric())
        vendor_id = finding.vendor_id or "unknown"
        self.alerts.send(Alert(finding.finding_id, "ledger_finding", vendor_id, {"finding": document}))
        self.events.send([finding_event(finding)])
        self.store.add(finding)

    def kept(self, finding_id: str) -> dict[str, Any] | None:
        """Return the kept finding with an id, as the API serves it; None if there is none."""
        return self.store.get(finding_id)

    def list(self, scope: Scope, page: PageRequest) -> ListPage:
        """List findings, newest first: all of them, or those of a vendor.

        Raises
        ------
        InvalidCursor, ArchiveUnavailable, ArchiveNotConfigured
        """
        return self.store.list(scope, page)


def _metric() -> dict[str, Any]:
    """Return the fields that make CloudWatch count the log line (embedded metric format)."""
    directive = {
        "Timestamp": int(datetime.now(UTC).timestamp() * 1000),
        "CloudWatchMetrics": [
            {
                "Namespace": _NAMESPACE,
                "Dimensions": [["service"], ["service", "kind"]],
                "Metrics": [{"Name": "Findings", "Unit": "Count"}],
            }
        ],
    }
    return {"_aws": directive, "Findings": 1}
