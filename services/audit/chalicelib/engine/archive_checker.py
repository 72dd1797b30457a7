"""Checks that archive, digests and tables agree.

The archive may lag a little behind the tables, but never lead them: of each SKU it must hold the records 1 to
n, each once, equal to the table's and continuing the hash chain.  Each digest must have a genuine signature
and name the previous digest, and its heads must be archived records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inventory_common.ids import transaction_id
from inventory_common.ledger import EMPTY_LOG, ChainHead, check_record
from inventory_common.ledger_key_store import LedgerKeyStore
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import Clock, plus_seconds
from inventory_common.tuning import ARCHIVE_LAG_MAX_SECONDS
from inventory_common.values import value

from ..domain.digests import digest_hash, is_signed_digest
from ..domain.stored_items import read_balance, read_record
from ..storage.digest_store import DigestStore
from ..storage.inventory_stores import InventoryScan
from ..storage.log_store import LogStore
from ..storage.object_store import ObjectStore
from ..storage.record_archive import RecordArchive, record_key
from ..storage.signer import Signer

__all__ = ["ArchiveChecker", "ArchiveReport"]


@dataclass(slots=True)
class ArchiveReport:
    """How much was checked, and a sentence for each fault."""

    records: int = 0
    skus: int = 0
    digests: int = 0
    faults: list[str] = field(default_factory=list)


@value
class ArchiveChecker:
    """Checks the archive; `bootstrap` makes it."""

    log: LogStore
    inventory: InventoryScan
    objects: ObjectStore
    archive: RecordArchive
    digests: DigestStore
    signer: Signer
    keys: LedgerKeyStore
    clock: Clock

    def run(self) -> ArchiveReport:
        """Check everything.

        Raises
        ------
        ArchiveUnavailable, ArchiveNotConfigured
        """
        report = ArchiveReport()
        for key in self.objects.changed_keys(""):
            report.faults.append(f"{key} has more than one version, or was deleted")
        archived = {sku: self._check_sku(sku, keys, report) for sku, keys in self.archive.keys_by_sku()}
        self._check_tables(archived, report)
        self._check_digests(report)
        return report

    def _check_sku(self, sku: str, keys: Sequence[str], report: ArchiveReport) -> int:
        """Check a SKU's archived records, also against the table's, and return their number."""
        report.skus += 1
        chain_head: ChainHead | None = EMPTY_LOG
        in_table = _by_sequence(read_record(item).document for item in self.log.all_items_of_sku(sku))
        for sequence, (key, document) in enumerate(self.objects.json_objects(keys), start=1):
            report.records += 1
            if key != record_key(sku, sequence):
                report.faults.append(f"{record_key(sku, sequence)} is missing")
                return sequence - 1
            if document is None:
                report.faults.append(f"{key} cannot be read")
                chain_head = None
                continue
            differences = check_record(document, sku, sequence, chain_head, self.keys.all())
            if differences:
                kinds = ", ".join(sorted({difference.kind for difference in differences}))
                report.faults.append(f"{key} does not continue the hash chain: {kinds}")
            chain_head = ChainHead.after(document)
            stored = in_table.get(sequence) or self._record(sku, sequence)
            if stored is None:
                report.faults.append(f"{key} is archived, but is not in the table")
            elif stored != document:
                report.faults.append(f"{key} differs from the record in the table")
        return len(keys)

    def _check_tables(self, archived: Mapping[str, int], report: ArchiveReport) -> None:
        """Find records of the table that should have been archived."""
        live: set[str] = set()
        for item in self.inventory.items():
            sku = item["sku"]["S"]
            if not sku.startswith("SKU-"):
                continue
            live.add(sku)
            sequence, count = read_balance(item).get("sequence"), archived.get(sku, 0)
            if type(sequence) is int and sequence < count:
                report.faults.append(f"{sku} has {sequence} records, but {count} are archived")
            elif type(sequence) is int and sequence > count and self._is_overdue(sku, count + 1):
                report.faults.append(f"{record_key(sku, count + 1)} should have been archived")
        for sku in sorted(archived.keys() - live):
            report.faults.append(f"{sku} has archived records, but no item")

    def _is_overdue(self, sku: str, sequence: int) -> bool:
        """Return whether a record is not archived though it is old enough."""
        return not self._is_recent(sku, sequence) and not self.archive.exists(sku, sequence)

    def _check_digests(self, report: ArchiveReport) -> None:
        # None while the previous digest cannot be trusted.
        previous_hash: str | None = FIRST_PREVIOUS_HASH
        for key, signed_digest in self.objects.json_objects(self.digests.keys()):
            report.digests += 1
            if signed_digest is None or not self._is_genuine(signed_digest):
                report.faults.append(f"{key} is not signed with the signing key")
                previous_hash = None
                continue
            digest = signed_digest["digest"]
            if previous_hash not in (None, digest["previous_hash"]):
                report.faults.append(f"{key} does not follow the previous digest")
            previous_hash = digest_hash(digest)
            for sku, head in digest["heads"].items():
                if type(head["sequence"]) is not int:
                    report.faults.append(f"{key} has no sequence for {sku}")
                    continue
                archived = self._archived_hash(sku, head["sequence"])
                if archived is None and self._is_recent(sku, head["sequence"]):
                    continue
                if archived != head["hash"]:
                    report.faults.append(f"{key} has a different hash for {sku}, record {head['sequence']}")

    def _is_genuine(self, document: Mapping[str, Any]) -> bool:
        return is_signed_digest(document) and self.signer.is_genuine(document)

    def _archived_hash(self, sku: str, sequence: int) -> Any:
        """Return the hash of an archived record, None if it is not archived."""
        if sequence == 0:
            return FIRST_PREVIOUS_HASH
        [(_, document)] = self.objects.json_objects([record_key(sku, sequence)])
        return None if document is None else document.get("hash")

    def _is_recent(self, sku: str, sequence: int) -> bool:
        """Return whether a record is so new that the archive may not have it yet."""
        record = self._record(sku, sequence)
        since = plus_seconds(self.clock(), -ARCHIVE_LAG_MAX_SECONDS)
        return record is not None and str(record["timestamp"]) > since

    def _record(self, sku: str, sequence: int) -> dict[str, Any] | None:
        items = self.log.items_of_id(transaction_id(sku, sequence))
        return read_record(items[0]).document if items else None


def _by_sequence(documents: Iterable[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    numbered = ((document.get("sequence"), document) for document in documents)
    return {sequence: document for sequence, document in numbered if type(sequence) is int}
