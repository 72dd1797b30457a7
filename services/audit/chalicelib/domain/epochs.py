"""Epochs of the tables: each restore begins a new one, in which SKUs continue from an earlier record.

The first epoch has no name in the archive.  Each later one begins with a signed object,
``digests/epoch-<number>.json``: a digest of the restored tables that also has the members ``epoch`` and
``restored_to``.  It follows the last digest before the restore, and is followed by the first one after it.
What was logged after the restored moment stays in the archive, and is in the tables no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["FIRST_EPOCH", "epoch_of", "folder_of", "name_of", "present_epoch"]

FIRST_EPOCH: Final = 1
_NAME: Final = re.compile(r"epoch-(\d{4})\b")


def present_epoch(restored_to: Sequence[str]) -> int:
    """Return the number of the epoch after these restores."""
    return FIRST_EPOCH + len(restored_to)


def name_of(epoch: int) -> str:
    """Return the name of an epoch in keys of the archive."""
    return f"epoch-{epoch:04}"


def folder_of(epoch: int) -> str:
    """Return the folder of an epoch's records; the first epoch has none."""
    return "" if epoch == FIRST_EPOCH else f"{name_of(epoch)}/"


def epoch_of(path: str) -> int:
    """Return the epoch that a path begins with."""
    named = _NAME.match(path)
    return FIRST_EPOCH if named is None else int(named[1])
