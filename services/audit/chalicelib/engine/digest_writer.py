"""Writes the daily digest: a writer of tables and archive cannot sign another past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from inventory_common.archive_keys import epoch_digest_key, present_epoch
from inventory_common.ledger import Difference
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.archive_faults import ArchiveFault
from ..domain.digests import digest_hash, heads_of, is_signed_digest
from ..domain.findings import Finding, finding_id
from ..storage.digest_store import DigestStore
from ..storage.inventory_stores import InventoryScan
from ..storage.signer import Signer
from .findings_log import FindingsLog

__all__ = ["DigestWriter", "Written"]


@value
class Written:
    """What a run has done: a sentence for the log and for people, and whether it found nothing amiss."""

    text: str
    is_clean: bool = True


@value
class DigestWriter:
    """Writes signed digests; `bootstrap` makes it."""

    inventory: InventoryScan
    digests: DigestStore
    signer: Signer
    findings: FindingsLog
    clock: Clock
    restored_to: Sequence[str] = ()

    def write(self) -> Written:
        """Write the day's digest unless it has one.

        The first call after a restore of the tables begins their new epoch before, and reports that as a
        finding.  An object in the place of the day's digest that is not a digest of this day, signed with the
        signing key, is a finding too.

        Raises
        ------
        ArchiveUnavailable, ArchiveNotConfigured
        """
        begun = self._begin_epoch() if self.restored_to else []
        day = self._write_day()
        return replace(day, text="; ".join([*begun, day.text]))

    def _begin_epoch(self) -> list[str]:
        epoch, restored_to = present_epoch(self.restored_to), self.restored_to[-1]
        key = epoch_digest_key(epoch)
        if key in self.digests.epoch_keys():
            return []
        now, heads = self.clock(), heads_of(self.inventory.items())
        digest = {
            "epoch": epoch,
            "restored_to": restored_to,
            "made_at": now,
            "previous_hash": self._hash_of_last(self.digests.keys()),
            "heads": heads,
        }
        text = f"{key} written, {len(heads)} SKUs as of {restored_to}"
        # Reported first: a process that dies between the two calls reports it again, rather than never.
        self.findings.report(
            Finding(
                finding_id=finding_id("tables_restored", key),
                kind="tables_restored",
                occurred_at=now,
                vendor_id=None,
                differences=[Difference(None, "tables_restored", None, text)],
            )
        )
        self.digests.add(key, self.signer.signed(digest))
        return [text]

    def _write_day(self) -> Written:
        now = self.clock()
        day = now[:10]
        key = self.digests.key_of(day)
        keys = self.digests.keys()
        if key in keys:
            return self._existing(key, day)
        previous_hash = self._hash_of_last(keys)
        heads = heads_of(self.inventory.items())
        digest = {"made_at": now, "previous_hash": previous_hash, "heads": heads}
        if not self.digests.add(key, self.signer.signed(digest)):
            return self._existing(key, day)
        return Written(f"{key} written, {len(heads)} SKUs")

    def _existing(self, key: str, day: str) -> Written:
        signed_digest = self.digests.get(key)
        if self._is_of(signed_digest, day):
            return Written(f"{key} already exists")
        text = f"{key} is stored already, and is not this day's digest, signed with the signing key"
        fault = ArchiveFault("digest_conflict", key, text, f"{day}T00:00:00.000000Z")
        self.findings.report(fault.finding())
        return Written(text, is_clean=False)

    def _is_of(self, signed_digest: Any, day: str) -> bool:
        return (
            is_signed_digest(signed_digest)
            and str(signed_digest["digest"].get("made_at"))[:10] == day
            and self.signer.is_genuine(signed_digest)
        )

    def _hash_of_last(self, keys: list[str]) -> str:
        """Return the hash of the last digest that can be read: a damaged one must not end the chain."""
        last = [self._last_of(keys), self._last_of(self.digests.epoch_keys())]
        made = [digest for digest in last if digest is not None]
        if not made:
            return FIRST_PREVIOUS_HASH
        return digest_hash(max(made, key=lambda digest: str(digest.get("made_at"))))

    def _last_of(self, keys: list[str]) -> dict[str, Any] | None:
        for key in reversed(keys):
            last = self.digests.get(key)
            if is_signed_digest(last):
                digest: dict[str, Any] = last["digest"]
                return digest
        return None
