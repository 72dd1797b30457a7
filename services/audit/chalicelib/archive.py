"""The archive: each log record once more, where nobody can change it.

A record's object is ``log/<sku>/<sequence>.json``, its sequence of ten digits; its content is the record's
canonical JSON (RFC 8785).  The bucket keeps objects by Object Lock, and takes none of a key that is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import rfc8785

from inventory_common.exact_json import loads
from inventory_common.ids import is_id
from inventory_common.values import value

from .object_store import ObjectStore

__all__ = ["LOG_PREFIX", "Archive", "record_key"]

LOG_PREFIX: Final = "log/"


def record_key(sku: str, sequence: int) -> str:
    """Return the key of a record's object: a SKU's objects sort by sequence."""
    return f"{LOG_PREFIX}{sku}/{sequence:010}.json"


@value
class Archive:
    """Keeps log records; without a bucket it keeps nothing."""

    store: ObjectStore

    def keep(self, document: Mapping[str, Any]) -> Any:
        """Archive a record; return what is archived in its place already, None if that is the same.

        A record that no service could have written has no place there: it is returned as ``"unreadable"``.
        """
        if not self.store.is_there:
            return None
        sku, sequence = document.get("sku"), document.get("sequence")
        if not isinstance(sku, str) or not is_id("sku", sku) or type(sequence) is not int or sequence < 1:
            return "unreadable"
        try:
            content = rfc8785.dumps(dict(document))
        except ValueError:
            return "unreadable"
        key = record_key(sku, sequence)
        if self.store.put_once(key, content):
            return None
        archived = self.store.get(key)
        # Delivered twice, most likely.
        return None if archived == content else loads(archived or b"null")
