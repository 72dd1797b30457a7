"""The counterpart of an EventBridge schedule: invokes a function at a rate."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.errors import StackError
from local.settings import REGION

_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}

log = logging.getLogger(__name__)


class Schedule:
    """Invokes a function once in each period, the first time one period after its creation.

    Parameters
    ----------
    expression : str
        Such as ``rate(1 minute)``.
    function : Callable
        Invoked with Lambda's form of a scheduled event.
    monotonic : Callable[[], float]
        The clock, in seconds.

    Raises
    ------
    StackError
        If the expression is not a rate.
    """

    def __init__(
        self,
        expression: str,
        function: Callable[[Mapping[str, Any]], Any],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._period_seconds = _period_seconds(expression)
        self._function = function
        self._monotonic = monotonic
        self._due_at = monotonic() + self._period_seconds

    def poll(self) -> None:
        """Invoke the function if it is due; an error is logged, and the next period begins."""
        now = self._monotonic()
        if now < self._due_at:
            return
        # Periods that pass during a long run are skipped.
        self._due_at = now + self._period_seconds
        try:
            self._function(_scheduled_event())
        except Exception:
            log.exception("a scheduled function failed")


def _period_seconds(expression: str) -> int:
    rate = _RATE.fullmatch(expression)
    if rate is None:
        raise StackError(f"The local stack supports schedules such as rate(1 minute), not {expression}.")
    return int(rate[1]) * _SECONDS[rate[2]]


def _scheduled_event() -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [],
        "detail": {},
    }
