"""Faults of the archive, its digests and the tables: what a check of them all finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from inventory_common.ledger import Difference
from inventory_common.timestamps import moment_of
from inventory_common.values import value

from .findings import Finding, finding_id

__all__ = ["FAULTS_MAX", "ArchiveFault", "ArchiveReport"]

FAULTS_MAX: Final = 1_000
"""Faults that a check reports one by one: beyond them, only their number grows."""


@value
class ArchiveFault:
    """A fault: a sentence for people, and what identifies it from day to day.

    `subject` is an object's key, a record's id or a SKU, and `kind` what is wrong with it.  `occurred_at` is
    a time that does not change from day to day either; None if there is none.
    """

    kind: str
    subject: str
    text: str
    occurred_at: str | None = None
    sku: str | None = None
    transaction_id: str | None = None

    def finding(self) -> Finding:
        """Return the finding of this fault: the same whenever it is found."""
        return Finding(
            finding_id=finding_id("archive_fault", self.kind, self.subject),
            kind="archive_fault",
            occurred_at=self.occurred_at or moment_of(0),
            vendor_id=None,
            sku=self.sku,
            transaction_id=self.transaction_id,
            differences=[Difference(self.transaction_id, self.kind, None, self.text)],
        )


@dataclass(slots=True)
class ArchiveReport:
    """How much was checked, and the faults; the first `FAULTS_MAX` of them are kept.

    `lost` are archived records that the tables do not have since a restore to an earlier moment.
    """

    records: int = 0
    skus: int = 0
    digests: int = 0
    lost: int = 0
    fault_count: int = 0
    faults: list[ArchiveFault] = field(default_factory=list)

    def add(self, fault: ArchiveFault) -> None:
        """Count a fault."""
        self.fault_count += 1
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(fault)

    def fields(self) -> dict[str, int]:
        """Return the counts as fields of a log line."""
        return {
            "records": self.records,
            "skus": self.skus,
            "digests": self.digests,
            "lost": self.lost,
            "faults": self.fault_count,
        }

    @property
    def is_clean(self) -> bool:
        """Whether there are no faults."""
        return self.fault_count == 0

    def lines(self) -> Iterator[str]:
        """Yield the faults, and a summary, for people."""
        for fault in self.faults:
            yield fault.text
        if self.fault_count > len(self.faults):
            yield f"… and {self.fault_count - len(self.faults)} more."
        if self.lost:
            yield f"{self.lost} archived records are later than the moment to which the tables were restored."
        yield (
            f"{self.records} archived records of {self.skus} SKUs and {self.digests} digests checked: "
            f"{self.fault_count} faults."
        )
