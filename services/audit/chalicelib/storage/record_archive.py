"""The archived log: each record once more, in objects that nobody can change.

An object holds the new records of one batch of the log's stream, in their order.  Its key is
``log/<day>/<first>-<last>.jsonl``: first and last are the batch's sequence numbers in the stream (40 digits),
and the day is that of its first record.  A restore of the tables begins a new epoch: from the second one on,
keys are ``log/epoch-<number>/<day>/…``, which sort behind those of the epochs before.  A line is a record's
canonical JSON (RFC 8785).  A batch that is delivered again has the same key and content.  If the stream
delivers its records again in other batches, they are archived once more: a record may be repeated, but never
with another content.  The bucket's Object Lock keeps objects, and no write replaces one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import rfc8785

from inventory_common.archive_keys import FIRST_EPOCH, RECORDS_PREFIX, epoch_of, folder_of, record_in
from inventory_common.ids import is_id
from inventory_common.streams import ItemChange
from inventory_common.timestamps import moment_of
from inventory_common.values import value

from .object_store import ObjectStore

__all__ = ["ArchiveConflict", "ArchivedRecord", "RecordArchive", "archive_line", "place_of"]

_NUMBER_DIGITS: Final = 40
"""The length of the longest sequence number, so that keys sort as the numbers do."""
_LINES: Final = "application/x-ndjson"
_QUOTED_CHARACTERS: Final = 1_000
"""How much of an unexpected object a finding quotes."""


def archive_line(document: Mapping[str, Any]) -> bytes | None:
    """Return a record as a line of an object; None if no service could have written it."""
    if place_of(document) is None:
        return None
    try:
        return rfc8785.dumps(dict(document)) + b"\n"
    except ValueError:
        return None


def place_of(document: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return SKU and sequence of a record; None if it has none."""
    sku, sequence = document.get("sku"), document.get("sequence")
    if not isinstance(sku, str) or not is_id("sku", sku) or type(sequence) is not int or sequence < 1:
        return None
    return sku, sequence


@value
class ArchiveConflict:
    """Another object is stored under the key of a batch; `archived` is the beginning of its content."""

    key: str
    archived: str


@value
class ArchivedRecord:
    """A line of an object; `document` is None if it is no JSON object."""

    key: str
    document: dict[str, Any] | None

    @property
    def epoch(self) -> int:
        """The epoch of the tables in which it was archived."""
        return epoch_of(self.key.removeprefix(RECORDS_PREFIX))


@value
class RecordArchive:
    """Writes and reads archived records; new ones belong to the present `epoch` of the tables."""

    objects: ObjectStore
    epoch: int = FIRST_EPOCH

    def add(self, changes: Sequence[ItemChange], lines: Sequence[bytes]) -> ArchiveConflict | None:
        """Archive the records of a batch of changes, if there is an archive.

        If another object is stored under the key, it stays, the records are archived beside it, under a key
        with the hash of their content, and the conflict is returned.
        """
        if not self.objects.is_configured:
            return None
        key, content = _key_of(changes, self.epoch), b"".join(lines)
        if self._has(key, content):
            return None
        beside = f"{key.removesuffix('.jsonl')}-{sha256(content).hexdigest()}.jsonl"
        self._has(beside, content)
        archived = self.objects.get(key)
        return ArchiveConflict(key, (archived or b"").decode(errors="replace")[:_QUOTED_CHARACTERS])

    def records(self) -> Iterator[ArchivedRecord]:
        """Yield all archived records, a few objects at a time, in the order of their keys: by epoch and day.

        Records of different shards of the stream may be out of order, and records may be repeated.
        """
        for key, content in self.objects.contents(self.objects.all_keys(RECORDS_PREFIX)):
            *lines, rest = (content or b"").split(b"\n")
            for line in lines:
                yield ArchivedRecord(key, record_in(line))
            if rest or not lines:  # an incomplete line, or an object without records
                yield ArchivedRecord(key, None)

    def _has(self, key: str, content: bytes) -> bool:
        """Write an object, and return whether it is stored; False if another one is."""
        # The stream delivers at least once: usually the batch was archived before.
        return self.objects.put_once(key, content, _LINES) or self.objects.get(key) == content


def _key_of(changes: Sequence[ItemChange], epoch: int) -> str:
    """Return the key of the object with the new records of a batch."""
    first, last = changes[0], changes[-1]
    day = moment_of(first.happened_at)[:10]
    numbers = (each.sequence_number.rjust(_NUMBER_DIGITS, "0") for each in (first, last))
    return f"{RECORDS_PREFIX}{folder_of(epoch)}{day}/{'-'.join(numbers)}.jsonl"
