"""When a request is sent again, and after how long."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

__all__ = ["Retries", "retry_after_seconds"]

_BUSY_STATUSES: Final = frozenset({429, 502, 503, 504})
"""Nothing is half done: the services say so of 429 and 503, and 502 and 504 are a gateway's."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient a client is.

    Attributes
    ----------
    attempts
        How often a request is sent at most.
    first_wait_seconds
        The bound of the first pause; each is drawn between 0 and its bound, which doubles (full jitter).
    wait_max_seconds
        No pause is longer; where `Retry-After` asks for more, the answer is raised at once.
    jitter
        Draws from 0 to 1.
    """

    attempts: int = 6
    first_wait_seconds: float = 0.2
    wait_max_seconds: float = 20.0
    jitter: Callable[[], float] = random.random

    def pause_after(self, attempt: int, response: httpx.Response | None = None) -> float | None:
        """Return the seconds to wait before the next attempt, or None if there is none.

        Parameters
        ----------
        attempt
            How many have been made.
        response
            What the last one answered; None if it got no answer.
        """
        if attempt >= self.attempts or (response is not None and not _may_succeed_later(response)):
            return None
        asked = None if response is None else retry_after_seconds(response)
        if asked is not None:
            # Never earlier than asked; a little later, so that clients do not come back in one moment.
            return None if asked > self.wait_max_seconds else asked + self.first_wait_seconds * self.jitter()
        bound: float = min(self.wait_max_seconds, self.first_wait_seconds * 2 ** (attempt - 1))
        return bound * self.jitter()


def _may_succeed_later(response: httpx.Response) -> bool:
    # 409 while another command of the same order runs carries a Retry-After, and no other 409 does.
    in_progress = response.status_code == 409 and "Retry-After" in response.headers
    return response.status_code in _BUSY_STATUSES or in_progress


def retry_after_seconds(response: httpx.Response) -> float | None:
    """Return what `Retry-After` asks for, a number of seconds or a date; None if it says nothing."""
    told = response.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
