"""The daily check of the archive: each fault is a finding, reported once."""

from __future__ import annotations

from inventory_common.values import value

from ..domain.archive_faults import ArchiveReport
from .archive_checker import ArchiveChecker
from .findings_log import FindingsLog

__all__ = ["ArchiveVerification"]


@value
class ArchiveVerification:
    """Checks the archive, and reports its faults; `bootstrap` makes it."""

    checker: ArchiveChecker
    findings: FindingsLog

    def run(self) -> ArchiveReport:
        """Check everything, and report each fault that has not been reported yet.

        Raises
        ------
        ArchiveUnavailable, ArchiveNotConfigured
        """
        report = self.checker.run()
        for fault in report.faults:
            self.findings.report(fault.finding())
        return report
