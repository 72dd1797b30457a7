"""Work that runs on a schedule: measured and logged, with failures raised for the platform to count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from .dynamodb import measured
from .log_lines import exception_fields, log_event
from .values import value

__all__ = ["REPORT_LINES_MAX", "Report", "ScheduledWork", "run_scheduled"]

REPORT_LINES_MAX: Final = 4_000
"""Lines of a report that an invocation returns: Lambda returns at most 6 MB."""
_LAST_LINES: Final = 100
"""Lines at the end of a longer report that are kept: they have the summary."""


@value
class Report:
    """The results of work that operators run by hand as well.

    Attributes
    ----------
    fields
        Describe them in the log line.
    lines
        Describe them for people.
    is_clean
        Whether the work found nothing that somebody must look at.
    """

    fields: Mapping[str, Any]
    lines: Sequence[str]
    is_clean: bool = True

    def document(self) -> dict[str, Any]:
        """Return what the invocation returns: the lines, without the middle of too many, and `is_clean`."""
        lines = list(self.lines)
        if len(lines) > REPORT_LINES_MAX:
            first = REPORT_LINES_MAX - _LAST_LINES - 1
            left_out = len(lines) - first - _LAST_LINES
            lines[first:-_LAST_LINES] = [f"… {left_out} lines are left out …"]
        return {"lines": lines, "is_clean": self.is_clean}


ScheduledWork = Callable[[str], Mapping[str, Any] | Report]
"""Takes the invocation's id, and returns fields of the log line that describe its results, or a report."""


def run_scheduled(name: str, work: ScheduledWork, request_id: str, service: str) -> dict[str, Any] | None:
    """Run the work once, and log the fields that it returns and its usage of DynamoDB in one line.

    An exception is logged and raised again, so that the platform counts a failed run.

    Returns
    -------
    dict or None
        The document of a report, for the operator who has invoked the function; a schedule ignores it.
    """
    with measured() as usage:
        try:
            results = work(request_id)
        except Exception as error:
            fields = {**exception_fields(error), **usage.fields()}
            log_event(service, name, level="ERROR", request_id=request_id, **fields)
            raise
    report = results if isinstance(results, Report) else Report(results, ())
    log_event(service, name, request_id=request_id, **report.fields, **usage.fields())
    return report.document() if report is results else None
