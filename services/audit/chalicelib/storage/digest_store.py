"""Signed digests as objects of the archive's bucket: ``digests/<day>.json``, and those that begin epochs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import rfc8785

from inventory_common.archive_keys import DIGESTS_PREFIX, EPOCH_PREFIX
from inventory_common.errors import InvalidJson
from inventory_common.exact_json import loads
from inventory_common.values import value

from .object_store import ObjectStore

__all__ = ["DigestStore"]

_EPOCH_DIGESTS_PREFIX: Final = f"{DIGESTS_PREFIX}{EPOCH_PREFIX}"


@value
class DigestStore:
    """Writes and lists signed digests."""

    objects: ObjectStore

    @staticmethod
    def key_of(day: str) -> str:
        """Return the key of a day's digest."""
        return f"{DIGESTS_PREFIX}{day}.json"

    def keys(self) -> list[str]:
        """Return the keys of all days' digests, oldest first."""
        return [
            key for key in self.objects.all_keys(DIGESTS_PREFIX) if not key.startswith(_EPOCH_DIGESTS_PREFIX)
        ]

    def epoch_keys(self) -> list[str]:
        """Return the keys of the digests that begin epochs, oldest first."""
        return list(self.objects.all_keys(_EPOCH_DIGESTS_PREFIX))

    @staticmethod
    def day_of(key: str) -> str | None:
        """Return the day of a digest's key, None if no service writes such a key."""
        day = key.removeprefix(DIGESTS_PREFIX).removesuffix(".json")
        try:
            return day if date.fromisoformat(day).isoformat() == day else None
        except ValueError:
            return None

    def get(self, key: str) -> Any:
        """Return the JSON value that is stored under a key; None if there is none, or it cannot be read."""
        try:
            return loads(self.objects.get(key) or b"")
        except InvalidJson:
            return None

    def add(self, key: str, signed_digest: Mapping[str, Any]) -> bool:
        """Write a signed digest unless its key has one, and return whether it was written."""
        return self.objects.put_once(key, rfc8785.dumps(dict(signed_digest)))
