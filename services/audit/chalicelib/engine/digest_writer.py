"""Writes the daily digest: a writer of tables and archive cannot sign another past."""

from __future__ import annotations

from typing import Any

from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.archive_faults import ArchiveFault
from ..domain.digests import digest_hash, heads_of, is_signed_digest
from ..storage.digest_store import DigestStore
from ..storage.inventory_stores import InventoryScan
from ..storage.signer import Signer
from .findings_log import FindingsLog

__all__ = ["DigestWriter"]


@value
class DigestWriter:
    """Writes signed digests; `bootstrap` makes it."""

    inventory: InventoryScan
    digests: DigestStore
    signer: Signer
    findings: FindingsLog
    clock: Clock

    def write(self) -> str:
        """Write the day's digest unless it has one, and return a sentence for the log.

        An object in its place that is not a digest of this day, signed with the signing key, is a finding.

        Raises
        ------
        ArchiveUnavailable, ArchiveNotConfigured
        """
        now = self.clock()
        day = now[:10]
        key = self.digests.key_of(day)
        keys = self.digests.keys()
        if key in keys:
            return self._existing(key, day)
        previous_hash = self._hash_of_last(keys)
        heads = heads_of(self.inventory.items())
        digest = {"made_at": now, "previous_hash": previous_hash, "heads": heads}
        if not self.digests.add(day, self.signer.signed(digest)):
            return self._existing(key, day)
        return f"{key} written, {len(heads)} SKUs"

    def _existing(self, key: str, day: str) -> str:
        signed_digest = self.digests.get(key)
        if self._is_of(signed_digest, day):
            return f"{key} already exists"
        text = f"{key} is stored already, and is not this day's digest, signed with the signing key"
        fault = ArchiveFault("digest_conflict", key, text, f"{day}T00:00:00.000000Z")
        self.findings.report(fault.finding())
        return text

    def _is_of(self, signed_digest: Any, day: str) -> bool:
        return (
            is_signed_digest(signed_digest)
            and str(signed_digest["digest"].get("made_at"))[:10] == day
            and self.signer.is_genuine(signed_digest)
        )

    def _hash_of_last(self, keys: list[str]) -> str:
        """Return the hash of the last digest that can be read: a damaged one must not end the chain."""
        for key in reversed(keys):
            last = self.digests.get(key)
            if is_signed_digest(last):
                return digest_hash(last["digest"])
        return FIRST_PREVIOUS_HASH
