"""Sends the events of the changes of a stream's batch, and names the first change to be delivered again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from .event_bus import EventBus, NotSent
from .events import Event
from .streams import ItemChange

__all__ = ["NotDelivered", "send_events"]


class NotDelivered(NamedTuple):
    """A change whose events were not all sent, and why; those of all changes before it were."""

    change: ItemChange
    error: Exception


def send_events(
    changes: Sequence[ItemChange], events_of: Callable[[ItemChange], Iterable[Event]], bus: EventBus
) -> NotDelivered | None:
    """Send the events of the changes of a batch together, in their order.

    Returns
    -------
    NotDelivered, optional
        The first change that has to be delivered again; None if all events were sent.
    """
    raised: list[tuple[Event, ItemChange]] = []
    failed: NotDelivered | None = None
    for change in changes:
        try:
            raised += [(event, change) for event in events_of(change)]
        except Exception as error:
            failed = NotDelivered(change, error)
            break
    try:
        bus.send([event for event, _ in raised])
    except NotSent as error:
        return NotDelivered(raised[error.position][1], error)
    return failed
