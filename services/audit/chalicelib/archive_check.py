"""Whether archive, digests and tables agree.

The archive may lag a little behind the tables, never the other way round: of each SKU it must hold the
records 1 to n, each once and as the table has it, chained; each digest must be genuine, name the one before
it, and its heads must be the archived records of those numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from inventory_common.errors import InvalidJson
from inventory_common.exact_json import loads
from inventory_common.ids import transaction_id
from inventory_common.ledger import FIRST_LINK, Link, check_record
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import Clock, plus_seconds
from inventory_common.tuning import ARCHIVE_LAG_MAX_SECONDS
from inventory_common.values import value

from .archive import LOG_PREFIX, record_key
from .digests import DIGEST_PREFIX, Signer, digest_hash
from .documents import balance_of, read_record
from .log_gateway import InventoryScan, LogGateway
from .object_store import ObjectStore

__all__ = ["ArchiveCheck", "ArchiveReport"]

_KEYS_AT_ONCE: Final = 500


@dataclass(slots=True)
class ArchiveReport:
    """What was checked, and a sentence for each fault."""

    records: int = 0
    skus: int = 0
    digests: int = 0
    faults: list[str] = field(default_factory=list)


@value
class ArchiveCheck:
    """The check; `bootstrap` makes it."""

    gateway: LogGateway
    scan: InventoryScan
    store: ObjectStore
    signer: Signer
    clock: Clock

    def run(self) -> ArchiveReport:
        """Check everything.

        Raises
        ------
        ArchiveUnavailable
        """
        report = ArchiveReport()
        for key in self.store.changed_keys(""):
            report.faults.append(f"{key} has more than one version, or was deleted")
        archived: dict[str, int] = {}
        keys = self.store.all_keys(LOG_PREFIX)
        for sku, of_sku in groupby(keys, lambda key: key.removeprefix(LOG_PREFIX).rpartition("/")[0]):
            archived[sku] = self._check_sku(sku, list(of_sku), report)
        self._check_tables(archived, report)
        self._check_digests(report)
        return report

    def _check_sku(self, sku: str, keys: list[str], report: ArchiveReport) -> int:
        """Check a SKU's archived records with each other and with the table; return their number."""
        report.skus += 1
        link: Link | None = FIRST_LINK
        in_table = _by_sequence(read_record(item).document for item in self.gateway.walk_sku(sku))
        for sequence, (key, document) in enumerate(self._objects(keys), start=1):
            report.records += 1
            if key != record_key(sku, sequence):
                report.faults.append(f"{record_key(sku, sequence)} is missing")
                return sequence - 1
            if document is None:
                report.faults.append(f"{key} cannot be read")
                link = None
                continue
            findings = check_record(document, sku, sequence, link)
            if findings:
                kinds = ", ".join(sorted({finding.kind for finding in findings}))
                report.faults.append(f"{key} is no link of its chain: {kinds}")
            link = Link.after(document)
            stored = in_table.get(sequence) or self._by_id(sku, sequence)
            if stored is None:
                report.faults.append(f"{key} is archived and not in the table")
            elif stored != document:
                report.faults.append(f"{key} is another record than the table's")
        return len(keys)

    def _check_tables(self, archived: Mapping[str, int], report: ArchiveReport) -> None:
        """Find records of the table that should have been archived."""
        live: set[str] = set()
        for item in self.scan.items():
            sku = item["sku"]["S"]
            if not sku.startswith("SKU-"):
                continue
            live.add(sku)
            sequence = balance_of(item).get("sequence")
            if type(sequence) is int and sequence < archived.get(sku, 0):
                report.faults.append(f"{sku} has {sequence} records, and {archived[sku]} are archived")
            elif type(sequence) is int and sequence > archived.get(sku, 0):
                next_one = archived.get(sku, 0) + 1
                if not self._is_recent(sku, next_one) and not self.store.exists(record_key(sku, next_one)):
                    report.faults.append(f"{record_key(sku, next_one)} is due and not archived")
        for sku in sorted(archived.keys() - live):
            report.faults.append(f"{sku} is archived and has no item")

    def _check_digests(self, report: ArchiveReport) -> None:
        previous = FIRST_PREVIOUS_HASH
        for key, envelope in self._objects(list(self.store.all_keys(DIGEST_PREFIX))):
            report.digests += 1
            if not _is_envelope(envelope) or not self.signer.is_genuine(envelope):
                report.faults.append(f"{key} is not signed by the key")
                previous = ""
                continue
            digest = envelope["digest"]
            if previous not in ("", digest["previous_hash"]):
                report.faults.append(f"{key} does not follow the digest before it")
            previous = digest_hash(digest)
            for sku, head in digest["heads"].items():
                found = self._hash_at(sku, head["sequence"])
                if found != head["hash"] and not (found is None and self._is_recent(sku, head["sequence"])):
                    report.faults.append(f"{key} has another hash of {sku}, record {head['sequence']}")

    def _hash_at(self, sku: str, sequence: int) -> Any:
        if sequence == 0:
            return FIRST_PREVIOUS_HASH
        [(_, document)] = self._objects([record_key(sku, sequence)])
        return None if document is None else document.get("hash")

    def _is_recent(self, sku: str, sequence: int) -> bool:
        """Tell whether a record is so new that the archive may not have it yet."""
        document = self._by_id(sku, sequence)
        since = plus_seconds(self.clock(), -ARCHIVE_LAG_MAX_SECONDS)
        return document is not None and str(document["timestamp"]) > since

    def _by_id(self, sku: str, sequence: int) -> dict[str, Any] | None:
        found = self.gateway.items_of_id(transaction_id(sku, sequence))
        return read_record(found[0]).document if found else None

    def _objects(self, keys: list[str]) -> Iterator[tuple[str, Any]]:
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = keys[start : start + _KEYS_AT_ONCE]
            yield from zip(some, map(_read, self.store.get_all(some)), strict=True)


def _by_sequence(documents: Iterator[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    numbered = ((document.get("sequence"), document) for document in documents)
    return {sequence: document for sequence, document in numbered if type(sequence) is int}


def _is_envelope(envelope: Any) -> bool:
    digest = envelope.get("digest") if isinstance(envelope, dict) else None
    return isinstance(digest, dict) and isinstance(digest.get("heads"), dict) and "previous_hash" in digest


def _read(content: bytes | None) -> Any:
    try:
        document = None if content is None else loads(content)
    except InvalidJson:
        return None
    return document if isinstance(document, dict) else None
