"""Signed digests as objects of the archive's bucket: ``digests/<day>.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import rfc8785

from inventory_common.exact_json import loads
from inventory_common.values import value

from .object_store import ObjectStore

__all__ = ["DigestStore"]

_PREFIX: Final = "digests/"


@value
class DigestStore:
    """Writes and lists signed digests."""

    objects: ObjectStore

    @staticmethod
    def key_of(day: str) -> str:
        """Return the key of a day's digest."""
        return f"{_PREFIX}{day}.json"

    def keys(self) -> list[str]:
        """Return the keys of all digests, oldest first."""
        return list(self.objects.all_keys(_PREFIX))

    def exists(self, day: str) -> bool:
        """Return whether a day has a digest."""
        return self.objects.exists(self.key_of(day))

    def last(self) -> dict[str, Any] | None:
        """Return the digest of the last day that has one, without its signature."""
        keys = self.keys()
        if not keys:
            return None
        digest: dict[str, Any] = loads(self.objects.get(keys[-1]) or b"{}")["digest"]
        return digest

    def add(self, day: str, signed_digest: Mapping[str, Any]) -> bool:
        """Write a day's signed digest unless it has one, and return whether it was written."""
        return self.objects.put_once(self.key_of(day), rfc8785.dumps(dict(signed_digest)))
