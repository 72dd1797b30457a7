"""Checks that archive, digests and tables agree.

The archive may lag a little behind the tables, but never lead them: of each SKU it must hold the records 1 to
n, equal to the table's and continuing the hash chain; a record may be repeated.  Every day from that of the
first digest on has a digest, made on that day, with a genuine signature and naming the previous digest, and
its heads must be archived records.

A restore of the tables begins a new epoch (`archive_keys`), in which each SKU continues from the record that
the epoch's digest names.  What was archived of it after that record is not in the tables: it is counted.

Objects are read once, in the order of their keys, which is nearly that of the records; what is needed of
them later is in a temporary file (`ChainHeads`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final, NamedTuple

from inventory_common.archive_keys import FIRST_EPOCH, epoch_digest_key
from inventory_common.ids import transaction_id
from inventory_common.ledger import EMPTY_LOG, ChainHead, check_record
from inventory_common.ledger_keys import PublishedKeys
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import Clock, plus_seconds, timestamp
from inventory_common.tuning import ARCHIVE_LAG_MAX_SECONDS
from inventory_common.values import value

from ..domain.archive_faults import ArchiveFault, ArchiveReport
from ..domain.digests import digest_hash, is_signed_digest
from ..domain.stored_items import document_of, read_balance
from ..storage.chain_heads import ChainHeads, Doubtful
from ..storage.digest_store import DigestStore
from ..storage.inventory_stores import InventoryScan
from ..storage.log_store import LogStore, RecordKey
from ..storage.object_store import ObjectStore
from ..storage.record_archive import ArchivedRecord, RecordArchive, place_of
from ..storage.signer import Signer

__all__ = ["ArchiveChecker"]

_COMPARED_AT_ONCE: Final = 100
_SEQUENCE_MAX: Final = 2**53
"""RFC 8785 writes no larger integer."""


class _EpochDigest(NamedTuple):
    """A digest that begins an epoch; those are read again when their turn comes."""

    number: int
    key: str
    made_at: str


@value
class ArchiveChecker:
    """Checks the archive; `bootstrap` makes it."""

    log: LogStore
    inventory: InventoryScan
    objects: ObjectStore
    archive: RecordArchive
    digests: DigestStore
    signer: Signer
    keys: PublishedKeys
    clock: Clock

    def run(self, *, is_always_on: bool = True) -> ArchiveReport:
        """Check everything.

        Parameters
        ----------
        is_always_on
            Whether each day has to have a digest, also days without a stock change; a shop that is not
            always running, such as a kept one of the local stack, has none of other days.

        Raises
        ------
        ArchiveUnavailable, ArchiveNotConfigured
        """
        with ChainHeads() as heads:
            return _Check(self, heads, self.clock()).run(is_always_on=is_always_on)


class _Check:
    """One run of the checks."""

    def __init__(self, checker: ArchiveChecker, heads: ChainHeads, began_at: str) -> None:
        self._checker = checker
        self._heads = heads
        self._today = began_at[:10]
        self._recent_since = plus_seconds(began_at, -ARCHIVE_LAG_MAX_SECONDS)
        self._report = ArchiveReport()
        self._keys = checker.keys.all()
        self._epoch = FIRST_EPOCH
        self._epochs_known = {FIRST_EPOCH}
        self._foreign_key = ""

    def run(self, *, is_always_on: bool) -> ArchiveReport:
        for key in self._checker.objects.changed_keys(""):
            self._fault("object_changed", key, f"{key} has more than one version, or was deleted")
        self._check_digests(is_always_on=is_always_on)
        if not self._has_all_epochs():
            return self._report  # it is not known where the SKUs continue
        self._check_records()
        self._check_tables()
        self._check_signed_hashes()
        self._report.skus = self._heads.count()
        return self._report

    # Records

    def _check_records(self) -> None:
        readable = (each for each in self._checker.archive.records() if self._is_readable(each))
        while batch := list(islice(readable, _COMPARED_AT_ONCE)):
            self._compare_with_table(batch)
            for archived in batch:
                self._follow(archived.epoch)
                self._report.records += 1
                self._check_chain(archived)
        self._follow(self._checker.archive.epoch)
        self._close_gaps()
        self._count_lost()

    def _follow(self, epoch: int) -> None:
        """Go on to an epoch: each SKU continues from the record that the tables then had."""
        while self._epoch < epoch:
            self._close_gaps()
            self._epoch += 1
            key = epoch_digest_key(self._epoch)
            for sku, sequence, hash_ in self._heads.restored(self._epoch):
                reached, head = self._heads.reached(sku)
                if sequence is None or hash_ is None:
                    self._heads.forget(sku)
                elif reached != sequence or head is None or head.hash != hash_:
                    if reached < sequence:
                        self._missing(sku, reached + 1)
                    self._heads.reach(sku, sequence, self._head_in_table(sku, sequence, hash_, key))

    def _head_in_table(self, sku: str, sequence: int, hash_: str, key: str) -> ChainHead | None:
        if not sequence:
            return EMPTY_LOG
        for item in self._checker.log.items_of_id(transaction_id(sku, sequence)):
            document = document_of(item)
            if document.get("hash") == hash_:
                return ChainHead.after(document)
        self._different_hash(key, sku, sequence)
        return None

    def _count_lost(self) -> None:
        """Count the records that a restore has undone, and report others of earlier epochs."""
        present = self._checker.archive.epoch
        for doubtful in self._heads.doubtful():
            if doubtful.sequence > self._heads.kept_until(doubtful.sku, doubtful.epoch, present):
                self._report.lost += 1
            else:
                self._record_fault(doubtful.kind, doubtful.document, doubtful.text)

    def _close_gaps(self) -> None:
        """Report the records that others wait for, and check those without them."""
        while (found := self._heads.first_waiting()) is not None:
            sku, sequence = found
            last = self._heads.reached(sku).sequence
            self._missing(sku, last + 1)
            self._heads.reach(sku, sequence - 1, None)
            self._continue_chain(sku)

    def _is_readable(self, archived: ArchivedRecord) -> bool:
        place = None if archived.document is None else place_of(archived.document)
        if place is None or place[1] > _SEQUENCE_MAX:
            self._fault("unreadable", archived.key, f"{archived.key} has a line that is no log record")
            return False
        if archived.epoch > self._checker.archive.epoch:
            if archived.key != self._foreign_key:
                self._foreign_key = archived.key
                self._fault(
                    "epoch_unknown", archived.key, f"{archived.key} is of an epoch that has not begun"
                )
            return False
        return True

    def _compare_with_table(self, batch: Iterable[ArchivedRecord]) -> None:
        documents = [(each, each.document) for each in batch if each.document is not None]
        keys = {
            id(document): RecordKey.of(transaction_id(document["sku"], document["sequence"]), moment)
            for _, document in documents
            if (moment := document.get("timestamp")) is not None
        }
        log = self._checker.log
        items = log.items_of_keys(key for key in keys.values() if key is not None)
        for archived, document in documents:
            record_id = transaction_id(document["sku"], document["sequence"])
            key = keys.get(id(document))
            item = None if key is None else items.get(key)
            if item is not None and document_of(item) == document:
                continue
            if item is not None or log.items_of_id(record_id):
                kind, what = "differs_from_table", "differs from the record in the table"
            else:
                kind, what = "not_in_table", "is archived, but is not in the table"
            text = f"{record_id} in {archived.key} {what}"
            if archived.epoch < self._checker.archive.epoch:
                place = archived.epoch, document["sku"], document["sequence"]
                self._heads.doubt(Doubtful(*place, kind, text, document))
            else:
                self._record_fault(kind, document, text)

    def _check_chain(self, archived: ArchivedRecord) -> None:
        """Check that a record continues its SKU's chain, now or after the records before it."""
        document = archived.document
        assert document is not None, "lines that are no record have been left out"
        sku, sequence = document["sku"], document["sequence"]
        self._heads.archive(sku, sequence, document.get("hash"))
        if archived.epoch > FIRST_EPOCH:
            self._heads.begin(archived.epoch, sku, sequence)
        reached = self._heads.reached(sku).sequence
        if sequence > reached:
            self._heads.wait(sku, sequence, archived.key, document)
            if sequence == reached + 1:
                self._continue_chain(sku)

    def _continue_chain(self, sku: str) -> None:
        """Check the waiting records of a SKU, up to the first gap."""
        sequence, head = self._heads.reached(sku)
        while (waiting := self._heads.next_waiting(sku, sequence + 1)) is not None:
            sequence += 1
            key, document = waiting
            if differences := check_record(document, sku, sequence, head, self._keys):
                kinds = ", ".join(sorted({difference.kind for difference in differences}))
                record_id = transaction_id(sku, sequence)
                text = f"{record_id} in {key} does not continue the hash chain: {kinds}"
                self._record_fault("breaks_chain", document, text)
            head = ChainHead.after(document)
        self._heads.reach(sku, sequence, head)

    # Tables

    def _check_tables(self) -> None:
        """Find records of the table that should have been archived."""
        for item in self._checker.inventory.items():
            sku = item["sku"]["S"]
            if not sku.startswith("SKU-"):
                continue
            self._heads.find_live(sku)
            sequence, count = read_balance(item).get("sequence"), self._heads.reached(sku).sequence
            if type(sequence) is int and sequence < count:
                text = f"{sku} has {sequence} records, but {count} are archived"
                self._fault("archive_ahead", sku, text, sku=sku)
            elif type(sequence) is int and sequence > count and not self._is_recent(sku, count + 1):
                self._missing(sku, count + 1)
        for sku in self._heads.without_item():
            self._fault("sku_missing", sku, f"{sku} has archived records, but no item", sku=sku)

    # Digests

    def _check_digests(self, *, is_always_on: bool) -> None:
        # None while the previous digest cannot be trusted.
        previous_hash: str | None = FIRST_PREVIOUS_HASH
        expected_day: date | None = None
        epochs = deque(self._epoch_digests())
        keys = self._checker.digests.keys()
        for key in keys:
            self._report.digests += 1
            day = self._checker.digests.day_of(key)
            if day is None:
                self._fault("digest_invalid", key, f"{key} is not the key of a day's digest")
                continue
            if expected_day is not None and is_always_on:
                self._missing_days(expected_day, date.fromisoformat(day))
            expected_day = date.fromisoformat(day) + timedelta(days=1)
            digest = self._genuine(key, day)
            while epochs and (digest is None or epochs[0].made_at <= str(digest.get("made_at"))):
                previous_hash = self._check_epoch(epochs.popleft(), previous_hash)
            if digest is None:
                previous_hash = None
                continue
            if str(digest.get("made_at"))[:10] != day:
                self._fault(
                    "digest_late", key, f"{key} was made on another day, {digest.get('made_at')}", day=day
                )
            previous_hash = self._follows(previous_hash, key, day, digest)
        while epochs:
            previous_hash = self._check_epoch(epochs.popleft(), previous_hash)
        if expected_day is not None and is_always_on:
            # Today's may still be written.
            self._missing_days(expected_day, date.fromisoformat(self._today))

    def _genuine(self, key: str, day: str | None) -> dict[str, Any] | None:
        """Return the digest under a key; None, and a fault, if the signing key has not signed it."""
        signed_digest = self._checker.digests.get(key)
        if not is_signed_digest(signed_digest) or not self._checker.signer.is_genuine(signed_digest):
            self._fault("digest_unsigned", key, f"{key} is not signed with the signing key", day=day)
            return None
        digest: dict[str, Any] = signed_digest["digest"]
        return digest

    def _follows(self, previous_hash: str | None, key: str, day: str, digest: Mapping[str, Any]) -> str:
        """Check that a digest follows the previous one, and return its own hash."""
        if previous_hash not in (None, digest["previous_hash"]):
            self._fault("digest_unchained", key, f"{key} does not follow the previous digest", day=day)
        self._note_heads(key, day, digest["heads"])
        return digest_hash(digest)

    def _epoch_digests(self) -> Iterator[_EpochDigest]:
        """Yield the digests that begin epochs, in their order, and report those that cannot be."""
        for number, key in enumerate(self._checker.digests.epoch_keys(), FIRST_EPOCH + 1):
            self._report.digests += 1
            if key != epoch_digest_key(number) or number > self._checker.archive.epoch:
                self._fault(
                    "epoch_unknown", key, f"{key} begins an epoch that TABLES_RESTORED_TO does not name"
                )
                continue
            digest = self._genuine(key, None)
            if digest is not None and digest.get("epoch") == number:
                yield _EpochDigest(number, key, str(digest.get("made_at")))

    def _check_epoch(self, begun: _EpochDigest, previous_hash: str | None) -> str | None:
        digest = self._genuine(begun.key, None)
        if digest is None:
            return None
        for sku, head in digest["heads"].items():
            self._heads.restore(begun.number, sku, head["sequence"], head["hash"])
        self._epochs_known.add(begun.number)
        return self._follows(previous_hash, begun.key, begun.made_at[:10], digest)

    def _has_all_epochs(self) -> bool:
        """Return whether it is known where each epoch begins, and report those of which it is not."""
        for number in range(FIRST_EPOCH + 1, self._checker.archive.epoch + 1):
            if number not in self._epochs_known:
                key = epoch_digest_key(number)
                text = f"{key} is missing, or no digest: no records can be checked until one is written"
                self._fault("epoch_missing", key, text)
        return len(self._epochs_known) == self._checker.archive.epoch

    def _missing_days(self, first: date, end: date) -> None:
        for number in range((end - first).days):
            day = (first + timedelta(days=number)).isoformat()
            key = self._checker.digests.key_of(day)
            self._fault("digest_missing", key, f"{key} is missing: no digest was made on that day", day=day)

    def _note_heads(self, key: str, day: str, heads: Mapping[str, Any]) -> None:
        for sku, head in heads.items():
            sequence, hash_ = (
                (head.get("sequence"), head.get("hash")) if isinstance(head, dict) else (None, None)
            )
            if type(sequence) is not int or not 0 <= sequence <= _SEQUENCE_MAX or not isinstance(hash_, str):
                self._fault(
                    "digest_head", f"{key} {sku}", f"{key} has no sequence for {sku}", day=day, sku=sku
                )
            elif sequence:
                self._heads.sign(sku, sequence, hash_, key)
            elif hash_ != FIRST_PREVIOUS_HASH:
                self._different_hash(key, sku, sequence)

    def _check_signed_hashes(self) -> None:
        for sku, sequence, key in self._heads.unarchived():
            if self._heads.reached(sku).sequence >= sequence or not self._is_recent(sku, sequence):
                self._different_hash(key, sku, sequence)

    def _different_hash(self, key: str, sku: str, sequence: int) -> None:
        text = f"{key} has a different hash for {sku}, record {sequence}"
        self._fault("digest_hash", f"{key} {sku}", text, day=self._checker.digests.day_of(key), sku=sku)

    # Helpers

    def _is_recent(self, sku: str, sequence: int) -> bool:
        """Return whether a record is so new that the archive may not have had it when the check began."""
        items = self._checker.log.items_of_id(transaction_id(sku, sequence))
        moment = document_of(items[0])["timestamp"] if items else None
        return isinstance(moment, str) and moment > self._recent_since

    def _missing(self, sku: str, sequence: int) -> None:
        record_id = transaction_id(sku, sequence)
        text = f"{record_id} of {sku}, record {sequence}, should have been archived"
        self._report.add(ArchiveFault("not_archived", record_id, text, sku=sku, transaction_id=record_id))

    def _record_fault(self, kind: str, document: Mapping[str, Any], text: str) -> None:
        record_id = transaction_id(document["sku"], document["sequence"])
        moment: str | None = None
        with suppress(ValueError, TypeError):
            moment = timestamp(document["timestamp"])
        self._report.add(
            ArchiveFault(kind, record_id, text, moment, sku=document["sku"], transaction_id=record_id)
        )

    def _fault(
        self, kind: str, subject: str, text: str, *, day: str | None = None, sku: str | None = None
    ) -> None:
        moment = None if day is None else f"{day}T00:00:00.000000Z"
        self._report.add(ArchiveFault(kind, subject, text, moment, sku=sku))
