"""The changelog: its released versions, and the section "[Unreleased]", which becomes one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from .errors import ReleaseError
from .versions import Version

__all__ = ["Section", "released", "sections"]

UNRELEASED: Final = "[Unreleased]"
_HEADING: Final = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)
_RELEASED: Final = re.compile(r"\[(?P<version>\d[^]]*)\] - (?P<date>\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class Section:
    """A section of the changelog.

    Attributes
    ----------
    version : Version or None
        None for "Unreleased".
    released_on : date or None
    body : str
        What stands below the heading.
    """

    version: Version | None
    released_on: date | None
    body: str


def sections(text: str) -> list[Section]:
    """Return the sections of a changelog, in their order.

    Raises
    ------
    ReleaseError
        If a heading is neither "Unreleased" nor a version with a date, or versions do not fall.
    """
    headings = list(_HEADING.finditer(text))
    found = []
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        body = text[heading.end() : following.start() if following else len(text)].strip()
        title = heading["title"].strip()
        if title == UNRELEASED:
            found.append(Section(None, None, body))
        elif parts := _RELEASED.fullmatch(title):
            try:
                day = date.fromisoformat(parts["date"])
            except ValueError as error:
                raise ReleaseError(f"CHANGELOG.md: {title!r} has no date that exists.") from error
            found.append(Section(Version.read(parts["version"]), day, body))
        else:
            raise ReleaseError(
                f"CHANGELOG.md: {title!r} is neither {UNRELEASED!r} nor of the form '[x.y.z] - YYYY-MM-DD'."
            )
    versions = [section.version for section in found if section.version is not None]
    if versions != sorted(set(versions), reverse=True):
        raise ReleaseError("CHANGELOG.md: the versions do not fall from one section to the next.")
    return found


def released(text: str, version: Version, day: date) -> str:
    """Return a changelog in which "Unreleased" has become a version, below a new, empty "Unreleased".

    Raises
    ------
    ReleaseError
        If there is nothing unreleased, or the changelog is malformed.
    """
    if not any(section.version is None and section.body for section in sections(text)):
        raise ReleaseError(
            f"CHANGELOG.md has nothing under {UNRELEASED!r}: say there what users will notice."
        )
    before, after = text.split(f"## {UNRELEASED}\n", 1)
    return f"{before}## {UNRELEASED}\n\n## [{version}] - {day.isoformat()}\n{after}"
