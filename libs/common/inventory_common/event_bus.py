"""Sends events to an EventBridge bus, if one is configured."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import boto3
from botocore.config import Config

from .events import Event

__all__ = ["EventBus", "NotSent"]

_ENTRIES_MAX: Final = 10
"""Events of one call of PutEvents."""
_CALL_BYTES_MAX: Final = 240_000
"""Bytes of the events of one call; EventBridge takes 262,144, and counts a few more for each."""
_ATTEMPTS_MAX: Final = 4
"""How often the entries of a call that were not accepted are sent."""
_FIRST_PAUSE_SECONDS: Final = 0.1
"""The longest pause before entries are sent a second time; it doubles with each further time."""

# botocore's own timeouts, of minutes, are longer than a Lambda function's.
_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)


class NotSent(Exception):
    """Not all events were sent; those before `position` were, and others may have been."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(reason)
        self.position = position


class EventBus:
    """Sends events at least once.

    Parameters
    ----------
    name
        The bus's name or ARN; None sends nothing.
    client
        An EventBridge client of boto3; one is made for the first event if None.
    pause
        Waits for that many seconds.
    """

    def __init__(
        self, name: str | None, client: Any = None, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._name = name
        self._client = client
        self._pause = pause

    def send(self, events: Sequence[Event]) -> None:
        """Send events, and return once the bus has accepted all of them.

        One call may accept some of its events and refuse others: these alone are sent again.

        Raises
        ------
        NotSent
            If some were not accepted; those of later calls have not been sent then.
        """
        if self._name is None or not events:
            return
        if self._client is None:
            self._client = boto3.client("events", config=_CONFIG)
        entries = [_entry(event, self._name) for event in events]
        for start, end in _calls(entries):
            self._send(entries[start:end], start)

    def _send(self, entries: Sequence[dict[str, str]], start: int) -> None:
        waiting = list(range(len(entries)))
        reason = ""
        for attempt in range(_ATTEMPTS_MAX):
            if attempt:
                # Full jitter: other functions send to the same bus.
                self._pause(random.uniform(0, _FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)))  # noqa: S311
            try:
                response = self._client.put_events(Entries=[entries[position] for position in waiting])
            except Exception as error:
                raise NotSent(start + waiting[0], f"{type(error).__name__}: {error}") from error
            results = response["Entries"]
            refused = [n for n, result in zip(waiting, results, strict=True) if "EventId" not in result]
            if not refused:
                return
            [first] = [result for n, result in zip(waiting, results, strict=True) if n == refused[0]]
            reason = f"{first.get('ErrorCode')}: {first.get('ErrorMessage')}"
            waiting = refused
        raise NotSent(start + waiting[0], reason)


def _entry(event: Event, bus: str) -> dict[str, str]:
    # The source of CloudEvents is a path; EventBridge's own convention is a name with dots.
    return {
        "EventBusName": bus,
        "Source": event.source.strip("/").replace("/", "."),
        "DetailType": event.type,
        "Detail": event.json(),
    }


def _calls(entries: Sequence[dict[str, str]]) -> Iterator[tuple[int, int]]:
    """Yield the first and the end of the entries of each call."""
    start = size = 0
    for position, entry in enumerate(entries):
        own = sum(len(text.encode()) for text in entry.values())
        if position > start and (position - start == _ENTRIES_MAX or size + own > _CALL_BYTES_MAX):
            yield start, position
            start, size = position, 0
        size += own
    if entries:
        yield start, len(entries)
