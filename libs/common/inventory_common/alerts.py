"""Alerts: events that call for attention."""

from collections.abc import Mapping
from typing import Any

from .values import value

__all__ = ["Alert"]


@value
class Alert:
    """One event, such as a SKU whose stock has become low.

    SNS and streams deliver at least once, so a subscriber may receive an alert more than once, always with
    the same `alert_id`.
    """

    alert_id: str
    kind: str
    vendor_id: str
    details: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """Return the JSON object that subscribers receive."""
        return {"alert_id": self.alert_id, "kind": self.kind, "vendor_id": self.vendor_id, **self.details}
