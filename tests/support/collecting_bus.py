"""An EventBridge client for tests of a service: it collects the events that it is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

__all__ = ["CollectingBus"]


class CollectingBus:
    """Collects events as long as it `accepts` more: None for all, 0 for none; then it is down."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.accepts: int | None = None

    def put_events(self, Entries: Sequence[dict[str, str]]) -> dict[str, Any]:
        results: list[dict[str, str]] = []
        for entry in Entries:
            if self.accepts is not None and len(self.events) >= self.accepts:
                results.append({"ErrorCode": "InternalFailure"})
            else:
                self.events.append(json.loads(entry["Detail"]))
                results.append({"EventId": "1"})
        return {"Entries": results}

    @property
    def seen(self) -> list[tuple[str, str]]:
        """The types and subjects of what it has collected."""
        return [(event["type"], event["subject"]) for event in self.events]
