"""Writes the daily digest: a writer of tables and archive cannot sign another past."""

from __future__ import annotations

from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.digests import digest_hash, heads_of
from ..storage.digest_store import DigestStore
from ..storage.inventory_stores import InventoryScan
from ..storage.signer import Signer

__all__ = ["DigestWriter"]


@value
class DigestWriter:
    """Writes signed digests; `bootstrap` makes it."""

    inventory: InventoryScan
    digests: DigestStore
    signer: Signer
    clock: Clock

    def write(self) -> str:
        """Write the day's digest unless it has one, and return a sentence for the log.

        Raises
        ------
        ArchiveUnavailable, ArchiveNotConfigured
        """
        now = self.clock()
        day = now[:10]
        key = self.digests.key_of(day)
        if self.digests.exists(day):
            return f"{key} already exists"
        last = self.digests.last()
        previous_hash = FIRST_PREVIOUS_HASH if last is None else digest_hash(last)
        heads = heads_of(self.inventory.items())
        digest = {"made_at": now, "previous_hash": previous_hash, "heads": heads}
        if not self.digests.add(day, self.signer.signed(digest)):
            return f"{key} already exists"
        return f"{key} written, {len(heads)} SKUs"
