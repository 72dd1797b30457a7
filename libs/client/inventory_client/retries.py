"""Which requests are repeated, and after how long; and the keys that make commands repeatable."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from uuid import uuid4

import httpx

__all__ = ["Retries", "new_key", "retry_after_seconds"]

_BUSY_STATUSES: Final = frozenset({429, 502, 503, 504})
"""With 429 and 503 the services promise that nothing was changed; 502 and 504 come from a gateway."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and when a client repeats a request: exponential backoff with full jitter.

    Attributes
    ----------
    attempts
        The maximum number of times that a request is sent.
    first_wait_seconds
        The maximum of the first pause, which doubles with each attempt; a pause is random, from 0 to its
        maximum.
    wait_max_seconds
        The maximum of all pauses; if `Retry-After` is longer, the response is raised without a retry.
    finish_seconds
        How long a command that has begun and finishes later (202) is repeated; then the order is returned as
        it is, with a running status.  0 does not wait.
    jitter
        Returns a random number from 0 to 1.
    """

    attempts: int = 6
    first_wait_seconds: float = 0.2
    wait_max_seconds: float = 20.0
    finish_seconds: float = 120.0
    jitter: Callable[[], float] = random.random

    def pause_after(self, attempt: int, response: httpx.Response | None = None) -> float | None:
        """Return the seconds to wait before the next attempt, or None if there is none.

        Parameters
        ----------
        attempt
            The number of attempts so far.
        response
            The response to the last one; None if there was none.
        """
        if attempt >= self.attempts or (response is not None and not _may_succeed_later(response)):
            return None
        required = None if response is None else retry_after_seconds(response)
        if required is not None:
            if required > self.wait_max_seconds:
                return None
            # Slightly later than required, so that clients do not all return at the same moment.
            return required + self.first_wait_seconds * self.jitter()
        maximum: float = min(self.wait_max_seconds, self.first_wait_seconds * 2 ** (attempt - 1))
        return maximum * self.jitter()

    def pause_until_finished(self, waited_seconds: float, response: httpx.Response | None) -> float | None:
        """Return the seconds to wait before a command that finishes later is sent again; None: no longer."""
        required = None if response is None else retry_after_seconds(response)
        pause = (1.0 if required is None else required) + self.first_wait_seconds * self.jitter()
        return pause if waited_seconds + pause <= self.finish_seconds else None


def _may_succeed_later(response: httpx.Response) -> bool:
    # Of the 409s, only that for an order with another command in progress has a Retry-After.
    in_progress = response.status_code == 409 and "Retry-After" in response.headers
    return response.status_code in _BUSY_STATUSES or in_progress


def retry_after_seconds(response: httpx.Response) -> float | None:
    """Return the seconds until the time in `Retry-After`, a number or a date; None without a valid one."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def new_key() -> str:
    """Return a new Idempotency-Key."""
    return str(uuid4())
