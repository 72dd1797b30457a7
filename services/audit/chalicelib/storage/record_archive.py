"""The archived log: each record once more, as an object that nobody can change.

A record's object is ``log/<sku>/<sequence>.json``, with ten digits of sequence; its content is the record's
canonical JSON (RFC 8785).  The bucket's Object Lock keeps objects, and no write replaces one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import rfc8785

from inventory_common.exact_json import loads
from inventory_common.ids import is_id
from inventory_common.values import value

from .object_store import ObjectStore

__all__ = [
    "ArchiveConflict",
    "ArchiveResult",
    "Archived",
    "NotARecord",
    "NotConfigured",
    "RecordArchive",
    "record_key",
]

_PREFIX: Final = "log/"


def record_key(sku: str, sequence: int) -> str:
    """Return the key of a record's object; the keys of a SKU sort by sequence."""
    return f"{_PREFIX}{sku}/{sequence:010}.json"


@value
class Archived:
    """The archive holds this very record."""


@value
class NotConfigured:
    """There is no archive."""


@value
class ArchiveConflict:
    """The archive holds another object in the record's place: the JSON value `archived`."""

    archived: Any


@value
class NotARecord:
    """No service could have written this record, so it has no place in the archive."""


ArchiveResult = Archived | NotConfigured | ArchiveConflict | NotARecord


@value
class RecordArchive:
    """Writes and lists archived records."""

    objects: ObjectStore

    def add(self, document: Mapping[str, Any]) -> ArchiveResult:
        """Archive a record."""
        if not self.objects.is_configured:
            return NotConfigured()
        sku, sequence = document.get("sku"), document.get("sequence")
        if not isinstance(sku, str) or not is_id("sku", sku) or type(sequence) is not int or sequence < 1:
            return NotARecord()
        try:
            content = rfc8785.dumps(dict(document))
        except ValueError:
            return NotARecord()
        key = record_key(sku, sequence)
        if self.objects.put_once(key, content):
            return Archived()
        archived = self.objects.get(key)
        # The stream delivers at least once: usually the record was archived before.
        return Archived() if archived == content else ArchiveConflict(loads(archived or b"null"))

    def exists(self, sku: str, sequence: int) -> bool:
        """Return whether a record is archived."""
        return self.objects.exists(record_key(sku, sequence))

    def keys_by_sku(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield each archived SKU with the keys of its records, in their order."""
        keys = self.objects.all_keys(_PREFIX)
        for sku, of_sku in groupby(keys, lambda key: key.removeprefix(_PREFIX).rpartition("/")[0]):
            yield sku, list(of_sku)
