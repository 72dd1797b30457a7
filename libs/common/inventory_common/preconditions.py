"""If-Match and ETag: a client changes the version that it has read, and no other (RFC 9110, 13.1.1)."""

from __future__ import annotations

import re
from typing import Final, Self

from .errors import PreconditionFailed
from .values import value

__all__ = ["ANY_VERSION", "IfMatch", "etag"]

_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')


def etag(version: object) -> str:
    """Return the entity tag of a version, e.g. ``"3"`` with its quotes."""
    return f'"{version}"'


@value
class IfMatch:
    """The versions that may be changed; None for any."""

    versions: frozenset[str] | None

    @classmethod
    def read(cls, header: str | None) -> Self:
        """Read the header; one without a strong tag matches no version."""
        if header is None or header.strip() == "*":
            return cls(None)
        return cls(frozenset(tag for weak, tag in _TAG.findall(header) if not weak))

    def require(self, version: int) -> None:
        """Raise `PreconditionFailed` unless `version` may be changed."""
        if self.versions is not None and str(version) not in self.versions:
            raise PreconditionFailed(
                f"The resource is at version {version}: read it again, and base the change on that version."
            )


ANY_VERSION: Final = IfMatch(None)
