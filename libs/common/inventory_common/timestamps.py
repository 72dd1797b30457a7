"""Timestamps in the one text form that sorts: ISO 8601 in UTC, with six fractional digits and ``Z``.

An index compares timestamps as text, so ``…:00Z`` and ``…:00.5Z`` in one index would sort wrongly (design
2.5).  Inside the services a moment is this text; arithmetic goes through `datetime` and back.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = [
    "TIMESTAMP_FORM",
    "TIMESTAMP_STORED_FORM",
    "Clock",
    "epoch_seconds",
    "is_stored_moment",
    "later_of",
    "microsecond_before",
    "moment_of",
    "now",
    "plus_seconds",
    "timestamp",
]

TIMESTAMP_FORM: Final = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
"""The pattern of a moment that a client sends; not every text of this form is a moment."""
TIMESTAMP_STORED_FORM: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
"""The pattern of a moment as the services store and serve it."""
_EXTENDED_FORM: Final = re.compile(TIMESTAMP_FORM)
_STORED_CHARACTERS: Final = len("2026-02-23T10:30:00.000000Z")
_FIRST_OF_THE_LAST_YEAR: Final = "9999"

Clock = Callable[[], str]
"""Returns the current time as a timestamp; a parameter of the services, so that tests can pass their own."""


def now() -> str:
    """Return the current time, e.g. ``2026-02-23T10:30:00.000000Z``."""
    return _text(datetime.now(UTC))


def timestamp(text: str) -> str:
    """Return an ISO 8601 date and time, of any precision and offset, as a timestamp.

    Raises
    ------
    ValueError
        If `text` is not an ISO 8601 date and time, or has no offset.
    """
    # fromisoformat accepts any character between date and time, and dates such as 2026W091.
    if not _EXTENDED_FORM.fullmatch(text):
        raise ValueError("should be a timestamp such as 2026-02-23T10:30:00Z, with Z or another offset")
    moment = datetime.fromisoformat(text)
    try:
        return _text(moment.astimezone(UTC))
    except OverflowError as error:
        raise ValueError("should be a timestamp in the years 1 to 9999") from error


def is_stored_moment(stored: object) -> bool:
    """Return whether a stored value is a timestamp with which the services can calculate.

    None of the year 9999 is: what they add to it would not be a timestamp any more.
    """
    if type(stored) is not str or len(stored) != _STORED_CHARACTERS or stored >= _FIRST_OF_THE_LAST_YEAR:
        return False
    try:
        datetime.fromisoformat(stored)
    except ValueError:
        return False
    return stored[10] == "T" and stored[19] == "." and stored[-1] == "Z"


def plus_seconds(moment: str, seconds: int) -> str:
    """Return the timestamp `seconds` after `moment`."""
    return _text(datetime.fromisoformat(moment) + timedelta(seconds=seconds))


def microsecond_before(moment: str) -> str:
    """Return the last timestamp before `moment`, or `moment` itself if it is the first of all."""
    try:
        return _text(datetime.fromisoformat(moment) - timedelta(microseconds=1))
    except OverflowError:
        return moment


def moment_of(epoch_seconds: float) -> str:
    """Return the time of a change in a stream as a timestamp; DynamoDB rounds it to whole seconds."""
    return _text(datetime.fromtimestamp(int(epoch_seconds), UTC))


def epoch_seconds(moment: str) -> int:
    """Return the whole seconds from 1970 to `moment`: the unit of DynamoDB's TTL."""
    return int(datetime.fromisoformat(moment).timestamp())


def later_of(moment: str, previous: str | None) -> str:
    """Return `moment`, or one microsecond after `previous` if that is later.

    The clocks of two machines differ, yet the timestamps in the log of one SKU have to increase strictly.
    """
    if previous is None or moment > previous:
        return moment
    return _text(datetime.fromisoformat(previous) + timedelta(microseconds=1))


def _text(moment: datetime) -> str:
    # Not strftime: on Linux it writes the year 800 as "800", which sorts after 2026.
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
