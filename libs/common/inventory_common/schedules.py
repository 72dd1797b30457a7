"""Work that runs on a schedule: measured and logged, with failures raised for the platform to count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .dynamodb import measured
from .log_lines import exception_fields, log_event

__all__ = ["ScheduledWork", "run_scheduled"]

ScheduledWork = Callable[[str], Mapping[str, Any]]
"""Takes the invocation's id, and returns fields of the log line that describe its results."""


def run_scheduled(name: str, work: ScheduledWork, request_id: str, service: str) -> None:
    """Run the work once, and log the fields that it returns and its usage of DynamoDB in one line.

    An exception is logged and raised again, so that the platform counts a failed run.
    """
    with measured() as usage:
        try:
            results = work(request_id)
        except Exception as error:
            fields = {**exception_fields(error), **usage.fields()}
            log_event(service, name, level="ERROR", request_id=request_id, **fields)
            raise
    log_event(service, name, request_id=request_id, **results, **usage.fields())
