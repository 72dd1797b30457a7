"""Alerts: what somebody should look at."""

from collections.abc import Mapping
from typing import Any

from .values import value

__all__ = ["Alert"]


@value
class Alert:
    """One thing that happened once.

    A subscriber may be given it more than once, as SNS and streams deliver at least once; `alert_id` is the
    same each time.
    """

    alert_id: str
    kind: str
    vendor_id: str
    details: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """Return the JSON object that subscribers get."""
        return {"alert_id": self.alert_id, "kind": self.kind, "vendor_id": self.vendor_id, **self.details}
