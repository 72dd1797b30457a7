"""The archive of the log: where its objects are, and in which epoch of the tables they were written.

Each restore of the tables begins a new epoch, in which SKUs continue from an earlier record.  The first epoch
has no name in the archive.  Each later one begins with a signed object, ``digests/epoch-<number>.json``: a
digest of the restored tables that also has the members ``epoch`` and ``restored_to``.  It follows the last
digest before the restore, and is followed by the first one after it.  What was logged after the restored
moment stays in the archive, and is in the tables no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from .errors import InvalidJson
from .exact_json import loads

__all__ = [
    "DIGESTS_PREFIX",
    "EPOCH_PREFIX",
    "FIRST_EPOCH",
    "RECORDS_PREFIX",
    "epoch_digest_key",
    "epoch_of",
    "folder_of",
    "name_of",
    "present_epoch",
    "record_in",
]

DIGESTS_PREFIX: Final = "digests/"
"""What the keys of signed digests begin with."""
RECORDS_PREFIX: Final = "log/"
"""What the keys of objects with records begin with."""
EPOCH_PREFIX: Final = "epoch-"
"""What the names of later epochs begin with."""
FIRST_EPOCH: Final = 1
_NAME: Final = re.compile(rf"{EPOCH_PREFIX}(\d{{4}})\b")


def present_epoch(restored_to: Sequence[str]) -> int:
    """Return the number of the epoch after these restores."""
    return FIRST_EPOCH + len(restored_to)


def name_of(epoch: int) -> str:
    """Return the name of an epoch in keys of the archive."""
    return f"{EPOCH_PREFIX}{epoch:04}"


def epoch_digest_key(epoch: int) -> str:
    """Return the key of the digest that begins an epoch."""
    return f"{DIGESTS_PREFIX}{name_of(epoch)}.json"


def folder_of(epoch: int) -> str:
    """Return the folder of an epoch's records; the first epoch has none."""
    return "" if epoch == FIRST_EPOCH else f"{name_of(epoch)}/"


def epoch_of(path: str) -> int:
    """Return the epoch that a path begins with."""
    named = _NAME.match(path)
    return FIRST_EPOCH if named is None else int(named[1])


def record_in(line: bytes) -> dict[str, Any] | None:
    """Return the JSON object of a line of an object; None if it is none."""
    try:
        document = loads(line)
    except InvalidJson:
        return None
    return document if isinstance(document, dict) else None
