"""Events: the committed changes that other systems hear of, in the form of CloudEvents 1.0.

They are made from the changes that the tables' streams deliver, at least once: the same change makes the same
event, with the same `id`, so that a consumer recognises an event that it has had.  The events of one subject
may arrive in any order; `sequence` restores theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from .exact_json import dumps
from .values import value

__all__ = ["EVENT_BYTES_MAX", "Event", "EventType", "event_id"]

EVENT_BYTES_MAX: Final = 200_000
"""Bytes of an event: EventBridge takes 256 KiB in one call, with what it adds itself."""

_ID_CHARACTERS: Final = 32
"""The length of an event's id, in hexadecimal digits."""


@value
class EventType:
    """A type of event, as a service declares it.

    Attributes
    ----------
    name
        Such as ``stock.out``.
    shape
        The type of its `data`: a TypedDict.
    about
        When it is raised.
    """

    name: str
    shape: Any
    about: str


@value(kw_only=True)
class Event:
    """One event.

    Attributes
    ----------
    id
        The same whenever it is sent.
    source
        The service that raises it, such as ``/inventory/stock``.
    type
        The name of its type.
    subject
        What it is about: a SKU, an order, a product or a finding.
    time
        When the change happened.
    sequence
        Increases with every change of the subject that raises events.
    data
        The members that its type declares.
    """

    id: str
    source: str
    type: str
    subject: str
    time: str
    sequence: int
    data: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """Return the event as it is sent: the attributes of CloudEvents 1.0 and `data`."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time,
            "datacontenttype": "application/json",
            # CloudEvents has no integers of this size: the extension is a text that sorts as the number does.
            "sequence": f"{self.sequence:020}",
            "data": dict(self.data),
        }

    def json(self) -> str:
        """Return the JSON text that is sent."""
        return dumps(self.document())


def event_id(event_type: str, *identity: str | int) -> str:
    """Return the id of the event of a type that a change raises; `identity` is that of the change.

    Examples
    --------
    >>> event_id("stock.out", "SKU-PROD-E4F9A-BLK-L", 12)
    '93ad6f4ff89f1978ba22bbbdf01dfe20'
    """
    text = "\n".join((event_type, *map(str, identity)))
    return sha256(text.encode()).hexdigest()[:_ID_CHARACTERS]
