"""Findings: what somebody did to the stock or its log behind the services, each told and kept once.

A finding is an object in the archive's bucket, as no role of this service may write to the tables: under
``findings/all/`` and, for its vendor, under ``findings/vendors/<vendor_id>/``, the newest first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from inventory_common.alert_topic import AlertTopic
from inventory_common.alerts import Alert
from inventory_common.errors import InvalidCursor
from inventory_common.exact_json import dumps, loads
from inventory_common.identity import Scope
from inventory_common.ids import is_id
from inventory_common.limits import PAGE_MAX_ITEMS
from inventory_common.log_lines import log_event
from inventory_common.pages import PageRequest, encode_cursor
from inventory_common.timestamps import timestamp
from inventory_common.values import value

from .log_gateway import LogPage
from .object_store import ObjectStore

__all__ = ["FINDING_ATTRIBUTES", "FindingLog", "LedgerFinding", "finding_id", "moment_of"]

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
_ALL: Final = "findings/all/"
_OF_VENDOR: Final = "findings/vendors/{}/"
_KEY: Final = re.compile(r"[0-9]{10}-FIND-[0-9a-f]{32}\.json")
_LAST_SECOND: Final = 9_999_999_999  # the newest comes first where keys count down to it
_NAMESPACE: Final = "Inventory/Ledger"


@value(kw_only=True)
class LedgerFinding:
    """One thing that somebody did; `differences` are ``{transaction_id, kind, expected, found}``."""

    finding_id: str
    kind: str
    occurred_at: str
    vendor_id: str | None
    product_id: str | None = None
    sku: str | None = None
    transaction_id: str | None = None
    differences: Sequence[dict[str, Any]] = ()

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves."""
        values = {name: getattr(self, name) for name in FINDING_ATTRIBUTES}
        return values | {"differences": list(self.differences)}

    @property
    def key(self) -> str:
        """The key below a prefix: it follows from the finding, and so does its place in time."""
        return _key(self.document())


def finding_id(*parts: str) -> str:
    """Return the id of what some texts stand for, always the same."""
    return f"FIND-{sha256(json.dumps(parts).encode()).hexdigest()[:32]}"


@value
class FindingLog:
    """Where findings go and are read."""

    store: ObjectStore
    alerts: AlertTopic
    service: str

    def tell(self, finding: LedgerFinding) -> bool:
        """Tell a finding in metric, log line and alert, and keep it; return False if that was done before.

        Told first, kept then: who dies between the two tells it again, rather than never, and the alert's
        id is the same.  Without an archive it is told and not kept.
        """
        if self.store.is_there and self.store.exists(_ALL + finding.key):
            return False
        document = finding.document()
        log_event(self.service, "finding", level="ERROR", **document, **_metric(finding))
        vendor_id = finding.vendor_id or "unknown"
        self.alerts.send(Alert(finding.finding_id, "ledger_finding", vendor_id, {"finding": document}))
        if self.store.is_there:
            body = dumps(document).encode()
            if is_id("vendor_id", vendor_id):
                self.store.put_once(_OF_VENDOR.format(vendor_id) + finding.key, body)
            # Last: it says that all of it was done.
            self.store.put_once(_ALL + finding.key, body)
        return True

    def list(self, scope: Scope, page: PageRequest) -> LogPage:
        """List findings, newest first: all, or a vendor's own.

        Raises
        ------
        InvalidCursor, ArchiveUnavailable
        """
        prefix = _ALL if scope.vendor_id is None else _OF_VENDOR.format(scope.vendor_id)
        limit = min(page.limit, PAGE_MAX_ITEMS)
        keys, goes_on = self.store.keys(prefix, after=_after(prefix, page), limit=limit)
        documents = [loads(content) for content in self.store.get_all(keys) if content is not None]
        cursor = encode_cursor({"key": keys[-1].removeprefix(prefix)}) if goes_on else None
        return LogPage(documents, cursor, lambda document: {"key": _key(document)})


def _key(document: Mapping[str, Any]) -> str:
    second = int(datetime.fromisoformat(document["occurred_at"]).timestamp())
    return f"{_LAST_SECOND - second:010}-{document['finding_id']}.json"


def _after(prefix: str, page: PageRequest) -> str:
    if page.after is None:
        return ""
    key = page.after.get("key")
    if len(page.after) != 1 or not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InvalidCursor("The cursor does not belong to this listing.")
    return prefix + key


def _metric(finding: LedgerFinding) -> dict[str, Any]:
    """Return what makes CloudWatch count the log line (embedded metric format)."""
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


def moment_of(epoch_seconds: float) -> str:
    """Return a moment of a stream, which tells whole seconds, as a timestamp."""
    return timestamp(datetime.fromtimestamp(int(epoch_seconds), UTC).isoformat())
