"""Work that a schedule starts: measured, logged, and its failure left to the platform to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .dynamodb import measured
from .log_lines import exception_fields, log_event

__all__ = ["ScheduledWork", "run_scheduled"]

ScheduledWork = Callable[[str], Mapping[str, Any]]
"""Takes the invocation's id, and returns fields of the log line about what it has done."""


def run_scheduled(name: str, work: ScheduledWork, request_id: str, service: str) -> None:
    """Do the work once and write one line of the log about it: what it returns, and what it cost.

    Whatever it raises is raised again, so that the platform counts a failed run.
    """
    with measured() as usage:
        try:
            done = work(request_id)
        except Exception as error:
            fields = {**exception_fields(error), **usage.fields()}
            log_event(service, name, level="ERROR", request_id=request_id, **fields)
            raise
    log_event(service, name, request_id=request_id, **done, **usage.fields())
